-- What the file of a client told of its life under another service: kept word for word beside what is lived here, and read by no
-- rule, figure or proof.
create table client_takings (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  -- Of the file, who made it there, and when.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  told_name text not null,
  made_by text not null,
  made_at timestamptz not null,
  taken_by text not null,
  taken_at timestamptz not null,
  -- { id in the file: id here } of what was taken over, so that what is told finds it.
  ids jsonb not null,
  primary key (provider_id, client_id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
call isolate_client('client_takings');
revoke update on client_takings from reprise_service;

create table told_records (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  -- What it was: `incident`.
  noun text not null check (noun ~ '^[a-z][a-z-]{0,59}$'),
  -- Its id where it was lived.
  origin uuid not null,
  title text collate "und-x-icu" not null,
  -- As the JSON interface told it there, ids and all, and what hangs on it: its log, its frozen text.
  content jsonb not null,
  parts jsonb not null,
  -- Of noun, origin, content and parts as canonical JSON: the same however often it is handed on.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  -- [{ "by": "…", "at": "…", "sha256": "…" }]: who took it over before, from which file, the first one first.
  told_before jsonb not null default '[]',
  told_by text not null,
  told_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, noun, origin),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index told_records_by_id on told_records (provider_id, id);
call isolate_client('told_records');
revoke update on told_records from reprise_service;

create function refuse_told_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was told stays as it was told';
end $$;
create trigger as_told before update or delete on told_records for each row execute function refuse_told_change();
create trigger as_told before update or delete on client_takings for each row execute function refuse_told_change();

-- An action that was still open goes on here; what brought it up was lived elsewhere.
alter table corrective_actions
  add column told_lesson_id uuid,
  add foreign key (provider_id, client_id, told_lesson_id) references told_records (provider_id, client_id, id);
