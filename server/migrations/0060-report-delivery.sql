-- A client's people see what was released to them: by a person, or by the schedule that it was made for.
alter table reports
  add column released_at timestamptz,
  add column released_by text check (length(released_by) between 1 and 200),
  -- The file is gone, and the data it was drawn from; the record and its hashes stay.
  add column file_removed_at timestamptz,
  add constraint reports_release_whole check ((released_at is null) = (released_by is null));
alter table reports add unique (provider_id, client_id, id);
alter table reports no force row level security;
-- Until now they saw all of their own.
update reports set released_at = coalesce(finished_at, asked_at), released_by = left(asked_by, 200)
  where state = 'done' and client_id is not null;
alter table reports force row level security;
alter table providers add column report_years integer not null default 10 check (report_years between 1 and 50);

-- Who took the file, and which.
create table report_downloads (
  provider_id uuid not null default current_provider(),
  client_id uuid,
  id uuid not null default gen_random_uuid(),
  report_id uuid not null,
  at timestamptz not null,
  person_id uuid,
  name text not null,
  sha256 text not null,
  primary key (provider_id, id),
  foreign key (provider_id, client_id, report_id) references reports (provider_id, client_id, id)
);
create index report_downloads_of_report on report_downloads (provider_id, report_id, at desc);
call isolate_client('report_downloads');
-- Of a closed client, too, what is on record is downloaded.
drop trigger client_is_open on report_downloads;

-- Which report a client is due, when, and whom it goes to.
create table report_schedules (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  kind text not null check (kind in ('readiness', 'coverage', 'cards', 'exercise')),
  locale text not null check (locale in ('fr', 'en', 'nl')),
  occasion text not null check (occasion in ('monthly', 'quarterly', 'drill', 'exercise')),
  day integer not null check (day between -1 and 31 and day <> 0),
  at_time text not null check (at_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  is_released boolean not null,
  -- Drills and exercises that ended before are not reported.
  since timestamptz not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  check (kind <> 'exercise' or occasion = 'exercise'),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index report_schedules_by_id on report_schedules (provider_id, id);
call isolate_client('report_schedules');
grant delete on report_schedules to reprise_service;

create table report_recipients (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  schedule_id uuid not null,
  position integer not null,
  person_id uuid,
  contact_id uuid,
  way text not null check (way in ('link', 'file')),
  primary key (provider_id, client_id, id),
  check (num_nonnulls(person_id, contact_id) = 1),
  foreign key (provider_id, client_id, schedule_id)
    references report_schedules (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id) on delete cascade
);
create index report_recipients_of_schedule on report_recipients (provider_id, client_id, schedule_id, position);
call isolate_client('report_recipients');
grant delete on report_recipients to reprise_service;

-- One that was due, by the calendar or after a drill or an exercise, and the report that came of it.
create table report_runs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  schedule_id uuid not null,
  due_at timestamptz not null,
  -- The drill or exercise that it comes after.
  occasion_id uuid,
  report_id uuid,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  foreign key (provider_id, client_id, schedule_id)
    references report_schedules (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, report_id) references reports (provider_id, client_id, id)
);
create unique index one_report_of_an_occasion on report_runs (provider_id, client_id, schedule_id, occasion_id);
create index report_runs_of_schedule on report_runs (provider_id, client_id, schedule_id, due_at desc);
create index report_runs_of_report on report_runs (provider_id, report_id);
call isolate_client('report_runs');
grant delete on report_runs to reprise_service;

-- One report to one recipient by mail. Sending comes before its note: who dies between them sends again, under the same id.
create table report_deliveries (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  report_id uuid not null,
  -- `person:…` or `contact:…`; the name stays when they are gone.
  recipient text not null check (recipient ~ '^(person|contact):[0-9a-f-]{36}$'),
  name text not null,
  way text not null check (way in ('link', 'file')),
  sha256 text not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  asked_at timestamptz not null,
  asked_by text not null,
  address text,
  ended_at timestamptz,
  answer text check (length(answer) <= 2000),
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  check ((state = 'waiting') = (ended_at is null)),
  check (state <> 'sent' or address is not null),
  check (state <> 'failed' or finding_code is not null),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  foreign key (provider_id, client_id, report_id) references reports (provider_id, client_id, id)
);
create index report_deliveries_by_id on report_deliveries (provider_id, id);
create index report_deliveries_of_report on report_deliveries (provider_id, report_id, asked_at);
create index report_deliveries_to on report_deliveries (provider_id, client_id, recipient, asked_at desc);
call isolate_client('report_deliveries');
