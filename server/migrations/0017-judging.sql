-- What clients are judged by, what people decided about it, and where each stood when it was computed last.
create table client_frameworks (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  framework text not null check (length(framework) between 1 and 60),
  -- An id of the framework's levels; null where it knows none.
  level text check (length(level) <= 60),
  reason text check (length(reason) <= 2000),
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, framework),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index client_frameworks_by_id on client_frameworks (provider_id, id);
call isolate_client('client_frameworks');
grant delete on client_frameworks to reprise_service;

-- A named person accepts until a day that a clause is not met, or says why it does not apply. Ended, never removed.
create table clause_decisions (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  framework text not null check (length(framework) between 1 and 60),
  ref text not null check (length(ref) between 1 and 60),
  decision text not null check (decision in ('waived', 'not-applicable')),
  reason text not null check (length(reason) between 1 and 2000),
  decided_by text not null,
  decided_at timestamptz not null,
  until date,
  ended_at timestamptz,
  ended_by text,
  primary key (provider_id, client_id, id),
  check (decision <> 'waived' or until is not null),
  check ((ended_at is null) = (ended_by is null)),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index clause_decisions_by_id on clause_decisions (provider_id, id);
create unique index one_decision_at_a_time on clause_decisions (provider_id, client_id, framework, ref) where ended_at is null;
call isolate_client('clause_decisions');

-- Where a client stood, computed from everything known of it. `changes` counts the events about the client, so that one during the
-- computation is not lost; `good_until` is the moment at which time alone may change the result.
create table client_standings (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  computed_at timestamptz,
  good_until timestamptz,
  is_stale boolean not null default true,
  changes bigint not null default 0,
  catalogue_version text,
  level integer check (level between 0 and 7),
  contradictions integer,
  rpo_breaches integer,
  rto_breaches integer,
  overdue_reviews integer,
  overdue_tests integer,
  overdue_actions integer,
  failed_tests integer,
  inconclusive_tests integer,
  -- Age of the newest data that a passed restore brought back counts from here.
  proven_data_at timestamptz,
  missing jsonb,
  frameworks jsonb,
  primary key (provider_id, client_id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index client_standings_due on client_standings (provider_id, good_until) where not is_stale;
create index client_standings_stale on client_standings (provider_id) where is_stale;
call isolate_client('client_standings');

create function mark_standing_stale() returns trigger security definer set search_path = public language plpgsql as $$
declare
  scope text := coalesce(current_setting('app.client_scope', true), '');
begin
  if new.client_id is not null and new.action not like 'report.%' and new.action not like 'standing.%' then
    -- The owner is under row security too, and a client's reader sees no standing.
    perform set_config('app.client_scope', 'all', true);
    insert into client_standings (provider_id, client_id) values (new.provider_id, new.client_id)
      on conflict (provider_id, client_id) do update set is_stale = true, changes = client_standings.changes + 1;
    perform set_config('app.client_scope', scope, true);
  end if;
  return null;
end $$;
revoke execute on function mark_standing_stale() from public;
-- At commit, after the event took its place in the chain: all take their locks in one order.
create constraint trigger stale after insert on audit_events
  deferrable initially deferred for each row execute function mark_standing_stale();

-- What a rule found about an object, since when, and when it went away.
create table rule_findings (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  rule text not null check (length(rule) between 1 and 100),
  object_kind text not null,
  object_id text not null,
  severity text not null check (severity in ('info', 'warning', 'contradiction')),
  params jsonb not null,
  since timestamptz not null,
  ended_at timestamptz,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create unique index one_finding_at_a_time on rule_findings (provider_id, client_id, rule, object_kind, object_id) where ended_at is null;
call isolate_client('rule_findings');

-- People who bring things back, shared by the clients that count on them.
create table technician_pools (
  provider_id uuid not null default current_provider() references providers,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  head_count integer not null check (head_count between 1 and 1000),
  skills text[] not null default '{}',
  -- When they work: see `plans/hours.ts`.
  hours jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, id),
  unique (provider_id, name)
);
call isolate_provider('technician_pools');
grant delete on technician_pools to reprise_service;

alter table clients
  add column technician_pool_id uuid,
  add foreign key (provider_id, technician_pool_id) references technician_pools (provider_id, id);
