/** The impact analysis that the plan rests on: what may stand still for how long, and what is needed meanwhile. */
import type { ActivityShown, PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import { impactFigure } from '#/server/charts/impact-figure.ts';
import type { Voice } from '../voice.ts';

export function biaView({ activities }: PlanSnapshot, voice: Voice) {
  const unapproved = activities.filter(({ approval }) => approval === null).length;
  return {
    title: biaTitle(activities.length, unapproved, voice),
    rows: activities.map((activity) => activityView(activity, voice)),
  };
}

function biaTitle(count: number, unapproved: number, voice: Voice): string {
  if (count === 0) return voice.say('plan.bia.none');
  return unapproved > 0
    ? voice.say('plan.bia.unapproved', { count: unapproved, total: count })
    : voice.say('plan.bia.title', { count });
}

function activityView(activity: ActivityShown, voice: Voice) {
  const time = (seconds: number | null) =>
    seconds === null ? voice.say('not-set') : voice.duration(seconds);
  const { name, owner, isPriority, criticality, mtpdSeconds, derivedMtpdSeconds, curves } = activity;
  return {
    ...{ name, isPriority, owner: owner ?? voice.say('plans.no-owner') },
    criticality: criticality ? voice.word(`criticality.${criticality}`) : voice.say('not-set'),
    mtpd: time(mtpdSeconds),
    rto: time(activity.rtoSeconds),
    wrt: time(activity.wrtSeconds),
    rpo: time(activity.rpoSeconds),
    mtpdReason: activity.mtpdReason ?? '',
    least: [activity.mbco, activity.mbcoPercent === null ? null : voice.percent(activity.mbcoPercent / 100)]
      .filter(Boolean)
      .join(' · '),
    peaks: activity.peaks.map((peak) =>
      voice.say('plan.peak', {
        name: peak.name,
        from: voice.monthDay(peak.from),
        to: voice.monthDay(peak.to),
      }),
    ),
    approval: activity.approval
      ? voice.say('plan.analysis-approved', { by: activity.approval.by, approvedAt: activity.approval.at })
      : voice.say('plan.analysis-draft'),
    resources: activity.resources.map(({ afterSeconds, kind, name: what, quantity }) => ({
      ...{ what, quantity },
      kind: voice.word(`resource-kind.${kind}`),
      from: afterSeconds === 0 ? voice.say('plan.from-start') : voice.duration(afterSeconds),
    })),
    curve:
      curves.length === 0
        ? ''
        : impactFigure({
            ...{ curves, mtpdSeconds, derivedMtpdSeconds },
            moment: voice.duration,
            limitName: voice.word('term.mtpd'),
            title: voice.say('plan.curve', { name }),
            desc: curveInWords(activity, voice),
          }),
  };
}

/** The picture for whoever does not see it: from when each category can no longer be borne. */
const curveInWords = ({ curves }: ActivityShown, voice: Voice): string =>
  curves
    .map(({ category, points }) => {
      const beyond = points.filter(({ isTolerable }) => !isTolerable).map(({ afterSeconds }) => afterSeconds);
      return beyond.length === 0
        ? voice.say('plan.curve-borne', { category })
        : voice.say('plan.curve-beyond', { category, seconds: Math.min(...beyond) });
    })
    .join(' ');
