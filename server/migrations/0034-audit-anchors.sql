-- Anchors of the trail: what was signed of it and put into a store, so that a chain computed again from its start shows.
create table audit_anchors (
  provider_id uuid not null default current_provider(),
  first_seq bigint not null,
  last_seq bigint not null check (last_seq >= first_seq),
  hash text not null,
  signer text not null,
  store text not null,
  object_key text not null,
  -- Null where the store could not hold the object against removal.
  locked_until timestamptz,
  at timestamptz not null,
  primary key (provider_id, first_seq),
  unique (provider_id, last_seq)
);
call isolate_provider('audit_anchors');
revoke update on audit_anchors from reprise_service;
