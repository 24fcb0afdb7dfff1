/** Rule 4: every priority activity reaches data, a team with a deputy, premises or remote work, and a supplier somebody checked. */
import type { ActivityFacts, AssetFacts, ClientFacts, Reason } from '../facts.ts';
import { holdsData } from './data-needed.ts';
import { ALL_EDGES, byName, type Graph, reach } from './graph.ts';
import { because } from './reasons.ts';
import { isOlderThan } from './restore-proof.ts';

/** A year, as long as what an activity needs may go without a look (DORA 8(1), ReCyF 1.3). */
export const SUPPLIER_CHECK_DAYS = 365;

export function leafGaps(activity: ActivityFacts, facts: ClientFacts, graph: Graph): Reason[] {
  const assets = reachedBy(activity, graph);
  const named = { activity: activity.name };
  return [
    ...(assets.some(holdsData) ? [] : [because('readiness.no-data-set', named)]),
    ...teamGaps(assets, named),
    ...(assets.some(({ kind, isRemoteWorkPossible }) => kind === 'premises' || isRemoteWorkPossible)
      ? []
      : [because('readiness.no-premises', named)]),
    ...supplierGaps(assets, facts, named),
  ];
}

/** Over edges of any kind, and the suppliers of what is reached. */
function reachedBy(activity: ActivityFacts, graph: Graph): AssetFacts[] {
  const { assets } = reach(graph, activity, ALL_EDGES);
  const suppliers = assets.flatMap(({ supplier }) => graph.assets.get(supplier ?? '') ?? []);
  return byName([...new Set([...assets, ...suppliers])]);
}

type Named = { activity: string };

function teamGaps(assets: AssetFacts[], named: Named): Reason[] {
  const teams = assets.filter(({ kind }) => kind === 'team');
  if (teams.length === 0) return [because('readiness.no-team', named)];
  if (teams.some(({ deputy }) => deputy !== null)) return [];
  return [because('readiness.team-without-deputy', { ...named, asset: teams[0]!.name })];
}

function supplierGaps(assets: AssetFacts[], { suppliers, now }: ClientFacts, named: Named): Reason[] {
  const reached = assets.filter(({ kind }) => kind === 'supplier');
  if (reached.length === 0) return [because('readiness.no-supplier', named)];
  const checked = new Set(
    suppliers
      .filter(({ checkedOn }) => checkedOn !== null && !isOlderThan(checkedOn, now, SUPPLIER_CHECK_DAYS))
      .map(({ asset }) => asset),
  );
  if (reached.some(({ id }) => checked.has(id))) return [];
  const { name: asset } = reached[0]!;
  return [because('readiness.supplier-not-checked', { ...named, asset, intervalDays: SUPPLIER_CHECK_DAYS })];
}
