/**
 * Removes recovery points for good: of each its head first, so that there is no point any more, then its signature and
 * manifest, then those packs that no head cites which is still there. A crash at any moment leaves whole points and
 * orphans, and a clean-up takes those.
 *
 * Like a clean-up (`../reconcile/clean-up.ts`) it does nothing while a backup runs, while one head cannot be read, or
 * while a point that is to stay is not there as it was, and it looks at the heads again before each handful. What a clock
 * that runs ahead of the store's calls old stays as well.
 */
import { type Store, StoreError } from '../../stores/store.ts';
import type { Progress } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import { checkAsset, packKey, pointKeys } from '../layout.ts';
import type { OpenedHead } from '../points.ts';
import { openHead } from '../points.ts';
import { backupRunning, pointLost, underWay } from '../reconcile/clean-up.ts';
import { listHoldings, readHeads } from '../reconcile/holdings.ts';
import { cannotTell, type KnownPoint } from '../reconcile/reconcile.ts';
import { refusalOf, removeVersions } from '../reconcile/remove-versions.ts';
import { announceCleanUp, runningBackups } from '../running.ts';

/** Our clock may run ahead of the store's by less. */
const MOST_AHEAD_MS = 3_600_000;

/** How many points go between two looks at the heads. */
const HANDFUL = 10;

export interface RemovingPoints {
  /** What goes. */
  going: KnownPoint[];
  /** What must be there as it was, and stays. */
  known: KnownPoint[];
  /** When it was decided that they are old enough to go. */
  decidedAt?: string;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface RemovedPoints {
  asset: string;
  store: string;
  /** Why nothing more was removed; null when all was that could be. */
  blocked: Finding | null;
  /** Ids of points whose head is not there any more. */
  removed: string[];
  /** What they took up, and nothing needs any more. */
  packs: number;
  bytes: number;
  /** Points that are there still, whole, and why. */
  kept: { point: string; finding: Finding }[];
  /** What the store did not let go of points that are none any more. A later clean-up takes it; until then it is billed. */
  left: { key: string; bytes: number; finding: Finding }[];
}

export async function removePoints(
  store: Store,
  asset: string,
  { going, known, decidedAt, onProgress, signal }: RemovingPoints,
): Promise<RemovedPoints> {
  checkAsset(asset);
  const answer: RemovedPoints = {
    asset,
    store: store.address,
    blocked: null,
    removed: [],
    packs: 0,
    bytes: 0,
    kept: [],
    left: [],
  };
  const mark = await announceCleanUp(store, asset);
  if (!mark) return { ...answer, blocked: underWay(asset) };
  await using _ = mark;
  if (decidedAt && Date.parse(decidedAt) - mark.startedAt.getTime() > MOST_AHEAD_MS)
    return { ...answer, blocked: clockAhead(decidedAt, mark.startedAt) };
  const heads: Heads = { read: new Map(), citing: new Map() };
  const look = () => lookAgain(store, asset, { known, heads, now: mark.startedAt, signal });
  try {
    for (let at = 0; at < going.length; at += HANDFUL) {
      await mark.renew();
      answer.blocked = await look();
      if (answer.blocked) break;
      const freed: Pack[] = [];
      for (const point of going.slice(at, at + HANDFUL))
        freed.push(...(await removePoint(store, asset, point, heads, answer)));
      answer.blocked = await look();
      if (answer.blocked) break;
      for (const pack of freed) if (!heads.citing.get(pack.key)) await removePack(store, pack, answer);
      const { bytes } = answer;
      const files = Math.min(going.length, at + HANDFUL);
      onProgress?.({ phase: 'remove', files, bytes, totalBytes: null, totalFiles: going.length });
    }
  } catch (error) {
    // What went already is told, whatever ended it.
    if (!(error instanceof StoreError)) throw error;
    answer.blocked = { ...error.because, message: error.message };
  }
  return answer;
}

interface Pack {
  key: string;
  bytes: number;
}

interface Heads {
  /** The SHA-256 of each head that is there, by its point. */
  read: Map<string, string>;
  /** How many of them cite a pack, by its key. */
  citing: Map<string, number>;
}

interface Looking {
  known: KnownPoint[];
  heads: Heads;
  now: Date;
  signal: AbortSignal | undefined;
}

/** Reads the heads that are new since the last look, and says what now speaks against going on. */
async function lookAgain(
  store: Store,
  asset: string,
  { known, heads, now, signal }: Looking,
): Promise<Finding | null> {
  const [running] = await runningBackups(store, asset, now);
  if (running) return backupRunning(asset, running.seenAt);
  const { folders } = await listHoldings(store, asset, 'snapshots/');
  const ids = [...folders.values()]
    .filter(({ id, hasHead }) => hasHead && !heads.read.has(id))
    .map(({ id }) => id);
  const [unreadable] = await readHeads(store, asset, { ids, trust: [], signal }, ({ head, headSha256 }) => {
    heads.read.set(head.point, headSha256);
    for (const { key } of packsOf(asset, head)) heads.citing.set(key, (heads.citing.get(key) ?? 0) + 1);
  });
  if (unreadable) return cannotTell(unreadable);
  const lost = known.find(({ point, headSha256 }) => heads.read.get(point) !== headSha256);
  return lost ? pointLost(lost.point) : null;
}

/** Answers the packs that it cited, which may go once no head cites them. */
async function removePoint(
  store: Store,
  asset: string,
  { point, headSha256 }: KnownPoint,
  heads: Heads,
  answer: RemovedPoints,
): Promise<Pack[]> {
  const keys = pointKeys(asset, point);
  const recorded = heads.read.get(point);
  if (recorded !== undefined && recorded !== headSha256) {
    answer.kept.push({ point, finding: notOnRecord(point) });
    return [];
  }
  const head = recorded === undefined ? null : (await openHead(store, asset, point, [])).head;
  const finding = await refusalOf(() => removeVersions(store, keys.head));
  if (finding) {
    answer.kept.push({ point, finding });
    return [];
  }
  answer.removed.push(point);
  heads.read.delete(point);
  for (const key of [keys.signature, keys.manifest]) {
    const bytes = (await store.head(key))?.bytes ?? 0;
    await removeOrTell(store, { key, bytes }, answer);
  }
  if (!head) return [];
  const packs = packsOf(asset, head);
  for (const { key } of packs) heads.citing.set(key, (heads.citing.get(key) ?? 1) - 1);
  return packs;
}

async function removePack(store: Store, pack: Pack, answer: RemovedPoints): Promise<void> {
  if (await removeOrTell(store, pack, answer)) answer.packs++;
}

async function removeOrTell(store: Store, { key, bytes }: Pack, answer: RemovedPoints): Promise<boolean> {
  const finding = await refusalOf(() => removeVersions(store, key));
  if (finding) answer.left.push({ key, bytes, finding });
  else answer.bytes += bytes;
  return finding === null;
}

const packsOf = (asset: string, head: OpenedHead['head']): Pack[] => {
  const packs = new Map(head.packs.map(({ sha256, bytes }) => [packKey(asset, sha256), bytes]));
  return [...packs].map(([key, bytes]) => ({ key, bytes }));
};

function notOnRecord(point: string): Finding {
  return {
    ...because('head.not-on-record', { point }),
    message: `The head of ${point} is not the one that was recorded when it was made: it is looked into, not removed.`,
  };
}

function clockAhead(ours: string, theirs: Date): Finding {
  const store = theirs.toISOString();
  return {
    ...because('clean-up.clock-ahead', { ours, store }),
    message: `Our clock says ${ours} and the store's ${store}: what is old by the one may be young by the other, and nothing is removed.`,
  };
}
