-- What other backup tools say of themselves, by an address only they know. It is their word, never our proof.
create type claim_kind as enum ('start', 'ok', 'fail', 'log');

create table claim_sources (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  vendor text not null check (length(vendor) between 1 and 100),
  asset_id uuid not null,
  -- After a good end the next is expected by this, and then within the grace.
  cadence jsonb not null,
  grace_seconds integer not null check (grace_seconds between 60 and 2592000),
  longest_seconds integer check (longest_seconds between 60 and 2592000),
  -- SHA-256 of the token in its address, and the key of its signed webhook, sealed; null until an address was made.
  token_hash text unique,
  sealed_key bytea,
  token_made_at timestamptz,
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  check ((token_hash is null) = (sealed_key is null) and (token_hash is null) = (token_made_at is null)),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id)
);
call isolate_client('claim_sources');
grant delete on claim_sources to reprise_service;
create policy shown_claim_source on claim_sources for select using (token_hash = (select shown_hash()) or (token_hash is not null and id::text = (select shown_hash())));

-- One word of such a tool, kept as it came. When it was heard is ours; all else is theirs.
create table claims (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  source_id uuid not null,
  kind claim_kind not null,
  run_id text check (length(run_id) between 1 and 100),
  heard_at timestamptz not null,
  -- Of a webhook, its HMAC; null for a ping.
  signature text check (signature ~ '^[0-9a-f]{64}$'),
  exit_status integer,
  job text check (length(job) <= 200),
  files bigint check (files >= 0),
  bytes bigint check (bytes >= 0),
  data_time timestamptz,
  body text not null check (length(body) <= 10240),
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, source_id)
    references claim_sources (provider_id, client_id, id) on delete cascade
);
-- One of a kind for a run, however often it is told.
create unique index claims_once on claims (provider_id, client_id, source_id, run_id, kind)
  where run_id is not null and kind <> 'log';
-- What was signed once is heard once, whatever it says.
create unique index claims_signed_once on claims (provider_id, client_id, source_id, signature) where signature is not null;
create index claims_latest on claims (provider_id, client_id, source_id, heard_at desc);
call isolate_client('claims');
revoke update on claims from reprise_service;
grant delete on claims to reprise_service;
