-- Reports of several kinds: of a client, of one of its records, or of the provider's whole portfolio.
alter table reports
  drop constraint reports_kind_check,
  add constraint reports_kind_check check (
    kind in ('readiness', 'coverage', 'plan', 'cards', 'restore-test', 'service', 'exercise', 'incident', 'portfolio')
  ),
  add column subject_id uuid,
  add column subject_name text check (length(subject_name) between 1 and 400),
  add constraint reports_subject_whole check ((subject_id is null) = (subject_name is null));

-- What tells of every client is nobody's who sees one: row security compares null with no client.
alter table reports drop constraint reports_pkey;
alter table reports add primary key (provider_id, id);
alter table reports alter column client_id drop not null;
alter table reports add constraint reports_of_client_or_portfolio check ((client_id is null) = (kind = 'portfolio'));
drop index reports_by_id;
