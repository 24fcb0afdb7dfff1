/**
 * Markers of work under way, so that a backup and a clean-up of one asset never meet. Each first writes its own marker
 * and then looks for the other's, so one of the two always sees the other: a clean-up that sees a backup does nothing, a
 * backup that sees a clean-up builds on no earlier point. Ages are by the store's clock alone.
 */
import { hostname } from 'node:os';
import { type Store, StoreError } from '../stores/store.ts';
import { markerKey, markerPrefix } from './layout.ts';

/** A backup writes its marker again all the while; one that died stops blocking after this time. */
export const LEASE_MS = 24 * 3_600_000;
const RENEW_MS = 3_600_000;

/** A clean-up's marker makes backups full ones, so a dead one must not stay long. */
const CLEAN_UP_LEASE_MS = 3_600_000;
const CLEAN_UP = 'clean-up';

/** A backup that says of itself that it runs. */
export interface RunningBackup {
  point: string;
  /** When its marker was last written. */
  seenAt: Date;
}

/** Says that a backup runs, until it is disposed of. */
export async function announceBackup(store: Store, asset: string, pointId: string) {
  const marker = await Marker.write(store, markerKey(asset, pointId));
  const timer = setInterval(() => marker.renewInTime(), RENEW_MS).unref();
  // Some stores are late with lists, so the one marker of a clean-up is looked at by its name.
  const other = await store.head(markerKey(asset, CLEAN_UP));
  return {
    isCleanedUp:
      other !== null && marker.writtenAt.getTime() - other.modifiedAt.getTime() < CLEAN_UP_LEASE_MS,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await marker.remove();
    },
  };
}

/** Says that a clean-up runs. Null when another one does. */
export async function announceCleanUp(store: Store, asset: string) {
  const key = markerKey(asset, CLEAN_UP);
  const other = await store.head(key);
  // Two at once do no harm, so a clock that is somewhat wrong does none either.
  if (other && Date.now() - other.modifiedAt.getTime() < CLEAN_UP_LEASE_MS) return null;
  const marker = await Marker.write(store, key);
  return {
    /** The moment by the store's clock. */
    startedAt: marker.writtenAt,
    /** To be called before each removal that may come late. */
    renew: () => marker.renew(),
    [Symbol.asyncDispose]: () => marker.remove(),
  };
}

/** Backups whose markers have not expired at `now`, oldest first. */
export async function runningBackups(store: Store, asset: string, now: Date): Promise<RunningBackup[]> {
  const prefix = markerPrefix(asset);
  const running: RunningBackup[] = [];
  for await (const { key, modifiedAt } of store.list(prefix)) {
    const point = key.slice(prefix.length, -'.json'.length);
    if (point !== CLEAN_UP && now.getTime() - modifiedAt.getTime() < LEASE_MS)
      running.push({ point, seenAt: modifiedAt });
  }
  return running.sort((a, b) => a.seenAt.getTime() - b.seenAt.getTime());
}

class Marker {
  readonly #store: Store;
  readonly #key: string;
  readonly #startedAt = new Date().toISOString();
  #renewal: Promise<void> = Promise.resolve();
  writtenAt = new Date(0);

  static async write(store: Store, key: string): Promise<Marker> {
    const marker = new Marker(store, key);
    await marker.renew();
    return marker;
  }

  constructor(store: Store, key: string) {
    this.#store = store;
    this.#key = key;
  }

  async renew(): Promise<void> {
    const told = { pid: process.pid, host: hostname(), startedAt: this.#startedAt };
    await this.#store.put(this.#key, Buffer.from(`${JSON.stringify(told)}\n`));
    const found = await this.#store.head(this.#key);
    this.writtenAt = found?.modifiedAt ?? new Date();
  }

  /** A renewal that fails is made up for by the next; there are a day's worth of them. */
  renewInTime(): void {
    this.#renewal = this.renew().catch(ignoreStore);
  }

  /** One that cannot be removed expires. */
  async remove(): Promise<void> {
    await this.#renewal;
    await this.#store.remove(this.#key).catch(ignoreStore);
  }
}

function ignoreStore(error: unknown): void {
  if (!(error instanceof StoreError)) throw error;
}
