/** Gathers what an exercise report says. */
import { findExercise } from '../../exercises.ts';
import type { Work } from '../../work.ts';
import { aftermathOf } from '../after-action/aftermath.ts';
import type { Built, ClientOrder } from '../order.ts';

export async function buildExercise(work: Work, { facts, subject }: ClientOrder): Promise<Built<'exercise'>> {
  const exercise = await findExercise(work, subject);
  const { id, title, kind, state, plannedOn, startedAt, endedAt, calledOffReason, summary } = exercise;
  const { participants, objectives, injects, observations } = exercise;
  return {
    kind: 'exercise',
    client: facts.client,
    versions: {},
    exercise: {
      ...{ id, title, kind, state, plannedOn, startedAt, endedAt, calledOffReason, summary },
      ...{ participants, objectives, injects, observations },
      scenario: facts.scenarios.find((one) => one.id === exercise.scenario)?.name ?? null,
      plans: facts.plans.filter((one) => exercise.plans.includes(one.id)).map((one) => one.title),
    },
    aftermath: await aftermathOf(work, facts.client.id, { kind: 'exercise', id }),
  };
}
