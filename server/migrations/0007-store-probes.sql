-- What a store was seen to do. Without a record nothing is known of it, and nothing of it is green.
create type store_probe_state as enum ('queued', 'running', 'done', 'failed');

alter table stores
  add column probe_state store_probe_state,
  add column probe_asked_at timestamptz,
  add column probed_at timestamptz,
  -- The last probe that came to an end; one that failed later does not take it away.
  add column probe jsonb,
  add column probe_finding text,
  add column probe_finding_code text,
  add column probe_finding_params jsonb,
  add constraint probe_has_its_time check ((probe is null) = (probed_at is null));
