import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { finding } from '#/plans/findings.ts';
import { failLook, finishLook, startLook } from '#/plans/repositories/looks.ts';
import { findingOf } from './finding.ts';
import { job } from './job.ts';
import { openRepository } from './repositories/open.ts';
import { requestOf } from './repositories/request.ts';

/** Has another tool list its repository, and writes down what it lists. */
export const lookAtRepository = job({
  name: 'look-at-repository',
  payload: z.object({ lookId: z.uuid() }),
  retries: 2,
  longestSeconds: 1800,
  atOnce: 1,

  async run({ lookId }, provider, tools, signal) {
    const sealed = await tools.inProvider(provider, (work) => startLook(work, lookId));
    if (!sealed) return;
    const scratchDir = await mkdtemp(join(tools.scratchDir, 'repository-'));
    try {
      const repository = openRepository(await requestOf(sealed, provider, tools, { scratchDir, signal }));
      const seen = { tool: await repository.version(), snapshots: await repository.snapshots() };
      await tools.inProvider(provider, (work) => finishLook(work, lookId, seen));
    } catch (error) {
      const { finding: found } = findingOf(error);
      await tools.inProvider(provider, (work) => failLook(work, lookId, found));
    } finally {
      await rm(scratchDir, { recursive: true, force: true });
    }
  },

  giveUp: ({ lookId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failLook(work, lookId, finding('repository.worker-died', 'The worker died each time it looked.')),
    ),
});
