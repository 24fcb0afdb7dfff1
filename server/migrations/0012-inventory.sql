-- What the client has: sites, people to reach, suppliers and what they promise, and more about assets and their needs.
create type site_kind as enum ('office', 'plant', 'shop', 'data-centre', 'cloud-region', 'home', 'other');

create table sites (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  kind site_kind not null,
  address text check (length(address) <= 1000),
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  power text check (length(power) <= 2000),
  telecom text check (length(telecom) <= 2000),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  check ((latitude is null) = (longitude is null)),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index sites_by_id on sites (provider_id, id);
call isolate_client('sites');
grant delete on sites to reprise_service;

-- Somebody who has to be reached, of the client, a supplier or the provider. A sign-in is another matter.
create table contacts (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  employer text check (length(employer) <= 200),
  job_title text check (length(job_title) <= 200),
  languages text[] not null default '{}',
  -- The sign-in of the same person, where there is one.
  person_id uuid references people,
  left_on date,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index contacts_by_id on contacts (provider_id, id);
call isolate_client('contacts');
grant delete on contacts to reprise_service;

create type contact_point_kind as enum ('mobile', 'phone', 'mail', 'messaging', 'radio', 'address', 'other');

create table contact_points (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  contact_id uuid not null,
  kind contact_point_kind not null,
  value text not null check (length(value) between 1 and 300),
  -- It works without the client's own network, directory, telephony and mail.
  is_out_of_band boolean not null,
  -- The order in which to try.
  rank integer not null check (rank between 1 and 20),
  -- The assets it needs to work, for example the mail server, are said as well: rule 11 looks there.
  needs_asset_id uuid,
  verified_at timestamptz,
  verified_by text,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, contact_id, kind, value),
  check ((verified_at is null) = (verified_by is null)),
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id) on delete cascade,
  foreign key (provider_id, client_id, needs_asset_id) references assets (provider_id, client_id, id)
);
create index contact_points_by_id on contact_points (provider_id, id);
call isolate_client('contact_points');
grant delete on contact_points to reprise_service;

alter type asset_kind add value 'virtual-machine' after 'server';
alter type asset_kind add value 'person' after 'team';
create type asset_state as enum ('planned', 'in-service', 'being-replaced');

alter table assets
  add column site_id uuid,
  -- Who provides it: an asset of kind supplier.
  add column supplier_id uuid,
  -- Who holds a key, a skill or a document, or leads a team; the deputy is who else can.
  add column holder_id uuid,
  add column deputy_id uuid,
  add column state asset_state not null default 'in-service',
  add column volume_bytes bigint check (volume_bytes >= 0),
  add column change_bytes_per_day bigint check (change_bytes_per_day >= 0),
  add column end_of_support_on date,
  -- A declared time to bring it back, which counts as declared wherever no test measured one.
  add column declared_recovery_seconds bigint check (declared_recovery_seconds >= 0),
  -- What bringing it back keeps busy meanwhile: nothing, a technician, or the line over which backups come.
  add column recovery_resource text not null default 'technician' check (recovery_resource in ('none', 'technician', 'link')),
  -- People can work without the premises it stands for.
  add column is_remote_work_possible boolean not null default false,
  -- Where it was imported from, and its name there.
  add column external_source text check (length(external_source) <= 100),
  add column external_id text check (length(external_id) <= 300),
  add column changed_at timestamptz,
  add foreign key (provider_id, client_id, site_id) references sites (provider_id, client_id, id),
  add foreign key (provider_id, client_id, supplier_id) references assets (provider_id, client_id, id),
  add foreign key (provider_id, client_id, holder_id) references contacts (provider_id, client_id, id),
  add foreign key (provider_id, client_id, deputy_id) references contacts (provider_id, client_id, id),
  add check (holder_id is distinct from deputy_id or holder_id is null),
  add check (supplier_id is distinct from id),
  add check ((external_source is null) = (external_id is null));
-- An import finds again what it brought.
create unique index one_asset_of_an_origin on assets (provider_id, client_id, external_source, external_id) where retired_at is null;

-- What a supplier (an asset of that kind) says it does. All of it is declared.
create table supplier_terms (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  asset_id uuid not null,
  -- Number in a public register (SIREN, KvK, VAT, LEI): by it the same supplier is known at several clients.
  registration text check (length(registration) <= 50),
  service text check (length(service) <= 1000),
  contact_id uuid,
  -- Null: it promises nothing.
  recovery_promise_seconds bigint check (recovery_promise_seconds >= 0),
  -- When it works: see `plans/hours.ts`.
  hours jsonb not null,
  sub_suppliers text check (length(sub_suppliers) <= 2000),
  exit_plan text check (length(exit_plan) <= 4000),
  contract_until date,
  checked_on date,
  checked_by text,
  changed_at timestamptz not null,
  primary key (provider_id, client_id, asset_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id)
);
call isolate_client('supplier_terms');
grant delete on supplier_terms to reprise_service;

-- `recovery`: it is needed to bring the other back, and for nothing else: a backup key, a plan, a vault, the way to the backups.
alter type dependency_kind add value 'recovery';
create type confidence as enum ('assumed', 'told', 'observed');

alter table dependencies
  -- Needs of one activity or asset that share a group stand in for each other: `required_k` of them are enough.
  add column group_name text check (length(group_name) between 1 and 100),
  add column required_k integer check (required_k >= 1),
  -- How much of the service is left without it, in percent lost.
  add column degradation_percent integer check (degradation_percent between 0 and 100),
  add column confidence confidence not null default 'told',
  add column confirmed_at timestamptz,
  add column confirmed_by text,
  add check ((group_name is null) = (required_k is null)),
  add check ((confirmed_at is null) = (confirmed_by is null));

-- Where copies lie, and what is needed to get at them.
alter table stores
  add column site_id uuid,
  -- Whose account it is in, in words that can be compared: an off-site copy needs another site and another account.
  add column account text check (length(account) <= 200),
  add column needs uuid[] not null default '{}';
