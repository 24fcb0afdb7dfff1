/**
 * Removes what no point needs: packs that no head cites, and points whose head was never written.
 *
 * A backup publishes its packs long before the head that cites them, and cites packs of earlier points. So a clean-up
 * (1) takes nothing younger than any backup could be, (2) does nothing while a backup of the asset says that it runs, and
 * says so itself (`../running.ts`), (3) reads every head, and again before each handful of removals, and (4) does nothing
 * at all while one head cannot be read. A store whose lists are late may hide a marker or a head from (2) and (3); then (1)
 * protects what is new, and a backup looks once more at every pack it cites before it writes its head.
 */
import { type Store, StoreError } from '../../stores/store.ts';
import { EngineError } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import { checkAsset, packKey, pointKeys } from '../layout.ts';
import { announceCleanUp, LEASE_MS, runningBackups } from '../running.ts';
import { listHoldings, readHeads } from './holdings.ts';
import { cannotTell, type Headless, headlessIn, type Orphan, orphansAmong } from './reconcile.ts';

const DAY_MS = 86_400_000;
export const GRACE_DAYS = 7;
/** A backup that runs longer than this says all the while that it does. */
export const SHORTEST_GRACE_DAYS = LEASE_MS / DAY_MS;

/** How many packs go between two looks at the heads. */
const HANDFUL = 50;

export interface CleaningUp {
  /** How many days nobody must have touched a thing, by the store's clock. */
  olderThan?: number;
  /** Only tells what would go. */
  dryRun: boolean;
  signal?: AbortSignal;
}

export interface CleanUp {
  asset: string;
  store: string;
  dryRun: boolean;
  olderThan: number;
  /** Why nothing more was removed; null when all was that could be. */
  blocked: Finding | null;
  /** What went, or would go. */
  packs: Orphan[];
  points: Headless[];
  bytes: number;
  /** Too young to be removed yet. */
  young: { packs: number; points: number; bytes: number };
  /** What the store did not let go, for example as it is locked. */
  kept: { key: string; finding: Finding }[];
}

export async function removeOrphans(
  store: Store,
  asset: string,
  { olderThan = GRACE_DAYS, dryRun, signal }: CleaningUp,
): Promise<CleanUp> {
  checkAsset(asset);
  refuseShortGrace(olderThan);
  const answer: CleanUp = {
    asset,
    store: store.address,
    dryRun,
    olderThan,
    blocked: null,
    packs: [],
    points: [],
    bytes: 0,
    young: { packs: 0, points: 0, bytes: 0 },
    kept: [],
  };
  if (dryRun) {
    const looked = await look({ store, asset, signal }, { now: new Date(), answer });
    take(answer, looked.packs, looked.points);
    return answer;
  }

  const mark = await announceCleanUp(store, asset);
  if (!mark) return { ...answer, blocked: underWay(asset) };
  await using _ = mark;
  const looked = await look({ store, asset, signal }, { now: mark.startedAt, answer });
  for (let at = 0; at < looked.packs.length && !answer.blocked; at += HANDFUL) {
    await mark.renew();
    answer.blocked = await lookAgain({ store, asset, signal }, looked, mark.startedAt);
    if (!answer.blocked) await removePacks(store, looked.packs.slice(at, at + HANDFUL), looked.cited, answer);
  }
  for (const point of answer.blocked ? [] : looked.points) await removeHeadless(store, asset, point, answer);
  return answer;
}

interface Place {
  store: Store;
  asset: string;
  signal: AbortSignal | undefined;
}

interface Looked {
  packs: Orphan[];
  points: Headless[];
  /** Keys of all packs that any head cited that was seen since the clean-up began. */
  cited: Set<string>;
  /** Ids of the heads read for it. */
  read: Set<string>;
}

