/** One restore test of one recovery point, as a worker or an agent does it. It knows no database of the service. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentProfile } from '#/plans/content/profile.ts';
import type { TestLevel } from '#/plans/facts.ts';
import type { Finding } from '#/plans/findings.ts';
import type { FailedFile } from '#/plans/openings.ts';
import type { PackProof } from '#/plans/pack-proofs.ts';
import { type Independence, nothingShown, type RestoreTestResult } from '#/plans/restore-test-results.ts';
import type { Amounts } from '#/plans/throughput.ts';
import { SENTINEL_ASSERTION, withSentinelOfDatabase, withSentinelOfFiles } from './find-sentinel.ts';
import { findingOf, mayPass } from './finding.ts';
import type { Tools } from './job.ts';
import { addApplicationLevel } from './prove-database.ts';
import { addFilesLevel } from './prove-files.ts';
import { addForeignLevel } from './prove-foreign.ts';
import type { Level, VerifyRequest, VerifyResult } from './recovery-points/contract.ts';
import { because } from './recovery-points/finding-codes.ts';
import type { StoreAddress } from './recovery-points/in-child.ts';
import { SENTINEL_FILE } from './sources/sentinel.ts';

/** What is tested, and what it is held against. Secrets are open in it. */
export interface PointTest {
  /** As it is on record. */
  point: { point: string; asset: { label: string }; headSha256: string; dataTime: string };
  store: StoreAddress;
  /** Absent: content cannot be opened, and only what needs no key is tested. */
  identity?: string;
  level: TestLevel;
  budget: { seconds: number | null; bytes: number | null } | null;
  trust: string[];
  proven: PackProof[];
  assertions: { name: string; query: string; expectation: unknown }[];
  opensFiles: boolean;
  brokenBefore: readonly Pick<FailedFile, 'path' | 'sha256'>[];
  /** What the dated sentinel of the point says; null where it has none. */
  sentinel: string | null;
  /** Paths whose content is looked at one by one. */
  watched: string[];
  independence: Independence;
}

export type TestTools = Pick<Tools, 'scratchDir' | 'programsDir' | 'openScratchDatabase'> & {
  engine: Pick<Tools['engine'], 'verify' | 'restore' | 'foreign'>;
};

interface Watch {
  signal: AbortSignal;
  onProgress: (progress: Amounts) => void;
}

/** What a test found, the packs that proved sound in it, and what their content looks like. */
export interface Tested {
  result: RestoreTestResult;
  proofs: PackProof[];
  content: ContentProfile | null;
  /** What kept it from an answer may well go by itself. */
  mayPass?: boolean;
}

/** Whatever keeps it from an answer is an answer too; what nobody foresaw is thrown. */
export async function testPoint(test: PointTest, tools: TestTools, watch: Watch): Promise<Tested> {
  try {
    return await tryPoint(test, tools, watch);
  } catch (error) {
    const { verdict, finding: found } = findingOf(error);
    return { result: nothingShown(verdict, found), proofs: [], content: null, mayPass: mayPass(error) };
  }
}

