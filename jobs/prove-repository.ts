import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Finding, finding } from '#/plans/findings.ts';
import {
  finishRepositoryProof,
  type RepositoryProofResult,
  startRepositoryProof,
} from '#/plans/repositories/proofs.ts';
import { findingOf } from './finding.ts';
import { job } from './job.ts';
import { because } from './recovery-points/finding-codes.ts';
import { proveSnapshot } from './repositories/prove.ts';
import { requestOf } from './repositories/request.ts';
import { tellingProgress } from './telling-progress.ts';

/** Restores a snapshot of another tool into an empty folder, compares it, and writes down what that shows. */
export const proveRepository = job({
  name: 'prove-repository',
  payload: z.object({ proofId: z.uuid() }),
  retries: 2,
  longestSeconds: 12 * 3600,
  atOnce: 1,

  async run({ proofId }, provider, tools, signal) {
    const plan = await tools.inProvider(provider, (work) => startRepositoryProof(work, proofId));
    if (!plan) return;
    const scratchDir = await mkdtemp(join(tools.scratchDir, 'repository-'));
    try {
      const request = await requestOf(plan, provider, tools, { scratchDir, signal });
      const { snapshot, level, brokenBefore } = plan;
      const long = { client: plan.client, kind: 'repository-proof' as const, id: proofId };
      const result = await tellingProgress(long, 'fetch', provider, tools, (onProgress) =>
        proveSnapshot({ ...request, snapshot, level, brokenBefore, onProgress }),
      );
      await tools.inProvider(provider, (work) =>
        finishRepositoryProof(work, proofId, { result, finding: whyNot(result) }),
      );
    } catch (error) {
      const { finding: found } = findingOf(error);
      await tools.inProvider(provider, (work) =>
        finishRepositoryProof(work, proofId, { result: null, finding: found }),
      );
    } finally {
      await rm(scratchDir, { recursive: true, force: true });
    }
  },

  giveUp: ({ proofId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      finishRepositoryProof(work, proofId, {
        result: null,
        finding: finding('repository.worker-died', 'The worker died each time it tried.'),
      }),
    ),
});

function whyNot({ verdict, levels, plantedFaults, tool }: RepositoryProofResult): Finding | null {
  if (verdict === 'passed') return null;
  const missed = plantedFaults.find(({ caught }) => !caught);
  if (missed)
    return {
      ...because('level.fault-missed', { fault: missed.kind }),
      message: `A planted fault was not noticed: ${missed.kind}.`,
    };
  const bad = levels.find((level) => level.verdict !== 'passed');
  const original = `${bad?.level ?? ''}: ${bad?.observed ?? ''}`;
  return { ...because('repository.not-sound', { program: tool, original }), message: `${tool}: ${original}` };
}