/** What is old enough to go. Nothing, and why, where something speaks against a clean-up. */
async function look(place: Place, { now, answer }: { now: Date; answer: CleanUp }): Promise<Looked> {
  const { store, asset } = place;
  const looked: Looked = { packs: [], points: [], cited: new Set(), read: new Set() };
  const holdings = await listHoldings(store, asset);
  answer.blocked = await lookAgain(place, looked, now);
  if (answer.blocked) return looked;

  const before = new Date(now.getTime() - answer.olderThan * DAY_MS);
  for (const pack of orphansAmong(holdings, looked.cited)) {
    if (pack.sealedAt < before) looked.packs.push(pack);
    else count(answer.young, 'packs', pack);
  }
  for (const point of headlessIn(holdings)) {
    if (point.writtenAt < before) looked.points.push(point);
    else count(answer.young, 'points', point);
  }
  return looked;
}

/** Reads the heads that are new since the last look, and says what now speaks against going on. */
async function lookAgain(
  { store, asset, signal }: Place,
  { cited, read }: Looked,
  now: Date,
): Promise<Finding | null> {
  const [running] = await runningBackups(store, asset, now);
  if (running) return backupRunning(asset, running.seenAt);
  const { folders } = await listHoldings(store, asset, 'snapshots/');
  const ids = [...folders.values()].filter(({ id, hasHead }) => hasHead && !read.has(id)).map(({ id }) => id);
  const [unreadable] = await readHeads(store, asset, { ids, trust: [], signal }, ({ head }) => {
    read.add(head.point);
    for (const { sha256 } of head.packs) cited.add(packKey(asset, sha256));
  });
  return unreadable ? cannotTell(unreadable) : null;
}

async function removePacks(store: Store, packs: Orphan[], cited: ReadonlySet<string>, answer: CleanUp) {
  for (const pack of packs)
    if (!cited.has(pack.key) && (await removeForGood(store, pack.key, answer))) take(answer, [pack], []);
}

/** A head that came after all is seen by its name, even where lists are late. */
async function removeHeadless(store: Store, asset: string, point: Headless, answer: CleanUp) {
  const { manifest, signature, head } = pointKeys(asset, point.id);
  if (await store.head(head)) return;
  const gone = [await removeForGood(store, manifest, answer), await removeForGood(store, signature, answer)];
  if (gone.every(Boolean)) take(answer, [], [point]);
}

/** False, with a word of it, where the store holds on to an object or our account may not remove it. */
async function removeForGood(store: Store, key: string, { kept }: CleanUp): Promise<boolean> {
  try {
    await removeVersions(store, key);
    return true;
  } catch (error) {
    if (!(error instanceof StoreError) || !['refused', 'denied'].includes(error.fault)) throw error;
    kept.push({ key, finding: { ...error.because, message: error.message } });
    return false;
  }
}

/** Hiding an object in a bucket that keeps versions would free nothing. The oldest goes first, so that a lock shows early. */
async function removeVersions(store: Store, key: string): Promise<void> {
  const { versions } = store;
  if (!versions) return store.remove(key);
  const all = await Array.fromAsync(versions.list(key));
  for (const one of all.reverse()) if (one.key === key) await versions.remove(key, one.id);
}

function refuseShortGrace(days: number): void {
  if (days >= SHORTEST_GRACE_DAYS) return;
  throw new EngineError(
    'call',
    because('ask.grace-too-short', { days: SHORTEST_GRACE_DAYS }),
    `What is younger than ${SHORTEST_GRACE_DAYS} day may belong to a backup that still runs. Give at least that.`,
  );
}

function backupRunning(asset: string, seenAt: Date): Finding {
  const since = seenAt.toISOString();
  return {
    ...because('clean-up.backup-running', { asset, since }),
    message: `A backup of ${asset} runs, or died less than a day ago: it last said so at ${since}. Clean up later.`,
  };
}

function underWay(asset: string): Finding {
  return {
    ...because('clean-up.under-way', { asset }),
    message: `Another clean-up of ${asset} runs, or died less than an hour ago. Wait for it.`,
  };
}

function count(young: CleanUp['young'], what: 'packs' | 'points', { bytes }: { bytes: number }): void {
  young[what]++;
  young.bytes += bytes;
}

function take(answer: CleanUp, packs: Orphan[], points: Headless[]): void {
  answer.packs.push(...packs);
  answer.points.push(...points);
  answer.bytes += [...packs, ...points].reduce((sum, { bytes }) => sum + bytes, 0);
}
