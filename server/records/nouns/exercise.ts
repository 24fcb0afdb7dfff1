import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listActivations } from '#/plans/activations.ts';
import {
  addExercise,
  CallingOff,
  callOffExercise,
  changeExercise,
  EXERCISE_KINDS,
  EXERCISE_STATES,
  Exercise,
  endExercise,
  findExercise,
  findExerciseForChange,
  listExercises,
  NewExercise,
  NewObservation,
  observe,
  PARTS,
  RATINGS,
  startExercise,
} from '#/plans/exercises.ts';
import { SEVERITIES } from '#/plans/lessons.ts';
import { noun } from '../noun.ts';
import { activationPart } from './activation-part.ts';
import { logAction, logNotices, logPart, toldLog } from './log-parts.ts';
import { reviewPart } from './review-part.ts';

export const exercise = noun<Exercise, NewExercise>({
  name: 'exercise',
  path: 'exercises',
  tab: 'life',
  titleOf: ({ title }) => title,
  fields: [
    { name: 'title', kind: 'line' },
    { name: 'kind', kind: 'choice', values: EXERCISE_KINDS, words: 'exercise-kind' },
    { name: 'plannedOn', kind: 'date' },
    { name: 'scenario', kind: 'reference', to: 'scenarios', optional: true },
    { name: 'plans', kind: 'references', to: 'plans', optional: true },
    {
      name: 'participants',
      kind: 'rows',
      fields: [
        { name: 'name', kind: 'line' },
        { name: 'part', kind: 'choice', values: PARTS, words: 'exercise-part' },
        { name: 'wasPresent', kind: 'tick' },
      ],
    },
    {
      name: 'objectives',
      kind: 'rows',
      fields: [
        { name: 'objective', kind: 'line', max: 1000 },
        { name: 'target', kind: 'line', optional: true, max: 1000 },
        { name: 'rating', kind: 'choice', values: RATINGS, words: 'rating', optional: true },
        { name: 'note', kind: 'text', optional: true, rows: 1 },
      ],
    },
    {
      name: 'injects',
      kind: 'rows',
      fields: [
        { name: 'atSeconds', kind: 'duration' },
        { name: 'message', kind: 'text', rows: 1 },
        { name: 'givenTo', kind: 'line', optional: true },
        { name: 'expected', kind: 'text', optional: true, rows: 1, max: 2000 },
        { name: 'outcome', kind: 'text', optional: true, rows: 1, max: 2000 },
      ],
    },
    { name: 'summary', kind: 'text', optional: true, max: 20_000, rows: 8 },
  ],
  told: [
    { name: 'state', kind: 'choice', values: EXERCISE_STATES, words: 'exercise-state' },
    { name: 'startedAt', kind: 'moment' },
    { name: 'endedAt', kind: 'moment' },
    { name: 'calledOffReason', kind: 'text' },
    {
      name: 'observations',
      kind: 'rows',
      fields: [
        { name: 'at', kind: 'moment' },
        { name: 'severity', kind: 'choice', values: SEVERITIES, words: 'severity' },
        { name: 'note', kind: 'text' },
        { name: 'author', kind: 'line' },
      ],
    },
  ],
  columns: ['kind', 'plannedOn', 'state', 'scenario'],
  item: Exercise,
  input: NewExercise,
  list: listExercises,
  find: findExercise,
  findForChange: findExerciseForChange,
  add: addExercise,
  change: changeExercise,
  right: 'life.change',
  isOpen: ({ state }) => state === 'planned' || state === 'running',
  parts: async (work, { id, client, state }) => [
    activationPart(
      (await listActivations(work, client)).filter((one) => one.exercise === id),
      may(work, 'life.change') && (state === 'planned' || state === 'running')
        ? `/clients/${client}/activations/new?exercise=${id}`
        : null,
    ),
    await logPart(work, { kind: 'exercise', id }),
    ...(await reviewPart(work, client, { kind: 'exercise', id })),
  ],
  asTold: toldLog,
  notices: (work, { id }) => logNotices(work, { kind: 'exercise', id }),
  actions: [
    {
      name: 'start',
      fields: [],
      input: z.object({}),
      right: 'life.change',
      isOffered: ({ state }) => state === 'planned',
      run: startExercise,
    },
    logAction('exercise', ({ state }) => state === 'running'),
    {
      name: 'observation',
      fields: [
        { name: 'note', kind: 'text' },
        { name: 'severity', kind: 'choice', values: SEVERITIES, words: 'severity' },
      ],
      input: NewObservation,
      right: 'log.write',
      isOffered: ({ state }) => state === 'running',
      run: observe,
    },
    {
      name: 'end',
      fields: [],
      input: z.object({}),
      right: 'life.change',
      isOffered: ({ state }) => state === 'running',
      run: endExercise,
    },
    {
      name: 'calling-off',
      fields: [{ name: 'reason', kind: 'text', max: 2000 }],
      input: CallingOff,
      right: 'life.change',
      isOffered: ({ state }) => state === 'planned' || state === 'running',
      run: callOffExercise,
      isFinal: true,
    },
  ],
});
