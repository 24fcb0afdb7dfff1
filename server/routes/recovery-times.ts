/** Where every number of a client's recovery times comes from, what never comes back, and what an intrusion leaves. */
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { notFound } from '#/plans/errors.ts';
import type { AssetFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { deadlockReason } from '#/plans/readiness/deadlocks.ts';
import type { ActivityReadiness, Deadlock } from '#/plans/readiness/readiness.ts';
import { page } from '../http/route.ts';
import { OfClient } from '../http/shapes.ts';
import type { RecoveryTimesView, TimedAsset } from '../views/recovery-times.ts';

/** Activities that a row can say well. */
const SHOWN = 4;

export const recoveryTimesPages = [
  page({
    method: 'get',
    path: '/clients/:client/readiness',
    summary: 'Where recovery times come from, what never comes back, and what an intrusion leaves',
    params: OfClient,
    run: async ({ work, params }) => {
      const client = await findClient(work, params.client);
      const facts = (await loadFacts(work, [client])).get(client.id);
      if (!facts) throw notFound('client');
      const { activities, deadlocks } = computeReadiness(facts);
      const data: RecoveryTimesView = {
        client,
        assets: timedAssets(activities),
        deadlocks: byScenario(deadlocks),
        losses: lossesOf(activities, facts.assets),
        dwellDays: activities[0]?.underCompromise.map(({ dwellDays }) => dwellDays) ?? [],
      };
      return { show: 'clients/recovery-times', data };
    },
  }),
];

/** Premises, people and suppliers without a time have no number to account for. */
function timedAssets(activities: readonly ActivityReadiness[]): TimedAsset[] {
  const found = new Map<string, TimedAsset>();
  for (const { name, effective } of activities)
    for (const step of effective.path.filter(
      ({ isRestorable, seconds }) => isRestorable || seconds !== null,
    )) {
      const known = found.get(step.asset);
      if (known) (known.activities.length < SHOWN ? known.activities : known.moreActivities).push(name);
      else
        found.set(step.asset, {
          ...step,
          href: `/assets/${step.asset}`,
          activities: [name],
          moreActivities: [],
        });
    }
  const weightOf = ({ seconds }: TimedAsset) => seconds ?? Number.MAX_SAFE_INTEGER;
  return [...found.values()].sort((left, right) => weightOf(right) - weightOf(left));
}

function byScenario(deadlocks: readonly Deadlock[]): RecoveryTimesView['deadlocks'] {
  const each = deadlocks.flatMap(({ scenarios, ...deadlock }) =>
    scenarios.map((scenario) => ({
      scenario,
      reason: deadlockReason({ ...deadlock, scenarios: [scenario] }),
    })),
  );
  return [...Map.groupBy(each, ({ scenario }) => scenario.id).values()].map((found) => ({
    scenario: found[0]!.scenario.name,
    reasons: found.map(({ reason }) => reason),
  }));
}

function lossesOf(
  activities: readonly ActivityReadiness[],
  assets: readonly AssetFacts[],
): RecoveryTimesView['losses'] {
  const names = new Map(assets.map(({ id, name }) => [id, name]));
  return activities.map(({ activity, name, underCompromise }) => ({
    name,
    href: `/activities/${activity}`,
    kept: underCompromise.map((one) => ({
      ...one,
      assetName: one.asset === null ? null : (names.get(one.asset) ?? null),
    })),
  }));
}
