-- Pages that show a drill live are told that it got further, as they are of runs.
create function tell_that_drill_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('run_moved', new.drill_id::text);
  return null;
end $$;
create trigger drill_event_told after insert on drill_events for each row execute function tell_that_drill_moved();
create trigger drill_item_moved after update on drill_items for each row
  when (old.state is distinct from new.state) execute function tell_that_drill_moved();
