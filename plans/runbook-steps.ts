/** Single steps of a draft's runbook: added where they belong, changed, moved and taken out, while all the rest stays. */
import { z } from 'zod';
import { conflict, notFound, Refusal } from './errors.ts';
import { withKeys } from './keyed.ts';
import { lockDraft } from './plan-drafts.ts';
import { findVersion } from './plan-versions.ts';
import { MOST_STEPS, NewStep, readSteps, type Step, writeRunbook } from './runbooks.ts';
import type { Work } from './work.ts';

const Place = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.string().nullable(),
);

export const AddedStep = NewStep.safeExtend({
  before: Place.describe('Key of the step in front of which it is read; null: the last'),
});
export type AddedStep = z.infer<typeof AddedStep>;

export const StepMove = z.object({
  before: Place.describe('Key of the step in front of which it is read; null: the last'),
});
export type StepMove = z.infer<typeof StepMove>;

export async function findStep(work: Work, version: string, key: string): Promise<Step> {
  await findVersion(work, version);
  const step = (await readSteps(work, version)).find((one) => one.key === key);
  if (!step) throw notFound('runbook-step');
  return step;
}

/** The same, and nobody else writes in the draft until this work has ended. */
export async function findStepForChange(work: Work, version: string, key: string): Promise<Step> {
  await lockDraft(work, version);
  return findStep(work, version, key);
}

export async function addStep(work: Work, version: string, { before, ...step }: AddedStep): Promise<Step> {
  await lockDraft(work, version);
  const steps = await readSteps(work, version);
  if (steps.length >= MOST_STEPS) throw conflict('runbook.full', { most: MOST_STEPS });
  const place = before === null ? steps.length : placeOf(steps, before);
  const written = withKeys(steps.toSpliced(place, 0, step as Step), ({ action }) => action);
  return writeAround(work, version, written, place);
}

/** With another key, whoever waits for it waits for it under that one. A key left out stays. */
export async function changeStep(work: Work, version: string, key: string, change: NewStep): Promise<Step> {
  await lockDraft(work, version);
  const steps = await readSteps(work, version);
  const place = placeOf(steps, key);
  const step = { ...change, key: change.key ?? key };
  const renamed = steps.map((one) => ({
    ...one,
    after: one.after.map((wait) => (wait.key === key ? { ...wait, key: step.key } : wait)),
  }));
  return writeAround(work, version, renamed.with(place, step), place);
}

export async function moveStep(
  work: Work,
  version: string,
  key: string,
  { before }: StepMove,
): Promise<Step> {
  await lockDraft(work, version);
  const steps = await readSteps(work, version);
  const step = steps[placeOf(steps, key)]!;
  const others = steps.filter((one) => one !== step);
  const place =
    before === null ? others.length : before === key ? steps.indexOf(step) : placeOf(others, before);
  return (await writeRunbook(work, version, { steps: others.toSpliced(place, 0, step) }))[place]!;
}

/** A step that another one waits for stays until that one waits for something else. */
export async function removeStep(work: Work, version: string, key: string): Promise<Step> {
  await lockDraft(work, version);
  const steps = await readSteps(work, version);
  const step = steps[placeOf(steps, key)]!;
  const waiting = steps.filter(({ after }) => after.some((wait) => wait.key === key));
  if (waiting.length > 0)
    throw conflict('runbook.waited-for', {
      step: step.action,
      steps: waiting.map(({ action }) => action).join(', '),
    });
  await writeRunbook(work, version, { steps: steps.filter((one) => one !== step) });
  return step;
}

/** What is wrong with the runbook as a whole is wrong with the step that was sent. */
async function writeAround(work: Work, version: string, steps: NewStep[], place: number): Promise<Step> {
  try {
    return (await writeRunbook(work, version, { steps }))[place]!;
  } catch (error) {
    const field = error instanceof Refusal ? /^steps\.\d+\.(\w+)$/.exec(error.field ?? '')?.[1] : undefined;
    if (!(error instanceof Refusal) || field === undefined) throw error;
    throw new Refusal(error.kind, error.key, error.params, { field, cause: error });
  }
}

function placeOf(steps: readonly Step[], key: string): number {
  const place = steps.findIndex((step) => step.key === key);
  if (place === -1) throw notFound('runbook-step');
  return place;
}
