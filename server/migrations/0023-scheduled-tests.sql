-- Restore tests that recur: which level, of which policy's newest point, and within which budget. Schedules say when.
create table scheduled_tests (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  policy_id uuid not null,
  level test_level not null,
  -- Reads a sample: what was never read first, then what was read longest ago.
  budget_seconds integer check (budget_seconds between 60 and 86400),
  budget_bytes bigint check (budget_bytes > 0),
  created_at timestamptz not null,
  primary key (provider_id, client_id, id),
  check (num_nulls(budget_seconds, budget_bytes) = 2 or level in ('L2a', 'L2b')),
  foreign key (provider_id, client_id, policy_id) references backup_policies (provider_id, client_id, id)
);
create index scheduled_tests_by_id on scheduled_tests (provider_id, id);
-- One of each level, and one that reads a sample of it.
create unique index scheduled_tests_once on scheduled_tests
  (provider_id, client_id, policy_id, level, (num_nulls(budget_seconds, budget_bytes) = 2));
call isolate_client('scheduled_tests');
grant delete on scheduled_tests to reprise_service;

-- What fetching a gigabyte from a store costs, in the client's currency.
alter table stores add column egress_price numeric(12, 6) check (egress_price >= 0);
