-- Scenario drills that recur. What is due is begun by the service where it needs nobody and the client wants that; otherwise people are asked.
create table scheduled_drills (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  scenario_id uuid not null,
  mode text not null check (mode in ('restore', 'table-top')),
  begins_by_itself boolean not null,
  begin_within_seconds integer not null check (begin_within_seconds between 3600 and 7776000),
  deadline_seconds integer not null check (deadline_seconds between 300 and 1209600),
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, scenario_id, mode),
  foreign key (provider_id, client_id, scenario_id)
    references risk_scenarios (provider_id, client_id, id)
);
create index scheduled_drills_by_id on scheduled_drills (provider_id, id);
call isolate_client('scheduled_drills');
grant delete on scheduled_drills to reprise_service;

-- One that was due, and the drill that came of it.
create table drill_calls (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  scheduled_drill_id uuid not null,
  called_at timestamptz not null,
  begin_by timestamptz not null,
  drill_id uuid,
  -- Why the service did not begin it by itself, where it was to.
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  check (begin_by > called_at),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  foreign key (provider_id, client_id, scheduled_drill_id)
    references scheduled_drills (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, drill_id) references drills (provider_id, client_id, id)
);
create unique index one_open_drill_call on drill_calls (provider_id, client_id, scheduled_drill_id) where drill_id is null;
call isolate_client('drill_calls');
grant delete on drill_calls to reprise_service;

-- Holders are asked by the service so long before what they showed counts no more; null: by people alone.
alter table clients add column key_drill_ask_days integer default 14 check (key_drill_ask_days between 0 and 365);
