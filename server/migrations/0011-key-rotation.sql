-- Keys of clients are replaced while points sealed to the old ones live on: which key opens which point must be known.

alter table client_keys add column fingerprint text not null
  generated always as (left(encode(sha256(decode(recipient, 'escape')), 'hex'), 16)) stored;
alter table client_keys add unique (provider_id, client_id, recipient);

-- Fingerprints of its recipients, as its head tells them. Empty for points of before this was kept.
alter table recovery_points add column sealed_to text[] not null default '{}';
