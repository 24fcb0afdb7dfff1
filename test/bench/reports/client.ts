/** A client whose readiness report has many pages: the one of the tests' examples, over and over under other names. */
import type { ClientFacts } from '#/plans/facts.ts';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { ATELIERS, snapshotOf } from '../../reports/examples.ts';

/** `times` is how often everything stands in it. */
export function aClient(times: number, name = ATELIERS.client.name): ReadinessSnapshot {
  const copies = Array.from({ length: times }, (_, place) => (text: string) => `${text} ${place + 1}`);
  const each = <Thing>(
    things: readonly Thing[],
    change: (thing: Thing, as: (text: string) => string) => Thing,
  ) => copies.flatMap((as) => things.map((thing) => change(thing, as)));
  const facts: ClientFacts = {
    ...ATELIERS,
    client: { ...ATELIERS.client, name },
    activities: each(ATELIERS.activities, (one, as) => ({ ...one, id: as(one.id), name: as(one.name) })),
    assets: each(ATELIERS.assets, (one, as) => ({ ...one, id: as(one.id), name: as(one.name) })),
    dependencies: each(ATELIERS.dependencies, (one, as) => ({
      ...one,
      id: as(one.id),
      from: { ...one.from, id: as(one.from.id) },
      to: as(one.to),
    })),
    policies: each(ATELIERS.policies, (one, as) => ({ ...one, id: as(one.id), asset: as(one.asset) })),
    recoveryPoints: each(ATELIERS.recoveryPoints, (one, as) => ({
      ...one,
      id: as(one.id),
      asset: as(one.asset),
    })),
    restoreTests: each(ATELIERS.restoreTests, (one, as) => ({
      ...one,
      id: as(one.id),
      asset: as(one.asset),
      recoveryPoint: one.recoveryPoint && as(one.recoveryPoint),
    })),
  };
  return snapshotOf(facts, 'fr');
}
