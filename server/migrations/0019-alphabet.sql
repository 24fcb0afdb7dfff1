-- Names are listed as an alphabet has them, É beside E, whatever order the database was made with. What is equal stays what is
-- the same byte for byte.
do $$
declare
  named record;
begin
  for named in
    select c.table_name, c.column_name
      from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
       and c.column_name in ('name', 'title') and c.data_type = 'text'
  loop
    execute format('alter table %I alter column %I type text collate "und-x-icu"', named.table_name, named.column_name);
  end loop;
end $$;
