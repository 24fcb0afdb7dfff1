import { z } from 'zod';
import { CONFIDENCES } from '#/plans/continuity-facts.ts';
import {
  addDependency,
  changeDependency,
  confirmDependency,
  Dependency,
  DependencyChange,
  findDependency,
  findDependencyForChange,
  listDependencies,
  NewDependency,
  removeDependency,
} from '#/plans/dependencies.ts';
import { circleThrough } from '#/plans/dependency-circles.ts';
import { DEPENDENCY_KINDS } from '#/plans/facts.ts';
import type { Work } from '#/plans/work.ts';
import { type Notice, noun, type SubList } from '../noun.ts';

export const dependency = noun<Dependency, NewDependency, DependencyChange>({
  name: 'dependency',
  path: 'dependencies',
  tab: 'inventory',
  titleOf: ({ fromName, toName }) => `${fromName} → ${toName}`,
  fields: [
    { name: 'from', kind: 'reference', to: 'needing', once: true },
    { name: 'kind', kind: 'choice', values: DEPENDENCY_KINDS, words: 'dependency-kind' },
    { name: 'to', kind: 'reference', to: 'assets', once: true },
    { name: 'group', kind: 'line', optional: true, max: 100 },
    { name: 'requiredK', kind: 'number', optional: true },
    { name: 'degradationPercent', kind: 'number', optional: true },
    { name: 'confidence', kind: 'choice', values: CONFIDENCES, words: 'confidence' },
    { name: 'note', kind: 'line', optional: true, max: 1000 },
  ],
  told: [
    { name: 'confirmedAt', kind: 'moment' },
    { name: 'confirmedBy', kind: 'line' },
  ],
  columns: ['kind', 'group', 'confidence', 'confirmedAt'],
  item: Dependency,
  input: NewDependency,
  changeInput: DependencyChange,
  list: (work, client) => listDependencies(work, client),
  find: findDependency,
  findForChange: findDependencyForChange,
  add: addDependency,
  change: changeDependency,
  remove: removeDependency,
  right: 'inventory.change',
  start: async () => ({ confidence: 'told' }),
  notices: noticesOf,
  parts: async (work, one) => (one.group === null ? [] : [await groupPart(work, one)]),
  actions: [
    {
      name: 'confirmation',
      fields: [],
      input: z.object({}),
      right: 'inventory.change',
      isOffered: () => true,
      run: (work, id) => confirmDependency(work, id),
    },
  ],
});

async function noticesOf(work: Work, one: Dependency): Promise<Notice[]> {
  const all = await listDependencies(work, one.client);
  const circle = circleThrough(all, one);
  if (!circle) return [];
  const names = new Map(
    all.flatMap(({ from, fromName, to, toName }) => [[from.id, fromName] as const, [to, toName] as const]),
  );
  const way = circle.map((id) => names.get(id)).join(' → ');
  return [{ kind: 'warning', reason: { key: 'dependency.circle', params: { way } } }];
}

/** What stands in for each other, this one among them. */
const groupPart = async (work: Work, { client, from, group }: Dependency): Promise<SubList> => ({
  name: 'dependency.members',
  columns: [
    { name: 'toName', kind: 'line' },
    { name: 'kind', kind: 'choice', values: DEPENDENCY_KINDS, words: 'dependency-kind' },
    { name: 'requiredK', kind: 'number' },
  ],
  rows: (await listDependencies(work, client, { of: from.id }))
    .filter((other) => other.from.id === from.id && other.group === group)
    .map(({ id, toName, kind, requiredK }) => ({
      href: `/dependencies/${id}`,
      values: { toName, kind, requiredK },
    })),
});
