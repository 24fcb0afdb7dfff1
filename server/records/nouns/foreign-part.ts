/** Backups of an asset that other tools make: what they list in one colour, what was restored from it in another. */
import { may } from '#/plans/access.ts';
import { listSnapshots, type RepositorySnapshot } from '#/plans/repositories/looks.ts';
import { listRepositoryProofs, type RepositoryProof } from '#/plans/repositories/proofs.ts';
import { listRepositories, REPOSITORY_TOOLS, type Repository } from '#/plans/repositories/repositories.ts';
import { listRepositorySchedules } from '#/plans/repositories/schedules.ts';
import { REPOSITORY_STATES } from '#/plans/repositories/standing.ts';
import type { Work } from '#/plans/work.ts';
import type { Field } from '../field.ts';
import type { SubList } from '../noun.ts';

/** What its tool lists is its word; only what was restored has the colour of proof. */
export const REPOSITORY_STATE: Field = {
  name: 'state',
  kind: 'choice',
  values: REPOSITORY_STATES,
  words: 'repository-state',
  tones: {
    'no-password': 'open',
    'never-read': 'open',
    unreadable: 'danger',
    empty: 'warning',
    mixed: 'warning',
    late: 'warning',
    listed: 'declared',
    proved: 'proof',
    'proof-failed': 'danger',
  },
};

export const NOT_SHOWN = ['faults-in-repository', 'content-by-list', 'not-started'] as const;
const SNAPSHOTS = 10;

export async function foreignParts(
  work: Work,
  { id, client }: { id: string; client: string },
): Promise<SubList[]> {
  if (!may(work, 'protection.read')) return [];
  const repositories = await listRepositories(work, client, { asset: id });
  if (repositories.length === 0) return [];
  const schedules = await listRepositorySchedules(work, client);
  const held = [];
  for (const repository of repositories) {
    const [proof] = (await listRepositoryProofs(work, repository.id, 1)).filter(({ result }) => result);
    const next = schedules.find((one) => one.repository === repository.id && one.what === 'proof');
    held.push({ repository, proof: proof ?? null, nextProofAt: next?.nextDueAt ?? null });
  }
  const snapshots = [];
  for (const repository of repositories)
    for (const one of await listSnapshots(work, repository.id, SNAPSHOTS))
      snapshots.push({ repository, one });
  return [repositoriesPart(held), snapshotsPart(snapshots)];
}

const repositoriesPart = (
  held: { repository: Repository; proof: RepositoryProof | null; nextProofAt: string | null }[],
): SubList => ({
  name: 'foreign',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'tool', kind: 'choice', values: REPOSITORY_TOOLS, words: 'repository-tool' },
    REPOSITORY_STATE,
    { name: 'newestAt', kind: 'moment' },
    { name: 'provedDataTime', kind: 'moment' },
    { name: 'notShown', kind: 'choices', values: NOT_SHOWN, words: 'not-shown' },
    { name: 'nextProofAt', kind: 'moment' },
  ],
  rows: held.map(({ repository, proof, nextProofAt }) => ({
    href: `/repositories/${repository.id}`,
    hrefs: proof ? { provedDataTime: `/repository-proofs/${proof.id}` } : {},
    values: { ...repository, notShown: proof?.result?.notShown ?? [], nextProofAt },
  })),
});

const snapshotsPart = (snapshots: { repository: Repository; one: RepositorySnapshot }[]): SubList => ({
  name: 'foreign.snapshots',
  columns: [
    { name: 'dataTime', kind: 'moment' },
    { name: 'repository', kind: 'line' },
    { name: 'snapshot', kind: 'line' },
    { name: 'provedAt', kind: 'moment' },
    { name: 'goneAt', kind: 'moment' },
  ],
  rows: snapshots
    .sort((left, right) => right.one.dataTime.localeCompare(left.one.dataTime))
    .slice(0, SNAPSHOTS)
    .map(({ repository, one }) => ({
      href: null,
      hrefs: { repository: `/repositories/${repository.id}` },
      values: { ...one, snapshot: one.name, repository: repository.name },
    })),
});
