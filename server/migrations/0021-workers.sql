-- Each start of a run or test is an attempt with a number, and only the last one's word counts: a worker that was thought dead may
-- live on. What an attempt failed of stays on record when the next one succeeds.
create type attempt_end as enum ('done', 'failed', 'retried', 'lost', 'cancelled');

create table attempts (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  -- A backup run or a restore test.
  run_id uuid not null,
  store_id uuid not null,
  number integer not null check (number > 0),
  worker text not null,
  started_at timestamptz not null,
  beat_at timestamptz not null,
  -- How far it was when it was last further than before, and when that was: a worker may live and get nowhere.
  moved_at timestamptz not null default now(),
  phase text,
  files bigint not null default 0,
  bytes bigint not null default 0,
  ended_at timestamptz,
  how attempt_end,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, run_id, number),
  check ((ended_at is null) = (how is null)),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  foreign key (provider_id, client_id, store_id) references stores (provider_id, client_id, id)
);
create unique index one_attempt_at_a_time on attempts (provider_id, client_id, run_id) where ended_at is null;
create index attempts_open on attempts (provider_id, beat_at) where ended_at is null;
call isolate_client('attempts');

-- When a run that could not reach what it needs is tried again; and who called it off, and why.
alter table backup_runs
  add column retry_at timestamptz,
  add column turn_asked_at timestamptz,
  add column cancelled_by text,
  add column cancel_reason text check (length(cancel_reason) <= 500),
  add check ((state = 'cancelled') = (cancelled_by is not null));
alter table restore_tests
  add column retry_at timestamptz,
  add column turn_asked_at timestamptz,
  -- Who comes first where not all can go on at once: plans/turns.ts.
  add column rank integer not null default 3 check (rank between 1 and 4),
  add column cancelled_by text,
  add column cancel_reason text check (length(cancel_reason) <= 500),
  add check ((state = 'cancelled') = (cancelled_by is not null));

-- How many runs and tests go on at once for a client and at a store, whatever number of workers there are. The queue's own limits
-- are passed when several workers take jobs in the same moment.
alter table clients add column runs_at_once integer not null default 4 check (runs_at_once between 1 and 100);
alter table stores add column runs_at_once integer not null default 4 check (runs_at_once between 1 and 100);

-- Pages that show a run live are told that it got further: only its id, and whoever listens has been let in for it.
create function tell_that_run_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('run_moved', new.run_id::text);
  return null;
end $$;
create trigger attempt_begun after insert on attempts for each row execute function tell_that_run_moved();
create trigger attempt_moved after update on attempts for each row
  when (old.moved_at is distinct from new.moved_at or old.ended_at is distinct from new.ended_at)
  execute function tell_that_run_moved();
