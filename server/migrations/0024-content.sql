-- What the content of a recovery point looked like when it was read, held against earlier points of the same source.
create table content_looks (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  recovery_point_id uuid not null,
  test_id uuid not null,
  looked_at timestamptz not null,
  -- Never "clean": the most that can be said is that nothing strange was seen.
  state text not null check (state in ('suspect', 'nothing-strange')),
  -- How many earlier points it was held against.
  history integer not null check (history >= 0),
  reasons jsonb not null,
  profile jsonb not null,
  -- Somebody's word that what looks suspect is in order. It proves nothing.
  explained_at timestamptz,
  explained_by text,
  explanation text check (length(explanation) between 1 and 2000),
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, test_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id),
  foreign key (provider_id, client_id, test_id) references restore_tests (provider_id, client_id, id),
  check ((state = 'suspect') = (jsonb_array_length(reasons) > 0)),
  check (num_nulls(explained_at, explained_by, explanation) in (0, 3)),
  check (explained_at is null or state = 'suspect')
);
create index content_looks_by_id on content_looks (provider_id, id);
create index content_looks_of_asset on content_looks (provider_id, client_id, asset_id, looked_at desc);
create index content_looks_of_point on content_looks (provider_id, client_id, recovery_point_id);
call isolate_client('content_looks');

-- Files that nobody has a reason to change. Each point must hold them as they were.
create table canaries (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  path text not null check (length(path) between 1 and 1000),
  -- Null until a test first saw it.
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  first_seen_at timestamptz,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, asset_id, path),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  check (num_nulls(sha256, first_seen_at) in (0, 2))
);
create index canaries_by_id on canaries (provider_id, id);
call isolate_client('canaries');
grant delete on canaries to reprise_service;

-- Assets in whose source a dated sentinel is put before each backup, because somebody allowed it.
create table sentinels (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, asset_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id)
);
create index sentinels_by_id on sentinels (provider_id, id);
call isolate_client('sentinels');
grant delete on sentinels to reprise_service;

-- What was put there before a backup, or why it could not be.
create table planted_sentinels (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  run_id uuid not null,
  asset_id uuid not null,
  text text not null check (length(text) <= 200),
  planted_at timestamptz not null,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, run_id),
  foreign key (provider_id, client_id, run_id) references backup_runs (provider_id, client_id, id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3))
);
create index planted_sentinels_of_asset on planted_sentinels (provider_id, client_id, asset_id, planted_at desc);
call isolate_client('planted_sentinels');

-- A list of what a source holds, made by other means than the backup's, held against the newest point.
create table omission_checks (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  recovery_point_id uuid not null,
  state text not null check (state in ('queued', 'done', 'failed')),
  asked_by text not null,
  asked_at timestamptz not null,
  looked_at timestamptz,
  -- What was found, as the job told it; null until then.
  result jsonb,
  omitted integer not null default 0 check (omitted >= 0),
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check ((state = 'done') = (result is not null)),
  -- A comparison that did not see what was planted shows nothing.
  check (state <> 'done' or (result ->> 'caught')::boolean)
);
create index omission_checks_by_id on omission_checks (provider_id, id);
create index omission_checks_of_asset on omission_checks (provider_id, client_id, asset_id, asked_at desc);
create unique index one_omission_check_at_a_time on omission_checks (provider_id, client_id, asset_id) where state = 'queued';
call isolate_client('omission_checks');
