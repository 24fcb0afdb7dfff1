-- Stamps of a time-stamp authority on anchors of the trail: that somebody else too says when an anchor was there.
create table audit_stamps (
  provider_id uuid not null default current_provider(),
  first_seq bigint not null,
  authority text not null,
  object_key text not null,
  -- As the authority says.
  at timestamptz not null,
  primary key (provider_id, first_seq),
  foreign key (provider_id, first_seq) references audit_anchors (provider_id, first_seq)
);
call isolate_provider('audit_stamps');
revoke update on audit_stamps from reprise_service;
