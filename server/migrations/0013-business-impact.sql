-- How impact grows while an activity stands still, and the study that froze and approved what was found.
create type client_size as enum ('micro', 'small', 'medium', 'large');

alter table clients
  -- When the client works: see `plans/hours.ts`. Null: always.
  add column business_hours jsonb,
  add column currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  add column size client_size,
  -- The client's own words for terms where usage clashes: key of the glossary to label.
  add column labels jsonb not null default '{}',
  -- What bringing back has to get by with at once.
  add column technicians integer not null default 1 check (technicians between 1 and 100),
  add column link_count integer not null default 1 check (link_count between 1 and 100),
  add column changed_at timestamptz;

create type activity_calendar as enum ('always', 'business-hours');

alter table activities
  add column parent_id uuid,
  add column calendar activity_calendar not null default 'always',
  -- [{ "name": "Clôture", "from": "12-15", "to": "01-15" }], month and day, both counted in, over the turn of the year or not.
  add column peak_periods jsonb not null default '[]',
  -- `rpo_seconds` is the tolerance (PDMA), this the target that backups are built for (PRD).
  add column rpo_target_seconds bigint check (rpo_target_seconds >= 0),
  -- Work recovery time: what people need once the systems are back.
  add column wrt_seconds bigint check (wrt_seconds >= 0),
  add column mbco_percent integer check (mbco_percent between 0 and 100),
  -- Why MTPD is not what follows from the impact over time.
  add column mtpd_reason text check (length(mtpd_reason) <= 2000),
  add foreign key (provider_id, client_id, parent_id) references activities (provider_id, client_id, id),
  add check (parent_id is distinct from id);

create table impact_categories (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  position integer not null,
  -- [{ "level": 0, "meaning": "…", "isTolerable": true }, …], from the lightest on.
  levels jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index impact_categories_by_id on impact_categories (provider_id, id);
call isolate_client('impact_categories');
grant delete on impact_categories to reprise_service;

-- From so many seconds of standstill on, the impact in a category is of this level.
create table impact_points (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  activity_id uuid not null,
  category_id uuid not null,
  after_seconds bigint not null check (after_seconds >= 0),
  level integer not null check (level between 0 and 9),
  amount numeric(16, 2) check (amount >= 0),
  justification text check (length(justification) <= 2000),
  primary key (provider_id, client_id, activity_id, category_id, after_seconds),
  foreign key (provider_id, client_id, activity_id) references activities (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, category_id) references impact_categories (provider_id, client_id, id)
);
call isolate_client('impact_points');
grant delete on impact_points to reprise_service;

create type resource_kind as enum ('people', 'workplace', 'application', 'data', 'equipment', 'supplier', 'other');

-- So much of a resource is needed from so many seconds after the standstill on.
create table resource_needs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  activity_id uuid not null,
  after_seconds bigint not null check (after_seconds >= 0),
  kind resource_kind not null,
  name text not null check (length(name) between 1 and 200),
  quantity numeric(12, 2) not null check (quantity >= 0),
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, activity_id, after_seconds, kind, name),
  foreign key (provider_id, client_id, activity_id) references activities (provider_id, client_id, id) on delete cascade
);
call isolate_client('resource_needs');
grant delete on resource_needs to reprise_service;

create type study_state as enum ('in-review', 'approved', 'superseded', 'withdrawn');

-- A business impact analysis as it stood when it was handed in: the analyses of its activities, scales and all, as one hashed text.
create table bia_studies (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  number integer not null check (number > 0),
  title text not null check (length(title) between 1 and 200),
  perimeter text check (length(perimeter) <= 4000),
  method text check (length(method) <= 4000),
  state study_state not null,
  content text not null,
  sha256 text not null,
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null,
  decided_by uuid,
  decided_by_name text,
  decided_at timestamptz,
  comment text check (length(comment) <= 2000),
  next_review_on date not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, number),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  check (num_nulls(decided_by, decided_by_name, decided_at) in (0, 3)),
  check ((state = 'in-review') = (decided_at is null)),
  -- Whoever hands a study in does not approve it; taking it back is theirs as well.
  check (state in ('in-review', 'withdrawn') or decided_by <> created_by)
);
create index bia_studies_by_id on bia_studies (provider_id, id);
create unique index one_study_approved on bia_studies (provider_id, client_id) where state = 'approved';
create unique index one_study_in_review on bia_studies (provider_id, client_id) where state = 'in-review';
call isolate_client('bia_studies');

create function keep_study_content() returns trigger language plpgsql as $$
begin
  if new.content <> old.content or new.sha256 <> old.sha256 or new.number <> old.number then
    raise exception 'a study stays as it was handed in';
  end if;
  return new;
end $$;
create trigger frozen before update on bia_studies for each row execute function keep_study_content();
