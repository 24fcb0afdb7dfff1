import { mkdtemp, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { noteProgress } from '#/plans/attempts.ts';
import type { ContentProfile } from '#/plans/content/profile.ts';
import type { TestLevel } from '#/plans/facts.ts';
import { type Finding, finding } from '#/plans/findings.ts';
import type { PackProof } from '#/plans/pack-proofs.ts';
import { finishRestoreTest, retryRestoreTest } from '#/plans/restore-test-ends.ts';
import type { Independence, RestoreTestResult } from '#/plans/restore-test-results.ts';
import { startRestoreTest } from '#/plans/restore-test-starts.ts';
import type { RunProgress } from '#/plans/run-progress.ts';
import { waitForTurn } from '#/plans/turns.ts';
import { SENTINEL_ASSERTION, withSentinelOfDatabase, withSentinelOfFiles } from './find-sentinel.ts';
import { findingOf, mayPass } from './finding.ts';
import { LET_GO, whileHeld } from './held.ts';
import { identityOf } from './identity-of.ts';
import { job, type Tools } from './job.ts';
import { everySecond } from './progress.ts';
import { addApplicationLevel } from './prove-database.ts';
import { addFilesLevel } from './prove-files.ts';
import { addForeignLevel } from './prove-foreign.ts';
import type { Level, VerifyRequest, VerifyResult } from './recovery-points/contract.ts';
import { because } from './recovery-points/finding-codes.ts';
import { SENTINEL_FILE } from './sources/sentinel.ts';
import { storeOf } from './store-of.ts';

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
      attempt(() => test(plan, provider, tools, { signal: letGo, onProgress: everySecond(beat) })),
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
interface Watch {
  signal: AbortSignal;
  onProgress: (progress: RunProgress) => void;
}

/** What a test found, the packs that proved sound in it, and what their content looks like. */
interface Tested {
  result: RestoreTestResult;
  proofs: PackProof[];
  content: ContentProfile | null;
  /** What kept it from an answer may well go by itself. */
  mayPass?: boolean;
}

async function test(plan: Plan, provider: string, tools: Tools, watch: Watch): Promise<Tested> {
  const { point, store, level, trust, proven, sentinel } = plan;
  const watched = [...plan.watched, SENTINEL_FILE];
  const scratchDir = await mkdtemp(join(tools.scratchDir, 'test-'));
  try {
    const request = {
      store: storeOf({ ...store, isInUse: true }, provider, tools),
      asset: point.asset.label,
      point: point.point,
      trust,
      scratchDir,
      ...identityOf(plan.sealedIdentities, provider, tools),
    };
    const verified = await tools.engine.verify(
      { ...request, ...budgetOf(plan), proven, watched, level: engineLevel(level) },
      watch,
    );
    const engines = { ...resultOf(verified, point), independence: independenceOf(plan) };
    // Packs of another head than the one on record are not this point's.
    const isOnRecord = verified.headSha256 === point.headSha256;
    const proofs = isOnRecord ? verified.proofs : [];
    const content = isOnRecord && isRead(verified) ? verified.content : null;
    const told = { proofs, content };
    const result =
      sentinel !== null && content !== null && plan.opensFiles
        ? withSentinelOfFiles(engines, { expected: sentinel, found: watchedText(content, SENTINEL_FILE) })
        : engines;
    if (result.verdict !== 'passed' || !request.identity) return { result, ...told };
    const assertions = [...plan.assertions, ...(sentinel === null ? [] : [SENTINEL_ASSERTION])];
    const opened = { ...request, identity: request.identity };
    if (level === 'L3x') return { result: await addForeignLevel(result, opened, tools, watch), ...told };
    if (level !== 'L4') return { result, ...told };
    if (plan.opensFiles)
      return { result: await addFilesLevel(result, opened, plan.brokenBefore, tools, watch), ...told };
    const answered = await addApplicationLevel(result, opened, assertions, tools, watch);
    return { result: sentinel === null ? answered : withSentinelOfDatabase(answered, sentinel), ...told };
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

async function attempt(run: () => Promise<Tested>): Promise<Tested> {
  try {
    return await run();
  } catch (error) {
    const { verdict, finding: found } = findingOf(error);
    return { result: nothingShown(verdict, found), proofs: [], content: null, mayPass: mayPass(error) };
  }
}

const watchedText = ({ watched }: ContentProfile, path: string): string | null =>
  watched.find((one) => one.path === path)?.text ?? null;

/** Whether all content is as it was when the point was made; else what it looks like is told by what is wrong with it. */
const isRead = ({ levels }: VerifyResult): boolean =>
  levels.some(({ level, verdict }) => level === 'L2b' && verdict === 'passed');

function budgetOf({ budget }: Plan): Pick<VerifyRequest, 'budget'> {
  if (!budget) return {};
  const { seconds, bytes } = budget;
  return { budget: { ...(seconds !== null && { seconds }), ...(bytes !== null && { bytes }) } };
}

const isBeyondEngine = (level: TestLevel): level is 'L3x' | 'L4' => level === 'L3x' || level === 'L4';

const engineLevel = (level: TestLevel): Level => (isBeyondEngine(level) ? 'L3' : level);

/** The worker opens points with a key of its own, and reads the store with the rights that the backup had. */
const independenceOf = ({ otherHost }: Plan): Independence => ({
  host: hostname(),
  otherHost,
  otherKey: 'yes',
  otherAccount: 'no',
  otherImplementation: 'no',
});

type Check = RestoreTestResult['checks'][number];

/** The engine's word in the domain's shape. The point on record and the point in the store must be one and the same. */
function resultOf(verified: VerifyResult, recorded: Plan['point']): RestoreTestResult {
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
  recorded: Plan['point'],
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

const nothingShown = (verdict: 'failed' | 'inconclusive', found: Finding): RestoreTestResult => ({
  verdict,
  reached: null,
  seconds: null,
  bytes: null,
  signature: null,
  levels: [],
  checks: [],
  plantedFaults: [],
  scope: null,
  damage: null,
  tools: {},
  independence: null,
  foreign: null,
  openings: null,
  dataFrom: null,
  finding: found,
});
