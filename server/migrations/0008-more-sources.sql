-- MariaDB and MySQL, SQLite and buckets are backed up like folders and PostgreSQL. A version before this one, still running,
-- reads only the kinds it knows, and none of its rows changes.
alter type source_kind add value 'mariadb';
alter type source_kind add value 'sqlite';
alter type source_kind add value 's3';
