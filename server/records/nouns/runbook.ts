import { waitsText } from '#/plans/step-waits.ts';
import {
  findRunbook,
  findRunbookForChange,
  listRunbooks,
  Runbook,
  RunbookChange,
  STEP_RESOURCES,
  writeRunbookOf,
} from '#/plans/version-runbooks.ts';
import type { Field } from '../field.ts';
import { noun } from '../noun.ts';
import { runbookFigure } from './runbook-figure.ts';

/** What a step is asked. */
export const STEP_FIELDS: Field[] = [
  { name: 'key', kind: 'line', optional: true, max: 60 },
  { name: 'action', kind: 'line', max: 500 },
  { name: 'detail', kind: 'text', optional: true, max: 10_000, rows: 2 },
  { name: 'crisisRole', kind: 'reference', to: 'crisisRoles', optional: true },
  { name: 'role', kind: 'line', optional: true },
  { name: 'skill', kind: 'line', optional: true },
  { name: 'resource', kind: 'choice', values: STEP_RESOURCES, words: 'step-resource' },
  { name: 'p50Seconds', kind: 'duration', optional: true },
  { name: 'p90Seconds', kind: 'duration', optional: true },
  { name: 'after', kind: 'line', optional: true, max: 1000 },
  { name: 'asset', kind: 'reference', to: 'assets', optional: true },
  { name: 'successTest', kind: 'text', optional: true, max: 2000, rows: 1 },
  { name: 'rollback', kind: 'text', optional: true, max: 2000, rows: 1 },
  { name: 'link', kind: 'line', optional: true, max: 1000 },
];

/** Steps that one form still shows at a glance. */
const AT_A_GLANCE = 40;

/** The runbook of a version of a plan, by the id of the version. */
export const runbook = noun<Runbook, never, RunbookChange>({
  name: 'runbook',
  path: 'runbooks',
  tab: 'plans',
  titleOf: ({ title }) => title,
  fields: [{ name: 'steps', kind: 'rows', fields: STEP_FIELDS }],
  told: [
    { name: 'p50Seconds', kind: 'duration' },
    { name: 'p90Seconds', kind: 'duration' },
    { name: 'count', kind: 'number' },
  ],
  apart: ['steps'],
  valuesOf: (one) => ({
    ...one.times,
    count: one.steps.length,
  }),
  formOf: ({ steps }, { day }) => ({
    steps: steps.map((step) => ({ ...step, after: waitsText(step.after, day) })),
  }),
  columns: ['count', 'p50Seconds', 'p90Seconds'],
  item: Runbook,
  input: null,
  changeInput: RunbookChange,
  list: listRunbooks,
  find: findRunbook,
  findForChange: findRunbookForChange,
  change: writeRunbookOf,
  right: 'plan.change',
  isOpen: ({ state, steps }) => state === 'draft' && steps.length <= AT_A_GLANCE,
  figures: async (work, one) => [await runbookFigure(work, one)],
  notices: async (_work, { conflicts, times, steps }) => [
    ...conflicts.map(({ key, asset, needed }) => ({
      kind: 'warning' as const,
      reason: {
        key: 'runbook.order-conflict',
        params: {
          step: steps.find((step) => step.key === key)!.action,
          asset,
          needed: needed.join(', '),
        },
      },
    })),
    ...(times.withoutTime.length > 0
      ? [
          {
            kind: 'plain' as const,
            reason: {
              key: 'runbook.without-time',
              params: { count: times.withoutTime.length, steps: steps.length },
            },
          },
        ]
      : []),
  ],
});
