import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';

const FOLDER = fileURLToPath(new URL('./migrations/', import.meta.url));

/** Applies the migrations that are missing, as the owner of the tables. All or nothing, one process at a time. */
export async function migrate(ownerUrl: string): Promise<string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: ownerUrl, max: 2 }) }),
  });
  try {
    const { error, results = [] } = await new Migrator({ db, provider: { getMigrations } }).migrateToLatest();
    if (error) throw error;
    return results.map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
}

async function getMigrations(): Promise<Record<string, Migration>> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sql'));
  return Object.fromEntries(files.map((file) => [file, { up: (db) => run(file, db) }]));
}

async function run(file: string, db: Kysely<unknown>) {
  await sql.raw(readFileSync(FOLDER + file, 'utf8')).execute(db);
}
