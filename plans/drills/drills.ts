/** Scenario drills: asked for, run by machines and by people, called off or ended. What was planned stays as it was. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { answerDrillCalls } from '../drill-calls.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { cancelRestoreTest } from '../restore-test-requests.ts';
import { findRestoreTest } from '../restore-tests.ts';
import { findScenario, type Scenario } from '../scenarios.ts';
import { Text } from '../text.ts';
import type { Work } from '../work.ts';
import { DrillEvent, listDrillEvents, noteDrillEvent } from './events.ts';
import { loadDrillSetting } from './load-setting.ts';
import { DrillOutcome, ITEM_STATES, type ItemState, OPENS_NEXT } from './outcome.ts';
import { DrillPlan, PlannedItem } from './plan.ts';
import { planDrill } from './plan-drill.ts';

export const DRILL_MODES = ['restore', 'table-top'] as const;
export const DRILL_STATES = ['running', 'passed', 'failed', 'inconclusive', 'cancelled'] as const;

/** Families in which somebody with every right is at work: what was made while they were in is not trusted. */
const INTRUSIONS: readonly string[] = ['ransomware-admin-stolen', 'insider-attack'];

export const DrillQuestion = z.object({
  scenario: z.uuid(),
  activities: z
    .array(z.uuid())
    .max(500)
    .nullable()
    .default(null)
    .describe('What is to be brought back; null: all that stands still'),
  absent: z.array(z.uuid()).max(500).default([]).describe('Contacts who are not there'),
  lostStores: z
    .array(z.uuid())
    .max(100)
    .default([])
    .describe('Stores whose account is in the wrong hands; others of the same account go with them'),
  compromisedAt: z.iso
    .datetime({ offset: true })
    .nullable()
    .default(null)
    .describe(
      'Since when an intruder had every right; null: nobody has, or, in scenarios of that kind, since now',
    ),
});
export type DrillQuestion = z.infer<typeof DrillQuestion>;

export const NewDrill = DrillQuestion.extend({
  mode: z
    .enum(DRILL_MODES)
    .default('restore')
    .describe('`table-top`: nothing is restored, all is talked through'),
  deadlineSeconds: z
    .int()
    .min(300)
    .max(14 * 86_400)
    .default(8 * 3600)
    .describe('What is not over by then is not reached'),
});
export type NewDrill = z.infer<typeof NewDrill>;

const DrillItem = PlannedItem.extend({
  state: z.enum([...ITEM_STATES, 'ready']).describe('`ready`: all before it is over'),
  restoreTest: z.uuid().nullable(),
  startedAt: z.iso.datetime().nullable(),
  startedBy: z.string().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endedBy: z.string().nullable(),
  isOwn: z.boolean().nullable().describe('Whether who said so is one of those who do it'),
  note: z.string().nullable(),
});
export type DrillItem = z.infer<typeof DrillItem>;

export const Drill = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    scenario: z.object({ id: z.uuid(), name: z.string() }),
    mode: z.enum(DRILL_MODES),
    state: z.enum(DRILL_STATES),
    askedBy: z.string(),
    alarmAt: z.iso.datetime(),
    deadlineAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    cancelledBy: z.string().nullable(),
    reason: z.string().nullable(),
    plan: DrillPlan,
    items: z.array(DrillItem),
    outcome: DrillOutcome.nullable(),
    events: z.array(DrillEvent),
  })
  .meta({ id: 'Drill' });
export type Drill = z.infer<typeof Drill>;

export const DrillInList = Drill.omit({ plan: true, items: true, events: true }).meta({ id: 'DrillInList' });
export type DrillInList = z.infer<typeof DrillInList>;

/** What a drill would do, without beginning one. */
export async function previewDrill(work: Work, client: string, question: DrillQuestion): Promise<DrillPlan> {
  allow(work, 'client.read');
  const found = await findClient(work, client);
  const scenario = await findScenario(work, question.scenario);
  if (scenario.client !== client) throw notFound('scenario');
  const compromisedAt = sinceWhen(work, question, scenario);
  const setting = await loadDrillSetting(work, found);
  refuseForeign(question, setting);
  const facts = setting.facts.scenarios.find(({ id }) => id === scenario.id)!;
  return planDrill({ ...question, scenario: facts, compromisedAt }, setting);
}

