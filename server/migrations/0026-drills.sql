-- Scenario drills: something is taken away, and what is left must bring the rest back, by real restores and by people.

create type drill_state as enum ('running', 'passed', 'failed', 'inconclusive', 'cancelled');

create table drills (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  scenario_id uuid not null,
  mode text not null check (mode in ('restore', 'table-top')),
  state drill_state not null default 'running',
  -- As it was computed when the drill began: what changes later cannot change what was drilled.
  plan jsonb not null,
  asked_by text not null,
  alarm_at timestamptz not null,
  deadline_at timestamptz not null,
  ended_at timestamptz,
  -- Who called it off, and why.
  cancelled_by text,
  reason text check (length(reason) between 1 and 2000),
  outcome jsonb,
  primary key (provider_id, client_id, id),
  check (deadline_at > alarm_at),
  check ((state = 'running') = (ended_at is null)),
  check ((state in ('passed', 'failed', 'inconclusive')) = (outcome is not null)),
  check ((state = 'cancelled') = (cancelled_by is not null) and num_nulls(cancelled_by, reason) in (0, 2)),
  -- Talk at a table restores nothing.
  check (state <> 'passed' or mode = 'restore'),
  foreign key (provider_id, client_id, scenario_id) references risk_scenarios (provider_id, client_id, id)
);
create index drills_by_id on drills (provider_id, id);
create index drills_of_client on drills (provider_id, client_id, alarm_at desc);
create unique index one_drill_of_a_scenario on drills (provider_id, client_id, scenario_id) where state = 'running';
call isolate_client('drills');

-- `talked`: said at a table and not done. `not-reached`: what comes before did not end well, or in time.
create type drill_item_state as enum
  ('waiting', 'running', 'done', 'talked', 'failed', 'inconclusive', 'skipped', 'not-reached');

create table drill_items (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  drill_id uuid not null,
  key text not null check (length(key) <= 200),
  kind text not null check (kind in ('restore', 'step', 'rebuild')),
  restore_test_id uuid,
  state drill_item_state not null default 'waiting',
  started_at timestamptz,
  started_by text,
  ended_at timestamptz,
  ended_by text,
  -- Whether the one who said so is one of those who do it; null for what a machine does.
  is_own boolean,
  note text check (length(note) <= 4000),
  primary key (provider_id, client_id, drill_id, key),
  check ((state in ('waiting', 'running')) = (ended_at is null)),
  check (state <> 'waiting' or started_at is null),
  check (ended_at >= started_at),
  check (state <> 'skipped' or note is not null),
  -- A machine proves a restore; nobody's word does.
  check (kind <> 'restore' or state not in ('done', 'failed', 'inconclusive') or restore_test_id is not null),
  foreign key (provider_id, client_id, drill_id) references drills (provider_id, client_id, id),
  foreign key (provider_id, client_id, restore_test_id) references restore_tests (provider_id, client_id, id)
);
create index drill_items_by_test on drill_items (provider_id, restore_test_id) where restore_test_id is not null;
call isolate_client('drill_items');

create table drill_events (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  drill_id uuid not null,
  seq integer not null check (seq > 0),
  at timestamptz not null,
  actor text not null,
  event text not null check (length(event) <= 60),
  item text,
  note text check (length(note) <= 4000),
  primary key (provider_id, client_id, drill_id, seq),
  foreign key (provider_id, client_id, drill_id) references drills (provider_id, client_id, id)
);
call isolate_client('drill_events');
revoke update on drill_events from reprise_service;
create trigger append_only before update or delete on drill_events for each row execute function refuse_log_change();
