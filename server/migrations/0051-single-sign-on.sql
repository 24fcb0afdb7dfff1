-- How people of a provider come in by its own OpenID provider.

create table single_sign_ons (
  provider_id uuid not null default current_provider() references providers,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  issuer text not null check (length(issuer) between 8 and 500),
  oidc_client text not null check (length(oidc_client) between 1 and 500),
  -- Under the key of the door: whoever answers requests uses it, and it opens nothing else.
  sealed_secret bytea not null,
  -- The claim that lists groups. Null: roles stay as they were given here.
  group_claim text check (length(group_claim) between 1 and 200),
  -- [{group, role, clients}]: the first that fits counts.
  groups jsonb not null,
  -- Whether somebody of a mapped group who has no sign-in here gets one.
  takes_strangers boolean not null,
  -- Whether a second factor that the OpenID provider says it has asked for counts as one here.
  trusts_factor boolean not null,
  -- Whether those of its domains come in by no password of ours; owners always can.
  is_only_way boolean not null,
  changed_at timestamptz not null,
  primary key (provider_id, id),
  unique (provider_id)
);
call isolate_provider('single_sign_ons');
grant delete on single_sign_ons to reprise_service;

-- Whose addresses it speaks for. One of a domain speaks for all of it, so a domain is of one provider only.
create table sign_on_domains (
  domain text primary key check (domain = lower(domain) and length(domain) between 3 and 253),
  provider_id uuid not null default current_provider() references providers
);
call isolate_provider('sign_on_domains');
create policy shown_domain on sign_on_domains for select using (domain = split_part((select shown_email()), '@', 2));
grant delete on sign_on_domains to reprise_service;

-- Whom a subject of the OpenID provider is here, from their first sign-in on: an address that is given to somebody else is not them.
create table sign_on_subjects (
  provider_id uuid not null default current_provider(),
  person_id uuid not null,
  issuer text not null,
  subject text not null check (length(subject) between 1 and 255),
  bound_at timestamptz not null,
  primary key (provider_id, person_id),
  unique (provider_id, issuer, subject),
  foreign key (provider_id, person_id) references memberships (provider_id, person_id)
);
call isolate_provider('sign_on_subjects');
grant delete on sign_on_subjects to reprise_service;
