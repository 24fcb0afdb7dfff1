-- What may happen, what it hits, and what the client chose to do about it.
-- The first nine are those of Delegated Regulation (EU) 2024/1774, article 26(2).
create type scenario_family as enum ('cyber-attack', 'provision-quality', 'premises-lost', 'ict-assets-lost', 'staff-lost',
  'natural-disaster', 'insider-attack', 'instability', 'power-lost', 'ransomware-admin-stolen', 'msp-lost');
create type scenario_state as enum ('proposed', 'retained', 'set-aside');

create table risk_scenarios (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  family scenario_family not null,
  description text check (length(description) <= 4000),
  -- 1 rare … 5 expected.
  likelihood integer check (likelihood between 1 and 5),
  state scenario_state not null,
  -- Why it was set aside, or what made it retained.
  reason text check (length(reason) <= 2000),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index risk_scenarios_by_id on risk_scenarios (provider_id, id);
call isolate_client('risk_scenarios');
grant delete on risk_scenarios to reprise_service;

create type effect_kind as enum ('lost', 'slow', 'untrusted');

-- A supplier is an asset; the loss of a site takes what stands there.
create table scenario_effects (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  scenario_id uuid not null,
  asset_id uuid,
  site_id uuid,
  effect effect_kind not null,
  -- Null: until it is brought back.
  duration_seconds bigint check (duration_seconds >= 0),
  primary key (provider_id, client_id, id),
  check (num_nonnulls(asset_id, site_id) = 1),
  unique nulls not distinct (provider_id, client_id, scenario_id, asset_id, site_id),
  foreign key (provider_id, client_id, scenario_id) references risk_scenarios (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, site_id) references sites (provider_id, client_id, id)
);
call isolate_client('scenario_effects');
grant delete on scenario_effects to reprise_service;

create type strategy_state as enum ('proposed', 'chosen', 'in-place', 'refused');

-- How an activity or an asset is to stand a scenario, or any. The options that were looked at stay with what was chosen.
create table strategies (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  activity_id uuid,
  asset_id uuid,
  scenario_id uuid,
  state strategy_state not null,
  -- [{ "name", "description", "costOnce", "costYearly", "rtoSeconds", "rpoSeconds" }, …]
  options jsonb not null,
  -- The place of the chosen one in the list.
  chosen integer check (chosen >= 0),
  reason text check (length(reason) <= 2000),
  residual_risk text check (length(residual_risk) <= 2000),
  -- Whoever wrote the options down as they are now.
  proposed_by text not null,
  -- Null when it was a token: nobody knows whose hand it was in.
  proposed_by_person uuid,
  decided_by text,
  decided_at timestamptz,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  check (num_nonnulls(activity_id, asset_id) = 1),
  check (state not in ('chosen', 'in-place') or (chosen is not null and reason is not null and decided_at is not null)),
  foreign key (provider_id, client_id, activity_id) references activities (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, scenario_id) references risk_scenarios (provider_id, client_id, id)
);
create index strategies_by_id on strategies (provider_id, id);
call isolate_client('strategies');
grant delete on strategies to reprise_service;

create table plan_scenarios (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  plan_id uuid not null,
  scenario_id uuid not null,
  primary key (provider_id, client_id, plan_id, scenario_id),
  foreign key (provider_id, client_id, plan_id) references plans (provider_id, client_id, id),
  foreign key (provider_id, client_id, scenario_id) references risk_scenarios (provider_id, client_id, id)
);
call isolate_client('plan_scenarios');
grant delete on plan_scenarios to reprise_service;
