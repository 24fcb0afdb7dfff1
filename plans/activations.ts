/** Activations: a plan version put to use for an incident or an exercise, and its runbook run step by step. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Line, OptionalLine, OptionalMoment, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const NewActivation = z
  .object({
    incident: z.uuid().nullable().default(null),
    exercise: z.uuid().nullable().default(null),
    planVersion: z.uuid(),
    decidedBy: Line(200),
    startedAt: OptionalMoment.default(null).describe('Now, unless said'),
    exitCriteria: OptionalText(2000).default(null),
  })
  .refine(({ incident, exercise }) => (incident === null) !== (exercise === null), {
    error: 'activation.one-cause',
    path: ['incident'],
  });
export type NewActivation = z.infer<typeof NewActivation>;

export const STEP_STATES = ['waiting', 'ready', 'started', 'done', 'failed', 'skipped'] as const;

const LiveStep = z.object({
  key: z.string(),
  action: z.string(),
  detail: z.string().nullable(),
  role: z.string().nullable(),
  skill: z.string().nullable(),
  p50Seconds: z.int().nullable(),
  p90Seconds: z.int().nullable(),
  successTest: z.string().nullable(),
  rollback: z.string().nullable(),
  after: z.array(z.string()),
  state: z.enum(STEP_STATES).describe('`ready`: everything before it is done or was skipped'),
  startedAt: z.iso.datetime().nullable(),
  startedBy: z.string().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endedBy: z.string().nullable(),
  seconds: z.int().nullable().describe('Measured, from start to end'),
  note: z.string().nullable(),
});
export type LiveStep = z.infer<typeof LiveStep>;

export const Activation = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    incident: z.uuid().nullable(),
    exercise: z.uuid().nullable(),
    cause: z.string(),
    plan: z.object({ id: z.uuid(), title: z.string() }),
    planVersion: z.uuid(),
    number: z.int(),
    decidedBy: z.string(),
    startedAt: z.iso.datetime(),
    stoodDownAt: z.iso.datetime().nullable(),
    stoodDownBy: z.string().nullable(),
    exitCriteria: z.string().nullable(),
    steps: z.array(LiveStep),
  })
  .meta({ id: 'Activation' });
export type Activation = z.infer<typeof Activation>;

/** Puts a version in force to use. */
export async function activate(work: Work, client: string, activation: NewActivation): Promise<Activation> {
  allow(work, 'life.change');
  await findClient(work, client);
  await refuseForeignCause(work, client, activation);
  const startedAt = activation.startedAt ? new Date(activation.startedAt) : work.now;
  if (startedAt > work.now) throw invalid('startedAt', 'date.in-the-future');
  const version = await work.db
    .selectFrom('plan_versions')
    .select(['client_id', 'state'])
    .where('id', '=', activation.planVersion)
    .executeTakeFirst();
  if (version?.client_id !== client) throw notFound('plan-version');
  if (version.state !== 'in-force') throw conflict('activation.not-in-force');
  await refuseRunning(work, activation);

  const { id } = await work.db
    .insertInto('activations')
    .values({
      client_id: client,
      incident_id: activation.incident,
      exercise_id: activation.exercise,
      plan_version_id: activation.planVersion,
      decided_by: activation.decidedBy,
      started_at: startedAt,
      exit_criteria: activation.exitCriteria,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'activation.started', { kind: 'activation', id, client }, activation);
  return findActivation(work, id);
}

export const StandDown = z.object({
  stoodDownBy: Line(200),
  exitCriteria: OptionalText(2000).default(null).describe('What had to be true, and is'),
});

/** Ends an activation. A step under way is not ended by it: whoever started it says how it ended first. */
export async function standDown(
  work: Work,
  id: string,
  { stoodDownBy, exitCriteria }: z.infer<typeof StandDown>,
): Promise<Activation> {
  allow(work, 'life.change');
  const before = await findActivationForChange(work, id);
  if (before.stoodDownAt) throw conflict('activation.over');
  const open = before.steps.filter(({ state }) => state === 'started').length;
  if (open > 0) throw conflict('activation.steps-open', { count: open });

  await work.db
    .updateTable('activations')
    .set({
      stood_down_at: work.now,
      stood_down_by: stoodDownBy,
      ...(exitCriteria && { exit_criteria: exitCriteria }),
    })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'activation.stood-down',
    { kind: 'activation', id, client: before.client },
    { stoodDownBy, exitCriteria },
  );
  return findActivation(work, id);
}

