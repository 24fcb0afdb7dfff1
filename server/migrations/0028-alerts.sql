-- What needs somebody, who is told of it by which channel, and what came of telling them.
create type alert_severity as enum ('notice', 'warning', 'critical');

-- One condition of one client, from its first time on: when it comes back, it is this row that opens again.
create table alerts (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  rule text not null check (length(rule) between 1 and 100),
  -- What is the same trouble: a store that is out of reach is one key, whatever it holds up.
  key text not null check (length(key) between 1 and 300),
  severity alert_severity not null,
  -- { "key": "…", "params": {…} }
  reason jsonb not null,
  -- Why, as jobs and the engine say it: { "code": "…", "params": {…}, "message": "…" }
  because jsonb,
  -- [{ "kind": "…", "id": "…", "name": "…" }], the first hundred
  subjects jsonb not null,
  subject_count integer not null check (subject_count >= 0),
  -- How often it began.
  opening integer not null default 1 check (opening > 0),
  since timestamptz not null,
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_until timestamptz,
  acknowledged_note text check (length(acknowledged_note) <= 2000),
  -- Only the end of the condition sets it.
  resolved_at timestamptz,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, rule, key),
  check (num_nulls(acknowledged_at, acknowledged_by, acknowledged_until) in (0, 3)),
  check (acknowledged_note is null or acknowledged_at is not null),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index alerts_by_id on alerts (provider_id, id);
create index alerts_open on alerts (provider_id, severity desc, opened_at desc) where resolved_at is null;
call isolate_client('alerts');

-- The story of an alert. What is to be told waits here until it was planned whom to tell.
create table alert_events (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  alert_id uuid not null,
  kind text not null check (kind in ('opened', 'reopened', 'worsened', 'acknowledged', 'released', 'reminded', 'escalated', 'resolved')),
  opening integer not null,
  at timestamptz not null,
  by_name text,
  note text check (length(note) <= 2000),
  -- Of an escalation: whose deputies are told.
  route_id uuid,
  planned_at timestamptz,
  -- How many it was to be told to; nobody is a finding of its own.
  told integer,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, alert_id) references alerts (provider_id, client_id, id)
);
create index alert_events_of_alert on alert_events (provider_id, client_id, alert_id, at);
create index alert_events_unplanned on alert_events (provider_id, at) where planned_at is null;
create unique index one_escalation on alert_events (provider_id, client_id, alert_id, route_id, opening) where kind = 'escalated';
create index alert_events_by_age on alert_events (provider_id, at);
call isolate_client('alert_events');
grant delete on alert_events to reprise_service;

