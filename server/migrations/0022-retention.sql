-- How long recovery points are kept, what holds them, who let them go and when they went.

-- The row of the highest number is in force; those before it are its history. Without a row everything is kept.
create table retentions (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  policy_id uuid not null,
  number integer not null check (number > 0),
  -- Null: everything is kept.
  rules jsonb,
  -- Shortening it and deleting points by hand are asked by one and granted by another.
  needs_second_person boolean not null,
  -- How long damage may go unnoticed: points from before it have to be there still.
  damage_noticed_days integer check (damage_noticed_days between 1 and 36500),
  set_at timestamptz not null,
  set_by text not null,
  granted_by text,
  primary key (provider_id, client_id, policy_id, number),
  foreign key (provider_id, client_id, policy_id) references backup_policies (provider_id, client_id, id)
);
call isolate_client('retentions');
revoke update on retentions from reprise_service;

-- Of a client, of one of its assets, or of one point: nothing of it may go while it stands.
create table legal_holds (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  asset_id uuid,
  recovery_point_id uuid,
  reason text not null check (length(reason) between 1 and 2000),
  placed_at timestamptz not null,
  placed_by text not null,
  until timestamptz,
  lifted_at timestamptz,
  lifted_by text,
  primary key (provider_id, client_id, id),
  check (num_nulls(asset_id, recovery_point_id) > 0),
  check (num_nulls(lifted_at, lifted_by) in (0, 2)),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id)
);
create index legal_holds_by_id on legal_holds (provider_id, id);
call isolate_client('legal_holds');

-- What one person asks and another grants.
create table removal_requests (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('shorten-retention', 'delete-points', 'lift-hold')),
  policy_id uuid,
  hold_id uuid,
  -- The retention that is wanted.
  retention jsonb,
  -- The points that go by it, as they were shown.
  points jsonb not null,
  reason text not null check (length(reason) between 1 and 2000),
  asked_at timestamptz not null,
  asked_by text not null,
  asked_by_person uuid not null,
  lapses_at timestamptz not null,
  decision text check (decision in ('granted', 'refused', 'withdrawn')),
  decided_at timestamptz,
  decided_by text,
  primary key (provider_id, client_id, id),
  check (num_nulls(decision, decided_at, decided_by) in (0, 3)),
  check ((kind = 'lift-hold') = (hold_id is not null) and (kind = 'lift-hold') = (policy_id is null)),
  check ((kind = 'shorten-retention') = (retention is not null)),
  foreign key (provider_id, client_id, policy_id) references backup_policies (provider_id, client_id, id),
  foreign key (provider_id, client_id, hold_id) references legal_holds (provider_id, client_id, id)
);
create index removal_requests_by_id on removal_requests (provider_id, id);
call isolate_client('removal_requests');

-- A point is never changed once it is written down. That it went stands here; `kept` is one that its store did not let go.
create table point_expiries (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  recovery_point_id uuid not null,
  state text not null check (state in ('going', 'expired', 'kept')),
  cause text not null check (cause in ('rules', 'asked')),
  decided_at timestamptz not null,
  decided_by text not null,
  reason text,
  ended_at timestamptz,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, recovery_point_id),
  check ((state = 'going') = (ended_at is null)),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id)
);
call isolate_client('point_expiries');

-- Which packs a point needs: heads never change, so each is read once for it.
create table point_packs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  recovery_point_id uuid not null,
  -- The beginning of each pack's SHA-256, and its bytes.
  packs jsonb not null,
  primary key (provider_id, client_id, recovery_point_id),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id)
);
call isolate_client('point_packs');

-- The daily work of a policy's retention, and what came of it last.
create table expiries (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  policy_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'queued', 'running', 'done', 'failed')),
  next_due_at timestamptz not null,
  ended_at timestamptz,
  record jsonb,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, policy_id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  foreign key (provider_id, client_id, policy_id) references backup_policies (provider_id, client_id, id)
);
create index expiries_due on expiries (provider_id, next_due_at);
call isolate_client('expiries');