export const StepEvent = z.object({
  key: z.string().max(60),
  event: z.enum(['start', 'done', 'fail', 'skip']),
  note: OptionalLine(4000).default(null),
});

/**
 * Says that a step begins, is done, failed or is left out. What fails or is skipped says why; so does what begins before
 * the steps it waits for. A step that was never begun can be done, but nothing is measured then.
 */
export async function runStep(
  work: Work,
  id: string,
  { key, event, note }: z.infer<typeof StepEvent>,
): Promise<Activation> {
  allow(work, 'log.write');
  const before = await findActivationForChange(work, id);
  if (before.stoodDownAt) throw conflict('activation.over');
  const step = before.steps.find((one) => one.key === key);
  if (!step) throw invalid('key', 'activation.no-such-step', { key });
  refuseWrongEvent(step, event, note);

  const ended = event === 'start' ? null : { ended_at: work.now, ended_by: work.actor.name };
  // A clock that was set back meanwhile has measured nothing.
  const untimed = step.startedAt !== null && new Date(step.startedAt) > work.now ? { started_at: null } : {};
  const state = ({ start: 'started', done: 'done', fail: 'failed', skip: 'skipped' } as const)[event];
  const told = note ?? step.note;
  if (step.state === 'started' || step.state === 'failed')
    await work.db
      .updateTable('step_runs')
      .set({
        state,
        note: told,
        ...(ended
          ? { ...ended, ...untimed }
          : { started_at: work.now, started_by: work.actor.name, ended_at: null, ended_by: null }),
      })
      .where('activation_id', '=', id)
      .where('step_key', '=', key)
      .execute();
  else
    await work.db
      .insertInto('step_runs')
      .values({
        client_id: before.client,
        activation_id: id,
        step_key: key,
        state,
        note: told,
        ...(ended ?? { started_at: work.now, started_by: work.actor.name }),
      })
      .execute();
  await record(
    work,
    `step.${state}`,
    { kind: 'activation', id, client: before.client },
    { key, note, action: step.action },
  );
  return findActivation(work, id);
}

/** A failed step may be begun again; what is done or left out stays so. */
function refuseWrongEvent(step: LiveStep, event: z.infer<typeof StepEvent>['event'], note: string | null) {
  const isOver = step.state === 'done' || step.state === 'skipped';
  if (isOver) throw conflict('activation.step-over', { action: step.action });
  if (event === 'start' && step.state === 'started')
    throw conflict('activation.step-begun', { action: step.action });
  if (event !== 'start' && step.state === 'failed')
    throw conflict('activation.step-failed', { action: step.action });
  if ((event === 'fail' || event === 'skip') && !note) throw invalid('note', 'activation.say-why');
  if (step.state === 'waiting' && event !== 'skip' && !note) throw invalid('note', 'activation.too-early');
}

export async function findActivation(work: Work, id: string): Promise<Activation> {
  const [activation] = await present(work, await select(work).where('activation.id', '=', id).execute());
  if (!activation) throw notFound('activation');
  return activation;
}

/** The same, and nobody else changes it until this work has ended. */
export async function findActivationForChange(work: Work, id: string): Promise<Activation> {
  await work.db.selectFrom('activations').select('id').where('id', '=', id).forUpdate().execute();
  return findActivation(work, id);
}

/** Newest first. */
export async function listActivations(work: Work, client: string): Promise<Activation[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('activation.client_id', '=', client)
    .orderBy('activation.started_at', 'desc')
    .orderBy('activation.id')
    .limit(500)
    .execute();
  return present(work, rows);
}

async function refuseForeignCause({ db }: Work, client: string, { incident, exercise }: NewActivation) {
  const cause = incident
    ? await db
        .selectFrom('incidents')
        .select(['client_id', 'closed_at as over'])
        .where('id', '=', incident)
        .executeTakeFirst()
    : await db
        .selectFrom('exercises')
        .select(['client_id', 'ended_at as over'])
        .where('id', '=', exercise!)
        .executeTakeFirst();
  if (cause?.client_id !== client) throw notFound(incident ? 'incident' : 'exercise');
  if (cause.over) throw conflict('activation.cause-over');
}

