-- Repositories of other backup tools: what lies in them, as they list it, and what we proved of it by restoring.
create table repositories (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  tool text not null check (tool in ('restic', 'borg', 'pgbackrest')),
  address text not null check (length(address) between 1 and 1000),
  asset_id uuid not null,
  -- Between two snapshots no more goes by than this.
  every_seconds integer not null check (every_seconds between 300 and 31622400),
  -- Which of its snapshots are the asset's, where it holds others too: of a machine; with a path, of a name that begins so, of a stanza.
  host text check (length(host) between 1 and 300),
  series text check (length(series) between 1 and 1000),
  -- Its tool lets none go that is younger: one that goes sooner is lost.
  kept_days integer check (kept_days between 1 and 36600),
  -- How long damage may go unnoticed.
  noticed_days integer check (noticed_days between 1 and 36600),
  -- Its proofs open what came back, by kind: level L4.
  opens_files boolean not null default false,
  -- What a person says of the place, as of a store.
  is_offsite boolean not null,
  site_id uuid,
  account text check (length(account) <= 200),
  needs uuid[] not null default '{}',
  -- Password and keys, as JSON; null until somebody gave them.
  sealed_secrets bytea,
  looked_at timestamptz,
  tool_version text,
  finding text,
  finding_code text,
  finding_params jsonb,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check (tool <> 'pgbackrest' or series is not null),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, site_id) references sites (provider_id, client_id, id)
);
create index repositories_by_id on repositories (provider_id, id);
call isolate_client('repositories');

create table repository_snapshots (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  repository_id uuid not null,
  -- Its id, and what its tool calls it: of Borg a name can be used anew.
  snapshot text not null check (length(snapshot) between 1 and 1000),
  name text not null check (length(name) between 1 and 1000),
  -- As its tool says.
  data_time timestamptz not null,
  -- When it was whole, where its tool or its place tells; else nobody knows before it was first seen.
  ended_at timestamptz,
  host text,
  paths jsonb not null,
  -- What the snapshots of one backup have in common, by which others are told apart.
  series text not null,
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
  requested text not null check (requested in ('L2b', 'L3', 'L4')),
  reached text check (reached in ('L0', 'L2b', 'L3', 'L4')),
  -- The level up to which planted damage showed that the proof would have noticed; what was reached without it counts for nothing.
  shown text check (shown in ('L0', 'L2b', 'L3', 'L4')),
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

-- Each time a tool was asked for its list.
create table repository_looks (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  repository_id uuid not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  asked_at timestamptz not null,
  ended_at timestamptz,
  listed integer,
  gone integer,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check ((state in ('done', 'failed')) = (ended_at is not null)),
  check ((state = 'done') = (listed is not null)),
  check ((state = 'failed') = (finding is not null)),
  foreign key (provider_id, client_id, repository_id) references repositories (provider_id, client_id, id)
);
create index repository_looks_latest on repository_looks (provider_id, client_id, repository_id, asked_at desc);
create unique index one_repository_look_at_a_time on repository_looks (provider_id, client_id, repository_id)
  where state in ('queued', 'running');
call isolate_client('repository_looks');
grant delete on repository_looks to reprise_service;

-- What recurs of a repository by itself: it is listed, or its newest snapshot proved. Schedules say when.
create table repository_schedules (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  repository_id uuid not null,
  what text not null check (what in ('look', 'proof')),
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, repository_id, what),
  foreign key (provider_id, client_id, repository_id) references repositories (provider_id, client_id, id)
);
create index repository_schedules_by_id on repository_schedules (provider_id, id);
call isolate_client('repository_schedules');
grant delete on repository_schedules to reprise_service;
