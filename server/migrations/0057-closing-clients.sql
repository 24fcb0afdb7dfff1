-- A client whose service has ended. Asked by one person and granted by another; nothing of it is lost, and it can be opened again.
create table client_closings (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  reason text not null check (length(reason) between 1 and 2000),
  asked_at timestamptz not null,
  asked_by text not null,
  asked_by_person uuid not null,
  lapses_at timestamptz not null,
  decision text check (decision in ('granted', 'refused', 'withdrawn')),
  decided_at timestamptz,
  decided_by text,
  reopened_at timestamptz,
  reopened_by text,
  primary key (provider_id, client_id, id),
  foreign key (provider_id, client_id) references clients (provider_id, client_id),
  constraint client_closings_decided check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null)),
  constraint client_closings_reopened check (reopened_at is null or decision = 'granted')
);
call isolate_client('client_closings');

alter table clients add column closed_at timestamptz;
create index clients_closed on clients (provider_id, client_id) where closed_at is not null;

-- While a client is closed, nobody writes about it by hand. What the service itself ends, counts and lets go of goes on: only
-- transactions that people, tokens and agents' owners begin say `app.by_hand`.
create function refuse_closed() returns trigger language plpgsql as $$
declare
  provider uuid := case tg_op when 'DELETE' then old.provider_id else new.provider_id end;
  client uuid := case tg_op when 'DELETE' then old.client_id else new.client_id end;
begin
  if exists (select from clients where provider_id = provider and client_id = client and closed_at is not null) then
    raise exception using errcode = 'RC001', message = 'The client is closed.';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

create procedure guard_closed(target regclass) language plpgsql as $$
begin
  execute format(
    'create trigger client_is_open before insert or update or delete on %s for each row
       when (current_setting(''app.by_hand'', true) = ''on'') execute function refuse_closed()', target);
end $$;

-- As before, and closed to who writes by hand while the client is.
create or replace procedure isolate_client(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy own_clients on %s using (provider_id = (select current_provider())
       and ((select sees_all_clients()) or client_id = any ((select seen_clients())::uuid[])))', target);
  execute format('grant select, insert, update on %s to reprise_service', target);
  call guard_closed(target);
end $$;

-- What goes on in a closed client: points are let go and held, what is on record is reported and downloaded, who may look is
-- changed, and it is opened again. Of each table a test keeps the reason.
do $$
declare
  guarded regclass;
begin
  for guarded in
    select attrelid::regclass from pg_attribute join pg_class on pg_class.oid = attrelid
    where attname = 'client_id' and relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
      and relname not in ('audit_events', 'client_changes', 'client_closings', 'clients', 'evidence', 'expiries', 'legal_holds',
        'membership_clients', 'point_expiries', 'reconciliations', 'removal_requests', 'reports', 'retentions')
  loop
    call guard_closed(guarded);
  end loop;
end $$;
