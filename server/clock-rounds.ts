/** The rounds of the clock: each is written down, and somebody outside may be told of it who notices when none comes. */
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { ServiceLog } from './log.ts';
import type { Settings } from './settings.ts';

const PATIENCE_MS = 5000;

/** Runs one round, and tells the outside as healthchecks has it: `…/start`, then the address itself, or `…/fail`. */
export function openRounds({
  database,
  settings,
  log,
  clock,
}: {
  database: Pick<Database, 'atDoor'>;
  settings: Pick<Settings, 'clockPing'>;
  log: ServiceLog;
  clock: () => Date;
}): (round: () => Promise<void>) => Promise<void> {
  let toldAt = Number.NEGATIVE_INFINITY;
  return async (round) => {
    const startedAt = clock();
    const isTold =
      settings.clockPing !== null && startedAt.getTime() - toldAt >= settings.clockPing.seconds * 1000;
    if (isTold) toldAt = startedAt.getTime();
    const tell = (suffix: '' | '/start' | '/fail') =>
      isTold && settings.clockPing ? ping(settings.clockPing.url, suffix, log) : undefined;
    await tell('/start');
    try {
      await round();
      await database.atDoor({}, (db) =>
        sql`insert into clock_rounds (started_at, ended_at) values (${startedAt}, ${clock()})
          on conflict (is_only) do update set started_at = excluded.started_at, ended_at = excluded.ended_at`.execute(
          db,
        ),
      );
      await tell('');
    } catch (error) {
      await tell('/fail');
      throw error;
    }
  };
}

/** When the clock last ended a round, of whichever process. */
export async function lastRound(database: Pick<Database, 'atDoor'>): Promise<Date | null> {
  const row = await database.atDoor({}, (db) =>
    db.selectFrom('clock_rounds').select('ended_at').executeTakeFirst(),
  );
  return row?.ended_at ?? null;
}

/** That nobody outside could be told is logged, and stops no clock. */
async function ping(url: string, suffix: string, log: ServiceLog): Promise<void> {
  const place = new URL(url);
  place.pathname = `${place.pathname.replace(/\/$/, '')}${suffix}`;
  try {
    const answer = await fetch(place, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
    if (!answer.ok) log.warn({ status: answer.status }, 'the address that the clock calls answered badly');
  } catch (error) {
    log.warn({ err: error }, 'the address that the clock calls could not be reached');
  }
}
