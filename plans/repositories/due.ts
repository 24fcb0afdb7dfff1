/** Begins what is due of other tools' repositories: reading their lists, and proving the newest snapshot. */
import type { Purpose } from '../schedules/purpose.ts';
import type { Work } from '../work.ts';
import { hasSnapshotBeenProved, isProofUnderWay, newestSnapshot, requestRepositoryProof } from './proofs.ts';
import { findRepository, queueLook } from './repositories.ts';
import { goesUpTo } from './shown.ts';

export const scheduledLooks: Purpose = {
  async begin(work, { subject }) {
    const repository = await repositoryOf(work, subject);
    if (!(await findRepository(work, repository)).hasPassword) return 'nothing-new';
    const run = await queueLook(work, repository);
    return run ? { run } : 'overlap';
  },
};

export const scheduledProofs: Purpose = {
  async begin(work, { subject }) {
    const repository = await repositoryOf(work, subject);
    const one = await findRepository(work, repository);
    const newest = await newestSnapshot(work, repository);
    if (!one.hasPassword || one.state === 'mixed' || !newest) return 'nothing-new';
    if (await isProofUnderWay(work, repository)) return 'overlap';
    // A second proof of an old snapshot would look like one of what was made since.
    if (await hasSnapshotBeenProved(work, newest, goesUpTo(one))) return 'nothing-new';
    return { run: (await requestRepositoryProof(work, repository)).id };
  },
};

async function repositoryOf({ db }: Work, subject: string): Promise<string> {
  const { repository_id } = await db
    .selectFrom('repository_schedules')
    .select('repository_id')
    .where('id', '=', subject)
    .executeTakeFirstOrThrow();
  return repository_id;
}
