/**
 * Moves a drill on: takes in what restores came to, begins those whose turn it is, and ends it when nothing is left to wait for.
 * Everything it goes by stands in rows, so it may be called at any time, twice, or after whoever called it last had died.
 */
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { Refusal } from '../errors.ts';
import { recordEvidence } from '../evidence.ts';
import { requestRestoreTest } from '../restore-test-requests.ts';
import { findRestoreTest } from '../restore-tests.ts';
import { RANKS } from '../turns.ts';
import type { Work } from '../work.ts';
import { type Drill, type DrillItem, findDrillForChange } from './drills.ts';
import { type DrillEvent, noteDrillEvent, wasClockSetBack } from './events.ts';
import { type DrillOutcome, type ItemState, outcomeOf, type RunItem, STOPS_NEXT } from './outcome.ts';
import { isForPeople } from './steps.ts';

/** A year, as for exercises. */
const PROOF_VALID_MS = 365 * 86_400_000;

export async function moveDrill(work: Work, id: string): Promise<void> {
  allow(work, 'work.finish');
  let drill = await findDrillForChange(work, id);
  if (drill.state !== 'running') return;
  await takeInRestores(work, drill);
  drill = await findDrillForChange(work, id);
  if (work.now >= new Date(drill.deadlineAt)) await noteDrillEvent(work, drill, 'deadline');
  await giveUpOn(work, drill, work.now >= new Date(drill.deadlineAt) ? isOpen : waitsInVain(drill));
  drill = await findDrillForChange(work, id);
  if (drill.items.some(isOpen)) await beginRestores(work, drill);
  else await endDrill(work, drill);
}

/** Drills whose worker may have died, and those whose time is over. */
export async function moveOpenDrills(work: Work): Promise<void> {
  const rows = await work.db
    .selectFrom('drills')
    .select('id')
    .where('state', '=', 'running')
    .orderBy('alarm_at')
    .limit(1000)
    .execute();
  for (const { id } of rows) await moveDrill(work, id);
}

const isOpen = ({ state }: DrillItem): boolean =>
  state === 'waiting' || state === 'ready' || state === 'running';

async function takeInRestores(work: Work, drill: Drill) {
  const running = drill.items.filter(({ state, restoreTest }) => state === 'running' && restoreTest !== null);
  for (const { key, restoreTest, startedAt } of running) {
    const { state: ended, finishedAt, isSuspect } = await findRestoreTest(work, restoreTest!);
    if (ended === 'queued' || ended === 'running') continue;
    // What came back and looks encrypted or wiped is not back.
    const isBack = ended === 'passed' && !isSuspect;
    const finished = finishedAt ? new Date(finishedAt) : work.now;
    const began = new Date(startedAt!);
    // A clock that was set back meanwhile has measured nothing.
    const isTimed = finished >= began;
    const state: ItemState = ended === 'failed' ? 'failed' : isBack && isTimed ? 'done' : 'inconclusive';
    const at = isTimed ? finished : began;
    await work.db
      .updateTable('drill_items')
      .set({ state, ended_at: at, ended_by: work.actor.name })
      .where('drill_id', '=', drill.id)
      .where('key', '=', key)
      .execute();
    await noteDrillEvent(work, drill, state, { item: key, at });
  }
}

/** Whatever comes, directly or not, after what did not end well. */
function waitsInVain({ items }: Drill): (item: DrillItem) => boolean {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const isLost = (item: DrillItem): boolean =>
    STOPS_NEXT.includes(item.state as ItemState) ||
    (item.state === 'waiting' && item.after.some((key) => isLost(byKey.get(key)!)));
  return (item) => item.state === 'waiting' && isLost(item);
}

