/**
 * Removes what no point needs: packs that no head cites, points whose head was never written, and what uploads left that
 * broke off.
 *
 * A backup publishes its packs long before the head that cites them, and cites packs of earlier points. So a clean-up
 * (1) takes nothing younger than any backup could be, (2) does nothing while a backup of the asset says that it runs, and
 * says so itself (`../running.ts`), (3) reads every head, and again before each handful of removals, and (4) does nothing
 * at all while one head cannot be read, or one that the caller remembers is not there. A store whose lists are late may
 * hide a marker or a head from (2) and (3); then (1) protects what is new, and a backup looks once more at every pack it
 * cites before it writes its head.
 */
import { type Leftover, type Store, StoreError } from '../../stores/store.ts';
import { EngineError, type Progress } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import { checkAsset, packKey, pointKeys } from '../layout.ts';
import { announceCleanUp, LEASE_MS, runningBackups } from '../running.ts';
import { listHoldings, readHeads } from './holdings.ts';
import {
  cannotTell,
  type Headless,
  headlessIn,
  type KnownPoint,
  type Orphan,
  orphansAmong,
} from './reconcile.ts';
import { refusalOf, removeVersions } from './remove-versions.ts';
import { isOfAsset, listBrokenUploads, UPLOAD_GRACE_DAYS } from './uploads.ts';

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
  /** Points that must be there as they were. One whose head is lost may be brought back, and needs its packs then. */
  known?: KnownPoint[];
  onProgress?: (progress: Progress) => void;
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
  uploads: Leftover[];
  /** Why nothing is known of uploads; null where they were looked for. */
  uploadsUnknown: Finding | null;
  bytes: number;
  /** Too young to be removed yet. */
  young: { packs: number; points: number; uploads: number; bytes: number };
  /** What the store did not let go, for example as it is locked. */
  kept: { key: string; finding: Finding }[];
}

export async function removeOrphans(
  store: Store,
  asset: string,
  { olderThan = GRACE_DAYS, dryRun, known = [], onProgress, signal }: CleaningUp,
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
    uploads: [],
    uploadsUnknown: null,
    bytes: 0,
    young: { packs: 0, points: 0, uploads: 0, bytes: 0 },
    kept: [],
  };
  const place = { store, asset, known, signal };
  if (dryRun) {
    take(answer, await look(place, { now: new Date(), answer }));
    return answer;
  }

  const mark = await announceCleanUp(store, asset);
  if (!mark) return { ...answer, blocked: underWay(asset) };
  await using _ = mark;
  const looked = await look(place, { now: mark.startedAt, answer });
  try {
    for (let at = 0; at < looked.packs.length && !answer.blocked; at += HANDFUL) {
      await mark.renew();
      answer.blocked = await lookAgain(place, looked, mark.startedAt);
      if (!answer.blocked)
        await removePacks(store, looked.packs.slice(at, at + HANDFUL), looked.cited, answer);
      const totalFiles = looked.packs.length;
      const files = Math.min(totalFiles, at + HANDFUL);
      onProgress?.({ phase: 'remove', files, bytes: answer.bytes, totalBytes: null, totalFiles });
    }
    for (const point of answer.blocked ? [] : looked.points)
      await removeHeadless(store, asset, point, answer);
    if (!answer.blocked && looked.uploads.length > 0) await removeUploads(place, mark.startedAt, answer);
  } catch (error) {
    // What went already is told, whatever ended it.
    if (!(error instanceof StoreError)) throw error;
    answer.blocked = { ...error.because, message: error.message };
  }
  return answer;
}

interface Place {
  store: Store;
  asset: string;
  known: KnownPoint[];
  signal: AbortSignal | undefined;
}

interface Looked {
  packs: Orphan[];
  points: Headless[];
  uploads: Leftover[];
  /** Keys of all packs that any head cited that was seen since the clean-up began. */
  cited: Set<string>;
  /** The heads read for it: the SHA-256 of each, by its point. */
  read: Map<string, string>;
}

/** What is old enough to go. Nothing, and why, where something speaks against a clean-up. */
async function look(place: Place, { now, answer }: { now: Date; answer: CleanUp }): Promise<Looked> {
  const { store, asset } = place;
  const looked: Looked = { packs: [], points: [], uploads: [], cited: new Set(), read: new Map() };
  const holdings = await listHoldings(store, asset);
  answer.blocked = await lookAgain(place, looked, now);
  if (answer.blocked) return looked;

  const { olderThan } = answer;
  for (const pack of orphansAmong(holdings, looked.cited)) {
    if (isOlderThan(olderThan, pack.sealedAt, now)) looked.packs.push(pack);
    else count(answer.young, 'packs', pack);
  }
  for (const point of headlessIn(holdings)) {
    if (isOlderThan(olderThan, point.writtenAt, now)) looked.points.push(point);
    else count(answer.young, 'points', point);
  }
  const { uploads, unknown } = await listBrokenUploads(store, asset, now);
  answer.uploadsUnknown = unknown;
  for (const upload of uploads ?? []) {
    if (isOlderThan(UPLOAD_GRACE_DAYS, upload.startedAt, now)) looked.uploads.push(upload);
    else count(answer.young, 'uploads', upload);
  }
  return looked;
}

