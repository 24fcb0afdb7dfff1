-- When things are due. Due times are rows, planned ahead, so that nothing is lost while no clock runs and each is taken once.
create table schedules (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  -- What is done, and to which row of that noun's own table.
  purpose text not null check (purpose ~ '^[a-z][a-z-]{1,39}$'),
  subject_id uuid not null,
  cadence jsonb not null,
  -- Seconds after the due time in which it may begin, and from its begin in which it has to end.
  start_window_seconds integer not null check (start_window_seconds between 60 and 604800),
  completion_window_seconds integer check (completion_window_seconds between 60 and 2592000),
  -- What becomes of one that nobody could begin in its window: done once, late, or left out.
  catch_up text not null check (catch_up in ('once', 'skip')),
  -- The longest time between two starts, in seconds; null when it is due no more than once.
  longest_gap_seconds integer,
  is_enabled boolean not null,
  -- Occurrences are rows up to here, and are planned again from then on.
  planned_until timestamptz not null,
  plan_at timestamptz not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, purpose, subject_id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index schedules_by_id on schedules (provider_id, id);
create index schedules_of_subject on schedules (provider_id, subject_id);
create index schedules_to_plan on schedules (provider_id, plan_at) where is_enabled;
call isolate_client('schedules');
grant delete on schedules to reprise_service;

create type occurrence_state as enum ('planned', 'begun', 'missed', 'skipped');

create table occurrences (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  schedule_id uuid not null,
  due_at timestamptz not null,
  -- Later than it was due where a blackout stands in its way.
  begin_from timestamptz not null,
  start_by timestamptz not null,
  state occurrence_state not null default 'planned',
  -- Why it was missed or skipped, or begun late.
  cause text check (cause in ('service-down', 'window-closed', 'blackout', 'overlap', 'coalesced', 'caught-up', 'nothing-new')),
  -- The run it became, in the table of its purpose.
  run_id uuid,
  settled_at timestamptz,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, schedule_id, due_at),
  unique (provider_id, run_id),
  check ((state = 'planned') = (settled_at is null)),
  check ((state = 'begun') = (run_id is not null)),
  check (state not in ('missed', 'skipped') or cause is not null),
  foreign key (provider_id, client_id, schedule_id) references schedules (provider_id, client_id, id) on delete cascade
);
create index occurrences_due on occurrences (provider_id, begin_from) where state = 'planned';
create index occurrences_settled on occurrences (provider_id, settled_at) where state <> 'planned';
call isolate_client('occurrences');
grant delete on occurrences to reprise_service;

-- Times of a client in which nothing may begin.
create table blackouts (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  during jsonb not null,
  running text not null check (running in ('finish', 'pause', 'abort')),
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index blackouts_by_id on blackouts (provider_id, id);
call isolate_client('blackouts');
grant delete on blackouts to reprise_service;

-- When a clock last looked for what is due: a missed occurrence tells whether anybody was there to begin it.
create table clock_beats (
  provider_id uuid primary key default current_provider() references providers,
  at timestamptz not null
);
call isolate_provider('clock_beats');

-- A run that has not ended by then counts as one that failed to.
alter table backup_runs add column end_by timestamptz;
