import {
  Activation,
  activate,
  findActivation,
  findActivationForChange,
  listActivations,
  NewActivation,
  runStep,
  STEP_STATES,
  StandDown,
  StepEvent,
  standDown,
} from '#/plans/activations.ts';
import { noun, type SubList } from '../noun.ts';

export const activation = noun<Activation, NewActivation>({
  name: 'activation',
  path: 'activations',
  tab: 'life',
  titleOf: ({ plan, cause }) => `${plan.title} · ${cause}`,
  fields: [
    { name: 'incident', kind: 'reference', to: 'incidents', optional: true },
    { name: 'exercise', kind: 'reference', to: 'exercises', optional: true },
    { name: 'planVersion', kind: 'reference', to: 'planVersions' },
    { name: 'decidedBy', kind: 'line' },
    { name: 'startedAt', kind: 'moment', optional: true },
    { name: 'exitCriteria', kind: 'text', optional: true, max: 2000 },
  ],
  told: [
    { name: 'cause', kind: 'line' },
    { name: 'stoodDownAt', kind: 'moment' },
    { name: 'stoodDownBy', kind: 'line' },
  ],
  columns: ['startedAt', 'stoodDownAt', 'decidedBy'],
  item: Activation,
  input: NewActivation,
  list: listActivations,
  find: findActivation,
  findForChange: findActivationForChange,
  add: activate,
  right: 'life.change',
  hrefOf: ({ id }) => `/activations/${id}/live`,
  parts: async (_work, activation) => [stepsPart(activation, `/activations/${activation.id}/live`)],
  asTold: async (_work, activation) => ({ parts: [stepsPart(activation, null)] }),
  actions: [
    {
      name: 'step',
      fields: [],
      input: StepEvent,
      right: 'log.write',
      isOffered: () => false, // on the live page, one by one
      run: runStep,
    },
    {
      name: 'stand-down',
      fields: [
        { name: 'stoodDownBy', kind: 'line' },
        { name: 'exitCriteria', kind: 'text', optional: true, max: 2000 },
      ],
      input: StandDown,
      right: 'life.change',
      isOffered: ({ stoodDownAt }) => stoodDownAt === null,
      run: standDown,
      isFinal: true,
    },
  ],
});

/** Steps as they went, to be read; they are run on the live page. */
const stepsPart = ({ steps }: Activation, live: string | null): SubList => ({
  name: 'activation.steps',
  columns: [
    { name: 'action', kind: 'line' },
    { name: 'state', kind: 'choice', values: STEP_STATES, words: 'step-state' },
    { name: 'role', kind: 'line' },
    { name: 'startedAt', kind: 'moment' },
    { name: 'endedAt', kind: 'moment' },
    { name: 'seconds', kind: 'duration' },
    { name: 'endedBy', kind: 'line' },
    { name: 'note', kind: 'text' },
  ],
  rows: steps.map(({ key, ...values }) => ({ href: live && `${live}#${key}`, values })),
});
