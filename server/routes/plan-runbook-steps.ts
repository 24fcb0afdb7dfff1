/** Single steps of a runbook: a page to write each, and its JSON interface. */
import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listChoices } from '#/plans/choices.ts';
import { findClient } from '#/plans/clients.ts';
import type { Locale } from '#/plans/reports/head.ts';
import {
  AddedStep,
  addStep,
  changeStep,
  findStep,
  findStepForChange,
  moveStep,
  removeStep,
  StepMove,
} from '#/plans/runbook-steps.ts';
import { NewStep, Step } from '#/plans/runbooks.ts';
import { waitsText } from '#/plans/step-waits.ts';
import { findRunbook, type Runbook } from '#/plans/version-runbooks.ts';
import type { Work } from '#/plans/work.ts';
import type { Problem } from '../http/problems.ts';
import { api, etagOf, page, type Typed } from '../http/route.ts';
import { Nothing, One } from '../http/shapes.ts';
import { differencesOf } from '../records/differences.ts';
import { AsTyped, type Field, fillForm } from '../records/field.ts';
import { inputsOf, labelled } from '../records/inputs.ts';
import { choicesOf } from '../records/noun.ts';
import { STEP_FIELDS } from '../records/nouns/runbook.ts';
import { parseForm } from '../records/parse-form.ts';
import type { StepView } from '../views/runbook.ts';
import { form } from '../views.ts';

const OfStep = z.object({ id: z.uuid(), key: z.string().max(60) });
const WORDS = 'runbook.steps';

type OfOne = { work: Work; params: z.infer<typeof OfStep> };
const current = ({ work, params: { id, key } }: OfOne) => findStepForChange(work, id, key);

export const planRunbookStepsApi = [
  api({
    method: 'post',
    path: '/runbooks/:id/steps',
    summary: 'Add a step to the runbook of a draft',
    params: One,
    body: AddedStep,
    output: Step,
    status: 201,
    run: ({ work, params: { id }, body }) => addStep(work, id, body),
  }),
  api({
    method: 'get',
    path: '/runbooks/:id/steps/:key',
    summary: 'One step of a runbook',
    params: OfStep,
    output: Step,
    run: ({ work, params: { id, key } }) => findStep(work, id, key),
  }),
  api({
    method: 'put',
    path: '/runbooks/:id/steps/:key',
    summary: 'Change a step of the runbook of a draft; under another key, whoever waits for it goes on to',
    params: OfStep,
    body: NewStep,
    output: Step,
    current,
    run: ({ work, params: { id, key }, body }) => changeStep(work, id, key, body),
  }),
  api({
    method: 'post',
    path: '/runbooks/:id/steps/:key/move',
    summary: 'Move a step to another place in the reading order',
    params: OfStep,
    body: StepMove,
    output: Step,
    current,
    run: ({ work, params: { id, key }, body }) => moveStep(work, id, key, body),
  }),
  api({
    method: 'delete',
    path: '/runbooks/:id/steps/:key',
    summary: 'Take a step out that no other one waits for',
    params: OfStep,
    output: Nothing,
    status: 204,
    current,
    run: async ({ work, params: { id, key } }) => {
      await removeStep(work, id, key);
      return {};
    },
  }),
];

