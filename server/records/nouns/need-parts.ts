/** What an activity or asset needs, and what needs an asset, on their pages. */
import { type Dependency, listDependencies } from '#/plans/dependencies.ts';
import { DEPENDENCY_KINDS } from '#/plans/facts.ts';
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
    addHref: `/clients/${client}/dependencies/new?from=${kind}:${id}`,
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
    addHref: `/clients/${client}/dependencies/new?to=${id}`,
  };
}

/** The other end leads to its page, and how it is needed to the dependency. */
const row = ({ id, kind, group, requiredK, confirmedAt, note }: Dependency, other: string, href: string) => ({
  href,
  hrefs: { kind: `/dependencies/${id}` },
  values: { other, kind, group: group && `${group} (${requiredK})`, confirmedAt, note },
});
