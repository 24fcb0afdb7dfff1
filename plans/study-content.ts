/** What a business impact analysis (BIA) freezes: scales and analyses as they stood, and what was missing in them. */
import { z } from 'zod';
import { type Activity, analysisOf, NewActivity } from './activities.ts';
import { CRITICALITIES } from './criticality.ts';
import type { Reason } from './facts.ts';
import { isUnlikeCurve } from './impact.ts';
import { type ImpactCategory, NewImpactCategory } from './impact-categories.ts';

export const StudiedActivity = z.object({
  ...NewActivity.shape,
  id: z.uuid(),
  derivedMtpdSeconds: z.int().nullable(),
  criticality: z.enum(CRITICALITIES).nullable(),
});
export type StudiedActivity = z.infer<typeof StudiedActivity>;

const StudiedScale = z.object({ ...NewImpactCategory.shape, id: z.uuid() });
type StudiedScale = z.infer<typeof StudiedScale>;

export interface Studied {
  scales: StudiedScale[];
  activities: StudiedActivity[];
}

export const StudyContent = z.object({
  format: z.literal(1),
  client: z.object({ id: z.uuid(), name: z.string() }),
  number: z.int(),
  title: z.string(),
  perimeter: z.string().nullable(),
  method: z.string().nullable(),
  handedInBy: z.string(),
  handedInAt: z.iso.datetime(),
  nextReviewOn: z.iso.date(),
  scales: z.array(StudiedScale),
  activities: z.array(StudiedActivity),
});
export type StudyContent = z.infer<typeof StudyContent>;

/** As a study keeps it: without its approval, and in an order that does not depend on who asks. */
export const studied = (activities: Activity[], scales: ImpactCategory[]): Studied => ({
  scales: scales
    .map(({ id, name, position, levels }) => ({ id, name, position, levels }))
    .sort((left, right) => left.position - right.position || (left.id < right.id ? -1 : 1)),
  activities: activities.map(studiedActivity).sort((left, right) => (left.id < right.id ? -1 : 1)),
});

export const studiedActivity = (activity: Activity): StudiedActivity => ({
  ...analysisOf(activity),
  id: activity.id,
  derivedMtpdSeconds: activity.derivedMtpdSeconds,
  criticality: activity.criticality,
});

/** Every reason why a study cannot be handed in. The words are in `templates/words`. */
export const STUDY_GAPS = [
  'study.no-scale',
  'study.no-activity',
  'study.lacks-owner',
  'study.lacks-impacts',
  'study.lacks-mtpd',
  'study.lacks-rto',
  'study.lacks-rpo',
  'study.lacks-mbco',
  'study.mtpd-unlike-curve',
] as const;

/** What is missing, activity by activity, by name. */
export function gapsOf({ scales, activities }: Studied): Reason[] {
  return [
    ...(scales.length === 0 ? [gap('study.no-scale', {})] : []),
    ...(activities.length === 0 ? [gap('study.no-activity', {})] : []),
    ...activities
      .toSorted((left, right) => left.name.localeCompare(right.name, 'fr'))
      .flatMap(gapsOfActivity),
  ];
}

function gapsOfActivity(activity: StudiedActivity): Reason[] {
  const { name, owner, impacts, mtpdSeconds, derivedMtpdSeconds, rtoSeconds, rpoSeconds } = activity;
  const missing: [isMissing: boolean, key: (typeof STUDY_GAPS)[number]][] = [
    [owner === null, 'study.lacks-owner'],
    [impacts.length === 0, 'study.lacks-impacts'],
    [mtpdSeconds === null, 'study.lacks-mtpd'],
    [rtoSeconds === null, 'study.lacks-rto'],
    [rpoSeconds === null, 'study.lacks-rpo'],
    [activity.mbco === null && activity.mbcoPercent === null, 'study.lacks-mbco'],
  ];
  return [
    ...missing.filter(([isMissing]) => isMissing).map(([, key]) => gap(key, { activity: name })),
    ...(isUnlikeCurve(activity)
      ? [
          gap('study.mtpd-unlike-curve', {
            activity: name,
            mtpdSeconds: mtpdSeconds!,
            derivedMtpdSeconds: derivedMtpdSeconds!,
          }),
        ]
      : []),
  ];
}

const gap = (key: (typeof STUDY_GAPS)[number], params: Reason['params']): Reason => ({ key, params });
