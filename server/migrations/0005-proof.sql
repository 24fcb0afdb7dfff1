-- Keys, stores, backups, recovery points, restore tests and reports.

create type provider_key_purpose as enum ('point-signing', 'report-sealing', 'order-signing');

-- Private parts are sealed with the master key, which is not in the database.
create table provider_keys (
  provider_id uuid not null default current_provider() references providers,
  id uuid not null default gen_random_uuid(),
  purpose provider_key_purpose not null,
  public_part text not null,
  sealed_private bytea not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (provider_id, id)
);
create unique index one_provider_key on provider_keys (provider_id, purpose) where retired_at is null;
call isolate_provider('provider_keys');

create type client_key_purpose as enum ('recovery', 'verifier');

-- A recovery identity is made for the client and leaves with the client: then sealed_identity is null.
create table client_keys (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  purpose client_key_purpose not null,
  recipient text not null check (recipient ~ '^age1[a-z0-9]+$'),
  sealed_identity bytea,
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create unique index one_client_key on client_keys (provider_id, client_id, purpose) where retired_at is null;
call isolate_client('client_keys');

create type store_kind as enum ('folder', 's3');

create table stores (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  kind store_kind not null,
  address text not null check (length(address) <= 1000),
  sealed_credentials bytea,
  -- What a person says of the place; the address is what we know.
  is_offsite boolean not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index stores_by_id on stores (provider_id, id);
call isolate_client('stores');

create type source_kind as enum ('folder', 'postgresql');

create table backup_policies (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  store_id uuid not null,
  source_kind source_kind not null,
  -- Without secrets; the whole address is sealed beside it.
  source_address text not null check (length(source_address) <= 1000),
  sealed_source bytea not null,
  -- How each recovery point is held against removal; null where it is not.
  lock_mode text check (lock_mode in ('governance', 'compliance')),
  lock_days integer check (lock_days between 1 and 36500),
  is_gentle boolean not null default false,
  is_enabled boolean not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, asset_id, store_id),
  check (num_nulls(lock_mode, lock_days) in (0, 2)),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, store_id) references stores (provider_id, client_id, id)
);
create index backup_policies_by_id on backup_policies (provider_id, id);
call isolate_client('backup_policies');

create type run_state as enum ('queued', 'running', 'done', 'done-with-reservations', 'failed', 'skipped', 'cancelled');

create table backup_runs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  policy_id uuid not null,
  state run_state not null default 'queued',
  cause text not null check (cause in ('asked', 'due')),
  asked_by text not null,
  asked_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  progress jsonb,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, policy_id) references backup_policies (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3))
);
create index backup_runs_by_id on backup_runs (provider_id, id);
create index backup_runs_of_policy on backup_runs (provider_id, client_id, policy_id, asked_at desc);
create unique index one_backup_at_a_time on backup_runs (provider_id, client_id, policy_id) where state in ('queued', 'running');
call isolate_client('backup_runs');

create table recovery_points (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  store_id uuid not null,
  run_id uuid,
  -- As the store names it.
  point text not null,
  data_time timestamptz not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  files bigint not null,
  bytes bigint not null,
  stored_bytes bigint not null,
  packs integer not null,
  -- How many of each kind; the manifest names each, the first hundred are kept here for people to read.
  torn bigint not null,
  vanished bigint not null,
  unreadable bigint not null,
  skipped bigint not null,
  reservations jsonb not null,
  head_sha256 text not null,
  manifest_sha256 text not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, store_id, asset_id, point),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, store_id) references stores (provider_id, client_id, id),
  foreign key (provider_id, client_id, run_id) references backup_runs (provider_id, client_id, id)
);
create index recovery_points_by_id on recovery_points (provider_id, id);
create index recovery_points_of_asset on recovery_points (provider_id, client_id, asset_id, data_time desc);
call isolate_client('recovery_points');
revoke update on recovery_points from reprise_service;

create type test_state as enum ('queued', 'running', 'passed', 'failed', 'inconclusive', 'cancelled');
create type test_level as enum ('L0', 'L1', 'L2a', 'L2b', 'L3', 'L3x', 'L4');

create table restore_tests (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  recovery_point_id uuid not null,
  requested test_level not null,
  -- Reads packs until either is used up; null where all are read.
  budget_seconds integer check (budget_seconds > 0),
  budget_bytes bigint check (budget_bytes > 0),
  reached test_level,
  state test_state not null default 'queued',
  asked_by text not null,
  asked_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  progress jsonb,
  seconds double precision,
  bytes bigint,
  data_age_seconds bigint,
  planted_faults integer not null default 0,
  caught integer not null default 0,
  -- Levels, checks, planted faults and tools, as the engine told them.
  result jsonb,
  -- Why it did not pass: a sentence in English, and a code with params that pages say in the reader's language.
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  -- A pass is complete or it is not one.
  check (state <> 'passed' or (reached = requested and planted_faults > 0 and caught = planted_faults)),
  -- From L3 on something was restored, and how long that took is the point of it.
  check (state <> 'passed' or requested < 'L3' or seconds is not null)
);
create index restore_tests_by_id on restore_tests (provider_id, id);
create index restore_tests_of_asset on restore_tests (provider_id, client_id, asset_id, asked_at desc);
create index restore_tests_of_client on restore_tests (provider_id, client_id, asked_at desc);
create unique index one_test_at_a_time on restore_tests (provider_id, client_id, recovery_point_id) where state in ('queued', 'running');
call isolate_client('restore_tests');

create type report_state as enum ('queued', 'running', 'done', 'failed');

create table reports (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('readiness')),
  locale text not null check (locale in ('fr', 'en', 'nl')),
  reference text not null,
  state report_state not null default 'queued',
  asked_by text not null,
  asked_at timestamptz not null,
  finished_at timestamptz,
  -- The data as they were when the report was asked for; the PDF is made from this text alone.
  snapshot text not null,
  snapshot_sha256 text not null,
  object_key text,
  sha256 text,
  pages integer,
  bytes bigint,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  unique (provider_id, reference),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check (state <> 'done' or (object_key is not null and sha256 is not null and pages > 0))
);
create index reports_by_id on reports (provider_id, id);
create index reports_of_client on reports (provider_id, client_id, asked_at desc);
create index reports_by_sha256 on reports (provider_id, sha256);
call isolate_client('reports');

-- Answers to requests that start work, kept so that the same request sent twice starts it once.
create table idempotency_keys (
  provider_id uuid not null default current_provider() references providers,
  actor text not null,
  key text not null check (length(key) between 1 and 200),
  request_sha256 text not null,
  answer jsonb,
  at timestamptz not null,
  primary key (provider_id, actor, key)
);
call isolate_provider('idempotency_keys');
grant delete on idempotency_keys to reprise_service;
create index idempotency_keys_by_age on idempotency_keys (provider_id, at);
