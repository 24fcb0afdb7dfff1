/** How long an activity takes to come back: the longest chain of measured restores, not the largest one. */
import type { ActivityFacts, AssetFacts, AssetKind, Reason } from '../facts.ts';
import { type Graph, namesOf, RECOVERY_EDGES, type Reach, reach, targets } from './graph.ts';
import type { ActivityReadiness, PathStep } from './readiness.ts';
import { because } from './reasons.ts';
import { type Measure, measureGaps } from './restore-proof.ts';

/**
 * No restore brings these back, so none can measure them: they stand in the path and add nothing. Time for people,
 * rooms, machines or a supplier to be there comes on top, and is not known here.
 */
const NOT_RESTORED: readonly AssetKind[] = ['premises', 'equipment', 'team', 'skill', 'key', 'supplier'];

/** The longest known chain that ends at an asset; `after` is what must be back before. */
interface Chain {
  asset: string;
  seconds: number;
  length: number;
  after: Chain | null;
}

export type Chains = Map<string, Chain>;
type Effective = ActivityReadiness['effective'];

/** The longest chain for each asset. Within a circle nothing comes first, so there each asset counts for itself. */
export function chainsOf(graph: Graph, measures: Map<string, Measure>): Chains {
  const chains: Chains = new Map();
  for (const asset of graph.recoveryOrder) {
    const after = longest(
      targets(graph.needs, `asset:${asset}`, RECOVERY_EDGES)
        .filter((to) => !(graph.cycleOf.get(asset)?.includes(to) ?? false))
        .flatMap((to) => chains.get(to) ?? []),
      graph,
    );
    const measure = measures.get(asset);
    const own = measure?.kind === 'measured' ? measure.seconds : 0;
    chains.set(asset, {
      asset,
      seconds: own + (after?.seconds ?? 0),
      length: 1 + (after?.length ?? 0),
      after,
    });
  }
  return chains;
}

/** Effective recovery time of an activity, in seconds, with the path that binds it. */
export function effectiveOf(
  activity: ActivityFacts,
  { graph, chains, measures, intervalDays }: EffectiveInput,
): Effective {
  const direct = targets(graph.needs, `activity:${activity.id}`, RECOVERY_EDGES);
  const binding = longest(
    direct.flatMap((to) => chains.get(to) ?? []),
    graph,
  );
  const path = stepsOf(binding, graph, measures);
  const { assets, unknown } = reach(graph, activity, RECOVERY_EDGES);
  const reasons = unmeasured(activity, { assets, unknown, graph, measures, intervalDays });
  const isAnyMeasured = assets.some(({ id }) => measures.get(id)!.kind === 'measured');
  const seconds = isAnyMeasured ? binding!.seconds : null;
  if (reasons.length > 0 || seconds === null) return { verdict: 'unmeasured', seconds, path, reasons };
  if (activity.rtoSeconds === null) return { verdict: 'no-objective', seconds, path, reasons };
  return { verdict: seconds <= activity.rtoSeconds ? 'within' : 'late', seconds, path, reasons };
}

export interface EffectiveInput {
  graph: Graph;
  chains: Chains;
  measures: Map<string, Measure>;
  intervalDays: number;
}

/** Circles among assets that must all be back. */
export function cycleReasons(graph: Graph, assets: AssetFacts[]): Reason[] {
  const cycles = new Set(
    assets.map(({ id }) => graph.cycleOf.get(id)).filter((cycle) => cycle !== undefined),
  );
  return [...cycles].map((ids) => because('readiness.dependency-cycle', { assets: namesOf(graph, ids) }));
}

/** Everything that keeps the time from being known. Never empty when nothing was measured. */
function unmeasured(
  { name: activity }: ActivityFacts,
  { assets, unknown, graph, measures, intervalDays }: Omit<EffectiveInput, 'chains'> & Reach,
): Reason[] {
  if (assets.length + unknown.length === 0) return [because('readiness.no-dependencies', { activity })];
  const counted = assets.filter((asset) => isCounted(asset, measures));
  return [
    ...cycleReasons(graph, assets),
    ...unknown.map((asset) => because('readiness.unknown-dependency', { activity, asset })),
    ...(counted.length === 0 ? [because('readiness.nothing-to-restore', { activity })] : []),
    ...counted.flatMap((asset) => measureGaps(asset, measures.get(asset.id)!, intervalDays)),
  ];
}

/** A timed step counts whatever its kind; a kind that no restore brings back need not be timed. */
const isCounted = (asset: AssetFacts, measures: Map<string, Measure>) =>
  isRestorable(asset) || measures.get(asset.id)!.kind !== 'never';

const isRestorable = ({ kind }: AssetFacts) => !NOT_RESTORED.includes(kind);

function longest(chains: Chain[], graph: Graph): Chain | null {
  const rank = ({ asset }: Chain) => `${graph.assets.get(asset)!.name} ${asset}`;
  return chains.reduce<Chain | null>((best, chain) => {
    if (!best || chain.seconds !== best.seconds) return best && best.seconds > chain.seconds ? best : chain;
    if (chain.length !== best.length) return chain.length > best.length ? chain : best;
    return rank(chain) < rank(best) ? chain : best;
  }, null);
}

function stepsOf(binding: Chain | null, graph: Graph, measures: Map<string, Measure>): PathStep[] {
  const steps: PathStep[] = [];
  for (let chain = binding; chain; chain = chain.after) {
    const asset = graph.assets.get(chain.asset)!;
    const measure = measures.get(asset.id)!;
    const test = measure.kind === 'measured' ? measure.test : null;
    steps.unshift({
      asset: asset.id,
      name: asset.name,
      isRestorable: isRestorable(asset),
      seconds: measure.kind === 'measured' ? measure.seconds : null,
      measuredAt: test?.finishedAt ?? null,
      restoreTest: test?.id ?? null,
    });
  }
  return steps;
}
