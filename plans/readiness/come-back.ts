/**
 * What a scenario keeps from ever coming back. Whatever stands still counts as lost with what carried it: a deadlock that is
 * named though it would not have come to it is looked at once, one that is not named is found in the crisis.
 */
import type { ContactFacts, ScenarioFacts } from '../continuity-facts.ts';
import type { AssetFacts, ClientFacts, PlanFacts } from '../facts.ts';
import type { Demand } from './demands.ts';
import { demandsFrom, type Graph, RECOVERY_EDGES, reach, unmet } from './graph.ts';
import { lossesOf } from './scenario-losses.ts';
import { reachable } from './settle.ts';

/** Something that others wait for: an asset, its copies, a store, a plan, or somebody who must be reached. */
export type Node = `${'asset' | 'copies' | 'store' | 'plan' | 'contact'}:${string}`;

export interface ComeBack {
  /** Assets that the scenario takes, or that stand still with them. */
  down: Set<string>;
  /** Activities that stand still. */
  activities: Set<string>;
  /** What never comes back, each with what it waits for in vain; nothing when there is nothing it could come back from. */
  stuck: Map<Node, Node[]>;
}

export function comeBackFrom(scenario: ScenarioFacts, facts: ClientFacts, graph: Graph): ComeBack {
  const { down, activities } = lossesOf(facts, scenario, graph);
  const demands = demandsIn(scenario, { facts, graph, down });
  const back = reachable([...demands.keys()], (node) => demands.get(node as Node)!) as Set<Node>;
  const stuck = new Map(
    [...demands]
      .filter(([node]) => !back.has(node))
      .map(([node, own]) => {
        const waited = unmet(own, back).flatMap(({ of }) => of.filter((one) => !back.has(one as Node)));
        return [node, [...new Set(waited)].sort() as Node[]] as const;
      }),
  );
  return { down, activities, stuck };
}

interface Setting {
  facts: ClientFacts;
  graph: Graph;
  down: ReadonlySet<string>;
}

/** What each thing needs to be there, or to come back when it is down. */
function demandsIn(scenario: ScenarioFacts, setting: Setting): Map<Node, Demand[]> {
  const { facts, graph, down } = setting;
  const copies = Map.groupBy(facts.policies, ({ asset }) => asset);
  const plans = plansByAsset(scenario, setting);
  const hitSites = new Set(
    scenario.effects
      .filter(({ on, effect }) => on.kind === 'site' && effect !== 'slow')
      .map(({ on }) => on.id),
  );
  const demands = new Map<Node, Demand[]>();
  for (const asset of graph.assets.values()) {
    const { id } = asset;
    demands.set(`asset:${id}`, [
      ...holderDemand(asset, facts),
      ...(down.has(id) ? demandsFrom(graph, `asset:${id}`, RECOVERY_EDGES).map(ofNodes('asset')) : []),
      ...(down.has(id) && copies.has(id) ? [oneOf('copies', [id])] : []),
      ...(down.has(id) && plans.has(id) ? [oneOf('plan', plans.get(id)!)] : []),
    ]);
    if (copies.has(id))
      demands.set(`copies:${id}`, [
        oneOf(
          'store',
          copies
            .get(id)!
            .flatMap(({ store }) => (store.site !== null && hitSites.has(store.site) ? [] : store.id)),
        ),
      ]);
  }
  for (const { store } of facts.policies) demands.set(`store:${store.id}`, allOf(store.needs, graph));
  for (const plan of facts.plans) demands.set(`plan:${plan.id}`, planDemand(plan, graph));
  for (const contact of facts.contacts) demands.set(`contact:${contact.id}`, contactDemand(contact, graph));
  return demands;
}

const ofNodes =
  (kind: 'asset' | 'copies' | 'store' | 'plan' | 'contact') =>
  ({ of, enough }: Demand): Demand => ({ of: of.map((id) => `${kind}:${id}`), enough });

/** Of nothing, none can be had. */
export const oneOf = (kind: Parameters<typeof ofNodes>[0], ids: string[]): Demand =>
  ofNodes(kind)({ of: [...new Set(ids)], enough: 1 });

export const allOf = (ids: string[], { assets }: Graph): Demand[] =>
  [...new Set(ids)].filter((id) => assets.has(id)).map((id) => oneOf('asset', [id]));

/** A key is worth nothing while nobody who has it can be reached. Whom nobody named cannot be missed. */
export function holderDemand({ kind, holder, deputy }: AssetFacts, { contacts }: ClientFacts): Demand[] {
  const named = [holder, deputy].filter((id) => id !== null);
  if (kind !== 'key' || named.length === 0) return [];
  const there = contacts.filter(({ id, hasLeft }) => named.includes(id) && !hasLeft);
  return [
    oneOf(
      'contact',
      there.map(({ id }) => id),
    ),
  ];
}

/** Plans by what they bring back in this scenario: what their runbooks say, or else all that their activities wait for. */
export function plansByAsset(
  { id: scenario }: Pick<ScenarioFacts, 'id'>,
  { facts, graph }: Pick<Setting, 'facts' | 'graph'>,
): Map<string, string[]> {
  const plans = new Map<string, string[]>();
  for (const plan of facts.plans.filter((one) => isForRecovery(one, scenario)))
    for (const asset of restoredBy(plan, graph)) plans.set(asset, [...(plans.get(asset) ?? []), plan.id]);
  return plans;
}

const isForRecovery = ({ kind, inForce, scenarios }: PlanFacts, scenario: string): boolean =>
  (kind === 'drp' || kind === 'it-recovery') &&
  inForce !== null &&
  (scenarios.length === 0 || scenarios.includes(scenario));

function restoredBy({ inForce, activities }: PlanFacts, graph: Graph): Set<string> {
  const steps = inForce!.steps.flatMap(({ asset }) => asset ?? []);
  if (steps.length > 0) return new Set(steps);
  return new Set(
    activities.flatMap((id) => reach(graph, { id }, RECOVERY_EDGES).assets.map((asset) => asset.id)),
  );
}

/** Read from wherever it is kept, or from a copy that needs none of the client's systems. Where it is kept may not be said. */
export function planDemand({ keptIn, inForce }: PlanFacts, { assets }: Graph): Demand[] {
  const isInHand = inForce?.distributions.some(
    ({ channel }) => channel === 'paper' || channel === 'offline-pack',
  );
  const places = keptIn.filter((id) => assets.has(id));
  return isInHand || places.length === 0 ? [] : [oneOf('asset', places)];
}

/** Reached by any of their points. One of which nobody said what it needs is taken to work. */
export function contactDemand({ points }: ContactFacts, { assets }: Graph): Demand[] {
  const needed = points.map(({ needsAsset }) => needsAsset).filter((id) => id !== null && assets.has(id));
  return points.length === 0 || needed.length < points.length ? [] : [oneOf('asset', needed as string[])];
}
