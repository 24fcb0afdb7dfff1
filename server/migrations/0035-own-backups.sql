-- Backups of the installation itself, of all providers together: when, and whether they were proved. Nothing of a tenant.
create table own_backups (
  id uuid primary key default gen_random_uuid(),
  started_at timestamptz not null,
  ended_at timestamptz,
  state text not null check (state in ('running', 'proved', 'unproved', 'failed', 'stopped')),
  database_point text,
  files_point text,
  stored_bytes bigint,
  finding text,
  finding_code text,
  finding_params jsonb,
  check ((state = 'running') = (ended_at is null)),
  check (state <> 'proved' or (database_point is not null and files_point is not null))
);
create index on own_backups (started_at desc);
alter table own_backups enable row level security;
alter table own_backups force row level security;
create policy of_the_installation on own_backups using (true);
grant select, insert, update on own_backups to reprise_service;
