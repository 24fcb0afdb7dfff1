/** L3x: after L3, the same point once more by other people's programs, in the shape of a restore test. */
import type { RestoreTestResult } from '#/plans/restore-test-results.ts';
import { findingOf } from './finding.ts';
import type { Tools } from './job.ts';
import type { ForeignResult } from './recovery-points/foreign/contract.ts';
import type { ForeignOrder } from './recovery-points/in-child.ts';

export async function addForeignLevel(
  result: RestoreTestResult,
  order: ForeignOrder,
  tools: { engine: Pick<Tools['engine'], 'foreign'> },
  watch: Parameters<Tools['engine']['foreign']>[1],
): Promise<RestoreTestResult> {
  try {
    return joined(result, await tools.engine.foreign(order, watch));
  } catch (error) {
    const { verdict, finding } = findingOf(error);
    return {
      ...result,
      verdict,
      levels: [...result.levels, { level: 'L3x', verdict, seconds: 0, bytes: 0 }],
      finding,
    };
  }
}

/** The time to recover stays that of L3: where our own reader is at hand, that is what one would use. */
function joined(result: RestoreTestResult, foreign: ForeignResult): RestoreTestResult {
  const { verdict, seconds, bytes, checks, plantedFaults, isolation, paper, tools } = foreign;
  const wrong = checks.find((check) => check.verdict !== 'passed');
  const missed = plantedFaults.find(({ caught }) => !caught);
  return {
    ...result,
    verdict,
    reached: verdict === 'passed' ? 'L3x' : result.reached,
    levels: [...result.levels, { level: 'L3x', verdict, seconds: seconds ?? 0, bytes }],
    checks: [...result.checks, ...checks],
    plantedFaults: [...result.plantedFaults, ...plantedFaults],
    tools: { ...result.tools, ...tools },
    independence: result.independence && { ...result.independence, otherImplementation: 'yes' },
    foreign: { isolation, paper },
    finding: wrong?.because
      ? { ...wrong.because, message: `${wrong.name}: ${wrong.observed}` }
      : (missed?.finding ?? null),
  };
}
