/** Level L4 of a folder: the point is restored once more, and its files are opened by kind. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailedFile, Openings } from '#/plans/openings.ts';
import type { RestoreTestResult } from '#/plans/restore-test-results.ts';
import type { Amounts } from '#/plans/throughput.ts';
import type { Tools } from './job.ts';
import type { Verdict } from './recovery-points/contract.ts';
import { type Because, because } from './recovery-points/finding-codes.ts';
import type { RestoreOrder } from './recovery-points/in-child.ts';
import { type OpenedFiles, openFiles } from './verifiers/files/open-files.ts';
import { plantInFiles } from './verifiers/files/plant-faults.ts';

interface Watch {
  signal: AbortSignal;
  onProgress: (progress: Amounts) => void;
}

type Point = Omit<RestoreOrder, 'into' | 'only'> & { scratchDir: string };
type Check = RestoreTestResult['checks'][number];

/** The rest stands among the openings. */
const CHECKS_TOLD = 20;
/**
 * Adds L4 to a test that passed up to L3. A file that did not open in the last such test either, and is the same, is broken at its
 * source: it is told, and is no fault of this point.
 */
export async function addFilesLevel(
  result: RestoreTestResult,
  point: Point,
  brokenBefore: readonly Pick<FailedFile, 'path' | 'sha256'>[],
  tools: { engine: Pick<Tools['engine'], 'restore'> },
  { signal, onProgress }: Watch,
): Promise<RestoreTestResult> {
  const into = join(point.scratchDir, 'files');
  await mkdir(into);
  const restored = await tools.engine.restore({ ...point, into, only: null }, { signal, onProgress });
  const began = performance.now();
  const opened = await openFiles(into, {
    signal,
    onProgress: (files) =>
      onProgress({ phase: 'verify', files, bytes: restored.bytes, totalBytes: restored.bytes }),
  });
  const seconds = restored.seconds + (performance.now() - began) / 1000;
  const openings = told(opened, brokenBefore);
  const checks = checksOf(openings);
  const planted = await plantInFiles(into, join(point.scratchDir, 'faults'), { opened, signal });
  const verdict = planted.every(({ caught }) => caught) ? worst(checks) : 'failed';
  const wrong = checks.find((check) => check.verdict !== 'passed');
  const missed = planted.find(({ caught }) => !caught);
  return {
    ...result,
    verdict,
    reached: verdict === 'passed' ? 'L4' : result.reached,
    seconds,
    levels: [...result.levels, { level: 'L4', verdict, seconds, bytes: restored.bytes }],
    checks: [...result.checks, ...checks],
    plantedFaults: [...result.plantedFaults, ...planted],
    openings,
    finding: wrong?.because
      ? { ...wrong.because, message: `${wrong.name}: expected ${wrong.expected}, found ${wrong.observed}.` }
      : (missed?.finding ?? null),
  };
}

function told(opened: OpenedFiles, before: readonly Pick<FailedFile, 'path' | 'sha256'>[]): Openings {
  const known = new Set(before.map(({ path, sha256 }) => `${sha256} ${path}`));
  const { kinds, unknown, isolation } = opened;
  const failed = opened.failed.map((file) => ({
    ...file,
    isKnown: known.has(`${file.sha256} ${file.path}`),
  }));
  return { kinds, unknown, isolation, failed };
}

function checksOf({ kinds, failed }: Openings): Check[] {
  const counts = Object.values(kinds);
  const total = counts.reduce((sum, one) => sum + one.opened + one.failed, 0);
  const broken = counts.reduce((sum, one) => sum + one.failed, 0);
  const known = failed.filter(({ isKnown }) => isKnown).length;
  const fresh = broken - known;
  const summary: Check =
    total === 0
      ? check('files open', 'inconclusive', {
          expected: 'a file of a kind that is opened here',
          observed: 'none',
          because: because('files.none-known', {}),
        })
      : check('files open', fresh === 0 ? 'passed' : 'failed', {
          expected: `${total} files open`,
          observed: `${total - broken} open, ${known} did not before either, ${fresh} do not open`,
          because: fresh === 0 ? null : because('files.not-opened', { count: fresh, files: total }),
        });
  const each = failed
    .filter(({ isKnown }) => !isKnown)
    .slice(0, CHECKS_TOLD)
    .map(({ path, kind, why }) =>
      check('file opens', 'failed', {
        expected: `a ${kind} that opens`,
        observed: why,
        because: because('files.broken', { path, kind }),
        where: path,
      }),
    );
  return [summary, ...each];
}

const check = (
  name: string,
  verdict: Verdict,
  rest: { expected: string; observed: string; because: Because | null; where?: string },
): Check => ({ name, level: 'L4', verdict, where: null, ...rest });

const worst = (checks: Check[]): Verdict =>
  checks.some(({ verdict }) => verdict === 'failed')
    ? 'failed'
    : checks.some(({ verdict }) => verdict === 'inconclusive')
      ? 'inconclusive'
      : 'passed';
