/** Scheduled drills: which scenario is drilled how often, and whether the service may begin it or people have to. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { DRILL_MODES } from './drills/drills.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { findScenario } from './scenarios.ts';
import { nextDueTimes } from './schedules/due-times.ts';
import { RhythmShape, rhythmOf, rulesFrom } from './schedules/rhythm.ts';
import { keepSchedule, presentSchedule } from './schedules/schedules.ts';
import { Checkbox } from './text.ts';
import type { Work } from './work.ts';

/** What their schedules are for. */
export const DRILL = 'drill';
const RHYTHMS = ['interval', 'daily', 'weekly', 'monthly', 'cron'] as const;

const Changeable = {
  beginsByItself: Checkbox.default(false).describe(
    'Begins without anybody where it restores only; what has steps for people waits for them all the same',
  ),
  beginWithinSeconds: z.coerce
    .number()
    .int()
    .min(3600)
    .max(90 * 86_400)
    .default(14 * 86_400)
    .describe('How long people have to begin it; later it is overdue'),
  deadlineSeconds: z.coerce
    .number()
    .int()
    .min(300)
    .max(14 * 86_400)
    .default(8 * 3600)
    .describe('What is not over by then, counted from the alarm, is not reached'),
  ...RhythmShape,
};
export const ScheduledDrillChange = z.object(Changeable);
export type ScheduledDrillChange = z.infer<typeof ScheduledDrillChange>;
export const NewScheduledDrill = z.object({
  scenario: z.uuid(),
  mode: z
    .enum(DRILL_MODES)
    .default('restore')
    .describe('`table-top`: nothing is restored, all is talked through'),
  ...Changeable,
});
export type NewScheduledDrill = z.infer<typeof NewScheduledDrill>;

export const ScheduledDrill = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewScheduledDrill.shape,
    scenarioName: z.string(),
    nextDueAt: z.iso.datetime().nullable(),
    beginBy: z.iso.datetime().nullable().describe('By when one that is due and was not begun is to be'),
    isOverdue: z.boolean(),
  })
  .meta({ id: 'ScheduledDrill' });
export type ScheduledDrill = z.infer<typeof ScheduledDrill>;

