-- What stores were found to hold, set against what is known. The store is the truth; the rows of points are a memory of it.
create type reconciliation_state as enum ('waiting', 'queued', 'running', 'done', 'failed');

create table reconciliations (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  policy_id uuid not null,
  state reconciliation_state not null default 'waiting',
  next_due_at timestamptz not null,
  -- The last one that came to an end; one that failed later does not take it away.
  looked_at timestamptz,
  record jsonb,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, policy_id),
  foreign key (provider_id, client_id, policy_id) references backup_policies (provider_id, client_id, id),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check ((record is null) = (looked_at is null))
);
create index reconciliations_due on reconciliations (provider_id, next_due_at);
call isolate_client('reconciliations');

-- A point is never changed once it is written down. That it went away stands here, and that it came back.
create table point_losses (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  recovery_point_id uuid not null,
  kind text not null check (kind in ('gone', 'altered')),
  finding text not null,
  finding_code text not null,
  finding_params jsonb not null,
  found_at timestamptz not null,
  -- When it was seen again as it had been made.
  ended_at timestamptz,
  -- Who does not wait for it any more, and why: from then on it holds up no clean-up.
  given_up_at timestamptz,
  given_up_by text,
  given_up_reason text check (length(given_up_reason) between 1 and 2000),
  primary key (provider_id, client_id, id),
  check (num_nulls(given_up_at, given_up_by, given_up_reason) in (0, 3)),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id)
);
create unique index one_loss_at_a_time on point_losses (provider_id, client_id, recovery_point_id) where ended_at is null;
call isolate_client('point_losses');
