-- The weakest activity of each client, with its time against its RTO, so that a portfolio is compared in one query.
alter table client_standings add column weakest jsonb;

-- How a provider shows itself on its reports.
create table provider_brands (
  provider_id uuid primary key default current_provider() references providers,
  legal_name text check (length(legal_name) between 1 and 200),
  address text check (length(address) between 1 and 500),
  footer text check (length(footer) between 1 and 120),
  primary_colour text check (primary_colour ~ '^#[0-9A-F]{6}$'),
  accent_colour text check (accent_colour ~ '^#[0-9A-F]{6}$'),
  logo_type text check (logo_type in ('image/png', 'image/svg+xml')),
  logo bytea check (length(logo) between 1 and 200000),
  logo_sha256 text check (logo_sha256 ~ '^[0-9a-f]{64}$'),
  changed_at timestamptz not null,
  constraint provider_brands_logo_whole
    check ((logo is null) = (logo_type is null) and (logo is null) = (logo_sha256 is null)),
  constraint provider_brands_colours_whole check ((primary_colour is null) = (accent_colour is null))
);
call isolate_provider('provider_brands');
