/** What a drill measured, and where it fell short. What was talked through or left out is never taken for what was done. */
import { z } from 'zod';
import type { Reason } from '../facts.ts';
import type { RuleObject } from '../rules/rule.ts';
import { ruled } from '../rules/rule.ts';
import type { DrillPlan, PlannedActivity, PlannedItem } from './plan.ts';

export const ITEM_STATES = [
  'waiting',
  'running',
  'done',
  'talked',
  'failed',
  'inconclusive',
  'skipped',
  'not-reached',
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** What comes after may begin. */
export const OPENS_NEXT: readonly ItemState[] = ['done', 'talked', 'skipped'];
/** What comes after never begins. */
export const STOPS_NEXT: readonly ItemState[] = ['failed', 'inconclusive', 'not-reached'];

/** `measured`: all of it was done; `talked`: some of it only at a table; `incomplete`: some of it left out or not known. */
export const HOWS = ['measured', 'talked', 'incomplete', 'failed', 'no-path'] as const;
export type How = (typeof HOWS)[number];

const Words = z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
const Measured = z.object({
  id: z.string(),
  name: z.string(),
  how: z.enum(HOWS),
  seconds: z.number().nullable().describe('From the alarm; null where it did not come back'),
  lossSeconds: z.number().nullable().describe('From the data to the alarm, of what was restored'),
});

export const DrillOutcome = z.object({
  verdict: z.enum(['passed', 'failed', 'inconclusive']),
  activities: z.array(
    Measured.extend({ rtoSeconds: z.number().nullable(), rpoSeconds: z.number().nullable() }),
  ),
  assets: z.array(Measured),
  deviations: z.array(
    z.object({
      object: z.object({ kind: z.enum(['activity', 'asset', 'step']), id: z.string(), name: z.string() }),
      reason: Words,
    }),
  ),
  notShown: z.array(Words),
});
export type DrillOutcome = z.infer<typeof DrillOutcome>;

/** An item of the plan as it was run. */
export interface RunItem extends PlannedItem {
  state: ItemState;
  startedAt: string | null;
  endedAt: string | null;
}

/** Told of a drill whose times are not known. */
export const CLOCK_SET_BACK = 'drill.not-shown.clock';

interface Timing {
  alarmAt: string;
  /** False where a clock was set back meanwhile: what took how long is not known. */
  isTimed: boolean;
}

export function outcomeOf(plan: DrillPlan, items: readonly RunItem[], timing: Timing): DrillOutcome {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const activities = plan.activities.map((activity) => ({
    ...measuredOf(activity, activity.items, activity.hasPath, byKey, timing),
    rtoSeconds: activity.rtoSeconds,
    rpoSeconds: activity.rpoSeconds,
  }));
  const assets = [
    ...Map.groupBy(
      items.filter(({ asset }) => asset !== null),
      ({ asset }) => asset!.id,
    ),
  ].map(([id, own]) =>
    measuredOf(
      { id, name: own[0]!.asset!.name },
      own.map(({ key }) => key),
      true,
      byKey,
      timing,
    ),
  );
  const deviations = [
    ...plan.activities.filter(({ hasPath }) => !hasPath).map((activity) => noPath(activity, plan)),
    ...activities.flatMap((activity) => overObjectives(activity, plan)),
    ...items.flatMap((item) => itemDeviation(item, plan)),
  ];
  return {
    verdict: verdictOf(activities, items),
    activities,
    assets,
    deviations,
    notShown: notShownBy(plan, items, timing),
  };
}

type Measured = z.infer<typeof Measured>;
type MeasuredActivity = DrillOutcome['activities'][number];
type Deviation = DrillOutcome['deviations'][number];

/** Passed is only what was done from end to end and in time. */
function verdictOf(activities: MeasuredActivity[], items: readonly RunItem[]): DrillOutcome['verdict'] {
  const isOver = ({ how, seconds, lossSeconds, rtoSeconds, rpoSeconds }: MeasuredActivity) =>
    (how === 'measured' && isMore(seconds, rtoSeconds)) || isMore(lossSeconds, rpoSeconds);
  if (items.some(({ state }) => state === 'failed') || activities.some(isOver)) return 'failed';
  const isWhole = items.length > 0 && items.every(({ state }) => state === 'done');
  return isWhole && activities.every(({ how }) => how === 'measured') ? 'passed' : 'inconclusive';
}

const isMore = (value: number | null, most: number | null) => value !== null && most !== null && value > most;

function measuredOf(
  { id, name }: { id: string; name: string },
  keys: readonly string[],
  hasPath: boolean,
  byKey: Map<string, RunItem>,
  { alarmAt, isTimed }: Timing,
): Measured {
  const own = keys.map((key) => byKey.get(key)!);
  const how = hasPath ? howOf(upTo(keys, byKey), isTimed) : 'no-path';
  const isBack = how === 'measured' || how === 'talked';
  const ends = own.map(({ endedAt }) => secondsFrom(alarmAt, endedAt ?? alarmAt));
  const ages = own
    .filter(({ state, point }) => state === 'done' && point !== null)
    .map(({ point }) => secondsFrom(point!.dataTime, alarmAt));
  return {
    id,
    name,
    how,
    seconds: isBack ? Math.max(0, ...ends) : null,
    lossSeconds: ages.length > 0 ? Math.max(...ages) : null,
  };
}

function howOf(items: RunItem[], isTimed: boolean): How {
  const states = items.map(({ state }) => state);
  if (states.includes('failed')) return 'failed';
  if (!isTimed) return 'incomplete';
  if (states.every((state) => state === 'done')) return 'measured';
  return states.every((state) => state === 'done' || state === 'talked') ? 'talked' : 'incomplete';
}

/** These and all that comes before them. */
function upTo(keys: readonly string[], byKey: Map<string, RunItem>): RunItem[] {
  const seen = new Set<string>();
  const open = [...keys];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...byKey.get(key)!.after);
  }
  return [...seen].map((key) => byKey.get(key)!);
}

