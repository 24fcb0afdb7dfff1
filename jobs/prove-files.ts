/** Level L4 of a folder: the point is restored once more, and its files are opened by kind. */
import { copyFile, mkdir, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailedFile, Openings } from '#/plans/openings.ts';
import type { RestoreTestResult } from '#/plans/restore-test-results.ts';
import type { RunProgress } from '#/plans/run-progress.ts';
import type { Tools } from './job.ts';
import type { Verdict } from './recovery-points/contract.ts';
import { type Because, because } from './recovery-points/finding-codes.ts';
import type { RestoreOrder } from './recovery-points/in-child.ts';
import { type OpenedFiles, openFiles } from './verifiers/files/open-files.ts';

interface Watch {
  signal: AbortSignal;
  onProgress: (progress: RunProgress) => void;
}

type Point = Omit<RestoreOrder, 'into' | 'only'> & { scratchDir: string };
type Check = RestoreTestResult['checks'][number];

/** The rest stands among the openings. */
const CHECKS_TOLD = 20;
/** Half a file, or another byte in its middle, is noticed of these for certain. */
const NOTICED = {
  'file-cut': 'docx xlsx pptx odt ods odp zip jar epub pdf png jpg jpeg gz tgz sqlite'.split(' '),
  'file-byte-changed': 'docx xlsx pptx odt ods odp zip jar epub png gz tgz'.split(' '),
} as const;
const FAULTS_EACH = 3;

/**
 * Adds L4 to a test that passed up to L3. A file that did not open in the last such test either, and is the same, is broken at its
 * source: it is told, and is no fault of this point.
 */
export async function addFilesLevel(
  result: RestoreTestResult,
  point: Point,
  brokenBefore: readonly Pick<FailedFile, 'path' | 'sha256'>[],
  tools: Pick<Tools, 'engine'>,
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
  const planted = await plant(into, join(point.scratchDir, 'faults'), { opened, signal });
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

/** Copies of a few files that opened are damaged, and opened by the same process. None may. */
async function plant(
  restored: string,
  folder: string,
  { opened, signal }: { opened: OpenedFiles; signal: AbortSignal },
): Promise<RestoreTestResult['plantedFaults']> {
  await mkdir(folder);
  const planted = new Map<string, { fault: keyof typeof NOTICED; path: string }>();
  for (const fault of Object.keys(NOTICED) as (keyof typeof NOTICED)[])
    for (const [kind, path] of samplesFor(NOTICED[fault], opened)) {
      const name = `${fault}.${kind}`;
      await copyFile(join(restored, path), join(folder, name));
      await damage(join(folder, name), fault);
      planted.set(name, { fault, path });
    }
  if (planted.size === 0) return [];
  const { failed } = await openFiles(folder, { signal });
  await rm(folder, { recursive: true, force: true });
  const caught = new Set(failed.map(({ path }) => path));
  return [...planted].map(([name, { fault, path }]) => {
    const kind = name.slice(name.lastIndexOf('.') + 1);
    const why = caught.has(name)
      ? because('files.broken', { path, kind })
      : because('level.fault-missed', { fault });
    return {
      kind: fault,
      level: 'L4' as const,
      caught: caught.has(name),
      finding: {
        ...why,
        message: `${path}, damaged on purpose: ${caught.has(name) ? 'refused' : 'opened'}.`,
      },
    };
  });
}

const samplesFor = (kinds: readonly string[], { samples }: OpenedFiles): [string, string][] =>
  Object.entries(samples)
    .filter(([kind]) => kinds.includes(kind))
    .slice(0, FAULTS_EACH)
    .map(([kind, { path }]) => [kind, path]);

async function damage(file: string, fault: keyof typeof NOTICED): Promise<void> {
  const { size } = await stat(file);
  if (fault === 'file-cut') return truncate(file, Math.floor(size / 2));
  const at = contentAt(await readFile(file));
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.of(byte[0]! ^ 0xff), 0, 1, at);
  await handle.close();
}

/** A byte that belongs to the content: of a zip behind the header of its first member, of a PNG or gzip near the middle. */
function contentAt(bytes: Buffer): number {
  if (bytes.toString('latin1', 0, 2) !== 'PK') return Math.floor(bytes.length / 2);
  return 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
}
