/** Rule 1: RTO below MTPD, and with the work that follows still within it; an MTPD unlike the impact over time has a reason. */
import type { ActivityFacts, Reason } from '../facts.ts';
import { byName } from '../readiness/graph.ts';
import { mtpdAgainstImpacts, rtoAgainstMtpd } from '../readiness/objectives.ts';
import { found, type Rule, ruled } from './rule.ts';

export const objectives: Rule = ({ facts }) =>
  byName(facts.activities).flatMap((activity) => {
    const { id, name } = activity;
    const object = { kind: 'activity', id, name } as const;
    return [...rtoAgainstMtpd(activity), ...workAfterMtpd(activity), ...mtpdAgainstImpacts(activity)].map(
      (reason) => found('objectives', object, 'contradiction', reason),
    );
  });

/** An RTO that is not below the MTPD by itself is told as that. */
function workAfterMtpd({ name: activity, mtpdSeconds, rtoSeconds, wrtSeconds }: ActivityFacts): Reason[] {
  if (mtpdSeconds === null || rtoSeconds === null || wrtSeconds === null) return [];
  if (rtoSeconds >= mtpdSeconds || rtoSeconds + wrtSeconds <= mtpdSeconds) return [];
  return [ruled('rules.work-after-mtpd', { activity, rtoSeconds, wrtSeconds, mtpdSeconds })];
}
