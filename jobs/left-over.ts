/** What a store holds that no point needs, after a clean-up or without one, as it is kept. */
import { type CleanUpRecord, ITEMS_TOLD, type Left, type LeftItem } from '#/plans/left-over.ts';
import type { Reconciled } from '#/plans/reconciliation-records.ts';
import type { Cleaned } from './clean-up-store.ts';
import type { Reconciliation } from './recovery-points/reconcile/reconcile.ts';
import { UPLOAD_GRACE_DAYS } from './recovery-points/reconcile/uploads.ts';

const DAY_MS = 86_400_000;

/** What a backup may still be at work on is not told as left over. */
const SETTLED_MS = DAY_MS;

type LeftOver = Pick<
  Reconciled,
  'orphans' | 'orphansUnknown' | 'incomplete' | 'uploads' | 'uploadsUnknown' | 'cleanUp' | 'items'
>;

export function leftOver(
  found: Reconciliation,
  cleaned: Cleaned | null,
  { olderThan, now }: { olderThan: number; now: Date },
): LeftOver {
  const gone = namesIn(cleaned);
  const left = (items: LeftItem[]) =>
    items.filter(({ name, since }) => now.getTime() - Date.parse(since) > SETTLED_MS && !gone.has(name));
  const packs = found.orphans && left(packItems(found.orphans, olderThan));
  const points = left(pointItems(found.incomplete, olderThan));
  const uploads = found.uploads && left(uploadItems(found.uploads));
  const items = [...(packs ?? []), ...points, ...(uploads ?? [])];
  return {
    orphans: packs && total(packs),
    orphansUnknown: found.orphansUnknown,
    incomplete: total(points),
    uploads: uploads && total(uploads),
    uploadsUnknown: found.uploadsUnknown,
    cleanUp: cleaned && recordOf(cleaned),
    items: items
      .sort(bySince)
      .slice(0, ITEMS_TOLD)
      .map((item) => ({ ...item, kept: keptBecause(item, cleaned) })),
  };
}

const packItems = (packs: NonNullable<Reconciliation['orphans']>, days: number) =>
  packs.map(({ key, bytes, sealedAt }) => itemOf({ kind: 'pack', name: key, bytes }, sealedAt, days));

const pointItems = (points: Reconciliation['incomplete'], days: number) =>
  points.map(({ id, bytes, writtenAt }) =>
    itemOf({ kind: 'cut-off-point', name: id, bytes }, writtenAt, days),
  );

const uploadItems = (uploads: NonNullable<Reconciliation['uploads']>) =>
  uploads.map(({ key, bytes, startedAt }) =>
    itemOf({ kind: 'upload', name: key, bytes }, startedAt, UPLOAD_GRACE_DAYS),
  );

function itemOf(what: Pick<LeftItem, 'kind' | 'name' | 'bytes'>, since: Date, days: number): LeftItem {
  const goesAt = new Date(since.getTime() + days * DAY_MS);
  return { ...what, since: since.toISOString(), goesAt: goesAt.toISOString(), kept: null };
}

function namesIn(cleaned: Cleaned | null): Set<string> {
  if (!cleaned) return new Set();
  const { packs, points, uploads } = cleaned;
  return new Set([
    ...packs.map(({ key }) => key),
    ...points.map(({ id }) => id),
    ...uploads.map(({ key }) => key),
  ]);
}

/** A cut-off point is kept where one of its objects is. */
function keptBecause({ name }: LeftItem, cleaned: Cleaned | null): LeftItem['kept'] {
  return cleaned?.kept.find(({ key }) => key === name || key.includes(`/${name}/`))?.finding ?? null;
}

function recordOf({ packs, points, uploads, bytes, blocked, kept }: Cleaned): CleanUpRecord {
  return {
    removed: { packs: packs.length, points: points.length, uploads: uploads.length, bytes },
    blocked,
    kept: { count: kept.length, because: kept[0]?.finding ?? null },
  };
}

function total(items: LeftItem[]): Left {
  return { count: items.length, bytes: items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
}

const bySince = (a: LeftItem, b: LeftItem) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0);
