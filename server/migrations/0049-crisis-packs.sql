-- Where a client's crisis packs are copied to, held against removal for so many days.
create table crisis_pack_settings (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  store_id uuid,
  hold_days integer not null default 400 check (hold_days between 1 and 3650),
  -- One is made whenever a plan comes into force.
  is_automatic boolean not null default true,
  changed_at timestamptz not null,
  primary key (provider_id, client_id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, store_id) references stores (provider_id, client_id, id)
);
call isolate_client('crisis_pack_settings');

-- What is needed when nothing else is left: plans, cards, directory and restart order in one sealed file.
create table crisis_packs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  state report_state not null default 'queued',
  locale text not null check (locale in ('fr', 'en', 'nl')),
  asked_by text not null,
  asked_at timestamptz not null,
  finished_at timestamptz,
  -- The data as they were when it was asked for; everything in the pack is made from this text alone.
  snapshot text not null,
  snapshot_sha256 text not null,
  recipients text[] not null check (cardinality(recipients) > 0),
  object_key text,
  sha256 text,
  bytes bigint,
  -- Names, sizes and hashes of the files inside.
  files jsonb,
  manifest_sha256 text,
  store_id uuid,
  store_key text,
  held_until timestamptz,
  -- Why there is no copy in the second store, where one was wanted.
  copy_finding text,
  copy_finding_code text,
  copy_finding_params jsonb,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  foreign key (provider_id, client_id, store_id) references stores (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check (num_nulls(copy_finding, copy_finding_code, copy_finding_params) in (0, 3)),
  check (num_nulls(store_id, store_key) in (0, 2)),
  check (state <> 'done' or num_nulls(object_key, sha256, bytes, files, manifest_sha256) = 0)
);
create index crisis_packs_by_id on crisis_packs (provider_id, id);
create index crisis_packs_of_client on crisis_packs (provider_id, client_id, asked_at desc);
call isolate_client('crisis_packs');

create table crisis_pack_handovers (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  crisis_pack_id uuid not null,
  recipient text not null check (length(recipient) between 1 and 200),
  medium text not null check (medium in ('usb', 'paper', 'mail', 'safe', 'other')),
  place text check (length(place) <= 200),
  handed_on date not null,
  noted_by text not null,
  noted_at timestamptz not null,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id, crisis_pack_id) references crisis_packs (provider_id, client_id, id)
);
create index crisis_pack_handovers_of_pack on crisis_pack_handovers (provider_id, client_id, crisis_pack_id);
call isolate_client('crisis_pack_handovers');
