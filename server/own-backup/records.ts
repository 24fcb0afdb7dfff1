/** The rows of own backups: one keeper of their table. */
import { type Finding, finding, findingColumns, findingOfRow } from '#/plans/findings.ts';
import type { Database } from '../database.ts';
import type { OwnBackupOutcome } from './make.ts';

type AtDoor = Pick<Database, 'atDoor'>;

export interface OwnBackup {
  id: string;
  startedAt: string;
  endedAt: string | null;
  /** `stopped`: the process was told to end; the next one begins anew. */
  state: OwnBackupOutcome['state'] | 'running' | 'stopped';
  databasePoint: string | null;
  filesPoint: string | null;
  storedBytes: number | null;
  finding: Finding | null;
}

/** How soon one that failed or was not proved is tried again, whatever the rhythm. */
const AGAIN_MS = 3_600_000;

/** Whether one is due: the last that was proved, or tried, is old enough. Stopped ones do not count. */
export async function isOwnBackupDue(database: AtDoor, hours: number, now: Date): Promise<boolean> {
  const [last] = (await listOwnBackups(database)).filter(({ state }) => state !== 'stopped');
  if (!last) return true;
  const every = hours * 3_600_000;
  const wait = last.state === 'proved' ? every : Math.min(every, AGAIN_MS);
  return now.getTime() - Date.parse(last.startedAt) >= wait;
}

/** Begins one; any that still counts as running died with its process. Only who holds the lock may call this. */
export const beginOwnBackup = (database: AtDoor, now: Date): Promise<string> =>
  database.atDoor({}, async (db) => {
    const died = finding('own-backup.process-died', 'The process that made it ended before it did.');
    await db
      .updateTable('own_backups')
      .set({ state: 'failed', ended_at: now, ...findingColumns(died) })
      .where('state', '=', 'running')
      .execute();
    const { id } = await db
      .insertInto('own_backups')
      .values({ started_at: now, state: 'running' })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  });

export const endOwnBackup = (
  database: AtDoor,
  id: string,
  outcome: OwnBackupOutcome | 'stopped',
  now: Date,
): Promise<void> =>
  database.atDoor({}, async (db) => {
    const told =
      outcome === 'stopped'
        ? { state: outcome }
        : {
            state: outcome.state,
            database_point: outcome.databasePoint,
            files_point: outcome.filesPoint,
            stored_bytes: outcome.storedBytes,
            ...findingColumns(outcome.finding),
          };
    await db
      .updateTable('own_backups')
      .set({ ended_at: now, ...told })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .execute();
  });

/** The latest, newest first. */
export const listOwnBackups = (database: AtDoor, limit = 20): Promise<OwnBackup[]> =>
  database.atDoor({}, async (db) => {
    const rows = await db
      .selectFrom('own_backups')
      .selectAll()
      .orderBy('started_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      startedAt: row.started_at.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
      state: row.state as OwnBackup['state'],
      databasePoint: row.database_point,
      filesPoint: row.files_point,
      storedBytes: row.stored_bytes,
      finding: findingOfRow(row),
    }));
  });

/** When the newest proved one began: what came later would be lost. Null when none ever was proved. */
export const lastProvedOwnBackup = (database: AtDoor): Promise<Date | null> =>
  database.atDoor({}, async (db) => {
    const row = await db
      .selectFrom('own_backups')
      .select('started_at')
      .where('state', '=', 'proved')
      .orderBy('started_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.started_at ?? null;
  });
