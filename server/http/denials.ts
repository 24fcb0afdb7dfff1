/** What somebody who is signed in was refused goes into the trail, as far as one person's noise leaves room for others'. */
import type { Request } from 'express';
import { record } from '#/plans/audit.ts';
import { type Admitted, findRefusedToken, hashOfToken } from '#/plans/sign-in.ts';
import type { Database } from '../database.ts';
import type { ServiceLog } from '../log.ts';
import { bearerOf } from './identity.ts';
import type { Problem } from './problems.ts';
import { openRate } from './rate.ts';

const MOST_AN_HOUR = { most: 60, seconds: 3600 };

interface Parts {
  database: Pick<Database, 'atDoor' | 'inProvider'>;
  log: Pick<ServiceLog, 'error'>;
  clock: () => Date;
}

type Denied = Pick<Admitted, 'provider' | 'clients' | 'actor'>;

const isDenial = (status: number, key: string) =>
  status === 401 || status === 403 || (status === 404 && key !== 'not-found.page');

/** Notes a right that was missing, a row that is not there for who asks, and a token that is over. A trail that cannot be written spoils no answer. */
export function openDenials({ database, log, clock }: Parts) {
  const hasRoom = openRate(MOST_AN_HOUR);

  async function deniedTo(request: Request, status: number): Promise<Denied | null> {
    if (status !== 401) return request.admitted ?? null;
    const token = bearerOf(request);
    if (token === null) return null;
    const hash = hashOfToken(token);
    const refused = await database.atDoor({ hash }, (door) => findRefusedToken(door, hash));
    return refused && { ...refused, clients: [] };
  }

  return async (request: Request, { status, key }: Problem): Promise<void> => {
    const note = async () => {
      const denied = isDenial(status, key) ? await deniedTo(request, status) : null;
      if (!denied) return;
      const { provider, clients, actor } = denied;
      const now = clock();
      if (!hasRoom(`${provider} ${actor.kind} ${actor.id}`, now.getTime())) return;
      const object = { kind: 'address', id: request.path.slice(0, 300), client: null };
      await database.inProvider(provider, clients, (db) =>
        record({ db, actor, now }, 'access.denied', object, { method: request.method, key }),
      );
    };
    await note().catch((error) => log.error({ err: error }, 'a denial could not be written into the trail'));
  };
}
