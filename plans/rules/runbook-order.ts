/** Rule 5: a runbook brings nothing back before what it waits for. */
import type { StepFacts } from '../continuity-facts.ts';
import { byName, demandsFrom, type Graph, RECOVERY_EDGES } from '../readiness/graph.ts';
import { comparePlans } from '../readiness/plans-in-force.ts';
import { found, type Rule, ruled } from './rule.ts';

export const runbookOrder: Rule = ({ facts, graph }) =>
  facts.plans.toSorted(comparePlans).flatMap((plan) =>
    orderConflicts(plan.inForce?.steps ?? [], graph).map(({ step, asset, needed }) =>
      found(
        'runbook-order',
        { kind: 'step', id: `${plan.id} ${step.key}`, name: step.action },
        'contradiction',
        ruled('rules.step-before-need', {
          plan: plan.title,
          step: step.action,
          asset: nameOf(asset, graph),
          needed: needed.map((id) => nameOf(id, graph)).join(', '),
        }),
      ),
    ),
  );

/** What the order of a step is judged by. */
type OrderedStep = Pick<StepFacts, 'key' | 'asset' | 'after'>;

export interface OrderConflict<Step extends OrderedStep> {
  /** The last step that brings the asset back. */
  step: Step;
  asset: string;
  /** What it waits for and other steps bring back, though not before. */
  needed: string[];
}

/**
 * Steps that end the recovery of an asset before that of something it waits for, directly or through assets that no step brings
 * back. Of stand-ins, so many as are enough must come before.
 */
export function orderConflicts<Step extends OrderedStep>(
  steps: readonly Step[],
  graph: Graph,
): OrderConflict<Step>[] {
  const before = stepsBefore(steps);
  const byAsset = Map.groupBy(
    steps.filter(({ asset }) => asset !== null && graph.assets.has(asset)),
    ({ asset }) => asset!,
  );
  return [...byAsset].flatMap(([asset, own]) =>
    own
      .filter((step) => own.every((other) => other === step || !before.get(other.key)!.has(step.key)))
      .flatMap((step) => {
        const isBack = (id: string) => byAsset.get(id)!.every(({ key }) => before.get(step.key)!.has(key));
        const known = new Map([[asset, []]]);
        const needed = lateOf(asset, { graph, isStepped: (id) => byAsset.has(id), isBack, known });
        const inOrder = byName(needed.map((id) => graph.assets.get(id)!)).map(({ id }) => id);
        return needed.length === 0 ? [] : [{ step, asset, needed: [...new Set(inOrder)] }];
      }),
  );
}

interface Looking {
  graph: Graph;
  /** Whether a step of this runbook brings it back. */
  isStepped: (asset: string) => boolean;
  isBack: (asset: string) => boolean;
  /** What was found for each asset that was looked at. */
  known: Map<string, string[]>;
}

/** What keeps an asset waiting at that step. A circle is told elsewhere. */
function lateOf(asset: string, looking: Looking): string[] {
  return demandsFrom(looking.graph, `asset:${asset}`, RECOVERY_EDGES).flatMap(({ of, enough }) => {
    const late = of.map((id) => lateness(id, looking));
    const back = late.filter((own) => own.length === 0).length;
    return back >= enough ? [] : late.flat();
  });
}

function lateness(id: string, looking: Looking): string[] {
  const known = looking.known.get(id);
  if (known) return known;
  looking.known.set(id, []);
  const late = looking.isStepped(id) ? (looking.isBack(id) ? [] : [id]) : lateOf(id, looking);
  looking.known.set(id, late);
  return late;
}

/** Keys of all steps that must be done before each. */
function stepsBefore(steps: readonly OrderedStep[]): Map<string, Set<string>> {
  const after = new Map(steps.map((step) => [step.key, step.after.map(({ key }) => key)]));
  return new Map(
    steps.map(({ key }) => {
      const seen = new Set<string>();
      const open = [...(after.get(key) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(...(after.get(next) ?? []));
      }
      return [key, seen];
    }),
  );
}

const nameOf = (asset: string, { assets }: Graph): string => assets.get(asset)?.name ?? asset;