async function giveUpOn(work: Work, drill: Drill, isLost: (item: DrillItem) => boolean) {
  for (const { key } of drill.items.filter(isLost)) {
    await work.db
      .updateTable('drill_items')
      .set({ state: 'not-reached', ended_at: work.now })
      .where('drill_id', '=', drill.id)
      .where('key', '=', key)
      .execute();
    await noteDrillEvent(work, drill, 'not-reached', { item: key });
  }
}

/** So many at once as there are technicians and lines; the rest of the work is not limited here. */
async function beginRestores(work: Work, drill: Drill) {
  const free = { technician: drill.plan.technicians, link: drill.plan.links, none: Number.POSITIVE_INFINITY };
  const byMachine = drill.items.filter((item) => !isForPeople(drill, item));
  for (const { state, resource } of byMachine) if (state === 'running') free[resource] -= 1;
  for (const item of byMachine.filter(({ state }) => state === 'ready')) {
    if (free[item.resource] < 1) continue;
    const test = await askForRestore(work, item.point!.id);
    if (test === null) continue;
    free[item.resource] -= 1;
    await work.db
      .updateTable('drill_items')
      .set({ state: 'running', started_at: work.now, started_by: work.actor.name, restore_test_id: test })
      .where('drill_id', '=', drill.id)
      .where('key', '=', item.key)
      .execute();
    await noteDrillEvent(work, drill, 'restore-begun', { item: item.key });
  }
}

/** Null while somebody else tests the same point: it is asked again at the next move. */
async function askForRestore(work: Work, recoveryPoint: string): Promise<string | null> {
  try {
    return (await requestRestoreTest(work, { recoveryPoint }, { rank: RANKS.drill, agent: null })).id;
  } catch (error) {
    if (error instanceof Refusal && error.key === 'restore-test.under-way') return null;
    throw error;
  }
}

async function endDrill(work: Work, drill: Drill) {
  const outcome = outcomeOf(drill.plan, drill.items as RunItem[], {
    alarmAt: drill.alarmAt,
    isTimed: !wasClockSetBack(drill.events, (event) => !isOfMachine(drill, event)),
  });
  await work.db
    .updateTable('drills')
    .set({ state: outcome.verdict, outcome: JSON.stringify(outcome), ended_at: work.now })
    .where('id', '=', drill.id)
    .execute();
  await noteDrillEvent(work, drill, 'ended');
  const { verdict, deviations } = outcome;
  await record(
    work,
    `drill.${verdict}`,
    { kind: 'drill', id: drill.id, client: drill.client },
    { scenario: drill.scenario.name, deviations: deviations.map(({ reason }) => reason) },
  );
  if (isExercise(drill)) await recordExercise(work, drill, outcome);
}

/** The end of a restore is dated by its test, and noted when the drill moves on. */
const isOfMachine = ({ items }: Drill, { item, event }: DrillEvent): boolean =>
  event !== 'restore-begun' && items.some(({ key, restoreTest }) => key === item && restoreTest !== null);

/** People were there, and what was aimed at was measured, well or not: that is an exercise, whatever came of it. */
const isExercise = ({ mode, items }: Drill): boolean =>
  mode === 'restore' &&
  items.some(({ kind, state }) => kind === 'restore' && state === 'done') &&
  items.some(({ kind, state }) => kind !== 'restore' && (state === 'done' || state === 'talked')) &&
  items.every(({ state }) => state !== 'not-reached' && state !== 'inconclusive');

async function recordExercise(
  work: Work,
  { id, client, scenario, mode, items }: Drill,
  outcome: DrillOutcome,
) {
  await recordEvidence(work, {
    client,
    code: 'EXE',
    subject: { kind: 'scenario', id: scenario.id, name: scenario.name },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: new Date(work.now.getTime() + PROOF_VALID_MS),
    content: {
      drill: id,
      mode,
      participants: [
        ...new Set(items.flatMap(({ kind, endedBy }) => (kind === 'restore' ? [] : (endedBy ?? [])))),
      ],
      verdict: outcome.verdict,
      activities: outcome.activities,
    },
  });
}
