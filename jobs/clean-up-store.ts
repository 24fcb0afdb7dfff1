import { noteCleanUpBegins } from '#/plans/clean-ups.ts';
import type { Finding } from '#/plans/findings.ts';
import { countOf, ITEMS_TOLD } from '#/plans/left-over.ts';
import { findingOf } from './finding.ts';
import type { Tools } from './job.ts';
import type { ChildOptions, StoreAddress } from './recovery-points/in-child.ts';
import { type CleanUp, GRACE_DAYS } from './recovery-points/reconcile/clean-up.ts';
import { type Due, dueAmong, objectionIn } from './recovery-points/reconcile/due.ts';
import type { Reconciliation } from './recovery-points/reconcile/reconcile.ts';

/** What a clean-up is told of a policy and of what a look at its store has found. */
export interface Cleaning {
  policyId: string;
  store: StoreAddress;
  asset: string;
  known: { point: string; headSha256: string }[];
  olderThan: number;
  found: Reconciliation;
}

/** What came of it. */
export interface Cleaned extends Pick<CleanUp, 'packs' | 'points' | 'uploads' | 'bytes' | 'kept'> {
  blocked: Finding | null;
}

/** The store holds on to what a policy has locked; until then every try would be in vain. */
export function graceOf(lockDays: number | null): number {
  return Math.max(GRACE_DAYS, (lockDays ?? 0) + 1);
}

/** Removes what no point needs, as far as the engine's rules allow. Null where nothing is old enough to go. */
export async function cleanUpStore(
  { policyId, found, ...order }: Cleaning,
  provider: string,
  { engine, inProvider }: Tools,
  watch: ChildOptions,
): Promise<Cleaned | null> {
  const going = summaryOf(dueAmong(found, { olderThan: order.olderThan, now: new Date() }));
  if (countOf(going) === 0) return null;
  const objection = objectionIn(found);
  if (objection) return { ...NOTHING, blocked: objection };

  await inProvider(provider, (work) => noteCleanUpBegins(work, policyId, going));
  const known = [...order.known, ...found.toAdopt];
  try {
    return await engine.cleanUp({ ...order, known, dryRun: false }, watch);
  } catch (error) {
    return { ...NOTHING, blocked: findingOf(error).finding };
  }
}

const NOTHING: Cleaned = { packs: [], points: [], uploads: [], bytes: 0, kept: [], blocked: null };

function summaryOf({ packs, points, uploads }: Due) {
  const names = [
    ...packs.map(({ key }) => key),
    ...points.map(({ id }) => id),
    ...uploads.map(({ key }) => key),
  ];
  return {
    packs: packs.length,
    points: points.length,
    uploads: uploads.length,
    bytes: [...packs, ...points, ...uploads].reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    names: names.slice(0, ITEMS_TOLD),
  };
}
