import { z } from 'zod';
import { noteProgress } from '#/plans/attempts.ts';
import { retryBackup } from '#/plans/backup-run-delays.ts';
import { failBackup, finishBackup } from '#/plans/backup-run-ends.ts';
import { startBackup } from '#/plans/backup-run-starts.ts';
import { waitForBlackout } from '#/plans/blackout-runs.ts';
import { type Finding, finding } from '#/plans/findings.ts';
import type { RunProgress } from '#/plans/run-progress.ts';
import { waitForTurn } from '#/plans/turns.ts';
import { findingOf, mayPass } from './finding.ts';
import { certainly, LET_GO, whileHeld } from './held.ts';
import { job } from './job.ts';
import { pointOf } from './made-point.ts';
import { plantBeforeBackup } from './plant-sentinel.ts';
import { everySecond } from './progress.ts';
import { adoptWhatIsThere } from './reconcile-store.ts';
import type { BackupResult } from './recovery-points/contract.ts';
import { storeOf } from './store-of.ts';

/** Makes one recovery point of a source and writes down what came of it. */
export const runBackup = job({
  name: 'run-backup',
  payload: z.object({ runId: z.uuid() }),
  retries: 3,
  longestSeconds: 24 * 3600,
  atOnce: 1,

  async run({ runId }, provider, tools, signal) {
    const { inProvider, open, engine } = tools;
    const plan = await inProvider(provider, async (work) => {
      if (await waitForBlackout(work, runId)) return null;
      const later = await waitForTurn(work, 'backup_runs', runId);
      if (!later) return startBackup(work, runId, tools.worker);
      await work.enqueue('run-backup', { runId }, later);
      return null;
    });
    if (!plan) return;
    const held = { run: runId, attempt: plan.attempt };
    const beat = (progress: RunProgress | null = null) =>
      inProvider(provider, (work) => noteProgress(work, 'backup_runs', held, progress));
    if (plan.isAgain) {
      await adoptWhatIsThere(plan.policy, provider, tools, signal);
      if (!(await beat())) return;
    }

    const { recipients, sealedSource } = plan;
    await plantBeforeBackup({ run: runId, asset: plan.asset.id, sealedSource }, provider, tools);
    const made = await whileHeld(beat, signal, (letGo) =>
      attempt(() =>
        engine.backup(
          {
            source: open(provider, 'source', plan.sealedSource),
            hadFiles: plan.hadFiles,
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
            signal: letGo,
            onProgress: everySecond(beat),
            mayPublish: () => certainly(beat),
          },
        ),
      ),
    );
    if (made === LET_GO) return;
    await inProvider(provider, async (work) => {
      if ('result' in made) return finishBackup(work, runId, plan.attempt, pointOf(made.result, recipients));
      if (made.mayPass && (await retryBackup(work, held, made.finding, tools.retryPauses))) return;
      await failBackup(work, runId, plan.attempt, made.finding);
    });
  },

  giveUp: ({ runId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failBackup(
        work,
        runId,
        null,
        finding('backup-run.worker-died', 'The worker died each time it tried. No recovery point was made.'),
      ),
    ),
});

/** What the store, source or data did wrong is an answer; anything else is a crash, and the queue tries again. */
async function attempt(
  run: () => Promise<BackupResult>,
): Promise<{ result: BackupResult } | { finding: Finding; mayPass: boolean }> {
  try {
    return { result: await run() };
  } catch (error) {
    return { finding: findingOf(error).finding, mayPass: mayPass(error) };
  }
}
