/** What a scenario takes: what it hits itself, and what cannot work without that. */
import type { ScenarioFacts } from '../continuity-facts.ts';
import type { ClientFacts, DependencyFacts } from '../facts.ts';

/** Needs without which there is no service. */
const HOLDING: readonly DependencyFacts['kind'][] = ['hard', 'data'];

type Facts = Pick<ClientFacts, 'assets' | 'dependencies' | 'activities'>;

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
export function lossesOf(facts: Facts, scenario: Pick<ScenarioFacts, 'effects'>): Losses {
  const hit = new Set(facts.assets.filter((asset) => isHit(asset, scenario)).map(({ id }) => id));
  const needs = Map.groupBy(
    facts.dependencies.filter(({ kind }) => HOLDING.includes(kind)),
    ({ from }) => `${from.kind}:${from.id}`,
  );
  const down = new Set(hit);
  const standsStill = (key: string) => lacks(needs.get(key) ?? [], down);
  for (let before = -1; before !== down.size; ) {
    before = down.size;
    for (const { id } of facts.assets) if (!down.has(id) && standsStill(`asset:${id}`)) down.add(id);
  }
  const activities = facts.activities.filter(({ id }) => standsStill(`activity:${id}`)).map(({ id }) => id);
  return { hit, down, activities: new Set(activities) };
}

function isHit(
  { id, site, supplier }: Facts['assets'][number],
  { effects }: Pick<ScenarioFacts, 'effects'>,
): boolean {
  return effects.some(
    ({ on, effect }) =>
      effect !== 'slow' &&
      (on.kind === 'site' ? on.id === site : on.id === id || (effect === 'lost' && on.id === supplier)),
  );
}

/** Whether what is down leaves less than is needed. */
export function lacks(needs: DependencyFacts[], down: ReadonlySet<string>): boolean {
  const alone = needs.filter(({ group }) => group === null);
  if (alone.some(({ to }) => down.has(to))) return true;
  const groups = Map.groupBy(
    needs.filter(({ group }) => group !== null),
    ({ group }) => group!.name,
  );
  return [...groups.values()].some(
    (members) => members.filter(({ to }) => !down.has(to)).length < members[0]!.group!.requiredK,
  );
}
