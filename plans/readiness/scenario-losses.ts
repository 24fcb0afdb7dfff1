/** What a scenario takes: what it hits itself, and what cannot work without that. */
import type { ScenarioFacts } from '../continuity-facts.ts';
import type { AssetFacts, ClientFacts, DependencyKind } from '../facts.ts';
import type { Demand } from './demands.ts';
import { DATA_EDGES, demandsFrom, type Graph } from './graph.ts';
import { reachable } from './settle.ts';

/** An activity stands still as well when nobody is left to do it; systems run on without their people. */
export const WORK_EDGES: readonly DependencyKind[] = [...DATA_EDGES, 'human'];

export interface Losses {
  /** Hit by the scenario itself: lost or no longer to be trusted. */
  hit: Set<string>;
  /** Hit, or without something they cannot do without. */
  down: Set<string>;
  /** Activities that stand still. */
  activities: Set<string>;
}

/**
 * Assets and activities that a scenario brings down. A site takes what stands there, a supplier what it provides. Of needs
 * in a group, so many as it requires are enough. What is only slowed goes on.
 */
export function lossesOf(
  { assets, activities }: Pick<ClientFacts, 'assets' | 'activities'>,
  scenario: Pick<ScenarioFacts, 'effects'>,
  graph: Graph,
): Losses {
  const hit = new Set(assets.filter((asset) => isHit(asset, scenario)).map(({ id }) => id));
  const demands = (key: string) => demandsFrom(graph, key, DATA_EDGES);
  const down = spread(hit, [...graph.assets.keys()], (id) => demands(`asset:${id}`));
  const standing = activities.filter(({ id }) =>
    demandsFrom(graph, `activity:${id}`, WORK_EDGES).some((one) => isUnmet(one, down)),
  );
  return { hit, down, activities: new Set(standing.map(({ id }) => id)) };
}

function isHit({ id, site, supplier }: AssetFacts, { effects }: Pick<ScenarioFacts, 'effects'>): boolean {
  return effects.some(
    ({ on, effect }) =>
      effect !== 'slow' &&
      (on.kind === 'site' ? on.id === site : on.id === id || (effect === 'lost' && on.id === supplier)),
  );
}

/** Turned round, a demand is one for losses: as soon as too few are left to meet it, whoever makes it goes down. */
function spread(
  hit: ReadonlySet<string>,
  assets: string[],
  demandsOf: (asset: string) => Demand[],
): Set<string> {
  const failures = new Map<string, Demand>();
  const causes = new Map<string, Demand[]>();
  for (const asset of assets) {
    const own = demandsOf(asset).map(({ of, enough }, index) => {
      failures.set(`${asset} ${index}`, { of, enough: of.length - enough + 1 });
      return `${asset} ${index}`;
    });
    causes.set(asset, hit.has(asset) ? [] : [{ of: own, enough: 1 }]);
  }
  const lost = reachable(
    [...assets, ...failures.keys()],
    (node) => causes.get(node) ?? [failures.get(node)!],
  );
  return new Set(assets.filter((asset) => lost.has(asset)));
}

const isUnmet = ({ of, enough }: Demand, down: ReadonlySet<string>): boolean =>
  of.filter((id) => !down.has(id)).length < enough;
