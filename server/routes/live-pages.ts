import { z } from 'zod';
import { may } from '#/plans/access.ts';
import {
  type Activation,
  findActivation,
  findActivationForChange,
  type LiveStep,
  runStep,
  StepEvent,
} from '#/plans/activations.ts';
import { findClient } from '#/plans/clients.ts';
import type { Work } from '#/plans/work.ts';
import { etagOf, page } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import type { LiveView, ShownStep } from '../views/live.ts';
import { form } from '../views.ts';

/** A runbook while it is run: what can be done now stands first. */
export const livePages = [
  page({
    method: 'get',
    path: '/activations/:id/live',
    summary: 'A runbook while it is run',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'life/live',
      data: await show(work, await findActivation(work, id)),
    }),
  }),
  page({
    method: 'post',
    path: '/activations/:id/live',
    summary: 'Say what became of a step',
    params: One,
    body: StepEvent.extend({
      note: z.preprocess((note) => (note === '' ? null : note), StepEvent.shape.note),
    }),
    current: ({ work, params: { id } }) => findActivationForChange(work, id),
    run: async ({ work, params: { id }, body }) => {
      await runStep(work, id, body);
      return { goTo: `/activations/${id}/live#${body.key}` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'life/live',
      data: {
        ...(await show(work, await findActivation(work, id))),
        refusedKey: String(typed.key ?? ''),
        form: form(typed, problem),
      } satisfies LiveView,
    }),
  }),
];

async function show(work: Work, activation: Activation): Promise<LiveView> {
  const { steps, startedAt, stoodDownAt } = activation;
  const until = stoodDownAt ? new Date(stoodDownAt) : work.now;
  const open = steps.filter(({ state }) => state !== 'done' && state !== 'skipped');
  const shown = steps.map((step) => ({
    ...withTimes(step, work.now),
    waitsFor: open.filter(({ key }) => step.after.includes(key)),
  }));
  const inState = (...states: LiveStep['state'][]) => shown.filter(({ state }) => states.includes(state));
  const groups = [
    { name: 'started' as const, steps: inState('started') },
    { name: 'ready' as const, steps: inState('ready', 'failed') },
    { name: 'waiting' as const, steps: inState('waiting') },
    { name: 'over' as const, steps: inState('done', 'skipped') },
  ];
  return {
    client: await findClient(work, activation.client),
    activation,
    version: etagOf(activation),
    elapsedSeconds: secondsBetween(startedAt, until),
    counts: { done: inState('done', 'skipped').length, all: steps.length },
    groups: groups.filter((group) => group.steps.length > 0),
    mayRun: may(work, 'log.write') && stoodDownAt === null,
    mayStandDown: may(work, 'life.change') && stoodDownAt === null,
    refusedKey: null,
    form: form(),
  };
}

function withTimes(step: LiveStep, now: Date): Omit<ShownStep, 'waitsFor'> {
  const elapsedSeconds =
    step.state === 'started' && step.startedAt ? secondsBetween(step.startedAt, now) : null;
  const took = elapsedSeconds ?? step.seconds;
  return {
    ...step,
    elapsedSeconds,
    isSlow: took !== null && step.p90Seconds !== null && took > step.p90Seconds,
  };
}

const secondsBetween = (from: string, to: Date) =>
  Math.max(0, Math.round((to.getTime() - Date.parse(from)) / 1000));
