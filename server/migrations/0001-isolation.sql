-- Row security is the wall between providers and between their clients. Every transaction of the service states
-- a provider and a client scope; where it states nothing, every policy below is false and no row is seen.

do $$ begin
  create role reprise_service nologin;
exception when duplicate_object or unique_violation then null;
end $$;
grant usage on schema public to reprise_service;

-- After a commit a setting made with set_config(…, true) is '' and not null, hence nullif.
create function current_provider() returns uuid stable language sql
  return nullif(current_setting('app.provider_id', true), '')::uuid;

create function current_person() returns uuid stable language sql
  return nullif(current_setting('app.person_id', true), '')::uuid;

-- What somebody shows at the door before we know who they are: a mail address, or the hash of a session or token.
create function shown_email() returns text stable language sql
  return nullif(current_setting('app.shown_email', true), '');

create function shown_hash() returns text stable language sql
  return nullif(current_setting('app.shown_hash', true), '');

create function sees_all_clients() returns boolean stable language sql
  return coalesce(current_setting('app.client_scope', true), '') = 'all';

create function seen_clients() returns uuid[] stable language sql
  return case when sees_all_clients() then '{}'
              else string_to_array(coalesce(current_setting('app.client_scope', true), ''), ',')::uuid[] end;

-- Closes a table to all but the rows of the current provider. Rights are select, insert and update: a table from
-- which rows may go says so itself.
create procedure isolate_provider(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy own_provider on %s using (provider_id = (select current_provider()))', target);
  execute format('grant select, insert, update on %s to reprise_service', target);
end $$;

-- Closes a table to all but the rows of the clients in scope, of the current provider.
create procedure isolate_client(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy own_clients on %s using (provider_id = (select current_provider())
       and ((select sees_all_clients()) or client_id = any ((select seen_clients())::uuid[])))', target);
  execute format('grant select, insert, update on %s to reprise_service', target);
end $$;
