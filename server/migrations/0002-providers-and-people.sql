-- A provider is a managed-service provider or consultancy; everything else belongs to one.
create table providers (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  country text not null check (country ~ '^[A-Z]{2}$'),
  locale text not null check (locale in ('fr', 'en', 'nl')),
  created_at timestamptz not null
);
alter table providers enable row level security;
alter table providers force row level security;
create policy own_provider on providers using (id = (select current_provider()));
grant select, insert, update on providers to reprise_service;

-- The clock has to ask each provider in turn what is due, so one function tells the ids of all, and nothing more.
-- It runs as the owner, who is under row security as well: the second policy is for that function alone.
do $$ begin
  execute format('create policy owner_counts on providers for select to %I using (true)', current_user);
end $$;
create function provider_ids() returns setof uuid stable security definer set search_path = public language sql
  begin atomic
    select id from providers order by id;
  end;
revoke execute on function provider_ids() from public;
grant execute on function provider_ids() to reprise_service;

create table clients (
  provider_id uuid not null default current_provider() references providers,
  client_id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  sector text check (length(sector) <= 200),
  country text not null check (country ~ '^[A-Z]{2}$'),
  locale text not null check (locale in ('fr', 'en', 'nl')),
  time_zone text not null,
  created_at timestamptz not null,
  primary key (provider_id, client_id),
  unique (provider_id, name)
);
call isolate_client('clients');

-- A person has one mail address over the whole installation and may work for several providers.
create table people (
  id uuid primary key default gen_random_uuid(),
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 200),
  locale text not null check (locale in ('fr', 'en', 'nl')),
  created_at timestamptz not null
);
create unique index people_email on people (email);

create type member_role as enum ('owner', 'consultant', 'technician', 'client-approver', 'client-reader', 'auditor');

create table memberships (
  provider_id uuid not null default current_provider() references providers,
  person_id uuid not null references people,
  role member_role not null,
  sees_all_clients boolean not null,
  valid_until timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null,
  primary key (provider_id, person_id),
  check (role <> 'owner' or sees_all_clients),
  check (role not in ('client-approver', 'client-reader') or not sees_all_clients),
  check (role <> 'auditor' or valid_until is not null)
);
create index memberships_of_person on memberships (person_id);
alter table memberships enable row level security;
alter table memberships force row level security;
create policy own_provider on memberships using (provider_id = (select current_provider()));
create policy own_memberships on memberships for select using (person_id = (select current_person()));
grant select, insert, update on memberships to reprise_service;

create table membership_clients (
  provider_id uuid not null default current_provider(),
  person_id uuid not null,
  client_id uuid not null,
  primary key (provider_id, person_id, client_id),
  foreign key (provider_id, person_id) references memberships (provider_id, person_id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
alter table membership_clients enable row level security;
alter table membership_clients force row level security;
create policy own_provider on membership_clients using (provider_id = (select current_provider()));
create policy own_memberships on membership_clients for select using (person_id = (select current_person()));
grant select, insert, delete on membership_clients to reprise_service;

alter table people enable row level security;
alter table people force row level security;
create policy known_people on people for select using (
  id = (select current_person())
  or email = (select shown_email())
  or id in (select person_id from memberships where provider_id = (select current_provider())));
create policy new_people on people for insert with check ((select current_provider()) is not null);
create policy own_person on people for update using (id = (select current_person()));
grant select, insert, update on people to reprise_service;

-- Only the person whose password it is opens this row: nobody lists hashes.
create table person_passwords (
  person_id uuid primary key references people,
  hash text not null,
  changed_at timestamptz not null
);
alter table person_passwords enable row level security;
alter table person_passwords force row level security;
create policy own_password on person_passwords using (person_id = (select current_person()));
grant select, insert, update on person_passwords to reprise_service;

-- The token itself is with the browser; we keep its SHA-256.
create table sessions (
  hash text primary key,
  provider_id uuid not null,
  person_id uuid not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  address text not null,
  foreign key (provider_id, person_id) references memberships (provider_id, person_id)
);
create index sessions_of_person on sessions (person_id);
alter table sessions enable row level security;
alter table sessions force row level security;
create policy shown_session on sessions using (hash = (select shown_hash()));
create policy own_sessions on sessions using (person_id = (select current_person()));
grant select, insert, update, delete on sessions to reprise_service;
create index sessions_by_end on sessions (expires_at);
-- Sessions that are over go, whoever they were of. As above, the owner runs it and is under row security too.
do $$ begin
  execute format('create policy owner_forgets on sessions to %I using (true)', current_user);
end $$;
create function forget_sessions(before timestamptz) returns bigint security definer set search_path = public language sql
  begin atomic
    with gone as (delete from sessions where expires_at < before returning 1)
    select count(*) from gone;
  end;
revoke execute on function forget_sessions(timestamptz) from public;
grant execute on function forget_sessions(timestamptz) to reprise_service;

create table api_tokens (
  provider_id uuid not null default current_provider() references providers,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  hash text not null unique,
  role member_role not null,
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ '{read,write,run}'),
  -- Null: all clients.
  client_ids uuid[],
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (provider_id, id)
);
call isolate_provider('api_tokens');
create policy shown_token on api_tokens for select using (hash = (select shown_hash()));

-- How often something was tried lately: sign-ins by address and by account. Keys are hashes; nothing here is of a tenant.
create table throttles (
  key text primary key,
  window_started_at timestamptz not null,
  tries integer not null
);
grant select, insert, update, delete on throttles to reprise_service;
