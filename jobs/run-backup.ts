import { z } from 'zod';
import { failBackup, finishBackup, noteBackupProgress, startBackup } from '#/plans/backup-runs.ts';
import { type Finding, finding } from '#/plans/findings.ts';
import type { RunProgress } from '#/plans/run-progress.ts';
import { findingOf } from './finding.ts';
import { job, type Tools } from './job.ts';
import { pointOf } from './made-point.ts';
import { everySecond } from './progress.ts';
import { adoptWhatIsThere } from './reconcile-store.ts';
import type { BackupResult } from './recovery-points/contract.ts';

/** Makes one recovery point of a source and writes down what came of it. */
export const runBackup = job({
  name: 'run-backup',
  payload: z.object({ runId: z.uuid() }),
  retries: 3,
  longestSeconds: 24 * 3600,
  atOnce: 1,

  async run({ runId }, provider, tools, signal) {
    const { inProvider, open, engine } = tools;
    let plan = await inProvider(provider, (work) => startBackup(work, runId));
    if (plan?.isAgain) {
      await adoptWhatIsThere(plan.policy, provider, tools, signal);
      plan = await inProvider(provider, (work) => startBackup(work, runId));
    }
    if (!plan) return;

    const { recipients } = plan;
    const made = await attempt(() =>
      engine.backup(
        {
          source: open(provider, 'source', plan.sealedSource),
          store: storeOf(plan.store, provider, tools),
          asset: plan.asset.label,
          recipients,
          signingKey: open(provider, 'point-signing', plan.sealedSigningKey),
          ...(plan.sealedVerifier && { identity: open(provider, 'verifier', plan.sealedVerifier) }),
          ...(plan.lock && { retention: plan.lock }),
          limits: { isGentle: plan.isGentle },
          scratchDir: tools.scratchDir,
          programsDir: tools.programsDir,
        },
        {
          signal,
          onProgress: everySecond<RunProgress>((progress) =>
            inProvider(provider, (work) => noteBackupProgress(work, runId, progress)),
          ),
        },
      ),
    );
    await inProvider(provider, (work) =>
      'finding' in made
        ? failBackup(work, runId, made.finding)
        : finishBackup(work, runId, pointOf(made.result, recipients)),
    );
  },

  giveUp: ({ runId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failBackup(
        work,
        runId,
        finding('backup-run.worker-died', 'The worker died each time it tried. No recovery point was made.'),
      ),
    ),
});

/** What the store, source or data did wrong is an answer; anything else is a crash, and the queue tries again. */
async function attempt(
  run: () => Promise<BackupResult>,
): Promise<{ result: BackupResult } | { finding: Finding }> {
  try {
    return { result: await run() };
  } catch (error) {
    return { finding: findingOf(error).finding };
  }
}

const storeOf = (
  store: { address: string; sealedCredentials: Buffer | null; checksums: 'none' | 'sha256' },
  provider: string,
  { open }: Pick<Tools, 'open'>,
) => ({
  address: store.address,
  credentials: store.sealedCredentials ? JSON.parse(open(provider, 'store', store.sealedCredentials)) : null,
  checksums: store.checksums,
});