async function tryPoint(test: PointTest, tools: TestTools, watch: Watch): Promise<Tested> {
  const { point, store, level, trust, proven, sentinel, identity, independence } = test;
  const watched = [...test.watched, SENTINEL_FILE];
  const scratchDir = await mkdtemp(join(tools.scratchDir, 'test-'));
  try {
    const request = {
      store,
      asset: point.asset.label,
      point: point.point,
      trust,
      scratchDir,
      ...(identity !== undefined && { identity }),
    };
    const verified = await tools.engine.verify(
      { ...request, ...budgetOf(test), proven, watched, level: engineLevel(level) },
      watch,
    );
    const engines = { ...resultOf(verified, point), independence };
    // Packs of another head than the one on record are not this point's.
    const isOnRecord = verified.headSha256 === point.headSha256;
    const proofs = isOnRecord ? verified.proofs : [];
    const content = isOnRecord && isRead(verified) ? verified.content : null;
    const told = { proofs, content };
    const result =
      sentinel !== null && content !== null && test.opensFiles
        ? withSentinelOfFiles(engines, { expected: sentinel, found: watchedText(content, SENTINEL_FILE) })
        : engines;
    if (result.verdict !== 'passed' || identity === undefined) return { result, ...told };
    const assertions = [...test.assertions, ...(sentinel === null ? [] : [SENTINEL_ASSERTION])];
    const opened = { ...request, identity };
    if (level === 'L3x') return { result: await addForeignLevel(result, opened, tools, watch), ...told };
    if (level !== 'L4') return { result, ...told };
    if (test.opensFiles)
      return { result: await addFilesLevel(result, opened, test.brokenBefore, tools, watch), ...told };
    const answered = await addApplicationLevel(result, opened, assertions, tools, watch);
    return { result: sentinel === null ? answered : withSentinelOfDatabase(answered, sentinel), ...told };
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

const watchedText = ({ watched }: ContentProfile, path: string): string | null =>
  watched.find((one) => one.path === path)?.text ?? null;

/** Whether all content is as it was when the point was made; else what it looks like is told by what is wrong with it. */
const isRead = ({ levels }: VerifyResult): boolean =>
  levels.some(({ level, verdict }) => level === 'L2b' && verdict === 'passed');

function budgetOf({ budget }: PointTest): Pick<VerifyRequest, 'budget'> {
  if (!budget) return {};
  const { seconds, bytes } = budget;
  return { budget: { ...(seconds !== null && { seconds }), ...(bytes !== null && { bytes }) } };
}

const isBeyondEngine = (level: TestLevel): level is 'L3x' | 'L4' => level === 'L3x' || level === 'L4';

const engineLevel = (level: TestLevel): Level => (isBeyondEngine(level) ? 'L3' : level);

type Check = RestoreTestResult['checks'][number];

/** The engine's word in the domain's shape. The point on record and the point in the store must be one and the same. */
function resultOf(verified: VerifyResult, recorded: PointTest['point']): RestoreTestResult {
  const off = offRecord(verified, recorded);
  const restored = verified.levels.find(({ level }) => level === 'L3');
  const isSoundSample = !off && verified.scope.isSample && verified.verdict === 'passed';
  const verdict = isSoundSample ? 'inconclusive' : off ? 'failed' : verified.verdict;
  const finding = () => (isSoundSample ? sampleOf(verified) : firstFinding(verified));
  return {
    verdict,
    reached: off ? null : verified.reached,
    seconds: restored?.seconds ?? null,
    bytes: verified.contentBytes,
    signature: verified.signature,
    levels: verified.levels.map(withoutSample),
    checks: off ? [...verified.checks, off.check] : verified.checks,
    plantedFaults: verified.plantedFaults,
    scope: off ? null : verified.scope,
    damage: verified.damage,
    tools: verified.tools,
    independence: null,
    foreign: null,
    openings: null,
    dataFrom: null,
    finding: off?.finding ?? (verdict === 'passed' ? null : finding()),
  };
}

/** What the store holds under the name of a point and the record does not know; null where they are the same. */
function offRecord(
  { pointId, headSha256, dataTime }: VerifyResult,
  recorded: PointTest['point'],
): { check: Check; finding: Finding } | null {
  const check = (name: string, expected: string, observed: string, why: Check['because']): Check => ({
    ...{ name, level: 'L0', verdict: 'failed', expected, observed, where: 'head.json', because: why },
  });
  if (headSha256 !== recorded.headSha256) {
    const why = because('head.not-on-record', { point: pointId });
    return {
      check: check('head-on-record', recorded.headSha256, headSha256, why),
      finding: {
        ...why,
        message: 'The head in the store is not the one that was recorded when the point was made.',
      },
    };
  }
  if (Date.parse(dataTime) === Date.parse(recorded.dataTime)) return null;
  const why = because('head.other-time', { point: pointId, toldAt: recorded.dataTime, foundAt: dataTime });
  return {
    check: check('time-on-record', recorded.dataTime, dataTime, why),
    finding: {
      ...why,
      message: `The head says that its data are of ${dataTime}, and the record ${recorded.dataTime}.`,
    },
  };
}

/** What a sample shows of a level is never shown as the level. */
const withoutSample = ({ isSample, ...level }: VerifyResult['levels'][number]) => ({
  ...level,
  verdict: isSample && level.verdict === 'passed' ? ('inconclusive' as const) : level.verdict,
});

const sampleOf = ({ scope: { packsRead, packsCited } }: VerifyResult): Finding => ({
  code: 'restore-test.sample',
  params: { read: packsRead, cited: packsCited },
  message: `A sample: ${packsRead} of ${packsCited} packs were read, and all of these are sound. It counts for no level.`,
});

function firstFinding({ checks, plantedFaults }: VerifyResult): Finding {
  const failed =
    checks.find(({ verdict }) => verdict === 'failed') ?? checks.find(({ verdict }) => verdict !== 'passed');
  if (failed?.because)
    return {
      ...failed.because,
      message: `${failed.name}${failed.where ? ` (${failed.where})` : ''}: expected ${failed.expected}, found ${failed.observed}.`,
    };
  const missed = plantedFaults.find(({ caught }) => !caught);
  if (!missed) return unexpected('The test did not pass.');
  return {
    ...because('level.fault-missed', { fault: missed.kind }),
    message: `A planted fault was not noticed: ${missed.kind}.`,
  };
}

const unexpected = (original: string): Finding => ({
  code: 'unexpected',
  params: { original },
  message: original,
});
