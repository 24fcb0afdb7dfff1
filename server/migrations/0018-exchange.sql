-- Files that were sent to be looked at before they are taken over: what was read of them, and what it would do. Forgotten after an hour.
create table exchange_uploads (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 300),
  kind text not null check (kind in ('tables', 'mercator', 'ciso-assistant')),
  -- Of the file as it was sent.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  content jsonb not null,
  -- What it would do, as it was shown: whoever takes it over says which of these they saw.
  outlook jsonb not null,
  sent_by text not null,
  sent_at timestamptz not null,
  taken_at timestamptz,
  primary key (provider_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index exchange_uploads_by_time on exchange_uploads (provider_id, sent_at);
call isolate_client('exchange_uploads');
grant delete on exchange_uploads to reprise_service;
