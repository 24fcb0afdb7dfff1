import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { finding } from '#/plans/findings.ts';
import { finishJudging, startJudging } from '#/plans/key-drill-answers.ts';
import { findingOf } from './finding.ts';
import { identityOf } from './identity-of.ts';
import { job, type Tools } from './job.ts';
import { treeRoot } from './recovery-points/foreign/tree-root.ts';
import { storeOf } from './store-of.ts';

/** Restores the point that a key holder restored elsewhere, and compares the fingerprints of the two trees. */
export const judgeForeignRestore = job({
  name: 'judge-foreign-restore',
  payload: z.object({ drillId: z.uuid() }),
  retries: 2,
  longestSeconds: 24 * 3600,
  atOnce: 1,

  async run({ drillId }, provider, tools, signal) {
    const plan = await tools.inProvider(provider, (work) => startJudging(work, drillId));
    if (!plan) return;
    const judged = await judge(plan, provider, tools, signal);
    await tools.inProvider(provider, (work) => finishJudging(work, drillId, judged));
  },

  giveUp: ({ drillId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      finishJudging(work, drillId, {
        verdict: 'inconclusive',
        finding: finding('key-drill.worker-died', 'The worker died each time it tried to compare.'),
        compared: {},
      }),
    ),
});

type Plan = NonNullable<Awaited<ReturnType<typeof startJudging>>>;

async function judge({ point, store, ...plan }: Plan, provider: string, tools: Tools, signal: AbortSignal) {
  const { identity = '' } = identityOf(plan.sealedIdentities, provider, tools);
  const scratchDir = await mkdtemp(join(tools.scratchDir, 'drill-'));
  const into = join(scratchDir, 'tree');
  try {
    await tools.engine.restore(
      {
        store: storeOf({ ...store, isInUse: true }, provider, tools),
        asset: point.asset.label,
        point: point.point,
        identity,
        trust: plan.trust,
        into,
        only: null,
      },
      { signal },
    );
    const ours = await treeRoot(into, plan.challenge, signal);
    const isSame = ours.root === plan.told.root;
    return {
      verdict: isSame ? ('passed' as const) : ('failed' as const),
      finding: isSame
        ? null
        : finding('key-drill.restored-otherwise', 'What was restored is not what the point holds.'),
      compared: { ours, told: plan.told },
    };
  } catch (error) {
    // That our own restore fails says nothing of the holder's: other tests judge the point.
    const { finding: found } = findingOf(error);
    return { verdict: 'inconclusive' as const, finding: found, compared: { told: plan.told } };
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}
