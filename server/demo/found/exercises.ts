/** Founds exercises: planned, played with people there, rated, and looked back at. */
import { activate, NewActivation, runStep, standDown } from '#/plans/activations.ts';
import {
  addExercise,
  changeExercise,
  endExercise,
  NewExercise,
  NewObservation,
  observe,
  startExercise,
} from '#/plans/exercises.ts';
import { findPlan } from '#/plans/plans.ts';
import type { DemoExercise } from '../content/demo-client.ts';
import { tellLog } from './incidents.ts';
import { reviewChapters } from './reviews.ts';
import { as, type Chapter, desk, type Story } from './story.ts';

export const exerciseChapters = ({ exercises }: Story['content']): Chapter[] =>
  exercises.flatMap((exercise) => [
    { on: exercise.added, tell: (story) => plan(story, exercise) },
    { on: exercise.on, tell: (story) => play(story, exercise) },
    ...(exercise.review ? reviewChapters(exercise.ref, exercise.review) : []),
  ]);

/** Before it begins nobody was present and nothing is rated. */
async function plan(story: Story, exercise: DemoExercise): Promise<void> {
  const { content, client, refs } = story;
  const work = desk(story, content.author, exercise.added, '10:00')();
  const { participants = [], objectives, summary: _summary } = exercise.planned;
  const told = {
    ...toldOf(story, exercise),
    summary: null,
    participants: participants.map((one) => ({ ...one, wasPresent: false })),
    objectives: objectives.map(({ objective, target }) => ({ objective, target })),
  };
  refs.set(exercise.ref, (await addExercise(work, client, NewExercise.parse(told))).id);
}

async function play(story: Story, exercise: DemoExercise): Promise<void> {
  const { content, refs, clock } = story;
  const id = refs.id(exercise.ref);
  const at = (time: string) => as(story, content.author, clock.at(exercise.on, time));
  await startExercise(at(exercise.begins), id);
  await tellLog(story, { kind: 'exercise', id }, exercise.on, exercise.log ?? []);
  if (exercise.run) await runPlan(story, exercise, exercise.run);
  for (const { at: time, ...observation } of exercise.observations)
    await observe(at(time), id, NewObservation.parse(observation));
  await changeExercise(at(exercise.ends), id, NewExercise.parse(toldOf(story, exercise)));
  await endExercise(at(exercise.ends), id);
}

const toldOf = ({ refs, clock }: Story, { planned, on }: DemoExercise) => ({
  ...refs.resolve(planned),
  plannedOn: clock.day(on),
});

/** Events in the order of the clock, as people press the buttons. */
async function runPlan(
  story: Story,
  { ref, on, begins }: DemoExercise,
  { plan: planRef, decidedBy, steps, over }: NonNullable<DemoExercise['run']>,
): Promise<void> {
  const { client, refs, clock } = story;
  const start = clock.at(on, begins).getTime();
  const technician = (minutes: number) => as(story, 'samia', new Date(start + minutes * 60_000));
  const { inForce } = await findPlan(technician(0), refs.id(planRef));
  const activation = await activate(
    technician(0),
    client,
    NewActivation.parse({ exercise: refs.id(ref), planVersion: inForce!.id, decidedBy }),
  );
  const events = steps.flatMap(([key, from, minutes, note]) => [
    { key, minute: from, event: 'start' as const, note: note ?? null },
    { key, minute: from + minutes, event: 'done' as const, note: note ?? null },
  ]);
  for (const { minute, ...event } of events.toSorted((left, right) => left.minute - right.minute))
    await runStep(technician(minute), activation.id, event);
  await standDown(as(story, 'samia', clock.at(on, over)), activation.id, {
    stoodDownBy: decidedBy,
    exitCriteria: null,
  });
}
