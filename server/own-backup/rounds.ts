/** Own backups by themselves: one process at a time, whoever comes first, as often as the settings say. */
import { EVERY_MINUTE, startClock } from '#/jobs/clock.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import type { Database } from '../database.ts';
import type { ServiceLog } from '../log.ts';
import { makeOwnBackup, type OwnBackupOutcome, type OwnBackupRequest } from './make.ts';
import { beginOwnBackup, endOwnBackup, isOwnBackupDue } from './records.ts';

export interface OwnBackups {
  database: Pick<Database, 'atDoor'>;
  /** As the service, for the lock that ends with its process. */
  serviceUrl: string;
  request: Omit<OwnBackupRequest, 'signal'>;
  hours: number;
  clock: () => Date;
}

/** Looks each minute whether one is due. Ends when the one under way has been called off. */
export function startOwnBackups(own: OwnBackups, log: ServiceLog): AsyncDisposable {
  const over = new AbortController();
  const round = async () => {
    const outcome = await backUpWhenDue(own, over.signal).catch((error) => {
      if (!over.signal.aborted) throw error;
    });
    if (outcome?.state === 'proved') log.info(outcome, 'Reprise was backed up, and came back in a proof');
    else if (outcome) log.error(outcome, 'Reprise is not backed up as it should be');
  };
  const rounds = startClock(round, log, EVERY_MINUTE);
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await rounds[Symbol.asyncDispose]();
    },
  };
}

/** Makes one when it is due and nobody else is at it; null otherwise. `isAsked` makes it at once. */
export async function backUpWhenDue(
  own: OwnBackups,
  signal: AbortSignal,
  { isAsked = false } = {},
): Promise<OwnBackupOutcome | null> {
  const { database, hours, clock } = own;
  if (!isAsked && !(await isOwnBackupDue(database, hours, clock()))) return null;
  await using session = await openSession(own.serviceUrl);
  const [lock] = await session.query<{ held: boolean }>(
    `select pg_try_advisory_lock(hashtext('reprise-own-backup')) as held`,
  );
  if (!lock?.held) return null;
  if (!isAsked && !(await isOwnBackupDue(database, hours, clock()))) return null;
  const id = await beginOwnBackup(database, clock());
  try {
    const outcome = await makeOwnBackup({ ...own.request, signal });
    await endOwnBackup(database, id, outcome, clock());
    return outcome;
  } catch (error) {
    if (signal.aborted) await endOwnBackup(database, id, 'stopped', clock());
    throw error;
  }
}
