-- Plans of more kinds, with what stands in a version besides its text: runbook, call tree, roles; and who received it.
alter type plan_kind add value 'crisis-management';
alter type plan_kind add value 'crisis-communication';
alter type plan_kind add value 'it-recovery';
-- Approved is not in force yet: that begins with its day.
alter type plan_state add value 'approved' after 'in-review';

alter table plans
  -- Where the plan is read from in a crisis: when all of them are lost with what it brings back, that is a deadlock.
  add column kept_in uuid[] not null default '{}',
  add column changed_at timestamptz;

alter table plan_versions
  -- Which content the hash is over: 1 had sections only.
  add column format integer not null default 1,
  -- The plan's title and the crisis roles with their holders, as they stood when it was frozen.
  add column plan_title text,
  add column roles jsonb,
  -- People who wrote in it. None of them approves it.
  add column written_by uuid[] not null default '{}',
  add column effective_on date,
  add column supersedes uuid,
  add column withdrawn_reason text check (length(withdrawn_reason) <= 2000),
  add column approved_at timestamptz,
  add column changed_at timestamptz,
  drop constraint plan_versions_check,
  add constraint hashed_once_frozen check (state in ('draft', 'withdrawn') or sha256 is not null),
  add constraint says_why_withdrawn check (format = 1 or state <> 'withdrawn' or withdrawn_reason is not null);
alter table plan_versions alter column format set default 2;

-- Titles may change from now on. The owner of a table is held by its row security too, so it is lifted for this one statement.
alter table plans no force row level security;
alter table plan_versions no force row level security;
update plan_versions v set plan_title = p.title from plans p
  where (p.provider_id, p.client_id, p.id) = (v.provider_id, v.client_id, v.plan_id) and v.state <> 'draft';
-- A draft that nobody froze yet is frozen as the new ones are.
update plan_versions set format = 2 where state = 'draft';
alter table plans force row level security;
alter table plan_versions force row level security;

-- The course of a version, and what its hash is over, hold whoever writes.
create function keep_version_course() returns trigger language plpgsql as $$
declare
  moving text[] := '{state,supersedes,withdrawn_reason,approved_at,in_force_at,changed_at}';
begin
  if new.state <> old.state and not (new.state::text = any (case old.state::text
      when 'draft' then '{in-review,withdrawn}'::text[]
      when 'in-review' then '{approved,withdrawn}'
      when 'approved' then '{in-force,superseded,withdrawn}'
      when 'in-force' then '{superseded,withdrawn}'
      else '{}' end)) then
    raise exception 'a version does not go from % to %', old.state, new.state;
  end if;
  if old.state <> 'draft' and to_jsonb(new) - moving <> to_jsonb(old) - moving then
    raise exception 'what a version says does not change once it was frozen';
  end if;
  return new;
end $$;
create trigger course before update on plan_versions for each row execute function keep_version_course();
create index versions_to_come on plan_versions (provider_id, effective_on) where effective_on is not null and in_force_at is null;

-- As whom somebody approved, where roles say who may.
alter table approvals add column crisis_role text check (length(crisis_role) <= 200);

alter table plan_sections
  -- Structured part, for example thresholds or channels; its shape follows the kind of section.
  add column payload jsonb not null default '{}',
  -- Counts up with every change, so that two who edit one section notice.
  add column edition integer not null default 1;