async function refuseRunning({ db }: Work, { incident, exercise, planVersion }: NewActivation) {
  const running = await db
    .selectFrom('activations')
    .select('id')
    .where('plan_version_id', '=', planVersion)
    .where(incident ? 'incident_id' : 'exercise_id', '=', incident ?? exercise)
    .where('stood_down_at', 'is', null)
    .executeTakeFirst();
  if (running) throw conflict('activation.running');
}

const select = ({ db }: Work) =>
  db
    .selectFrom('activations as activation')
    .innerJoin('plan_versions as version', (join) =>
      join
        .onRef('version.client_id', '=', 'activation.client_id')
        .onRef('version.id', '=', 'activation.plan_version_id'),
    )
    .innerJoin('plans as plan', (join) =>
      join.onRef('plan.client_id', '=', 'version.client_id').onRef('plan.id', '=', 'version.plan_id'),
    )
    .leftJoin('incidents as incident', (join) =>
      join
        .onRef('incident.client_id', '=', 'activation.client_id')
        .onRef('incident.id', '=', 'activation.incident_id'),
    )
    .leftJoin('exercises as exercise', (join) =>
      join
        .onRef('exercise.client_id', '=', 'activation.client_id')
        .onRef('exercise.id', '=', 'activation.exercise_id'),
    )
    .selectAll('activation')
    .select(['version.number', 'plan.id as plan_id', 'plan.title'])
    .select(['incident.title as incident_title', 'exercise.title as exercise_title']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

async function present(work: Work, rows: Row[]): Promise<Activation[]> {
  if (rows.length === 0) return [];
  const steps = await work.db
    .selectFrom('runbook_steps')
    .selectAll()
    .where('plan_version_id', 'in', [...new Set(rows.map(({ plan_version_id }) => plan_version_id))])
    .orderBy('position')
    .limit(100_000)
    .execute();
  const runs = await work.db
    .selectFrom('step_runs')
    .selectAll()
    .where(
      'activation_id',
      'in',
      rows.map(({ id }) => id),
    )
    .limit(100_000)
    .execute();
  return rows.map((row) => {
    const own = new Map(
      runs.filter(({ activation_id }) => activation_id === row.id).map((run) => [run.step_key, run]),
    );
    const isPast = (key: string) => ['done', 'skipped'].includes(own.get(key)?.state ?? '');
    return {
      id: row.id,
      client: row.client_id,
      incident: row.incident_id,
      exercise: row.exercise_id,
      cause: row.incident_title ?? row.exercise_title ?? '',
      plan: { id: row.plan_id, title: row.title },
      planVersion: row.plan_version_id,
      number: row.number,
      decidedBy: row.decided_by,
      startedAt: row.started_at.toISOString(),
      stoodDownAt: row.stood_down_at?.toISOString() ?? null,
      stoodDownBy: row.stood_down_by,
      exitCriteria: row.exit_criteria,
      steps: steps
        .filter(({ plan_version_id }) => plan_version_id === row.plan_version_id)
        .map((step): LiveStep => {
          const run = own.get(step.key);
          const after = (step.after as { key: string }[]).map(({ key }) => key);
          const open = after.every(isPast) ? 'ready' : 'waiting';
          return {
            key: step.key,
            action: step.action,
            detail: step.detail,
            role: step.role,
            skill: step.skill,
            p50Seconds: step.p50_seconds,
            p90Seconds: step.p90_seconds,
            successTest: step.success_test,
            rollback: step.rollback,
            after,
            state: (run?.state as LiveStep['state'] | undefined) ?? open,
            startedAt: run?.started_at?.toISOString() ?? null,
            startedBy: run?.started_by ?? null,
            endedAt: run?.ended_at?.toISOString() ?? null,
            endedBy: run?.ended_by ?? null,
            seconds:
              run?.started_at && run.ended_at
                ? Math.ceil((run.ended_at.getTime() - run.started_at.getTime()) / 1000)
                : null,
            note: run?.note ?? null,
          };
        }),
    };
  });
}
