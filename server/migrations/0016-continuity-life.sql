-- What happened to plans: contact tests, exercises, incidents with their log, runbooks that were run, lessons and actions.
create type exercise_kind as enum ('tabletop', 'functional', 'full');
create type exercise_state as enum ('planned', 'running', 'done', 'called-off');

create table exercises (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null check (length(title) between 1 and 200),
  kind exercise_kind not null,
  state exercise_state not null default 'planned',
  scenario_id uuid,
  planned_on date not null,
  started_at timestamptz,
  ended_at timestamptz,
  -- [{ "name": "…", "part": "player" | "facilitator" | "observer", "contact": uuid | null, "wasPresent": boolean | null }]
  participants jsonb not null default '[]',
  summary text check (length(summary) <= 20000),
  called_off_reason text check (length(called_off_reason) <= 2000),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, scenario_id) references risk_scenarios (provider_id, client_id, id),
  check (state not in ('running', 'done') or started_at is not null),
  check ((state = 'done') = (ended_at is not null))
);
create index exercises_by_id on exercises (provider_id, id);
call isolate_client('exercises');

create table exercise_plans (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  exercise_id uuid not null,
  plan_id uuid not null,
  primary key (provider_id, client_id, exercise_id, plan_id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id),
  foreign key (provider_id, client_id, plan_id) references plans (provider_id, client_id, id)
);
call isolate_client('exercise_plans');
grant delete on exercise_plans to reprise_service;

create table exercise_objectives (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  exercise_id uuid not null,
  position integer not null,
  objective text not null check (length(objective) between 1 and 1000),
  target text check (length(target) <= 1000),
  rating text check (rating in ('met', 'partly-met', 'not-met')),
  note text check (length(note) <= 4000),
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id)
);
create index exercise_objectives_by_id on exercise_objectives (provider_id, id);
call isolate_client('exercise_objectives');
grant delete on exercise_objectives to reprise_service;

create table injects (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  exercise_id uuid not null,
  -- After the beginning.
  at_seconds bigint not null check (at_seconds >= 0),
  message text not null check (length(message) between 1 and 4000),
  given_to text check (length(given_to) <= 200),
  expected text check (length(expected) <= 2000),
  sent_at timestamptz,
  outcome text check (length(outcome) <= 2000),
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id)
);
create index injects_by_id on injects (provider_id, id);
call isolate_client('injects');
grant delete on injects to reprise_service;

create table observations (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  exercise_id uuid not null,
  at timestamptz not null,
  author text not null,
  note text not null check (length(note) between 1 and 4000),
  severity text not null check (severity in ('strength', 'minor', 'major', 'critical')),
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id)
);
call isolate_client('observations');

create table contact_tests (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  contact_id uuid not null,
  contact_point_id uuid,
  exercise_id uuid,
  -- The call tree that was followed, if any.
  plan_version_id uuid,
  at timestamptz not null,
  method text not null check (length(method) between 1 and 200),
  is_reached boolean not null,
  answer_seconds integer check (answer_seconds >= 0),
  note text check (length(note) <= 1000),
  recorded_by text not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id),
  foreign key (provider_id, client_id, contact_point_id) references contact_points (provider_id, client_id, id) on delete set null (contact_point_id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id),
  foreign key (provider_id, client_id, plan_version_id) references plan_versions (provider_id, client_id, id)
);
call isolate_client('contact_tests');

create type incident_severity as enum ('minor', 'significant', 'major', 'crisis');

