import type { Activation } from '#/plans/activations.ts';
import type { SubList } from '../noun.ts';

/** Plans put to use, on the page of what they were put to use for. */
export const activationPart = (activations: Activation[], addHref: string | null): SubList => ({
  name: 'activations',
  columns: [
    { name: 'plan', kind: 'line' },
    { name: 'startedAt', kind: 'moment' },
    { name: 'stoodDownAt', kind: 'moment' },
    { name: 'done', kind: 'line' },
  ],
  rows: activations.map(({ id, plan, number, startedAt, stoodDownAt, steps }) => ({
    href: `/activations/${id}/live`,
    values: {
      plan: `${plan.title} (${number})`,
      startedAt,
      stoodDownAt,
      done: `${steps.filter(({ state }) => state === 'done').length} / ${steps.length}`,
    },
  })),
  addHref,
});