export const planRunbookStepsPages = [
  page({
    method: 'get',
    path: '/runbooks/:id/new-step',
    summary: 'Form: a step of a runbook',
    params: One,
    query: AsTyped,
    run: async ({ work, params: { id }, query }) => ({
      show: 'plans/step',
      data: await newView(work, id, { resource: 'technician', ...query }),
    }),
  }),
  page({
    method: 'post',
    path: '/runbooks/:id/steps',
    summary: 'Add a step',
    params: One,
    body: AsTyped,
    run: async ({ work, params: { id }, body }) => {
      const fields = [...STEP_FIELDS, await placeField(work, id)];
      const { key } = await addStep(work, id, parseForm(fields, AddedStep, body, 'UTC'));
      return { goTo: `/runbooks/${id}#step-${key}` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'plans/step',
      data: await newView(work, id, typed, problem),
    }),
  }),
  page({
    method: 'get',
    path: '/runbooks/:id/steps/:key',
    summary: 'Form: a step of a runbook',
    params: OfStep,
    run: async ({ work, locale, params: { id, key } }) => ({
      show: 'plans/step',
      data: await editView(work, locale, id, key),
    }),
  }),
  page({
    method: 'post',
    path: '/runbooks/:id/steps/:key',
    summary: 'Change a step',
    params: OfStep,
    body: AsTyped,
    current,
    run: async ({ work, params: { id, key }, body }) => {
      const step = await changeStep(work, id, key, parseForm(STEP_FIELDS, NewStep, body, 'UTC'));
      return { goTo: `/runbooks/${id}#step-${step.key}` };
    },
    again: async ({ work, locale, params: { id, key }, typed, problem }) => ({
      show: 'plans/step',
      data: await editView(work, locale, id, key, { typed, problem }),
    }),
  }),
  page({
    method: 'post',
    path: '/runbooks/:id/steps/:key/move',
    summary: 'Move a step',
    params: OfStep,
    body: AsTyped,
    current,
    run: async ({ work, params: { id, key }, body }) => {
      await moveStep(work, id, key, parseForm([await placeField(work, id)], StepMove, body, 'UTC'));
      return { goTo: `/runbooks/${id}#step-${key}` };
    },
    again: async ({ work, locale, params: { id, key }, problem }) => ({
      show: 'plans/step',
      data: await editView(work, locale, id, key, { typed: null, problem }),
    }),
  }),
  page({
    method: 'post',
    path: '/runbooks/:id/steps/:key/removal',
    summary: 'Take a step out',
    params: OfStep,
    current,
    run: async ({ work, params: { id, key } }) => {
      await removeStep(work, id, key);
      return { goTo: `/runbooks/${id}` };
    },
    again: async ({ work, locale, params: { id, key }, problem }) => ({
      show: 'plans/step',
      data: await editView(work, locale, id, key, { typed: null, problem }),
    }),
  }),
];

/** In front of which step it is read; left open, after all. */
async function placeField(work: Work, id: string, except: string | null = null): Promise<Field> {
  const { steps } = await findRunbook(work, id);
  const among = steps
    .map(({ key, action }, place) => ({ id: key, name: `${place + 1}. ${action}` }))
    .filter((one) => one.id !== except);
  return { name: 'before', kind: 'among', among, optional: true };
}

async function newView(
  work: Work,
  id: string,
  typed: Typed,
  problem: Problem | null = null,
): Promise<StepView> {
  const runbook = await findRunbook(work, id);
  const fields = [...STEP_FIELDS, await placeField(work, id)];
  return {
    ...(await view(work, runbook, fields, typed, problem)),
    stepTitle: null,
    action: `/runbooks/${id}/steps`,
    version: null,
    differences: [],
    moving: null,
    removeHref: null,
  };
}

/** What was typed in a refused form stays; nothing was typed when moving or removing was refused. */
async function editView(
  work: Work,
  locale: Locale,
  id: string,
  key: string,
  refused: { typed: Typed | null; problem: Problem } | null = null,
): Promise<StepView> {
  const runbook = await findRunbook(work, id);
  const step = await findStep(work, id, key);
  const day = locale === 'fr' ? 'j' : 'd';
  const recorded = fillForm(
    STEP_FIELDS,
    { ...step, after: waitsText(step.after, day) },
    { zone: 'UTC', day, byte: 'o' },
  );
  const typed = refused?.typed ?? recorded;
  const isStale = refused?.problem.key === 'http.changed-meanwhile';
  const own = `/runbooks/${id}/steps/${key}`;
  const place = await placeField(work, id, key);
  return {
    ...(await view(work, runbook, STEP_FIELDS, typed, refused?.problem ?? null)),
    stepTitle: step.action,
    action: own,
    version: etagOf(step),
    differences: isStale && refused.typed ? differencesOf(STEP_FIELDS, WORDS, recorded, typed) : [],
    moving: {
      href: `${own}/move`,
      inputs: inputsOf([place], { words: WORDS, typed: {}, choices: {}, errors: [] }),
    },
    removeHref: `${own}/removal`,
  };
}

async function view(
  work: Work,
  { id, client, title, state, steps }: Runbook,
  fields: Field[],
  typed: Typed,
  problem: Problem | null,
) {
  const filled = form(typed, problem);
  const choices = await listChoices(work, client, choicesOf(fields));
  const inputs = inputsOf(fields, { words: WORDS, typed, choices, errors: filled.errors });
  return {
    client: await findClient(work, client),
    runbook: { id, title },
    isOpen: state === 'draft' && may(work, 'plan.change'),
    inputs,
    others: steps.map(({ key, action }) => ({ key, action })),
    form: labelled(filled, inputs),
  };
}
