-- How far long work is that is no run and no restore test: one row for each, while it goes on. Pages that show it are told.
create table work_progress (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  kind text not null check (kind ~ '^[a-z][a-z-]{1,39}$'),
  subject_id uuid not null,
  progress jsonb not null,
  moved_at timestamptz not null,
  primary key (provider_id, client_id, kind, subject_id)
);
call isolate_client('work_progress');
grant delete on work_progress to reprise_service;

create function tell_that_work_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('run_moved', coalesce(new.subject_id, old.subject_id)::text);
  return null;
end $$;
create trigger work_moved after insert or update or delete on work_progress
  for each row execute function tell_that_work_moved();
