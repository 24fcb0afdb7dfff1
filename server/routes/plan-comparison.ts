/** What changed between two versions of a plan. */
import { z } from 'zod';
import { findClient } from '#/plans/clients.ts';
import type { LineChange } from '#/plans/line-changes.ts';
import { comparePlanVersions, type PartChange, PlanComparison } from '#/plans/plan-comparison.ts';
import { findVersion, listVersions } from '#/plans/plan-versions.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import type { ComparisonView, ShownPart } from '../views/comparison.ts';

const Against = z.object({ against: z.uuid().optional() });

export const planComparisonApi = [
  api({
    method: 'get',
    path: '/plan-versions/:id/comparison',
    summary: 'What changed from another version of a plan to this one',
    params: One,
    query: Against,
    output: PlanComparison,
    run: ({ work, params: { id }, query: { against } }) => comparePlanVersions(work, id, against ?? null),
  }),
];

export const planComparisonPages = [
  page({
    method: 'get',
    path: '/plan-versions/:id/comparison',
    summary: 'What changed between two versions of a plan',
    params: One,
    query: Against,
    run: async ({ work, params: { id }, query: { against } }) => ({
      show: 'plans/comparison',
      data: await show(work, await comparePlanVersions(work, id, against ?? null)),
    }),
  }),
];

async function show(work: Work, compared: PlanComparison): Promise<ComparisonView> {
  const { client, plan, title, changeSummary } = await findVersion(work, compared.version.id);
  const { sections, steps, calls, roles, isReordered, against } = compared;
  const versions = await listVersions(work, plan);
  return {
    client: await findClient(work, client),
    plan: { id: plan, title },
    version: compared.version,
    against,
    changeSummary,
    others: versions
      .filter(({ id }) => id !== compared.version.id)
      .map(({ id, number, state }) => ({ id, order: number, state, isChosen: id === against?.id })),
    sections: sections.map(({ lines, ...section }) => ({ ...section, runs: lines.flatMap(shortened) })),
    steps: steps.map((step) => shown(step, 'runbook.steps')),
    isReordered,
    calls: calls.map((call) => shown(call, 'call-tree.nodes')),
    roles: roles.map((role) => shown(role, 'crisis-role')),
    isSame: sections.length + steps.length + calls.length + roles.length === 0 && !isReordered,
  };
}

/** Lines that stayed are shown only next to what changed. */
const AROUND = 3;

function shortened({ kind, lines }: LineChange): ComparisonView['sections'][number]['runs'] {
  const left = lines.length - 2 * AROUND;
  if (kind !== 'same' || left <= 1) return [{ kind, lines, count: lines.length }];
  return [
    { kind, lines: lines.slice(0, AROUND), count: AROUND },
    { kind: 'left-out', lines: [], count: left },
    { kind, lines: lines.slice(-AROUND), count: AROUND },
  ];
}

/** Fields that are told by a word of a group. */
const CHOICES: Record<string, string> = { resource: 'step-resource', cell: 'crisis-cell' };

const shown = ({ fields, ...part }: PartChange, words: string): ShownPart => ({
  ...part,
  fields: fields.map(({ field, before, after }) => ({
    label: field === 'who' ? 'runbook.who' : `${words}.field.${field}`,
    kind: field.endsWith('Seconds') ? 'duration' : field in CHOICES ? 'choice' : kindOf(before, after),
    words: CHOICES[field] ?? null,
    before: before === '' ? null : before,
    after: after === '' ? null : after,
  })),
});

const kindOf = (...values: PartChange['fields'][number]['before'][]) =>
  values.some((value) => typeof value === 'boolean') ? 'tick' : 'text';