const secondsFrom = (from: string, to: string) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

const activityObject = ({ id, name }: { id: string; name: string }): Deviation['object'] => ({
  kind: 'activity',
  id,
  name,
});

const noPath = (activity: PlannedActivity, { scenario }: DrillPlan): Deviation => ({
  object: activityObject(activity),
  reason: ruled('rules.drill-no-path', { activity: activity.name, scenario: scenario.name }),
});

function overObjectives(activity: MeasuredActivity, { scenario }: DrillPlan): Deviation[] {
  const { name, how, seconds, lossSeconds, rtoSeconds, rpoSeconds } = activity;
  const named = { activity: name, scenario: scenario.name };
  const object = activityObject(activity);
  return [
    ...(how === 'measured' && isMore(seconds, rtoSeconds)
      ? [
          {
            object,
            reason: ruled('rules.drill-late', { ...named, seconds: seconds!, rtoSeconds: rtoSeconds! }),
          },
        ]
      : []),
    ...(isMore(lossSeconds, rpoSeconds)
      ? [
          {
            object,
            reason: ruled('rules.drill-data-old', {
              ...named,
              lossSeconds: lossSeconds!,
              rpoSeconds: rpoSeconds!,
            }),
          },
        ]
      : []),
  ];
}

function itemDeviation(item: RunItem, { scenario }: DrillPlan): Deviation[] {
  const object = objectOf(item);
  const named = { item: item.name, scenario: scenario.name };
  const found = (reason: Reason) => [{ object, reason }];
  if (item.state === 'failed') return found(ruled('rules.drill-failed', named));
  if (item.state === 'inconclusive') return found(ruled('rules.drill-nothing-shown', named));
  if (item.state === 'skipped') return found(ruled('rules.drill-skipped', named));
  if (item.state === 'not-reached') return found(ruled('rules.drill-not-reached', named));
  return [];
}

const objectOf = ({ asset, step, key, name }: PlannedItem): RuleObject & Deviation['object'] =>
  step
    ? { kind: 'step', id: `${step.plan.id} ${step.key}`, name }
    : { kind: 'asset', id: asset?.id ?? key, name: asset?.name ?? name };

/** What a reader might think was shown, and was not. */
function notShownBy(plan: DrillPlan, items: readonly RunItem[], { isTimed }: Timing): Reason[] {
  const talked = items.filter(({ state }) => state === 'talked').length;
  const restored = items.filter(({ kind, state }) => kind === 'restore' && state === 'done').length;
  const noPaths = plan.activities.filter(({ hasPath }) => !hasPath).length;
  return [
    ...(isTimed ? [] : [{ key: CLOCK_SET_BACK, params: {} }]),
    ...(talked > 0 ? [{ key: 'drill.not-shown.talked', params: { count: talked } }] : []),
    ...(restored > 0 ? [{ key: 'drill.not-shown.scratch', params: {} }] : []),
    ...(restored > 0 ? [{ key: 'drill.not-shown.key', params: {} }] : []),
    ...(plan.compromisedAt === null
      ? []
      : [{ key: 'drill.not-shown.intrusion', params: { compromisedAt: plan.compromisedAt } }]),
    ...(noPaths > 0 ? [{ key: 'drill.not-shown.no-path', params: { count: noPaths } }] : []),
    { key: 'drill.not-shown.return', params: {} },
  ];
}
