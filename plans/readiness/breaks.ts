/** What would open a recovery deadlock: for each wait in its circle, how to do without it. */
import type { AssetKind, ClientFacts, DependencyFacts, PolicyFacts, Reason } from '../facts.ts';
import type { Deadlock, DeadlockLink } from './readiness.ts';
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

/** One way out: what to do, and the facts as they are once it is done. */
export interface Break {
  reason: Reason;
  done(facts: ClientFacts): ClientFacts;
}

type Circle = Pick<Deadlock, 'circle' | 'isCircle'>;

/** Each of them opens the circle, the easiest first. */
export function breaksOf({ circle, isCircle }: Circle, facts: ClientFacts): Break[] {
  if (!isCircle) return [nothingLeft(circle[0]!)];
  const waits = circle.map((link, index) => ({ from: link, to: circle[(index + 1) % circle.length]! }));
  const told = waits.flatMap(({ from, to }) => breakOf(from, to, circle, facts) ?? []);
  const ease = ({ reason }: Break) => EASIEST_FIRST.indexOf(reason.key as ReadinessReasonKey);
  return told.toSorted((left, right) => ease(left) - ease(right));
}

function nothingLeft({ kind, id, name: asset }: DeadlockLink): Break {
  if (kind === 'copies')
    return {
      reason: because('readiness.break-other-place', { asset }),
      done: (facts) =>
        changed(facts, 'policies', (one) => (one.asset === id ? storeIn(one, { site: null }) : one)),
    };
  return {
    reason: because('readiness.break-other-holder', { asset }),
    done: (facts) =>
      changed(facts, 'assets', (one) => (one.id === id ? { ...one, holder: null, deputy: null } : one)),
  };
}

/** A wait for copies, a plan or somebody is told where it becomes one for an asset again. */
function breakOf(
  from: DeadlockLink,
  to: DeadlockLink,
  circle: readonly DeadlockLink[],
  facts: ClientFacts,
): Break | null {
  const { name: needed } = to;
  if (to.kind !== 'asset') return null;
  if (from.kind === 'plan')
    return {
      reason: because('readiness.break-plan', { plan: from.name, needed }),
      done: (now) => printed(now, from.id),
    };
  if (from.kind === 'contact')
    return {
      reason: because('readiness.break-contact', { contact: from.name, needed }),
      done: (now) => changed(now, 'contacts', (one) => (one.id === from.id ? { ...one, points: [] } : one)),
    };
  if (from.kind === 'store')
    return {
      reason: because('readiness.break-store', { asset: copiesBefore(from, circle), needed }),
      done: (now) =>
        changed(now, 'policies', (one) =>
          one.store.id === from.id
            ? storeIn(one, { needs: one.store.needs.filter((id) => id !== to.id) })
            : one,
        ),
    };
  return {
    reason: withoutAsset(from, to, facts),
    done: (now) => ({
      ...now,
      dependencies: now.dependencies.filter((edge) => !isBetween(edge, from.id, to.id)),
    }),
  };
}

function withoutAsset(from: DeadlockLink, to: DeadlockLink, { assets, dependencies }: ClientFacts): Reason {
  const told = { asset: from.name, needed: to.name };
  const { kind } = assets.find(({ id }) => id === to.id)!;
  const edges = dependencies.filter((edge) => isBetween(edge, from.id, to.id));
  if (edges.some((edge) => edge.kind !== 'recovery')) return because('readiness.break-order', told);
  if (COPIED.includes(kind)) return because('readiness.break-offline-copy', told);
  if (kind === 'identity') return because('readiness.break-account', told);
  return because('readiness.break-recovery', told);
}

/** Whose copies lie in a store of the circle. */
function copiesBefore(store: DeadlockLink, circle: readonly DeadlockLink[]): string {
  const at = circle.indexOf(store);
  return circle.at(at - 1)!.name;
}

const isBetween = ({ from: of, to: on }: DependencyFacts, from: string, to: string): boolean =>
  of.kind === 'asset' && of.id === from && on === to;

function printed(facts: ClientFacts, plan: string): ClientFacts {
  const copy = {
    contact: null,
    name: '',
    channel: 'paper',
    sentAt: facts.now,
    readAt: null,
    isReadBySelf: false,
  } as const;
  return changed(facts, 'plans', (one) =>
    one.id === plan && one.inForce
      ? { ...one, inForce: { ...one.inForce, distributions: [...one.inForce.distributions, copy] } }
      : one,
  );
}

const storeIn = (policy: PolicyFacts, given: Partial<PolicyFacts['store']>): PolicyFacts => ({
  ...policy,
  store: { ...policy.store, ...given },
});

const changed = <List extends 'policies' | 'assets' | 'contacts' | 'plans'>(
  facts: ClientFacts,
  list: List,
  change: (one: ClientFacts[List][number]) => ClientFacts[List][number],
): ClientFacts => ({ ...facts, [list]: (facts[list] as ClientFacts[List][number][]).map(change) });
