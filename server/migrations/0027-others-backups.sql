-- Repositories of other backup tools: what lies in them, as they list it, and what we proved of it by restoring.
create table repositories (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  tool text not null check (tool in ('restic', 'borg')),
  address text not null check (length(address) between 1 and 1000),
  asset_id uuid not null,
  -- Between two snapshots no more goes by than this.
  every_seconds integer not null check (every_seconds between 300 and 31622400),
  -- Password and keys, as JSON; null until somebody gave them.
  sealed_secrets bytea,
  look text not null default 'waiting' check (look in ('waiting', 'queued', 'running')),
  next_look_at timestamptz not null,
  looked_at timestamptz,
  tool_version text,
  finding text,
  finding_code text,
  finding_params jsonb,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id)
);
create index repositories_by_id on repositories (provider_id, id);
call isolate_client('repositories');

create table repository_snapshots (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  repository_id uuid not null,
  snapshot text not null check (length(snapshot) between 1 and 1000),
  -- As its tool says.
  data_time timestamptz not null,
  host text,
  paths jsonb not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- It was there, and is not any more.
  gone_at timestamptz,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, repository_id, snapshot),
  foreign key (provider_id, client_id, repository_id) references repositories (provider_id, client_id, id)
);
create index repository_snapshots_newest on repository_snapshots (provider_id, client_id, repository_id, data_time desc);
call isolate_client('repository_snapshots');

create table repository_proofs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  repository_id uuid not null,
  snapshot_id uuid not null,
  state test_state not null default 'queued',
  asked_by text not null,
  asked_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  reached text check (reached in ('L0', 'L2b', 'L3')),
  seconds double precision,
  bytes bigint,
  data_age_seconds bigint,
  planted_faults integer not null default 0,
  caught integer not null default 0,
  result jsonb,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check ((state in ('passed', 'failed', 'inconclusive')) = (finished_at is not null)),
  -- A proof that missed what was planted is none.
  check (state <> 'passed' or (result is not null and planted_faults > 0 and caught = planted_faults)),
  foreign key (provider_id, client_id, repository_id) references repositories (provider_id, client_id, id),
  foreign key (provider_id, client_id, snapshot_id) references repository_snapshots (provider_id, client_id, id)
);
create index repository_proofs_latest on repository_proofs (provider_id, client_id, repository_id, asked_at desc);
create unique index one_repository_proof_at_a_time on repository_proofs (provider_id, client_id, repository_id)
  where state in ('queued', 'running');
call isolate_client('repository_proofs');
