-- When each pack of an asset was read last and proved sound. Points share packs: a test of one shows something of others.
create table pack_proofs (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  asset_id uuid not null,
  store_id uuid not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  level test_level not null check (level in ('L2a', 'L2b')),
  proven_at timestamptz not null,
  -- When it was found missing or bad after that; null again once it was read and sound.
  damaged_at timestamptz,
  primary key (provider_id, client_id, asset_id, store_id, sha256),
  foreign key (provider_id, client_id, asset_id) references assets (provider_id, client_id, id),
  foreign key (provider_id, client_id, store_id) references stores (provider_id, client_id, id)
);
call isolate_client('pack_proofs');

-- What was read of some packs only shows nothing of a level, whatever code may write it down one day.
alter table restore_tests add constraint a_sample_is_no_pass
  check (state <> 'passed' or coalesce((result -> 'scope' ->> 'isSample')::boolean, false) = false);
