import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, finding } from '#/plans/findings.ts';
import type { RestoreTestResult } from '#/plans/restore-tests.ts';
import type { RunProgress } from '#/plans/run-progress.ts';
import type { Tools } from './job.ts';
import type { RestoreOrder } from './recovery-points/in-child.ts';
import type { Assertion } from './verifiers/postgresql-checks.ts';
import { type ProofResult, provePostgresqlDump } from './verifiers/postgresql-restore.ts';

interface Watch {
  signal: AbortSignal;
  onProgress: (progress: RunProgress) => void;
}

type Point = Omit<RestoreOrder, 'into' | 'only'> & { scratchDir: string };

/**
 * Adds level L4 to a test that passed up to L3: the dump is restored once more, into a scratch database that must then
 * answer. The time measured is the whole way: from the first byte fetched until the database has answered.
 */
export async function addApplicationLevel(
  result: RestoreTestResult,
  point: Point,
  assertions: { name: string; query: string; expectation: unknown }[],
  tools: Tools,
  watch: Watch,
): Promise<RestoreTestResult> {
  if (!tools.openScratchDatabase)
    return withoutAnswer(
      result,
      finding(
        'restore-test.no-scratch-server',
        'No server for scratch databases is set. Put SCRATCH_DATABASE_URL.',
      ),
    );

  const into = join(point.scratchDir, 'application');
  await mkdir(into);
  const restored = await tools.engine.restore({ ...point, into, only: null }, watch);
  const dump = (await readdir(into)).find((name) => name.endsWith('.dump'));
  if (!restored.inventory || !dump)
    return withoutAnswer(
      result,
      finding('restore-test.not-a-database', 'The recovery point is not one of a database.'),
    );

  const scratch = await tools.openScratchDatabase();
  try {
    const proof = await provePostgresqlDump({
      dumpFile: join(into, dump),
      scratchUrl: scratch.url,
      inventory: restored.inventory,
      assertions: assertions as Assertion[],
      programsDir: tools.programsDir,
      ...watch,
    });
    return joined(result, proof, { fetchSeconds: restored.seconds, bytes: restored.bytes });
  } finally {
    await scratch.drop();
  }
}

function joined(
  result: RestoreTestResult,
  proof: ProofResult,
  { fetchSeconds, bytes }: { fetchSeconds: number; bytes: number },
): RestoreTestResult {
  const seconds = proof.seconds === null ? null : fetchSeconds + proof.seconds;
  return {
    ...result,
    verdict: proof.verdict,
    reached: proof.verdict === 'passed' ? 'L4' : result.reached,
    seconds,
    levels: [...result.levels, { level: 'L4', verdict: proof.verdict, seconds: seconds ?? 0, bytes }],
    checks: [...result.checks, ...proof.checks],
    plantedFaults: [...result.plantedFaults, ...proof.plantedFaults],
    tools: { ...result.tools, ...proof.tools },
    finding: proof.finding,
  };
}

/** L4 could not be tried: what was reached below it stays, but the test as a whole shows nothing. */
const withoutAnswer = (result: RestoreTestResult, found: Finding): RestoreTestResult => ({
  ...result,
  verdict: 'inconclusive',
  levels: [...result.levels, { level: 'L4', verdict: 'inconclusive', seconds: 0, bytes: 0 }],
  finding: found,
});
