/** The activities that a plan is for, with their impact analysis. */
import { listActivities } from '../../activities.ts';
import { scalesById } from '../../activity-analysis.ts';
import { rated } from '../../impact.ts';
import { listImpactCategories } from '../../impact-categories.ts';
import type { Work } from '../../work.ts';
import type { ActivityShown } from './snapshot.ts';

/** Those that matter first, then by what can be borne. */
export async function activitiesShown(
  work: Work,
  client: string,
  covered: ReadonlySet<string>,
): Promise<ActivityShown[]> {
  const scales = await listImpactCategories(work, client);
  const activities = (await listActivities(work, client)).filter(({ id }) => covered.has(id));
  return activities
    .toSorted(
      (left, right) =>
        Number(right.isPriority) - Number(left.isPriority) ||
        (left.mtpdSeconds ?? Infinity) - (right.mtpdSeconds ?? Infinity) ||
        left.name.localeCompare(right.name),
    )
    .map((activity) => {
      const points = rated(activity.impacts, scalesById(scales));
      const { id, name, owner, isPriority, criticality, mtpdReason, mbco, mbcoPercent, approval } = activity;
      const { mtpdSeconds, derivedMtpdSeconds, rtoSeconds, wrtSeconds, rpoSeconds } = activity;
      return {
        ...{ id, name, owner, isPriority, criticality, mtpdReason, mbco, mbcoPercent, approval },
        ...{ mtpdSeconds, derivedMtpdSeconds, rtoSeconds, wrtSeconds, rpoSeconds },
        peaks: activity.peakPeriods.map(({ name: peak, from, to }) => ({ name: peak, from, to })),
        curves: scales.flatMap(({ id: category, name: label, levels }) => {
          const own = points.filter((point) => point.category === category);
          if (own.length === 0) return [];
          return [
            {
              category: label,
              top: Math.max(...levels.map(({ level }) => level)),
              points: own.map(({ afterSeconds, level, isTolerable }) => ({
                afterSeconds,
                level,
                isTolerable,
              })),
            },
          ];
        }),
        resources: activity.resources.map(({ afterSeconds, kind, name: what, quantity }) => ({
          ...{ afterSeconds, kind, name: what, quantity },
        })),
      };
    });
}
