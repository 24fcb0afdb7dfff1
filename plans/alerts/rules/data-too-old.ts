import type { ClientFacts, PolicyFacts } from '../../facts.ts';
import { assetObjectives } from '../../readiness/asset-objectives.ts';
import { compareTimes } from '../../readiness/time.ts';
import type { FactRule } from './rule.ts';

/** From this share of the RPO on, data that should have been backed up again by now are about to be too old. */
const NEAR = 0.9;

/**
 * Data are older than the plan lets them be, or will be soon with the next backup overdue. Where the interval is about as long
 * as the RPO, data pass it by as long as each backup takes: that is a fault of the plan, which rules tell, and no alert every night.
 */
export const dataTooOld: FactRule = {
  name: 'data-too-old',
  find: (facts) =>
    watched(facts).flatMap(({ policy, name, rpoSeconds, dataTime }) => {
      const now = Date.parse(facts.now);
      const nearAt = nearFrom(policy, rpoSeconds, dataTime);
      if (now < nearAt) return [];
      const overAt = overFrom(policy, rpoSeconds, dataTime);
      const isOver = now >= overAt;
      return [
        {
          key: policy.asset,
          severity: isOver ? ('critical' as const) : ('warning' as const),
          since: new Date(isOver ? overAt : nearAt),
          reason: {
            key: isOver ? 'alert.data-too-old' : 'alert.data-nearly-too-old',
            params: { asset: name, rpoSeconds, dataAt: new Date(dataTime).toISOString() },
          },
          because: null,
          subjects: [{ kind: 'asset', id: policy.asset, name }],
        },
      ];
    }),
  moments: (facts) =>
    watched(facts).flatMap(({ policy, rpoSeconds, dataTime }) => [
      nearFrom(policy, rpoSeconds, dataTime),
      overFrom(policy, rpoSeconds, dataTime),
    ]),
};

/** The share of an RPO that is forgiven where a backup is due only when it ends: each takes its time. */
const SLACK = 0.1;

const nearFrom = ({ intervalSeconds }: PolicyFacts, rpoSeconds: number, dataTime: number): number =>
  dataTime + Math.max(rpoSeconds * NEAR, Math.min(intervalSeconds, rpoSeconds) * (1 + SLACK)) * 1000;

const overFrom = ({ intervalSeconds }: PolicyFacts, rpoSeconds: number, dataTime: number): number =>
  dataTime + rpoSeconds * (intervalSeconds * (1 + SLACK) > rpoSeconds ? 1 + SLACK : 1) * 1000;

/** What is backed up, is needed within an RPO, and has a point to be as old as. */
function watched(facts: ClientFacts) {
  const objectives = assetObjectives(facts);
  const assets = new Map(facts.assets.map(({ id, name }) => [id, name]));
  const newest = new Map<string, number>();
  // What a wrong clock dated ahead says nothing of how old data are.
  for (const { asset, dataTime } of facts.recoveryPoints)
    if (compareTimes(dataTime, facts.now) <= 0)
      newest.set(asset, Math.max(newest.get(asset) ?? 0, Date.parse(dataTime)));
  return facts.policies
    .filter(({ isEnabled }) => isEnabled)
    .flatMap((policy) => {
      const rpoSeconds = objectives.get(policy.asset)?.rpoSeconds ?? null;
      const dataTime = newest.get(policy.asset);
      const name = assets.get(policy.asset);
      return rpoSeconds === null || dataTime === undefined || name === undefined
        ? []
        : [{ policy, name, rpoSeconds, dataTime }];
    });
}
