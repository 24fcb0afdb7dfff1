-- The trail: what happened, by whom, chained so that nothing can be taken out or put in unnoticed.
create table audit_events (
  provider_id uuid not null default current_provider() references providers,
  id uuid not null default gen_random_uuid(),
  client_id uuid,
  at timestamptz not null,
  actor text not null,
  action text not null,
  object_kind text not null,
  object_id text not null,
  -- The whole event as canonical JSON. The columns above repeat parts of it for searching; the hash is over this.
  content text not null,
  -- Set at commit, in the order of commits.
  seq bigint,
  previous_hash text,
  hash text,
  primary key (provider_id, id),
  unique (provider_id, seq),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index audit_events_of_client on audit_events (provider_id, client_id, seq desc);
alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy own_clients on audit_events using (provider_id = (select current_provider())
  and ((select sees_all_clients()) or client_id = any ((select seen_clients())::uuid[])));
-- Writing what one may not read back: a client's reader still leaves a trace of the sign-in.
create policy add_own on audit_events for insert with check (provider_id = (select current_provider()));
grant select, insert on audit_events to reprise_service;

-- The end of each provider's chain. The service has no right to it: only the trigger below moves it.
create table audit_heads (
  provider_id uuid primary key references providers,
  seq bigint not null,
  hash text not null
);
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy own_provider on audit_heads using (provider_id = (select current_provider()));
grant select on audit_heads to reprise_service;

-- Chains an event when its transaction commits, so that the head is locked only for that moment.
-- Hash: SHA-256 over the previous hash, a newline, the number, a newline, and the content.
create function chain_audit_event() returns trigger security definer set search_path = public language plpgsql as $$
declare
  head audit_heads;
  next_seq bigint;
  next_hash text;
  scope text := coalesce(current_setting('app.client_scope', true), '');
begin
  insert into audit_heads (provider_id, seq, hash)
    values (new.provider_id, 0, repeat('0', 64)) on conflict do nothing;
  select * into head from audit_heads where provider_id = new.provider_id for update;
  next_seq := head.seq + 1;
  next_hash := encode(sha256(convert_to(head.hash || E'\n' || next_seq || E'\n' || new.content, 'UTF8')), 'hex');
  -- The owner is under row security too, and an event about the provider belongs to no client.
  perform set_config('app.client_scope', 'all', true);
  update audit_events set seq = next_seq, previous_hash = head.hash, hash = next_hash
    where provider_id = new.provider_id and id = new.id;
  perform set_config('app.client_scope', scope, true);
  update audit_heads set seq = next_seq, hash = next_hash where provider_id = new.provider_id;
  return null;
end $$;
revoke execute on function chain_audit_event() from public;
create constraint trigger chain after insert on audit_events
  deferrable initially deferred for each row execute function chain_audit_event();

-- Rights already forbid it to the service; this stops the owner from doing it by mistake.
create function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.seq is null then return new; end if;
  raise exception 'audit events only grow';
end $$;
create trigger append_only before update or delete on audit_events
  for each row execute function refuse_change();

create type evidence_assertor as enum ('system', 'person', 'vendor');
create type evidence_finding as enum ('supports', 'contradicts');

-- A record that backs a figure. Its content is kept as it was hashed.
create table evidence (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  code text not null,
  subject_kind text not null,
  subject_id uuid not null,
  subject_name text not null,
  finding evidence_finding not null,
  asserted_by evidence_assertor not null,
  produced_by text not null,
  at timestamptz not null,
  valid_until timestamptz,
  content text not null,
  sha256 text not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index evidence_by_time on evidence (provider_id, client_id, at desc, id);
create index evidence_by_id on evidence (provider_id, id);
create index evidence_of_subject on evidence (provider_id, client_id, subject_id);
call isolate_client('evidence');
revoke update on evidence from reprise_service;
