import { hostname } from 'node:os';
import { z } from 'zod';
import { noteProgress } from '#/plans/attempts.ts';
import { finding } from '#/plans/findings.ts';
import { finishRestoreTest, retryRestoreTest } from '#/plans/restore-test-ends.ts';
import { nothingShown } from '#/plans/restore-test-results.ts';
import { startRestoreTest } from '#/plans/restore-test-starts.ts';
import { RunProgress } from '#/plans/run-progress.ts';
import type { Amounts } from '#/plans/throughput.ts';
import { waitForTurn } from '#/plans/turns.ts';
import { LET_GO, whileHeld } from './held.ts';
import { identityOf } from './identity-of.ts';
import { job, type Tools } from './job.ts';
import { everySecond } from './progress.ts';
import { storeOf } from './store-of.ts';
import { type PointTest, testPoint } from './test-point.ts';

/** Restores a recovery point into an empty place, compares, measures, and writes down what was found. */
export const runRestoreTest = job({
  name: 'run-restore-test',
  payload: z.object({ testId: z.uuid() }),
  retries: 3,
  longestSeconds: 24 * 3600,
  atOnce: 1,

  async run({ testId }, provider, tools, signal) {
    const { inProvider } = tools;
    const plan = await inProvider(provider, async (work) => {
      const later = await waitForTurn(work, 'restore_tests', testId);
      if (!later) return startRestoreTest(work, testId, tools.worker);
      await work.enqueue('run-restore-test', { testId }, later);
      return null;
    });
    if (!plan) return;
    const held = { run: testId, attempt: plan.attempt };
    const beat = (progress: RunProgress | null = null) =>
      inProvider(provider, (work) => noteProgress(work, 'restore_tests', held, progress));
    const tested = await whileHeld(beat, signal, (letGo) =>
      testPoint(testOf(plan, provider, tools), tools, {
        signal: letGo,
        onProgress: everySecond<Amounts>((progress) => beat(RunProgress.parse(progress))),
      }),
    );
    if (tested === LET_GO) return;
    const { result, mayPass, ...told } = tested;
    await inProvider(provider, async (work) => {
      const found = mayPass ? result.finding : null;
      if (found && (await retryRestoreTest(work, held, found, tools.retryPauses))) return;
      await finishRestoreTest(work, { id: testId, attempt: plan.attempt }, result, told);
    });
  },

  giveUp: ({ testId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      finishRestoreTest(
        work,
        { id: testId, attempt: null },
        nothingShown(
          'inconclusive',
          finding('restore-test.worker-died', 'The worker died each time it tried. Nothing was shown.'),
        ),
      ),
    ),
});

type Plan = NonNullable<Awaited<ReturnType<typeof startRestoreTest>>>;

/** The worker opens points with a key of its own, and reads the store with the rights that the backup had. */
const testOf = (plan: Plan, provider: string, tools: Tools): PointTest => ({
  ...plan,
  store: storeOf({ ...plan.store, isInUse: true }, provider, tools),
  ...identityOf(plan.sealedIdentities, provider, tools),
  independence: {
    host: hostname(),
    otherHost: plan.otherHost,
    otherKey: 'yes',
    otherAccount: 'no',
    otherImplementation: 'no',
  },
});
