/** Holding a point against removal: its objects from their first moment, and what it cites of earlier runs as long. */
import { type Retention, type Store, StoreError } from '../stores/store.ts';
import { EngineError, type Hold } from './contract.ts';
import { because } from './finding-codes.ts';

const DAY_MS = 86_400_000;
const DAYS_AT_MOST = 36_500;
const AT_ONCE = 16;

/** What every object of the point is asked for. Refused before anything is read where it cannot be had. */
export function retentionOf(store: Store, hold: Hold | undefined, startedAt: Date): Retention | null {
  if (!hold) return null;
  if (!(Number.isInteger(hold.days) && hold.days >= 1 && hold.days <= DAYS_AT_MOST))
    throw new EngineError(
      'call',
      because('ask.bad-lock-days', { most: DAYS_AT_MOST }),
      `A point is locked for 1 to ${DAYS_AT_MOST} whole days.`,
    );
  if (!store.locks)
    throw new StoreError(
      'refused',
      because('store.no-locks', { address: store.address }),
      `${store.address} cannot lock objects. Use a bucket with Object Lock, or lock nothing.`,
    );
  return { mode: hold.mode, until: new Date(startedAt.getTime() + hold.days * DAY_MS) };
}

/** Holds objects that are there already at least as long. Never shorter, and in the mode that they have. */
export async function holdOn(store: Store, keys: string[], { mode, until }: Retention): Promise<void> {
  const queue = [...keys];
  const worker = async () => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift())
      await store.locks!.extendRetention(key, until, { mode });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