export async function addScheduledDrill(
  work: Work,
  client: string,
  { scenario: scenarioId, mode, ...drill }: NewScheduledDrill,
): Promise<ScheduledDrill> {
  allow(work, 'protection.change');
  await findClient(work, client);
  const scenario = await findScenario(work, scenarioId);
  if (scenario.client !== client) throw invalid('scenario', 'not-found.scenario');
  refuseTalkByItself(mode, drill);
  await refuseSecond(work, { scenario: scenarioId, mode });
  const rules = rulesFrom(drill, RHYTHMS);
  const { id } = await work.db
    .insertInto('scheduled_drills')
    .values({ client_id: client, scenario_id: scenarioId, mode, ...columns(drill), created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await keepSchedule(work, { client, purpose: DRILL, subject: id }, rules);
  const subject = { kind: 'scheduled-drill', id, client };
  await record(work, 'scheduled-drill.added', subject, { scenario: scenario.name, mode, ...drill });
  return findScheduledDrill(work, id);
}

export async function changeScheduledDrill(
  work: Work,
  id: string,
  drill: ScheduledDrillChange,
): Promise<ScheduledDrill> {
  allow(work, 'protection.change');
  const before = await findScheduledDrillForChange(work, id);
  refuseTalkByItself(before.mode, drill);
  const rules = rulesFrom(drill, RHYTHMS);
  await work.db.updateTable('scheduled_drills').set(columns(drill)).where('id', '=', id).execute();
  await keepSchedule(work, { client: before.client, purpose: DRILL, subject: id }, rules);
  const subject = { kind: 'scheduled-drill', id, client: before.client };
  await record(work, 'scheduled-drill.changed', subject, { before, after: drill });
  return findScheduledDrill(work, id);
}

/** It is due no more; drills that were done stay. */
export async function removeScheduledDrill(work: Work, id: string): Promise<ScheduledDrill> {
  allow(work, 'protection.change');
  const before = await findScheduledDrillForChange(work, id);
  await work.db.deleteFrom('schedules').where('subject_id', '=', id).execute();
  await work.db.deleteFrom('scheduled_drills').where('id', '=', id).execute();
  const subject = { kind: 'scheduled-drill', id, client: before.client };
  await record(work, 'scheduled-drill.removed', subject, { before });
  return before;
}

export async function findScheduledDrill(work: Work, id: string): Promise<ScheduledDrill> {
  allow(work, 'client.read');
  const row = await select(work).where('drill.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('scheduled-drill');
  return present(work, row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findScheduledDrillForChange(work: Work, id: string): Promise<ScheduledDrill> {
  await work.db.selectFrom('scheduled_drills').select('id').where('id', '=', id).forUpdate().execute();
  return findScheduledDrill(work, id);
}

export async function listScheduledDrills(work: Work, client: string): Promise<ScheduledDrill[]> {
  allow(work, 'client.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('drill.client_id', '=', client)
    .orderBy('scenario.name')
    .orderBy('drill.mode')
    .limit(1000)
    .execute();
  return rows.map((row) => present(work, row));
}

/** People talk: nothing begins that without them. */
function refuseTalkByItself(mode: NewScheduledDrill['mode'], { beginsByItself }: ScheduledDrillChange) {
  if (mode === 'table-top' && beginsByItself) throw invalid('beginsByItself', 'scheduled-drill.needs-people');
}

async function refuseSecond({ db }: Work, { scenario, mode }: Pick<NewScheduledDrill, 'scenario' | 'mode'>) {
  const known = await db
    .selectFrom('scheduled_drills')
    .select('id')
    .where('scenario_id', '=', scenario)
    .where('mode', '=', mode)
    .executeTakeFirst();
  if (known) throw conflict('scheduled-drill.second');
}

const columns = (drill: ScheduledDrillChange) => ({
  begins_by_itself: drill.beginsByItself,
  begin_within_seconds: drill.beginWithinSeconds,
  deadline_seconds: drill.deadlineSeconds,
});

const select = ({ db }: Work) =>
  db
    .selectFrom('scheduled_drills as drill')
    .innerJoin('risk_scenarios as scenario', (join) =>
      join.onRef('scenario.client_id', '=', 'drill.client_id').onRef('scenario.id', '=', 'drill.scenario_id'),
    )
    .innerJoin('clients as client', 'client.client_id', 'drill.client_id')
    .innerJoin('schedules as schedule', (join) =>
      join
        .onRef('schedule.subject_id', '=', 'drill.id')
        .onRef('schedule.client_id', '=', 'drill.client_id')
        .on('schedule.purpose', '=', DRILL),
    )
    .leftJoin('drill_calls as call', (join) =>
      join
        .onRef('call.client_id', '=', 'drill.client_id')
        .onRef('call.scheduled_drill_id', '=', 'drill.id')
        .on('call.drill_id', 'is', null),
    )
    .selectAll('schedule')
    .select([
      'drill.id as drill_id',
      'drill.mode',
      'drill.begins_by_itself',
      'drill.begin_within_seconds',
      'drill.deadline_seconds',
    ])
    .select(['scenario.id as scenario_id', 'scenario.name as scenario_name'])
    .select(['client.time_zone', 'call.begin_by']);

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;

function present({ now }: Work, row: Row): ScheduledDrill {
  const { cadence, startWindowSeconds, completionWindowSeconds, catchUp } = presentSchedule(row);
  const place = { zone: row.time_zone, id: row.drill_id, after: now };
  const next = cadence.kind === 'objective' ? undefined : nextDueTimes(cadence, place, 1)[0];
  return {
    ...rhythmOf({ cadence, startWindowSeconds, completionWindowSeconds, catchUp }),
    id: row.drill_id,
    client: row.client_id,
    scenario: row.scenario_id,
    scenarioName: row.scenario_name,
    mode: row.mode as ScheduledDrill['mode'],
    beginsByItself: row.begins_by_itself,
    beginWithinSeconds: row.begin_within_seconds,
    deadlineSeconds: row.deadline_seconds,
    nextDueAt: next?.toISOString() ?? null,
    beginBy: row.begin_by?.toISOString() ?? null,
    isOverdue: row.begin_by !== null && row.begin_by <= now,
  };
}
