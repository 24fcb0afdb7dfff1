-- How people come in: invited, and back in when they forgot their password.

-- Whoever is invited is nobody yet: the person is made, or joins, when they follow the link that only their mailbox got.
-- So an invitation tells nobody whether an address is known elsewhere.
create table invitations (
  provider_id uuid not null default current_provider() references providers,
  id uuid not null default gen_random_uuid(),
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 200),
  locale text not null check (locale in ('fr', 'en', 'nl')),
  role member_role not null,
  -- Null: all clients.
  client_ids uuid[],
  valid_until timestamptz,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Null until it was mailed: the token is made by the worker that hands it to the relay, and rests nowhere.
  hash text unique,
  -- The relay would not take it.
  is_undelivered boolean not null default false,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  primary key (provider_id, id),
  check (accepted_at is null or withdrawn_at is null)
);
create unique index open_invitations on invitations (provider_id, email) where accepted_at is null and withdrawn_at is null;
call isolate_provider('invitations');
create policy shown_invitation on invitations for select using (hash = (select shown_hash()));

create table password_resets (
  hash text primary key,
  person_id uuid not null references people,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index password_resets_of_person on password_resets (person_id);
alter table password_resets enable row level security;
alter table password_resets force row level security;
create policy shown_reset on password_resets for select using (hash = (select shown_hash()));
create policy own_resets on password_resets using (person_id = (select current_person()));
grant select, insert, delete on password_resets to reprise_service;

-- A second factor is of the person. `provider_id` says where it was set up: under that name its secret is sealed.
create table totps (
  provider_id uuid not null default current_provider(),
  id uuid not null default gen_random_uuid(),
  person_id uuid not null unique,
  sealed_secret bytea not null,
  -- Null: the first code was not shown yet, so it counts for nothing.
  confirmed_at timestamptz,
  -- Of the last code that was taken: none is taken twice.
  last_step bigint not null default 0,
  created_at timestamptz not null,
  primary key (provider_id, id),
  foreign key (provider_id, person_id) references memberships (provider_id, person_id)
);
call isolate_provider('totps');
create policy own_totp on totps using (person_id = (select current_person()));
grant delete on totps to reprise_service;

create table passkeys (
  -- As the authenticator named it, in base64url.
  id text primary key check (length(id) between 16 and 1400),
  person_id uuid not null references people,
  name text not null check (length(name) between 1 and 100),
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index passkeys_of_person on passkeys (person_id);
alter table passkeys enable row level security;
alter table passkeys force row level security;
create policy own_passkeys on passkeys using (person_id = (select current_person()));
create policy seen_by_colleagues on passkeys for select using (
  person_id in (select person_id from memberships where provider_id = (select current_provider())));
grant select, insert, update, delete on passkeys to reprise_service;

create table recovery_codes (
  person_id uuid not null references people,
  hash text not null,
  used_at timestamptz,
  primary key (person_id, hash)
);
alter table recovery_codes enable row level security;
alter table recovery_codes force row level security;
create policy own_codes on recovery_codes using (person_id = (select current_person()));
grant select, insert, update, delete on recovery_codes to reprise_service;

-- What a browser has begun at the door and not ended: a password that was right, a challenge, a way to another sign-in.
create table door_steps (
  hash text primary key,
  kind text not null check (kind in ('second-factor', 'passkey', 'new-passkey', 'single-sign-on')),
  person_id uuid references people,
  data jsonb not null,
  expires_at timestamptz not null
);
alter table door_steps enable row level security;
alter table door_steps force row level security;
create policy shown_step on door_steps using (hash = (select shown_hash()));
grant select, insert, delete on door_steps to reprise_service;

-- What is over goes, whosever it was. As with sessions, the owner runs it and is under row security too.
do $$ begin
  execute format('create policy owner_forgets on door_steps to %I using (true)', current_user);
  execute format('create policy owner_forgets on password_resets to %I using (true)', current_user);
end $$;
create function forget_door(before timestamptz) returns void security definer set search_path = public language sql
  begin atomic
    delete from door_steps where expires_at < before;
    delete from password_resets where expires_at < before;
  end;
revoke execute on function forget_door(timestamptz) from public;
grant execute on function forget_door(timestamptz) to reprise_service;

-- Whether the session was opened with a second factor, and when its person last showed who they are.
alter table sessions add column has_second_factor boolean not null default false;
alter table sessions add column confirmed_at timestamptz not null default now();
alter table sessions alter column confirmed_at drop default;

-- What a provider asks of everybody's sign-in. Without a row: what `plans/sign-in-rules.ts` says.
create table sign_in_rules (
  provider_id uuid primary key default current_provider() references providers,
  -- Null: nobody needs a second factor.
  staff_factor_since timestamptz,
  grace_days integer not null check (grace_days between 0 and 90),
  idle_minutes integer not null check (idle_minutes between 5 and 1440),
  session_hours integer not null check (session_hours between 1 and 720),
  changed_at timestamptz not null
);
call isolate_provider('sign_in_rules');
create policy rules_of_own_providers on sign_in_rules for select using (
  provider_id in (select provider_id from memberships where person_id = (select current_person())));
