-- How many events there were about a client. It stands apart from what is computed of it: who writes holds the head of the trail
-- and counts here, who computes holds standings and then wants the head, and neither ever waits for what the other holds.
create table client_changes (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  changes bigint not null default 0,
  primary key (provider_id, client_id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id)
);
call isolate_client('client_changes');

-- Of which count a standing tells. Null: of none any more.
alter table client_standings drop column is_stale;
alter table client_standings drop column changes;
alter table client_standings add column computed_changes bigint;
create index client_standings_due on client_standings (provider_id, good_until);

create or replace function mark_standing_stale() returns trigger security definer set search_path = public language plpgsql as $$
declare
  scope text := coalesce(current_setting('app.client_scope', true), '');
begin
  if new.client_id is not null and new.action not like 'report.%' and new.action not like 'standing.%' then
    -- The owner is under row security too, and a client's reader sees no count.
    perform set_config('app.client_scope', 'all', true);
    insert into client_changes (provider_id, client_id, changes) values (new.provider_id, new.client_id, 1)
      on conflict (provider_id, client_id) do update set changes = client_changes.changes + 1;
    perform set_config('app.client_scope', scope, true);
  end if;
  return null;
end $$;
revoke execute on function mark_standing_stale() from public;