create table incidents (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null check (length(title) between 1 and 200),
  class text not null check (class in ('cyber', 'hardware', 'software', 'supplier', 'human-error', 'premises', 'power', 'network', 'data-loss', 'other')),
  severity incident_severity not null,
  description text check (length(description) <= 10000),
  scenario_id uuid,
  occurred_at timestamptz,
  detected_at timestamptz not null,
  declared_at timestamptz,
  contained_at timestamptz,
  restored_at timestamptz,
  closed_at timestamptz,
  -- Why it was closed although nothing came back.
  unrestored_reason text check (length(unrestored_reason) between 1 and 2000),
  -- What was measured: how long nobody could work, and how much work was lost.
  data_loss_seconds bigint check (data_loss_seconds >= 0),
  is_reportable boolean,
  -- [{ "to": "CNIL", "dueAt": "…", "doneAt": "…" | null }]
  reports jsonb not null default '[]',
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, scenario_id) references risk_scenarios (provider_id, client_id, id),
  check (occurred_at is null or occurred_at <= detected_at),
  check (declared_at is null or declared_at >= detected_at),
  check (closed_at is null or closed_at >= detected_at),
  check (closed_at is null or restored_at is not null or unrestored_reason is not null)
);
create index incidents_by_id on incidents (provider_id, id);
call isolate_client('incidents');

create table incident_objects (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  incident_id uuid not null,
  activity_id uuid,
  asset_id uuid,
  check (num_nonnulls(activity_id, asset_id) = 1),
  unique nulls not distinct (provider_id, client_id, incident_id, activity_id, asset_id),
  foreign key (provider_id, client_id, incident_id) references incidents (provider_id, client_id, id),
  foreign key (provider_id, client_id, activity_id) references activities (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id)
);
call isolate_client('incident_objects');
grant delete on incident_objects to reprise_service;

-- A plan version put to use, in earnest or for practice.
create table activations (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  incident_id uuid,
  exercise_id uuid,
  plan_version_id uuid not null,
  decided_by text not null check (length(decided_by) between 1 and 200),
  started_at timestamptz not null,
  stood_down_at timestamptz,
  exit_criteria text check (length(exit_criteria) <= 2000),
  stood_down_by text check (length(stood_down_by) <= 200),
  primary key (provider_id, client_id, id),
  check (num_nonnulls(incident_id, exercise_id) = 1),
  check ((stood_down_at is null) = (stood_down_by is null)),
  foreign key (provider_id, client_id, incident_id) references incidents (provider_id, client_id, id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id),
  foreign key (provider_id, client_id, plan_version_id) references plan_versions (provider_id, client_id, id)
);
create index activations_by_id on activations (provider_id, id);
create unique index one_activation_at_a_time on activations (provider_id, client_id, incident_id, exercise_id, plan_version_id)
  nulls not distinct where stood_down_at is null;
call isolate_client('activations');

-- A runbook step run for an activation. What a step took is measured here.
create table step_runs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  activation_id uuid not null,
  step_key text not null,
  state text not null check (state in ('started', 'done', 'failed', 'skipped')),
  started_at timestamptz,
  started_by text,
  ended_at timestamptz,
  ended_by text,
  note text check (length(note) <= 4000),
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, activation_id, step_key),
  check ((state = 'started') = (ended_at is null)),
  check (state not in ('failed', 'skipped') or note is not null),
  check (ended_at is null or started_at is null or ended_at >= started_at),
  foreign key (provider_id, client_id, activation_id) references activations (provider_id, client_id, id)
);
call isolate_client('step_runs');

create type log_entry_kind as enum ('fact', 'decision', 'message', 'risk', 'waiver', 'correction');

-- The main courante: what was known, decided and said, in the order in which it was written down. Nothing is changed: a correction
-- is a new entry that names the one it corrects. `hash` is over the one before it and this one's content.
create table log_entries (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  incident_id uuid,
  exercise_id uuid,
  seq integer not null check (seq > 0),
  at timestamptz not null,
  recorded_at timestamptz not null,
  author text not null,
  kind log_entry_kind not null,
  text text not null check (length(text) between 1 and 10000),
  corrects integer,
  previous_hash text not null,
  hash text not null,
  primary key (provider_id, client_id, id),
  check (num_nonnulls(incident_id, exercise_id) = 1),
  check ((kind = 'correction') = (corrects is not null)),
  check (corrects < seq),
  unique nulls not distinct (provider_id, client_id, incident_id, exercise_id, seq),
  foreign key (provider_id, client_id, incident_id) references incidents (provider_id, client_id, id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id)
);
call isolate_client('log_entries');
revoke update on log_entries from reprise_service;
create function refuse_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'a log only grows';
end $$;
create trigger append_only before update or delete on log_entries for each row execute function refuse_log_change();