-- Those of the provider, without a client, are seen by all its people and changed by who sees all clients.
create procedure isolate_client_or_provider(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy own_clients on %s using (provider_id = (select current_provider())
       and (client_id is null or (select sees_all_clients()) or client_id = any ((select seen_clients())::uuid[])))', target);
  execute format('grant select, insert, update on %s to reprise_service', target);
end $$;

create type alert_channel_kind as enum ('webhook', 'slack', 'teams');

-- Where programs are told. The address may itself be a secret, so it is sealed; its host is shown.
create table alert_channels (
  provider_id uuid not null default current_provider() references providers,
  client_id uuid,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  kind alert_channel_kind not null,
  host text not null,
  sealed_address bytea not null,
  sealed_secret bytea,
  locale text not null check (locale in ('fr', 'en')),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, id),
  unique (provider_id, name),
  -- What is signed needs something to sign with.
  check (kind <> 'webhook' or sealed_secret is not null),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
call isolate_client_or_provider('alert_channels');
grant delete on alert_channels to reprise_service;

create table alert_routes (
  provider_id uuid not null default current_provider() references providers,
  client_id uuid,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  least_severity alert_severity not null,
  -- Empty: all.
  rules text[] not null default '{}',
  -- Of what is not critical.
  pace text not null check (pace in ('at-once', 'daily', 'weekly')),
  quiet_from text check (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  quiet_until text check (quiet_until ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  is_quiet_at_weekends boolean not null default false,
  does_critical_pass boolean not null,
  escalate_after_seconds integer check (escalate_after_seconds between 60 and 604800),
  is_enabled boolean not null default true,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, id),
  unique (provider_id, name),
  check ((quiet_from is null) = (quiet_until is null)),
  check (quiet_from <> quiet_until),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
call isolate_client_or_provider('alert_routes');
grant delete on alert_routes to reprise_service;

create table alert_recipients (
  provider_id uuid not null default current_provider() references providers,
  id uuid not null default gen_random_uuid(),
  route_id uuid not null,
  position integer not null,
  is_deputy boolean not null,
  person_id uuid,
  contact_id uuid,
  -- Whose contact it is.
  contact_client_id uuid,
  channel_id uuid,
  -- Null: that of the client whom the alert is of.
  time_zone text check (length(time_zone) <= 100),
  primary key (provider_id, id),
  check (num_nonnulls(person_id, contact_id, channel_id) = 1),
  check ((contact_id is null) = (contact_client_id is null)),
  foreign key (provider_id, route_id) references alert_routes (provider_id, id) on delete cascade,
  foreign key (provider_id, person_id) references memberships (provider_id, person_id),
  foreign key (provider_id, contact_client_id, contact_id) references contacts (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, channel_id) references alert_channels (provider_id, id)
);
create index alert_recipients_of_route on alert_recipients (provider_id, route_id, position);
alter table alert_recipients enable row level security;
alter table alert_recipients force row level security;
-- Whoever sees the route sees whom it tells.
create policy of_seen_routes on alert_recipients using (provider_id = (select current_provider())
  and route_id in (select id from alert_routes));
grant select, insert, update, delete on alert_recipients to reprise_service;

create type alert_delivery_state as enum ('waiting', 'sending', 'accepted', 'failed', 'dropped');

-- One thing told to one recipient. Sending comes before its note: who dies between them sends again, under the same id.
create table alert_deliveries (
  provider_id uuid not null default current_provider() references providers,
  client_id uuid,
  id uuid not null default gen_random_uuid(),
  alert_id uuid,
  event_id uuid,
  route_id uuid,
  -- `person:…`, `contact:…` or `channel:…`; the name stays when they are gone.
  recipient text not null,
  name text not null,
  is_digest boolean not null default false,
  -- What is told in one message has one.
  batch_id uuid,
  state alert_delivery_state not null default 'waiting',
  due_at timestamptz not null,
  tries integer not null default 0,
  claimed_at timestamptz,
  -- What the relay or the receiver answered; why it was not taken, as a finding.
  answer text check (length(answer) <= 2000),
  finding text,
  finding_code text,
  finding_params jsonb,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (provider_id, id),
  check (num_nulls(alert_id, event_id) in (0, 2)),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check ((state in ('accepted', 'failed', 'dropped')) = (ended_at is not null)),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, alert_id) references alerts (provider_id, client_id, id),
  foreign key (provider_id, client_id, event_id) references alert_events (provider_id, client_id, id)
);
-- Meant once: an event is told to a recipient by one row, however often anybody plans it.
create unique index told_once on alert_deliveries (provider_id, event_id, recipient) where event_id is not null;
create index alert_deliveries_due on alert_deliveries (provider_id, due_at) where state in ('waiting', 'sending');
create index alert_deliveries_of_alert on alert_deliveries (provider_id, client_id, alert_id);
create index alert_deliveries_latest on alert_deliveries (provider_id, created_at desc);
call isolate_client_or_provider('alert_deliveries');
grant delete on alert_deliveries to reprise_service;

-- When conditions were looked for last, so that two clocks do not do it twice.
create table alert_watches (
  provider_id uuid primary key default current_provider() references providers,
  watched_at timestamptz not null
);
call isolate_provider('alert_watches');

-- When the clock of this installation last ended a round; one row, nothing of a tenant.
create table clock_rounds (
  is_only boolean primary key default true check (is_only),
  started_at timestamptz not null,
  ended_at timestamptz
);
alter table clock_rounds enable row level security;
alter table clock_rounds force row level security;
create policy of_the_installation on clock_rounds using (true);
grant select, insert, update on clock_rounds to reprise_service;
