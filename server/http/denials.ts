/** What somebody who is signed in was refused goes into the trail, as far as one person's noise leaves room for others'. */
import type { Request } from 'express';
import { record } from '#/plans/audit.ts';
import type { Database } from '../database.ts';
import type { ServiceLog } from '../log.ts';
import type { Problem } from './problems.ts';
import { openRate } from './rate.ts';

const MOST_AN_HOUR = { most: 60, seconds: 3600 };

interface Parts {
  database: Pick<Database, 'inProvider'>;
  log: Pick<ServiceLog, 'error'>;
  clock: () => Date;
}

/** Notes a right that was missing, and a row that is not there for who asks. A trail that cannot be written spoils no answer. */
export function openDenials({ database, log, clock }: Parts) {
  const hasRoom = openRate(MOST_AN_HOUR);
  return async (request: Request, { status, key }: Problem): Promise<void> => {
    const { admitted } = request;
    const isDenial = status === 403 || (status === 404 && key !== 'not-found.page');
    if (!admitted || !isDenial) return;
    const { provider, clients, actor } = admitted;
    const now = clock();
    if (!hasRoom(`${provider} ${actor.kind} ${actor.id}`, now.getTime())) return;
    const object = { kind: 'address', id: request.path.slice(0, 300), client: null };
    await database
      .inProvider(provider, clients, (db) =>
        record({ db, actor, now }, 'access.denied', object, { method: request.method, key }),
      )
      .catch((error) => log.error({ err: error }, 'a denial could not be written into the trail'));
  };
}