/** Sounds the alarm: from now on time counts. The restores run as jobs, the rest is confirmed by those who do it. */
export async function startDrill(work: Work, client: string, asked: NewDrill): Promise<Drill> {
  allow(work, 'drill.request');
  const { mode, deadlineSeconds, ...question } = asked;
  const plan = await previewDrill(work, client, question);
  if (await isDrillUnderWay(work, question.scenario)) throw conflict('drill.under-way');
  if (plan.activities.length === 0) throw conflict('drill.nothing-stands-still');
  if (plan.items.length === 0)
    throw conflict(
      'drill.no-path',
      {},
      plan.activities.flatMap(({ reasons }) => reasons),
    );

  const { id } = await work.db
    .insertInto('drills')
    .values({
      client_id: client,
      scenario_id: question.scenario,
      mode,
      plan: JSON.stringify(plan),
      asked_by: work.actor.name,
      alarm_at: work.now,
      deadline_at: new Date(work.now.getTime() + deadlineSeconds * 1000),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await work.db
    .insertInto('drill_items')
    .values(plan.items.map(({ key, kind }) => ({ client_id: client, drill_id: id, key, kind })))
    .execute();
  await answerDrillCalls(work, { scenario: question.scenario, mode, drill: id });
  await noteDrillEvent(work, { id, client }, 'alarm');
  await record(
    work,
    'drill.started',
    { kind: 'drill', id, client },
    { scenario: plan.scenario.name, mode, deadlineSeconds, items: plan.items.length },
  );
  await work.enqueue('move-drill', { drillId: id });
  return findDrill(work, id);
}

export const Cancelling = z.object({ reason: Text(2000) });

/** Calls a drill off, and the restores under way with it. */
export async function cancelDrill(
  work: Work,
  id: string,
  { reason }: z.infer<typeof Cancelling>,
): Promise<Drill> {
  allow(work, 'drill.request');
  const { client, state, items } = await findDrillForChange(work, id);
  if (state !== 'running') throw conflict('drill.over');
  for (const { state: own, restoreTest } of items)
    if (own === 'running' && restoreTest) await callOff(work, restoreTest, reason);
  await work.db
    .updateTable('drill_items')
    .set({ state: 'not-reached', ended_at: work.now })
    .where('drill_id', '=', id)
    .where('state', 'in', ['waiting', 'running'])
    .execute();
  await work.db
    .updateTable('drills')
    .set({ state: 'cancelled', ended_at: work.now, cancelled_by: work.actor.name, reason })
    .where('id', '=', id)
    .execute();
  await noteDrillEvent(work, { id, client }, 'cancelled', { note: reason });
  await record(work, 'drill.cancelled', { kind: 'drill', id, client }, { reason });
  return findDrill(work, id);
}

export async function findDrill(work: Work, id: string): Promise<Drill> {
  allow(work, 'client.read');
  const row = await select(work).where('drill.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('drill');
  const rows = await work.db.selectFrom('drill_items').selectAll().where('drill_id', '=', id).execute();
  const plan = row.plan as DrillPlan;
  const states = new Map(rows.map(({ key, state }) => [key, state as ItemState]));
  return {
    ...presentInList(row),
    plan,
    items: plan.items.map((item) => {
      const own = rows.find(({ key }) => key === item.key)!;
      const isReady =
        own.state === 'waiting' && item.after.every((key) => OPENS_NEXT.includes(states.get(key)!));
      return {
        ...item,
        state: isReady && row.state === 'running' ? 'ready' : (own.state as ItemState),
        restoreTest: own.restore_test_id,
        startedAt: own.started_at?.toISOString() ?? null,
        startedBy: own.started_by,
        endedAt: own.ended_at?.toISOString() ?? null,
        endedBy: own.ended_by,
        isOwn: own.is_own,
        note: own.note,
      };
    }),
    events: await listDrillEvents(work, id),
  };
}

/** The same, and nobody else changes it until this work has ended. */
export async function findDrillForChange(work: Work, id: string): Promise<Drill> {
  await work.db.selectFrom('drills').select('id').where('id', '=', id).forUpdate().execute();
  return findDrill(work, id);
}

/** Newest first. */
export async function listDrills(work: Work, client: string): Promise<DrillInList[]> {
  allow(work, 'client.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('drill.client_id', '=', client)
    .orderBy('drill.alarm_at', 'desc')
    .orderBy('drill.id')
    .limit(500)
    .execute();
  return rows.map(presentInList);
}

/** One that has just ended stays as it ended. */
async function callOff(work: Work, restoreTest: string, reason: string) {
  const { state } = await findRestoreTest(work, restoreTest);
  if (state === 'queued' || state === 'running') await cancelRestoreTest(work, restoreTest, { reason });
}

/** Whether somebody with every right is at work in it. */
export const isIntrusion = ({ family }: Pick<Scenario, 'family'>): boolean => INTRUSIONS.includes(family);

function sinceWhen({ now }: Work, { compromisedAt }: DrillQuestion, scenario: Scenario): string | null {
  if (compromisedAt === null) return isIntrusion(scenario) ? now.toISOString() : null;
  if (Date.parse(compromisedAt) > now.getTime()) throw invalid('compromisedAt', 'date.in-the-future');
  return new Date(compromisedAt).toISOString();
}

/** What is named must be the client's own. */
function refuseForeign(
  { activities, absent, lostStores }: DrillQuestion,
  { facts, stores }: Awaited<ReturnType<typeof loadDrillSetting>>,
) {
  const isKnown = (rows: { id: string }[], ids: readonly string[]) =>
    ids.every((id) => rows.some((row) => row.id === id));
  if (activities && activities.length === 0) throw invalid('activities', 'drill.no-activity');
  if (activities && !isKnown(facts.activities, activities)) throw notFound('activity');
  if (!isKnown(facts.contacts, absent)) throw notFound('contact');
  if (!isKnown(stores, lostStores)) throw notFound('store');
}

export async function isDrillUnderWay({ db }: Work, scenario: string): Promise<boolean> {
  const running = await db
    .selectFrom('drills')
    .select('id')
    .where('scenario_id', '=', scenario)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return running !== undefined;
}

const select = ({ db }: Work) =>
  db
    .selectFrom('drills as drill')
    .innerJoin('risk_scenarios as scenario', (join) =>
      join.onRef('scenario.client_id', '=', 'drill.client_id').onRef('scenario.id', '=', 'drill.scenario_id'),
    )
    .selectAll('drill')
    .select('scenario.name as scenario_name');

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const presentInList = (row: Row): DrillInList => ({
  id: row.id,
  client: row.client_id,
  scenario: { id: row.scenario_id, name: row.scenario_name },
  mode: row.mode as Drill['mode'],
  state: row.state,
  askedBy: row.asked_by,
  alarmAt: row.alarm_at.toISOString(),
  deadlineAt: row.deadline_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  cancelledBy: row.cancelled_by,
  reason: row.reason,
  outcome: row.outcome as DrillOutcome | null,
});
