/** What pages show of a drill: bars over time, measures against objectives, and whose turn it is. */
import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import type { Drill, DrillItem } from '#/plans/drills/drills.ts';
import type { DrillOutcome } from '#/plans/drills/outcome.ts';
import { OPENS_NEXT } from '#/plans/drills/outcome.ts';
import type { PlannedActivity } from '#/plans/drills/plan.ts';
import { isForPeople, mayConfirm, ownItems } from '#/plans/drills/steps.ts';
import type { Work } from '#/plans/work.ts';
import { etagOf } from '../http/route.ts';
import type { Bar, DrillView, MyStepsView, ShownItem } from '../views/drills.ts';
import { type Form, type Measure, measure } from '../views.ts';

export async function showDrill(work: Work, drill: Drill, form: Form): Promise<DrillView> {
  const items = shownItems(drill, work.now);
  const own = await ownItems(work, drill);
  const names = new Map(drill.items.map(({ key, name }) => [key, name]));
  return {
    client: await findClient(work, drill.client),
    drill,
    isUnderWay: drill.state === 'running',
    elapsedSeconds: secondsBetween(drill.alarmAt, drill.endedAt ?? work.now.toISOString()),
    counts: { over: items.filter(({ endedAt }) => endedAt !== null).length, all: items.length },
    items,
    results: (drill.outcome?.activities ?? []).map((activity) => ({
      activity,
      recovery: recoveryOf(activity),
      loss: against(activity.lossSeconds, activity.rpoSeconds),
    })),
    events: drill.events.map((event) => ({
      ...event,
      item: event.item === null ? null : (names.get(event.item) ?? event.item),
      afterSeconds: secondsBetween(drill.alarmAt, event.at),
    })),
    mine: items.filter((item) => item.isForPeople && item.endedAt === null && own.has(item.key)).length,
    version: etagOf(drill),
    mayConfirm: may(work, 'drill.confirm') && drill.state === 'running',
    mayCancel: may(work, 'drill.request') && drill.state === 'running',
    form,
  };
}

/** One's own steps; staff see those of everybody when they ask, or have none. */
export async function showMySteps(
  work: Work,
  drill: Drill,
  { isAll, form, refusedKey }: { isAll: boolean; form: Form; refusedKey: string | null },
): Promise<MyStepsView> {
  const own = await ownItems(work, drill);
  const forPeople = shownItems(drill, work.now).filter((item) => item.isForPeople);
  const mine = forPeople.filter(({ key }) => own.has(key));
  const mayAll = forPeople.length > 0 && forPeople.every((item) => mayConfirm(work, item, own));
  const shown = mayAll && (isAll || mine.length === 0) ? forPeople : mine;
  return {
    client: await findClient(work, drill.client),
    drill,
    items: shown.toSorted((left, right) => TURNS.indexOf(turnOf(left)) - TURNS.indexOf(turnOf(right))),
    isAll: shown === forPeople,
    mayAll: mayAll && mine.length > 0 && mine.length < forPeople.length,
    mayRun: may(work, 'drill.confirm') && drill.state === 'running',
    refusedKey,
    form,
  };
}

/** What is under way or can begin stands first. */
const TURNS = ['running', 'ready', 'waiting', 'over'];
const turnOf = ({ state, endedAt }: DrillItem): string => (endedAt === null ? state : 'over');

function shownItems(drill: Drill, now: Date): ShownItem[] {
  const until = drill.endedAt ?? now.toISOString();
  const scale = Math.max(1, secondsBetween(drill.alarmAt, until)) * 1.02;
  const states = new Map(drill.items.map(({ key, state, name }) => [key, { state, name }]));
  return drill.items.map((item) => {
    const end = item.endedAt ?? (item.startedAt === null ? null : until);
    const took = item.startedAt && end ? secondsBetween(item.startedAt, end) : null;
    const isShown = end !== null && item.state !== 'not-reached';
    return {
      ...item,
      took,
      bar: isShown ? barOf(secondsBetween(drill.alarmAt, item.startedAt ?? end), took ?? 0, scale) : null,
      waitsFor: item.after
        .filter((key) => !OPENS_NEXT.includes(states.get(key)!.state as 'done'))
        .map((key) => states.get(key)!.name),
      isForPeople: isForPeople(drill, item),
    };
  });
}

/** Never so short that nobody sees it. */
export const barOf = (from: number, length: number, scale: number): Bar => ({
  from: Math.min(from, scale * 0.985),
  length: Math.max(length, scale * 0.015),
  scale,
});

export function expectedOf({ hasPath, expectedSeconds, rtoSeconds }: PlannedActivity): Measure {
  if (!hasPath || expectedSeconds === null) return measure('unmeasured', null, rtoSeconds);
  const isLate = rtoSeconds !== null && expectedSeconds > rtoSeconds;
  return measure(isLate ? 'declared-late' : 'declared', expectedSeconds, rtoSeconds);
}

export function against(seconds: number | null, objective: number | null): Measure {
  if (seconds === null) return measure('unmeasured', null, objective);
  if (objective === null) return measure('no-objective', seconds, null);
  return measure(seconds <= objective ? 'within' : 'late', seconds, objective);
}

/** What was talked through is somebody's word. */
function recoveryOf({ how, seconds, rtoSeconds }: DrillOutcome['activities'][number]): Measure {
  if (how === 'measured') return against(seconds, rtoSeconds);
  if (how !== 'talked') return measure('unmeasured', null, rtoSeconds);
  const isLate = rtoSeconds !== null && seconds !== null && seconds > rtoSeconds;
  return measure(isLate ? 'declared-late' : 'declared', seconds, rtoSeconds);
}

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
