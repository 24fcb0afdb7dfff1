/** Exercises: plans tried by people, with objectives that are rated and a review that follows. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { SEVERITIES } from './lessons.ts';
import { findPlan } from './plans.ts';
import { openReview } from './reviews.ts';
import { findScenario } from './scenarios.ts';
import { Checkbox, Line, OptionalLine, OptionalText, Text } from './text.ts';
import type { Work } from './work.ts';

export const EXERCISE_KINDS = ['tabletop', 'functional', 'full'] as const;
export const EXERCISE_STATES = ['planned', 'running', 'done', 'called-off'] as const;
export const PARTS = ['player', 'facilitator', 'observer'] as const;
export const RATINGS = ['met', 'partly-met', 'not-met'] as const;

const Participant = z.object({
  name: Line(200),
  part: z.enum(PARTS).default('player'),
  wasPresent: Checkbox.default(false),
});

const Objective = z.object({
  objective: Line(1000),
  target: OptionalLine(1000).default(null),
  rating: z.enum(RATINGS).nullable().default(null),
  note: OptionalText(4000).default(null),
});

const Inject = z.object({
  atSeconds: z.int().min(0).describe('After the beginning'),
  message: Text(4000).refine((text) => text.trim() !== '', { error: 'exercise.empty-inject' }),
  givenTo: OptionalLine(200).default(null),
  expected: OptionalText(2000).default(null),
  outcome: OptionalText(2000).default(null),
});

export const NewExercise = z.object({
  title: Line(200),
  kind: z.enum(EXERCISE_KINDS),
  plannedOn: z.iso.date(),
  scenario: z.uuid().nullable().default(null),
  plans: z.array(z.uuid()).max(50).default([]),
  participants: z.array(Participant).max(200).default([]),
  objectives: z.array(Objective).max(100).default([]),
  injects: z.array(Inject).max(200).default([]),
  summary: OptionalText(20_000).default(null),
});
export type NewExercise = z.infer<typeof NewExercise>;

export const Exercise = z
  .object({
    ...NewExercise.shape,
    id: z.uuid(),
    client: z.uuid(),
    state: z.enum(EXERCISE_STATES),
    startedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    calledOffReason: z.string().nullable(),
    observations: z.array(
      z.object({
        at: z.iso.datetime(),
        author: z.string(),
        note: z.string(),
        severity: z.enum(SEVERITIES),
      }),
    ),
  })
  .meta({ id: 'Exercise' });
export type Exercise = z.infer<typeof Exercise>;

export async function addExercise(work: Work, client: string, exercise: NewExercise): Promise<Exercise> {
  allow(work, 'life.change');
  await findClient(work, client);
  await refuseForeign(work, client, exercise);

  const { id } = await work.db
    .insertInto('exercises')
    .values({ client_id: client, ...columns(exercise), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeParts(work, client, id, exercise);
  await record(work, 'exercise.added', { kind: 'exercise', id, client }, exercise);
  return findExercise(work, id);
}

/** Changes an exercise that has not ended: a rating given afterwards would be of nobody's exercise. */
export async function changeExercise(work: Work, id: string, exercise: NewExercise): Promise<Exercise> {
  allow(work, 'life.change');
  const before = await findExerciseForChange(work, id);
  refuseEnded(before);
  await refuseForeign(work, before.client, exercise);

  await work.db
    .updateTable('exercises')
    .set({ ...columns(exercise), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  for (const table of ['exercise_plans', 'exercise_objectives', 'injects'] as const)
    await work.db.deleteFrom(table).where('exercise_id', '=', id).execute();
  await writeParts(work, before.client, id, exercise);
  await record(
    work,
    'exercise.changed',
    { kind: 'exercise', id, client: before.client },
    { before, after: exercise },
  );
  return findExercise(work, id);
}

export async function startExercise(work: Work, id: string): Promise<Exercise> {
  allow(work, 'life.change');
  const before = await findExerciseForChange(work, id);
  if (before.state !== 'planned') throw conflict('exercise.not-planned', { title: before.title });
  await work.db
    .updateTable('exercises')
    .set({ state: 'running', started_at: work.now, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'exercise.started', { kind: 'exercise', id, client: before.client });
  return findExercise(work, id);
}

export const NewObservation = z.object({
  note: Text(4000).refine((text) => text.trim() !== '', { error: 'exercise.empty-observation' }),
  severity: z.enum(SEVERITIES).default('minor'),
});

/** Notes what an observer saw. It stays as it was written. */
export async function observe(
  work: Work,
  id: string,
  observation: z.infer<typeof NewObservation>,
): Promise<Exercise> {
  allow(work, 'log.write');
  const before = await findExerciseForChange(work, id);
  if (before.state !== 'running') throw conflict('exercise.not-running', { title: before.title });
  await work.db
    .insertInto('observations')
    .values({
      client_id: before.client,
      exercise_id: id,
      at: work.now,
      author: work.actor.name,
      ...observation,
    })
    .execute();
  await record(work, 'exercise.observed', { kind: 'exercise', id, client: before.client }, observation);
  return findExercise(work, id);
}

/**
 * Ends an exercise: somebody was there, every objective is rated, and a summary says what came of it. Only then does a
 * record stand for it. The review is due from here.
 */
export async function endExercise(work: Work, id: string): Promise<Exercise> {
  allow(work, 'life.change');
  const before = await findExerciseForChange(work, id);
  if (before.state !== 'running') throw conflict('exercise.not-running', { title: before.title });
  refuseUnfinished(before);

  await work.db
    .updateTable('exercises')
    .set({ state: 'done', ended_at: work.now, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'exercise.ended', { kind: 'exercise', id, client: before.client });
  await openReview(work, before.client, { kind: 'exercise', id }, work.now);
  await recordEvidence(work, {
    client: before.client,
    code: 'EXE',
    subject: { kind: 'exercise', id, name: before.title },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: null,
    content: { ...before, endedAt: work.now },
  });
  return findExercise(work, id);
}

export const CallingOff = z.object({
  reason: Text(2000).refine((text) => text.trim() !== '', { error: 'exercise.no-reason' }),
});

export async function callOffExercise(
  work: Work,
  id: string,
  { reason }: z.infer<typeof CallingOff>,
): Promise<Exercise> {
  allow(work, 'life.change');
  const before = await findExerciseForChange(work, id);
  refuseEnded(before);
  await work.db
    .updateTable('exercises')
    .set({ state: 'called-off', called_off_reason: reason, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'exercise.called-off', { kind: 'exercise', id, client: before.client }, { reason });
  return findExercise(work, id);
}

export async function findExercise(work: Work, id: string): Promise<Exercise> {
  const [exercise] = await select(work, (query) => query.where('id', '=', id));
  if (!exercise) throw notFound('exercise');
  return exercise;
}

/** The same, and nobody else changes it until this work has ended. */
export async function findExerciseForChange(work: Work, id: string): Promise<Exercise> {
  const [exercise] = await select(work, (query) => query.where('id', '=', id).forUpdate());
  if (!exercise) throw notFound('exercise');
  return exercise;
}

/** Newest first. */
export async function listExercises(work: Work, client: string): Promise<Exercise[]> {
  await findClient(work, client);
  return select(work, (query) =>
    query.where('client_id', '=', client).orderBy('planned_on', 'desc').orderBy('id').limit(1000),
  );
}

function refuseEnded({ state, title }: Exercise) {
  if (state === 'done' || state === 'called-off') throw conflict('exercise.ended', { title });
}

function refuseUnfinished({ participants, objectives, summary }: Exercise) {
  const unrated = objectives.filter(({ rating }) => rating === null).length;
  if (!participants.some(({ wasPresent }) => wasPresent)) throw conflict('exercise.nobody-present');
  if (objectives.length === 0) throw conflict('exercise.no-objective');
  if (unrated > 0) throw conflict('exercise.unrated', { count: unrated });
  if (!summary?.trim()) throw conflict('exercise.no-summary');
}

async function refuseForeign(work: Work, client: string, { scenario, plans }: NewExercise) {
  if (scenario && (await findScenario(work, scenario)).client !== client) throw notFound('scenario');
  if (new Set(plans).size !== plans.length) throw invalid('plans', 'exercise.plan-twice');
  for (const plan of plans) if ((await findPlan(work, plan)).client !== client) throw notFound('plan');
}

async function writeParts(work: Work, client: string, exercise: string, parts: NewExercise) {
  const own = { client_id: client, exercise_id: exercise };
  if (parts.plans.length > 0)
    await work.db
      .insertInto('exercise_plans')
      .values(parts.plans.map((plan_id) => ({ ...own, plan_id })))
      .execute();
  if (parts.objectives.length > 0)
    await work.db
      .insertInto('exercise_objectives')
      .values(parts.objectives.map((one, position) => ({ ...own, position, ...one })))
      .execute();
  if (parts.injects.length > 0)
    await work.db
      .insertInto('injects')
      .values(
        parts.injects.map(({ atSeconds, givenTo, ...one }) => ({
          ...own,
          at_seconds: atSeconds,
          given_to: givenTo,
          ...one,
        })),
      )
      .execute();
}

const columns = ({ title, kind, plannedOn, scenario, participants, summary }: NewExercise) => ({
  title,
  kind,
  planned_on: plannedOn,
  scenario_id: scenario,
  participants: JSON.stringify(participants),
  summary,
});

const selectRows = ({ db }: Work) => db.selectFrom('exercises').selectAll();

async function select(
  work: Work,
  narrow: (query: ReturnType<typeof selectRows>) => ReturnType<typeof selectRows>,
): Promise<Exercise[]> {
  const rows = await narrow(selectRows(work)).execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const plans = await work.db
    .selectFrom('exercise_plans')
    .selectAll()
    .where('exercise_id', 'in', ids)
    .orderBy('plan_id')
    .limit(10_000)
    .execute();
  const objectives = await work.db
    .selectFrom('exercise_objectives')
    .selectAll()
    .where('exercise_id', 'in', ids)
    .orderBy('position')
    .limit(100_000)
    .execute();
  const injects = await work.db
    .selectFrom('injects')
    .selectAll()
    .where('exercise_id', 'in', ids)
    .orderBy('at_seconds')
    .orderBy('id')
    .limit(100_000)
    .execute();
  const observations = await work.db
    .selectFrom('observations')
    .selectAll()
    .where('exercise_id', 'in', ids)
    .orderBy('at')
    .limit(100_000)
    .execute();
  const of = <Row extends { exercise_id: string }>(found: Row[], exercise: string) =>
    found.filter(({ exercise_id }) => exercise_id === exercise);
  return rows.map((row) => ({
    id: row.id,
    client: row.client_id,
    title: row.title,
    kind: row.kind,
    state: row.state,
    plannedOn: row.planned_on,
    scenario: row.scenario_id,
    plans: of(plans, row.id).map(({ plan_id }) => plan_id),
    participants: row.participants as Exercise['participants'],
    objectives: of(objectives, row.id).map(({ objective, target, rating, note }) => ({
      objective,
      target,
      rating: rating as Exercise['objectives'][number]['rating'],
      note,
    })),
    injects: of(injects, row.id).map((one) => ({
      atSeconds: one.at_seconds,
      message: one.message,
      givenTo: one.given_to,
      expected: one.expected,
      outcome: one.outcome,
    })),
    summary: row.summary,
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    calledOffReason: row.called_off_reason,
    observations: of(observations, row.id).map(({ at, author, note, severity }) => ({
      at: at.toISOString(),
      author,
      note,
      severity: severity as Exercise['observations'][number]['severity'],
    })),
  }));
}
