-- What the client has, what it needs, and the plans that say how it comes back.
create type asset_kind as enum ('application', 'server', 'data-set', 'identity', 'network', 'saas', 'endpoint-fleet',
  'premises', 'equipment', 'team', 'skill', 'document', 'key', 'supplier');

create table assets (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  -- The name in object stores and on the command line.
  label text not null check (label ~ '^[a-z0-9][a-z0-9._-]{0,99}$'),
  kind asset_kind not null,
  owner text check (length(owner) <= 200),
  location text check (length(location) <= 200),
  description text check (length(description) <= 4000),
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, label),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index assets_by_id on assets (provider_id, id);
call isolate_client('assets');

-- One activity with its impact analysis. Durations are whole seconds; zero is a legal value.
create table activities (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  owner text check (length(owner) <= 200),
  description text check (length(description) <= 4000),
  is_priority boolean not null,
  mtpd_seconds bigint check (mtpd_seconds >= 0),
  rto_seconds bigint check (rto_seconds >= 0),
  rpo_seconds bigint check (rpo_seconds >= 0),
  mbco text check (length(mbco) <= 1000),
  approved_by text,
  approved_at timestamptz,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  check ((approved_by is null) = (approved_at is null))
);
create index activities_by_id on activities (provider_id, id);
call isolate_client('activities');

create type dependency_kind as enum ('hard', 'soft', 'start-order', 'data', 'human');

-- An activity or an asset needs an asset.
create table dependencies (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  from_activity_id uuid,
  from_asset_id uuid,
  to_asset_id uuid not null,
  kind dependency_kind not null,
  note text check (length(note) <= 1000),
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  check (num_nonnulls(from_activity_id, from_asset_id) = 1),
  check (from_asset_id is distinct from to_asset_id),
  unique nulls not distinct (provider_id, client_id, from_activity_id, from_asset_id, to_asset_id, kind),
  foreign key (provider_id, client_id, from_activity_id) references activities (provider_id, client_id, id),
  foreign key (provider_id, client_id, from_asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, to_asset_id) references assets (provider_id, client_id, id)
);
call isolate_client('dependencies');
grant delete on dependencies to reprise_service;

create type plan_kind as enum ('bcp', 'drp');

create table plans (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  kind plan_kind not null,
  title text not null check (length(title) between 1 and 200),
  owner text check (length(owner) <= 200),
  review_interval_days integer not null check (review_interval_days between 1 and 3650),
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index plans_by_id on plans (provider_id, id);
call isolate_client('plans');

create table plan_activities (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  plan_id uuid not null,
  activity_id uuid not null,
  primary key (provider_id, client_id, plan_id, activity_id),
  foreign key (provider_id, client_id, plan_id) references plans (provider_id, client_id, id),
  foreign key (provider_id, client_id, activity_id) references activities (provider_id, client_id, id)
);
call isolate_client('plan_activities');
grant delete on plan_activities to reprise_service;

create type plan_state as enum ('draft', 'in-review', 'in-force', 'superseded', 'withdrawn');

-- A version is frozen when it goes into review: its hash is over its content, and approvals sign that hash.
create table plan_versions (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  plan_id uuid not null,
  number integer not null check (number > 0),
  state plan_state not null default 'draft',
  change_summary text check (length(change_summary) <= 2000),
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null,
  sha256 text,
  in_force_at timestamptz,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, plan_id, number),
  foreign key (provider_id, client_id, plan_id) references plans (provider_id, client_id, id),
  check (state = 'draft' or sha256 is not null)
);
create index plan_versions_by_id on plan_versions (provider_id, id);
create unique index one_version_in_force on plan_versions (provider_id, client_id, plan_id) where state = 'in-force';
create unique index one_version_in_work on plan_versions (provider_id, client_id, plan_id) where state in ('draft', 'in-review');
call isolate_client('plan_versions');

create type section_kind as enum ('scope', 'roles', 'comms', 'activation', 'deactivation', 'degraded', 'return', 'security',
  'resources', 'recovery-order');

create table plan_sections (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  plan_version_id uuid not null,
  kind section_kind not null,
  position integer not null,
  title text not null check (length(title) between 1 and 200),
  body text not null check (length(body) <= 100000),
  primary key (provider_id, client_id, plan_version_id, kind),
  foreign key (provider_id, client_id, plan_version_id) references plan_versions (provider_id, client_id, id)
);
call isolate_client('plan_sections');

-- What is under review or in force never changes under anybody's pen.
create function keep_frozen_sections() returns trigger language plpgsql as $$
begin
  if not exists (select from plan_versions v where v.provider_id = new.provider_id and v.client_id = new.client_id
                 and v.id = new.plan_version_id and v.state = 'draft') then
    raise exception 'the sections of a version change only while it is a draft';
  end if;
  return new;
end $$;
create trigger frozen before insert or update on plan_sections for each row execute function keep_frozen_sections();

create table approvals (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  plan_version_id uuid not null,
  person_id uuid not null,
  person_name text not null,
  role member_role not null,
  decision text not null check (decision in ('approved', 'refused')),
  comment text check (length(comment) <= 2000),
  sha256 text not null,
  at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, plan_version_id, person_id),
  foreign key (provider_id, client_id, plan_version_id) references plan_versions (provider_id, client_id, id)
);
call isolate_client('approvals');
revoke update on approvals from reprise_service;

-- A question the restored database must answer as the plan says.
create table assertions (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  plan_id uuid not null,
  asset_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  query text not null check (length(query) between 1 and 4000),
  expectation jsonb not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, plan_id) references plans (provider_id, client_id, id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id)
);
call isolate_client('assertions');
grant delete on assertions to reprise_service;