/** Reads the heads that are new since the last look, and says what now speaks against going on. */
async function lookAgain(
  { store, asset, known, signal }: Place,
  { cited, read }: Looked,
  now: Date,
): Promise<Finding | null> {
  const [running] = await runningBackups(store, asset, now);
  if (running) return backupRunning(asset, running.seenAt);
  const { folders } = await listHoldings(store, asset, 'snapshots/');
  const ids = [...folders.values()].filter(({ id, hasHead }) => hasHead && !read.has(id)).map(({ id }) => id);
  const [unreadable] = await readHeads(store, asset, { ids, trust: [], signal }, ({ head, headSha256 }) => {
    read.set(head.point, headSha256);
    for (const { sha256 } of head.packs) cited.add(packKey(asset, sha256));
  });
  if (unreadable) return cannotTell(unreadable);
  const lost = known.find(({ point, headSha256 }) => read.get(point) !== headSha256);
  return lost ? pointLost(lost.point) : null;
}

async function removePacks(store: Store, packs: Orphan[], cited: ReadonlySet<string>, answer: CleanUp) {
  for (const pack of packs)
    if (!cited.has(pack.key) && (await removeForGood(store, pack.key, answer)))
      take(answer, { packs: [pack] });
}

/** A head that came after all is seen by its name, even where lists are late. */
async function removeHeadless(store: Store, asset: string, point: Headless, answer: CleanUp) {
  const { manifest, signature, head } = pointKeys(asset, point.id);
  if (await store.head(head)) return;
  const gone = [await removeForGood(store, manifest, answer), await removeForGood(store, signature, answer)];
  if (gone.every(Boolean)) take(answer, { points: [point] });
}

async function removeUploads({ store, asset }: Place, now: Date, answer: CleanUp): Promise<void> {
  const meant = { prefix: `${asset}/`, isMeant: (key: string) => isOfAsset(asset, key) };
  await keptIfRefused(asset, answer, async () =>
    take(answer, { uploads: await store.removeLeftovers(daysBefore(now, UPLOAD_GRACE_DAYS), meant) }),
  );
}

/** False, with a word of it, where the store holds on to an object or our account may not remove it. */
function removeForGood(store: Store, key: string, answer: CleanUp): Promise<boolean> {
  return keptIfRefused(key, answer, () => removeVersions(store, key));
}

async function keptIfRefused(key: string, { kept }: CleanUp, remove: () => Promise<void>): Promise<boolean> {
  const finding = await refusalOf(remove);
  if (finding) kept.push({ key, finding });
  return finding === null;
}

function refuseShortGrace(days: number): void {
  if (days >= SHORTEST_GRACE_DAYS) return;
  throw new EngineError(
    'call',
    because('ask.grace-too-short', { days: SHORTEST_GRACE_DAYS }),
    `What is younger than ${SHORTEST_GRACE_DAYS} day may belong to a backup that still runs. Give at least that.`,
  );
}

export function backupRunning(asset: string, seenAt: Date): Finding {
  const since = seenAt.toISOString();
  return {
    ...because('clean-up.backup-running', { asset, since }),
    message: `A backup of ${asset} runs, or died less than a day ago: it last said so at ${since}. Clean up later.`,
  };
}

export function underWay(asset: string): Finding {
  return {
    ...because('clean-up.under-way', { asset }),
    message: `Another clean-up of ${asset} runs, or died less than an hour ago. Wait for it.`,
  };
}

/** Its head may be brought back, for example from under a delete marker. */
export function pointLost(point: string): Finding {
  return {
    ...because('clean-up.point-lost', { point }),
    message: `${point} is on record, and its head is not in the store as it was. What no other head cites may be what it needs: nothing is removed until it is back.`,
  };
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

export const isOlderThan = (days: number, at: Date, now: Date) => at < daysBefore(now, days);

type Removable = Pick<CleanUp, 'packs' | 'points' | 'uploads'>;

function count(young: CleanUp['young'], what: keyof Removable, { bytes }: { bytes: number | null }): void {
  young[what]++;
  young.bytes += bytes ?? 0;
}

function take(answer: CleanUp, { packs = [], points = [], uploads = [] }: Partial<Removable>): void {
  answer.packs.push(...packs);
  answer.points.push(...points);
  answer.uploads.push(...uploads);
  answer.bytes += [...packs, ...points, ...uploads].reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}
