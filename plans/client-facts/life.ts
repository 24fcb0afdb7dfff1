/** What happened to clients: exercises, incidents, runbooks that were run, reviews and actions. */
import type { ExerciseFacts, IncidentFacts, StepRunFacts } from '../continuity-facts.ts';
import type { Work } from '../work.ts';
import { byClient, since } from './rows.ts';

export async function loadExercises({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('exercises')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('planned_on', 'desc')
    .orderBy('id')
    .limit(50_000)
    .execute();
  const plans = await db
    .selectFrom('exercise_plans')
    .select(['exercise_id', 'plan_id'])
    .where('client_id', 'in', ids)
    .limit(200_000)
    .execute();
  const objectives = await db
    .selectFrom('exercise_objectives')
    .select(['exercise_id', 'rating'])
    .where('client_id', 'in', ids)
    .limit(200_000)
    .execute();
  const plansOf = Map.groupBy(plans, ({ exercise_id }) => exercise_id);
  const objectivesOf = Map.groupBy(objectives, ({ exercise_id }) => exercise_id);
  return byClient(rows, (row): ExerciseFacts => {
    const own = objectivesOf.get(row.id) ?? [];
    return {
      id: row.id,
      title: row.title,
      kind: row.kind,
      state: row.state,
      scenario: row.scenario_id,
      plans: (plansOf.get(row.id) ?? []).map(({ plan_id }) => plan_id),
      plannedOn: row.planned_on,
      endedAt: row.ended_at?.toISOString() ?? null,
      objectives: own.length,
      rated: own.filter(({ rating }) => rating !== null).length,
      notMet: own.filter(({ rating }) => rating === 'not-met').length,
      participantsPresent: (row.participants as { wasPresent: boolean | null }[]).filter(
        ({ wasPresent }) => wasPresent === true,
      ).length,
      hasReport: (row.summary ?? '').trim() !== '',
    };
  });
}

export async function loadIncidents({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('incidents')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('detected_at', 'desc')
    .orderBy('id')
    .limit(50_000)
    .execute();
  const objects = await db
    .selectFrom('incident_objects')
    .select(['incident_id', 'activity_id', 'asset_id'])
    .where('client_id', 'in', ids)
    .limit(200_000)
    .execute();
  const logs = await db
    .selectFrom('log_entries')
    .select(({ fn }) => ['incident_id', fn.countAll<number>().as('entries')])
    .where('client_id', 'in', ids)
    .where('incident_id', 'is not', null)
    .groupBy('incident_id')
    .execute();
  const activations = await db
    .selectFrom('activations as activation')
    .innerJoin('plan_versions as version', (join) =>
      join
        .onRef('version.client_id', '=', 'activation.client_id')
        .onRef('version.id', '=', 'activation.plan_version_id'),
    )
    .select(['activation.incident_id', 'version.plan_id'])
    .where('activation.client_id', 'in', ids)
    .where('activation.incident_id', 'is not', null)
    .limit(200_000)
    .execute();
  const objectsOf = Map.groupBy(objects, ({ incident_id }) => incident_id);
  const entriesOf = new Map(logs.map(({ incident_id, entries }) => [incident_id, entries]));
  const plansOf = Map.groupBy(activations, ({ incident_id }) => incident_id);
  return byClient(rows, (row): IncidentFacts => {
    const own = objectsOf.get(row.id) ?? [];
    return {
      id: row.id,
      title: row.title,
      severity: row.severity,
      scenario: row.scenario_id,
      occurredAt: row.occurred_at?.toISOString() ?? null,
      detectedAt: row.detected_at.toISOString(),
      declaredAt: row.declared_at?.toISOString() ?? null,
      restoredAt: row.restored_at?.toISOString() ?? null,
      closedAt: row.closed_at?.toISOString() ?? null,
      dataLossSeconds: row.data_loss_seconds,
      activities: own.flatMap(({ activity_id }) => activity_id ?? []),
      assets: own.flatMap(({ asset_id }) => asset_id ?? []),
      logEntries: entriesOf.get(row.id) ?? 0,
      reports: row.reports as IncidentFacts['reports'],
      plans: [...new Set((plansOf.get(row.id) ?? []).map(({ plan_id }) => plan_id))],
    };
  });
}

/** Steps as they were run, newest first. */
export async function loadStepRuns(work: Work, ids: string[]) {
  const rows = await work.db
    .selectFrom('step_runs as run')
    .innerJoin('activations as activation', (join) =>
      join
        .onRef('activation.client_id', '=', 'run.client_id')
        .onRef('activation.id', '=', 'run.activation_id'),
    )
    .innerJoin('plan_versions as version', (join) =>
      join
        .onRef('version.client_id', '=', 'activation.client_id')
        .onRef('version.id', '=', 'activation.plan_version_id'),
    )
    .leftJoin('runbook_steps as step', (join) =>
      join
        .onRef('step.client_id', '=', 'run.client_id')
        .onRef('step.plan_version_id', '=', 'version.id')
        .onRef('step.key', '=', 'run.step_key'),
    )
    .select(['run.client_id', 'run.step_key', 'run.state', 'run.started_at', 'run.ended_at'])
    .select(['version.plan_id', 'version.id as version_id', 'step.asset_id'])
    .select(['activation.incident_id', 'activation.exercise_id'])
    .where('run.client_id', 'in', ids)
    .where('activation.started_at', '>', since(work))
    .orderBy('run.ended_at', 'desc')
    .orderBy('run.id')
    .limit(200_000)
    .execute();
  return byClient(
    rows,
    (row): StepRunFacts => ({
      plan: row.plan_id,
      planVersion: row.version_id,
      key: row.step_key,
      asset: row.asset_id,
      state: row.state as StepRunFacts['state'],
      seconds:
        row.started_at && row.ended_at
          ? Math.ceil((row.ended_at.getTime() - row.started_at.getTime()) / 1000)
          : null,
      endedAt: row.ended_at?.toISOString() ?? null,
      during: row.incident_id
        ? { kind: 'incident', id: row.incident_id }
        : { kind: 'exercise', id: row.exercise_id ?? '' },
    }),
  );
}

export async function loadReviews({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('reviews as review')
    .leftJoin('incidents as incident', (join) =>
      join
        .onRef('incident.client_id', '=', 'review.client_id')
        .onRef('incident.id', '=', 'review.incident_id'),
    )
    .leftJoin('exercises as exercise', (join) =>
      join
        .onRef('exercise.client_id', '=', 'review.client_id')
        .onRef('exercise.id', '=', 'review.exercise_id'),
    )
    .select(['review.client_id', 'review.id', 'review.incident_id', 'review.exercise_id'])
    .select(['review.due_on', 'review.held_on', 'review.closed_at'])
    .select(['incident.title as incident_title', 'exercise.title as exercise_title'])
    .where('review.client_id', 'in', ids)
    .orderBy('review.due_on')
    .orderBy('review.id')
    .limit(50_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    of: row.incident_id
      ? { kind: 'incident' as const, id: row.incident_id, title: row.incident_title ?? '' }
      : { kind: 'exercise' as const, id: row.exercise_id ?? '', title: row.exercise_title ?? '' },
    dueOn: row.due_on,
    heldOn: row.held_on,
    closedAt: row.closed_at?.toISOString() ?? null,
  }));
}

export async function loadActions({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('corrective_actions')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('due_on')
    .orderBy('id')
    .limit(100_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    title: row.title,
    owner: row.owner,
    dueOn: row.due_on,
    doneAt: row.done_at?.toISOString() ?? null,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    isDropped: row.dropped_at !== null,
  }));
}
