/** What a scenario takes from a client in a drill: assets, people, stores and the accounts they are in. */
import type { ClientFacts } from '../facts.ts';
import type { Graph } from '../readiness/graph.ts';
import { lossesOf } from '../readiness/scenario-losses.ts';
import type { DrillAsked, DrillSetting, DrillStore } from './setting.ts';

export interface Removed {
  /** Hit by the scenario itself. */
  hit: Set<string>;
  /** Hit, or standing still with what was. */
  down: Set<string>;
  /** Taken for as long as the scenario lasts: no restore brings back a building or a person. */
  gone: Set<string>;
  /** Activities that stand still. */
  activities: Set<string>;
  /** Contacts who are not there. */
  absent: Set<string>;
  /** Stores by what took them. */
  stores: Map<string, 'site' | 'account'>;
}

/** Machines are replaced and data restored; these are not, while the scenario lasts. */
const NOT_REPLACED = ['premises', 'team', 'person', 'skill', 'supplier', 'key'];

export function removedBy(asked: DrillAsked, { facts, stores }: DrillSetting, graph: Graph): Removed {
  const { scenario } = asked;
  const { hit, down, activities } = lossesOf(facts, scenario, graph);
  const lost = lossesOf(
    facts,
    { effects: scenario.effects.filter(({ effect }) => effect === 'lost') },
    graph,
  );
  const gone = new Set(
    facts.assets
      .filter(({ id, kind }) => lost.hit.has(id) && NOT_REPLACED.includes(kind))
      .map(({ id }) => id),
  );
  return {
    hit,
    down,
    gone,
    activities,
    absent: absentIn(facts, gone, asked),
    stores: lostStores(asked, stores),
  };
}

/** Who left the firm is not there either. Of a lost person or team, those who hold or lead it are not. */
function absentIn({ assets, contacts }: ClientFacts, gone: Set<string>, { absent }: DrillAsked): Set<string> {
  const people = assets.filter(({ id, kind }) => gone.has(id) && (kind === 'person' || kind === 'team'));
  return new Set([
    ...absent,
    ...contacts.filter(({ hasLeft }) => hasLeft).map(({ id }) => id),
    ...people.flatMap(({ holder, deputy }) => [holder, deputy]).filter((id) => id !== null),
  ]);
}

function lostStores({ scenario, lostStores: named }: DrillAsked, stores: DrillStore[]): Removed['stores'] {
  const sites = scenario.effects
    .filter(({ on, effect }) => on.kind === 'site' && effect !== 'slow')
    .map(({ on }) => on.id);
  const accounts = stores.filter(({ id }) => named.includes(id)).flatMap(({ account }) => account ?? []);
  const lost: Removed['stores'] = new Map();
  for (const { id, site, account } of stores) {
    if (named.includes(id) || (account !== null && accounts.includes(account))) lost.set(id, 'account');
    else if (site !== null && sites.includes(site)) lost.set(id, 'site');
  }
  return lost;
}