-- A review after an exercise or incident (RETEX), due 30 days after its end.
create table reviews (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  incident_id uuid,
  exercise_id uuid,
  due_on date not null,
  held_on date,
  participants text check (length(participants) <= 2000),
  causes text check (length(causes) <= 10000),
  what_worked text check (length(what_worked) <= 10000),
  what_failed text check (length(what_failed) <= 10000),
  closed_at timestamptz,
  closed_by text,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  check (num_nonnulls(incident_id, exercise_id) = 1),
  check ((closed_at is null) = (closed_by is null)),
  check (closed_at is null or held_on is not null),
  unique nulls not distinct (provider_id, client_id, incident_id, exercise_id),
  foreign key (provider_id, client_id, incident_id) references incidents (provider_id, client_id, id),
  foreign key (provider_id, client_id, exercise_id) references exercises (provider_id, client_id, id)
);
create index reviews_by_id on reviews (provider_id, id);
call isolate_client('reviews');

-- Something found wanting, by whatever brought it to light.
create table lessons (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  origin_kind text not null check (origin_kind in ('review', 'exercise', 'incident', 'restore-test', 'audit', 'rule', 'other')),
  origin_id uuid,
  text text not null check (length(text) between 1 and 4000),
  severity text not null check (severity in ('strength', 'minor', 'major', 'critical')),
  recorded_by text not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index lessons_by_id on lessons (provider_id, id);
call isolate_client('lessons');

create table corrective_actions (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  lesson_id uuid,
  title text not null check (length(title) between 1 and 500),
  owner text not null check (length(owner) between 1 and 200),
  owner_contact_id uuid,
  due_on date not null,
  done_at timestamptz,
  done_by text,
  -- Null when it was a token: nobody knows whose hand it was in.
  done_by_person uuid,
  -- Somebody else looked and saw that it works.
  verified_at timestamptz,
  verified_by text,
  effect text check (length(effect) <= 2000),
  dropped_at timestamptz,
  dropped_reason text check (length(dropped_reason) <= 2000),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  check ((done_at is null) = (done_by is null)),
  check (done_by_person is null or done_by is not null),
  check (num_nulls(verified_at, verified_by, effect) in (0, 3)),
  check (verified_at is null or done_at is not null),
  check ((dropped_at is null) = (dropped_reason is null)),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, lesson_id) references lessons (provider_id, client_id, id),
  foreign key (provider_id, client_id, owner_contact_id) references contacts (provider_id, client_id, id) on delete set null (owner_contact_id)
);
create index corrective_actions_by_id on corrective_actions (provider_id, id);
call isolate_client('corrective_actions');

-- What the provider promised the client for a fixed monthly price.
create table service_agreements (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null check (length(title) between 1 and 200),
  monthly_fee numeric(14, 2) not null check (monthly_fee >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Lines of text: what the price includes.
  services text[] not null,
  -- When help is there: see `plans/hours.ts`.
  cover_hours jsonb not null,
  response_seconds bigint check (response_seconds >= 0),
  recovery_seconds bigint check (recovery_seconds >= 0),
  restore_test_days integer check (restore_test_days > 0),
  drill_days integer check (drill_days > 0),
  report_days integer check (report_days > 0),
  backup_success_percent numeric(5, 2) check (backup_success_percent between 0 and 100),
  valid_from date not null,
  valid_until date,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  check (valid_until is null or valid_until >= valid_from),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index service_agreements_by_id on service_agreements (provider_id, id);
call isolate_client('service_agreements');
