/** How much data would really have been lost: gaps between recovery points, instead of the schedule's promise. */
import type { ActivityFacts } from '../facts.ts';
import { dataNeeded } from './data-needed.ts';
import type { ActivityReadiness } from './readiness.ts';
import { because } from './reasons.ts';
import type { Survey } from './survey.ts';

type ObservedRpo = ActivityReadiness['observedRpo'];

/** Observed RPO of an activity in seconds: that of its worst data set, over proven points only. */
export function observedRpoOf(activity: ActivityFacts, survey: Survey): ObservedRpo {
  const gaps = dataNeeded(activity, survey).map((asset) => {
    const { provenGapSeconds, claimedGapSeconds } = survey.proof.get(asset.id)!;
    return { asset, proven: provenGapSeconds, claimed: claimedGapSeconds };
  });

  const worst = gaps.reduce<(typeof gaps)[number] | null>(
    (soFar, gap) => ((gap.proven ?? -1) > (soFar?.proven ?? -1) ? gap : soFar),
    null,
  );
  const claimed = gaps.map((gap) => gap.claimed).filter((seconds) => seconds !== null);
  const reasons =
    gaps.length === 0
      ? [because('readiness.no-data-set', { activity: activity.name })]
      : gaps
          .filter(({ proven }) => proven === null)
          .map(({ asset }) => because('readiness.no-proven-point', { asset: asset.name }));
  return {
    verdict: verdictOf(worst?.proven ?? null, reasons.length === 0, activity.rpoSeconds),
    seconds: worst?.proven ?? null,
    asset: worst?.asset.id ?? null,
    claimedSeconds: gaps.length > 0 && claimed.length === gaps.length ? Math.max(...claimed) : null,
    reasons,
  };
}

function verdictOf(seconds: number | null, isMeasured: boolean, rpoSeconds: number | null) {
  if (!isMeasured || seconds === null) return 'unmeasured';
  if (rpoSeconds === null) return 'no-objective';
  return seconds <= rpoSeconds ? 'within' : 'late';
}
