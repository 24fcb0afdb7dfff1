/** What an activity's impact analysis may say: its parts as they are sent, and what cannot be true together. */
import { z } from 'zod';
import { invalid, notFound } from './errors.ts';
import { derivedMtpd, findHealing, type ImpactLevel, isUnlikeCurve, rated } from './impact.ts';
import { Line, OptionalText } from './text.ts';

export const ACTIVITY_CALENDARS = ['always', 'business-hours'] as const;
export const RESOURCE_KINDS = [
  'people',
  'workplace',
  'application',
  'data',
  'equipment',
  'supplier',
  'other',
] as const;

const Seconds = z.int().min(0).max(3_155_760_000);

/** A day of any year, `MM-DD`. */
const MonthDay = z.string().refine(isDayOfSomeYear, { error: 'activity.month-day' });

export const PeakPeriod = z.object({
  name: Line(100),
  from: MonthDay,
  to: MonthDay.describe('Counted in; before `from` when the period goes over the turn of the year'),
});

export const ActivityImpact = z.object({
  category: z.uuid(),
  afterSeconds: Seconds.describe('From so much standstill on'),
  level: z.int().min(0).max(9),
  amount: z.number().min(0).max(1e13).nullable().default(null).describe("In the client's currency"),
  justification: OptionalText(2000).default(null),
});
export type ActivityImpact = z.infer<typeof ActivityImpact>;

export const ResourceNeed = z.object({
  afterSeconds: Seconds.describe('From so much standstill on'),
  kind: z.enum(RESOURCE_KINDS),
  name: Line(200),
  quantity: z.number().min(0).max(1e9),
});
export type ResourceNeed = z.infer<typeof ResourceNeed>;

/** What is said of an activity's standstill; null where nobody has said it yet. */
export interface Analysis {
  mtpdSeconds: number | null;
  mtpdReason: string | null;
  rtoSeconds: number | null;
  wrtSeconds: number | null;
  rpoSeconds: number | null;
  rpoTargetSeconds: number | null;
  impacts: ActivityImpact[];
  resources: ResourceNeed[];
}

/** A category of the client's scale, as far as a curve asks of it. */
export interface Scale {
  id: string;
  name: string;
  levels: ImpactLevel[];
}

export const scalesById = (scales: Scale[]): Map<string, ImpactLevel[]> =>
  new Map(scales.map(({ id, levels }) => [id, levels]));

/** What the impacts say of the longest standstill that can be borne. */
export const derivedMtpdOf = (impacts: ActivityImpact[], scales: Scale[]): number | null =>
  derivedMtpd(rated(impacts, scalesById(scales)));

/** Rule 1 of the model, and a curve that stands on the client's scales and never falls. */
export function refuseUnsound(activity: Analysis, scales: Scale[]): void {
  refuseImpossibleTimes(activity);
  refuseRepeated(activity, scales);
  refuseUnknownLevel(activity, scales);
  refuseHealing(activity, scales);
  const derivedMtpdSeconds = derivedMtpdOf(activity.impacts, scales);
  if (isUnlikeCurve({ ...activity, derivedMtpdSeconds }))
    throw invalid('mtpdReason', 'activity.mtpd-unlike-curve', {
      mtpdSeconds: activity.mtpdSeconds!,
      derivedMtpdSeconds: derivedMtpdSeconds!,
    });
}

function refuseImpossibleTimes({
  mtpdSeconds,
  rtoSeconds,
  wrtSeconds,
  rpoSeconds,
  rpoTargetSeconds,
}: Analysis) {
  if (rtoSeconds !== null && mtpdSeconds !== null && rtoSeconds >= mtpdSeconds)
    throw invalid('rtoSeconds', 'activity.rto-not-below-mtpd', { rtoSeconds, mtpdSeconds });
  if (wrtSeconds !== null && mtpdSeconds !== null && (rtoSeconds ?? 0) + wrtSeconds > mtpdSeconds)
    throw invalid('wrtSeconds', 'activity.wrt-over-mtpd', {
      rtoSeconds: rtoSeconds ?? 0,
      wrtSeconds,
      mtpdSeconds,
    });
  if (rpoTargetSeconds !== null && rpoSeconds !== null && rpoTargetSeconds > rpoSeconds)
    throw invalid('rpoTargetSeconds', 'activity.target-over-tolerance', { rpoTargetSeconds, rpoSeconds });
}

function refuseRepeated({ impacts, resources }: Analysis, scales: Scale[]) {
  const point = firstRepeated(impacts, ({ category, afterSeconds }) => `${category} ${afterSeconds}`);
  if (point !== null) {
    const { category, afterSeconds } = impacts[point]!;
    throw invalid(`impacts.${point}.afterSeconds`, 'activity.point-twice', {
      category: scaleOf(category, scales).name,
      afterSeconds,
    });
  }
  const need = firstRepeated(resources, ({ afterSeconds, kind, name }) => `${afterSeconds} ${kind} ${name}`);
  if (need !== null) {
    const { name, afterSeconds } = resources[need]!;
    throw invalid(`resources.${need}.name`, 'activity.resource-twice', { name, afterSeconds });
  }
}

function firstRepeated<Row>(rows: Row[], keyOf: (row: Row) => string): number | null {
  const keys = rows.map(keyOf);
  const place = keys.findIndex((key, index) => keys.indexOf(key) < index);
  return place === -1 ? null : place;
}

function refuseUnknownLevel({ impacts }: Analysis, scales: Scale[]) {
  for (const [place, { category, level }] of impacts.entries()) {
    const { name, levels } = scaleOf(category, scales);
    if (!levels.some((one) => one.level === level))
      throw invalid(`impacts.${place}.level`, 'activity.unknown-level', { category: name, level });
  }
}

function refuseHealing({ impacts }: Analysis, scales: Scale[]) {
  const healing = findHealing(impacts);
  if (!healing) return;
  const { earlier, later } = healing;
  throw invalid(`impacts.${impacts.indexOf(later)}.level`, 'activity.impact-heals', {
    category: scaleOf(later.category, scales).name,
    level: later.level,
    afterSeconds: later.afterSeconds,
    earlierLevel: earlier.level,
    earlierSeconds: earlier.afterSeconds,
  });
}

function scaleOf(category: string, scales: Scale[]): Scale {
  const scale = scales.find(({ id }) => id === category);
  if (!scale) throw notFound('impact-category');
  return scale;
}

function isDayOfSomeYear(text: string): boolean {
  // 2000 has a 29 February.
  const day = new Date(`2000-${text}T00:00:00Z`);
  return /^\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().slice(5, 10) === text;
}
