-- Agents: programs at a client's site that back up what the service cannot reach. They speak first, and only to us.
create type agent_order_state as enum ('waiting', 'handed', 'ended');

create table agents (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  -- SHA-256 of the one-time code it may be enrolled with; null when none is open.
  code_hash text unique,
  code_expires_at timestamptz,
  -- Thumbprint of its public key; null until it is enrolled.
  key_name text unique,
  public_key jsonb,
  recipient text,
  signing_key text,
  protocol integer,
  -- What it last said of itself.
  host jsonb,
  capacity integer,
  tasks text[] not null default '{}',
  sources jsonb not null default '[]',
  stores text[] not null default '{}',
  created_by text not null,
  created_at timestamptz not null,
  enrolled_at timestamptz,
  seen_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, name),
  check ((key_name is null) = (enrolled_at is null)),
  check ((code_hash is null) = (code_expires_at is null)),
  check (revoked_at is null or code_hash is null),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
create index agents_revoked on agents (revoked_at) where revoked_at is not null;
create index agents_by_id on agents (provider_id, id);
call isolate_client('agents');
create policy shown_agent on agents for select
  using (key_name = (select shown_hash()) or code_hash = (select shown_hash()));

-- Requests that were taken, until they are too old to be taken again.
create table agent_requests (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  agent_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  primary key (provider_id, client_id, agent_id, id),
  foreign key (provider_id, client_id, agent_id) references agents (provider_id, client_id, id)
);
create index agent_requests_by_age on agent_requests (provider_id, at);
call isolate_client('agent_requests');
grant delete on agent_requests to reprise_service;

-- What an agent is asked to do, as it was signed; one for each run or restore test.
create table agent_orders (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  agent_id uuid not null,
  run_id uuid,
  test_id uuid,
  signed text not null,
  state agent_order_state not null default 'waiting',
  attempt integer,
  offered_at timestamptz not null,
  -- Begun until then or not at all.
  expires_at timestamptz not null,
  handed_at timestamptz,
  beat_at timestamptz,
  ended_at timestamptz,
  primary key (provider_id, client_id, id),
  unique (provider_id, client_id, run_id),
  unique (provider_id, client_id, test_id),
  check (num_nonnulls(run_id, test_id) = 1),
  check ((state = 'ended') = (ended_at is not null)),
  check (state <> 'handed' or (attempt is not null and handed_at is not null and beat_at is not null)),
  foreign key (provider_id, client_id, agent_id) references agents (provider_id, client_id, id),
  foreign key (provider_id, client_id, run_id) references backup_runs (provider_id, client_id, id),
  foreign key (provider_id, client_id, test_id) references restore_tests (provider_id, client_id, id)
);
create index agent_orders_open on agent_orders (provider_id, agent_id, offered_at) where state <> 'ended';
create index agent_orders_waiting on agent_orders (agent_id) where state = 'waiting';
create index agent_orders_by_id on agent_orders (provider_id, id);
call isolate_client('agent_orders');

-- The agent that does a test, in the place of a worker.
alter table restore_tests
  add column agent_id uuid,
  add foreign key (provider_id, client_id, agent_id) references agents (provider_id, client_id, id);
alter table scheduled_tests
  add column agent_id uuid,
  add foreign key (provider_id, client_id, agent_id) references agents (provider_id, client_id, id);

alter table backup_policies
  add column agent_id uuid,
  add column agent_source text,
  add check ((agent_id is null) = (agent_source is null)),
  add foreign key (provider_id, client_id, agent_id) references agents (provider_id, client_id, id);

-- Which agents have something to fetch, or were revoked while they wait, and nothing else of them: one question for all that
-- wait, of whatever provider.
do $$ begin
  execute format('create policy owner_looks on agents for select to %I using (revoked_at > seen_at)', current_user);
  execute format('create policy owner_looks on agent_orders for select to %I using (state = ''waiting'')', current_user);
end $$;
create function agents_with_orders() returns setof uuid stable security definer set search_path = public language sql
  begin atomic
    select agent_id from agent_orders where state = 'waiting'
    union select id from agents where revoked_at > seen_at and revoked_at > now() - interval '5 minutes';
  end;
revoke execute on function agents_with_orders() from public;
grant execute on function agents_with_orders() to reprise_service;
