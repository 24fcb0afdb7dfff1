/** What would open a recovery deadlock: for each wait in its circle, how to do without it. */
import type { AssetKind, ClientFacts, DependencyKind, Reason } from '../facts.ts';
import type { DeadlockLink } from './readiness.ts';
import { because, type ReadinessReasonKey } from './reasons.ts';

/** A copy of these helps wherever it lies. */
const COPIED: readonly AssetKind[] = ['key', 'document', 'data-set'];

const EASIEST_FIRST: ReadinessReasonKey[] = [
  'readiness.break-plan',
  'readiness.break-offline-copy',
  'readiness.break-contact',
  'readiness.break-store',
  'readiness.break-account',
  'readiness.break-recovery',
  'readiness.break-order',
];

export function breaksOf(circle: readonly DeadlockLink[], facts: ClientFacts): Reason[] {
  const waits = circle.map((link, index) => ({ from: link, to: circle[(index + 1) % circle.length]! }));
  const told = waits.flatMap(({ from, to }) => breakOf(from, to, circle, facts) ?? []);
  const ease = ({ key }: Reason) => EASIEST_FIRST.indexOf(key as ReadinessReasonKey);
  return told.toSorted((left, right) => ease(left) - ease(right));
}

/** What is left when there is no circle: nothing, at one place. */
export const nothingLeft = ({ kind, name: asset }: DeadlockLink): Reason =>
  kind === 'copies'
    ? because('readiness.break-other-place', { asset })
    : because('readiness.break-other-holder', { asset });

/** A wait for copies, a plan or somebody is told where it becomes one for an asset again. */
function breakOf(
  from: DeadlockLink,
  { kind, id, name: needed }: DeadlockLink,
  circle: readonly DeadlockLink[],
  facts: ClientFacts,
): Reason | null {
  if (kind !== 'asset') return null;
  if (from.kind === 'plan') return because('readiness.break-plan', { plan: from.name, needed });
  if (from.kind === 'contact') return because('readiness.break-contact', { contact: from.name, needed });
  if (from.kind === 'store')
    return because('readiness.break-store', { asset: copiesBefore(from, circle), needed });
  const told = { asset: from.name, needed };
  const to = facts.assets.find((asset) => asset.id === id)!;
  const kinds = kindsBetween(from.id, id, facts);
  if (kinds.some((one) => one !== 'recovery')) return because('readiness.break-order', told);
  if (COPIED.includes(to.kind)) return because('readiness.break-offline-copy', told);
  if (to.kind === 'identity') return because('readiness.break-account', told);
  return because('readiness.break-recovery', told);
}

/** Whose copies lie in a store of the circle. */
function copiesBefore(store: DeadlockLink, circle: readonly DeadlockLink[]): string {
  const at = circle.indexOf(store);
  return circle.at(at - 1)!.name;
}

const kindsBetween = (from: string, to: string, { dependencies }: ClientFacts): DependencyKind[] =>
  dependencies
    .filter((edge) => edge.from.kind === 'asset' && edge.from.id === from && edge.to === to)
    .map(({ kind }) => kind);
