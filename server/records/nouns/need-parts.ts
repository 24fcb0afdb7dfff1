/** What an activity or asset needs, what needs an asset, and what a supplier promises and provides, on their pages. */
import { may } from '#/plans/access.ts';
import { listAssets } from '#/plans/assets.ts';
import { type Dependency, listDependencies } from '#/plans/dependencies.ts';
import { ASSET_KINDS, DEPENDENCY_KINDS } from '#/plans/facts.ts';
import { findSupplier } from '#/plans/suppliers.ts';
import type { Work } from '#/plans/work.ts';
import type { Field } from '../field.ts';
import type { SubList } from '../noun.ts';

interface Needing {
  kind: 'activity' | 'asset';
  id: string;
  client: string;
}

const OTHER_END: Field = { name: 'other', kind: 'line' };
const HOW: Field[] = [
  { name: 'kind', kind: 'choice', values: DEPENDENCY_KINDS, words: 'dependency-kind' },
  { name: 'group', kind: 'line' },
  { name: 'confirmedAt', kind: 'moment' },
  { name: 'note', kind: 'line' },
];

export async function needsPart(work: Work, { kind, id, client }: Needing): Promise<SubList> {
  const dependencies = await listDependencies(work, client, { of: id });
  return {
    name: 'needs',
    columns: [OTHER_END, ...HOW],
    rows: dependencies
      .filter(({ from }) => from.id === id)
      .map((one) => row(one, one.toName, `/assets/${one.to}`)),
    addHref: addHref(work, client, `from=${kind}:${id}`),
  };
}

export async function neededByPart(work: Work, { id, client }: Needing): Promise<SubList> {
  const dependencies = await listDependencies(work, client, { of: id });
  return {
    name: 'needed-by',
    columns: [OTHER_END, ...HOW],
    rows: dependencies
      .filter(({ to }) => to === id)
      .map((one) =>
        row(one, one.fromName, `/${one.from.kind === 'activity' ? 'activities' : 'assets'}/${one.from.id}`),
      ),
    addHref: addHref(work, client, `to=${id}`),
  };
}

/** What a supplier promises, in short; its own page says more. */
export async function promisesPart(work: Work, { id }: { id: string }): Promise<SubList> {
  const { name, recoveryPromiseSeconds, longestWaitSeconds, contractUntil } = await findSupplier(work, id);
  return {
    name: 'promises',
    columns: [
      { name: 'name', kind: 'line' },
      { name: 'recoveryPromiseSeconds', kind: 'duration' },
      { name: 'longestWaitSeconds', kind: 'duration' },
      { name: 'contractUntil', kind: 'date' },
    ],
    rows: [
      {
        href: `/suppliers/${id}`,
        values: { name, recoveryPromiseSeconds, longestWaitSeconds, contractUntil },
      },
    ],
  };
}

/** What a supplier provides. */
export const providesPart = async (
  work: Work,
  { id, client }: { id: string; client: string },
): Promise<SubList> => ({
  name: 'provides',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'kind', kind: 'choice', values: ASSET_KINDS, words: 'asset-kind' },
  ],
  rows: (await listAssets(work, client))
    .filter(({ supplier }) => supplier === id)
    .map(({ id: of, name, kind }) => ({ href: `/assets/${of}`, values: { name, kind } })),
});

const addHref = (work: Work, client: string, ends: string): string | null =>
  may(work, 'inventory.change') ? `/clients/${client}/dependencies/new?${ends}` : null;

/** The other end leads to its page, and how it is needed to the dependency. */
const row = ({ id, kind, group, requiredK, confirmedAt, note }: Dependency, other: string, href: string) => ({
  href,
  hrefs: { kind: `/dependencies/${id}` },
  values: { other, kind, group: group && `${group} (${requiredK})`, confirmedAt, note },
});