create table crisis_roles (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  cell text not null check (cell in ('decision', 'operations', 'communication', 'support')),
  mandate text check (length(mandate) <= 4000),
  -- Whoever holds it may approve plans, and activate them.
  may_approve boolean not null default false,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index crisis_roles_by_id on crisis_roles (provider_id, id);
call isolate_client('crisis_roles');
grant delete on crisis_roles to reprise_service;

create table role_assignments (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  role_id uuid not null,
  contact_id uuid not null,
  -- 0 holds it, 1 and on stand in, in this order.
  rank integer not null check (rank between 0 and 9),
  valid_from date not null,
  valid_until date,
  primary key (provider_id, client_id, id),
  check (valid_until is null or valid_until >= valid_from),
  foreign key (provider_id, client_id, role_id) references crisis_roles (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id)
);
create unique index one_holder_of_a_rank on role_assignments (provider_id, client_id, role_id, rank) where valid_until is null;
call isolate_client('role_assignments');
grant delete on role_assignments to reprise_service;

create table runbook_steps (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  plan_version_id uuid not null,
  -- The step's own name over all versions, so that two can be compared and measured times stay with it.
  key text not null check (key ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
  position integer not null,
  action text not null check (length(action) between 1 and 500),
  detail text check (length(detail) <= 10000),
  role_id uuid,
  role text check (length(role) <= 200),
  skill text check (length(skill) <= 200),
  resource text not null default 'technician' check (resource in ('none', 'technician', 'link')),
  p50_seconds bigint check (p50_seconds >= 0),
  p90_seconds bigint check (p90_seconds >= p50_seconds),
  success_test text check (length(success_test) <= 2000),
  rollback text check (length(rollback) <= 2000),
  -- What this step brings back.
  asset_id uuid,
  link text check (length(link) <= 1000),
  -- Keys of the steps that must be done before, and how long to wait after each.
  after jsonb not null default '[]',
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, plan_version_id, key),
  foreign key (provider_id, client_id, plan_version_id) references plan_versions (provider_id, client_id, id),
  foreign key (provider_id, client_id, role_id) references crisis_roles (provider_id, client_id, id) on delete set null (role_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id)
);
call isolate_client('runbook_steps');
grant delete on runbook_steps to reprise_service;

create table call_nodes (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  plan_version_id uuid not null,
  key text not null check (key ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
  position integer not null,
  -- Key of who calls this one; null: whoever raises the alarm.
  called_by text,
  contact_id uuid,
  role_id uuid,
  -- The name as it stood, so that a frozen tree reads the same when the contact is gone.
  name text not null check (length(name) between 1 and 200),
  timeout_seconds integer not null check (timeout_seconds between 0 and 86400),
  -- Whom to call instead once the time is over: key of another node, or nobody.
  fallback text,
  note text check (length(note) <= 1000),
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, plan_version_id, key),
  foreign key (provider_id, client_id, plan_version_id) references plan_versions (provider_id, client_id, id),
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id) on delete set null (contact_id),
  foreign key (provider_id, client_id, role_id) references crisis_roles (provider_id, client_id, id) on delete set null (role_id)
);
call isolate_client('call_nodes');
grant delete on call_nodes to reprise_service;

-- What a version says beside its sections is frozen with them. That a name goes out of the directory leaves the text as it was.
create function keep_frozen_parts() returns trigger language plpgsql as $$
declare
  of_version uuid := case when tg_op = 'DELETE' then old.plan_version_id else new.plan_version_id end;
  of_provider uuid := case when tg_op = 'DELETE' then old.provider_id else new.provider_id end;
  of_client uuid := case when tg_op = 'DELETE' then old.client_id else new.client_id end;
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - '{role_id,contact_id}'::text[] = to_jsonb(old) - '{role_id,contact_id}'::text[] then
    return new;
  end if;
  if not exists (select from plan_versions v where v.provider_id = of_provider and v.client_id = of_client
                 and v.id = of_version and v.state = 'draft') then
    raise exception 'the parts of a version change only while it is a draft';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger frozen before insert or update or delete on runbook_steps for each row execute function keep_frozen_parts();
create trigger frozen before insert or update or delete on call_nodes for each row execute function keep_frozen_parts();
grant delete on plan_sections to reprise_service;
create trigger frozen_rows before delete on plan_sections for each row execute function keep_frozen_parts();

-- Who was given a version, how, and that they read it.
create table distributions (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  plan_version_id uuid not null,
  contact_id uuid,
  name text not null check (length(name) between 1 and 200),
  channel text not null check (channel in ('service', 'mail', 'paper', 'offline-pack')),
  sha256 text not null,
  sent_at timestamptz not null,
  sent_by text not null,
  read_at timestamptz,
  -- Who says so: the reader while signed in, or somebody of the provider on their behalf.
  read_by text,
  is_read_by_self boolean,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, plan_version_id, name, channel),
  check (num_nulls(read_at, read_by, is_read_by_self) in (0, 3)),
  foreign key (provider_id, client_id, plan_version_id) references plan_versions (provider_id, client_id, id),
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id) on delete set null (contact_id)
);
create index distributions_by_id on distributions (provider_id, id);
call isolate_client('distributions');
