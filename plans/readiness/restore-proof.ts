/** What restore tests prove of an asset, and which failure still stands. */
import {
  type AssetFacts,
  type ClientFacts,
  type Reason,
  type RecoveryPointFacts,
  type RestoreTestFacts,
  rankOf,
  type TestLevel,
} from '../facts.ts';
import { worstGap } from './gaps.ts';
import { because } from './reasons.ts';
import { compareTimes, SECONDS_PER_DAY, secondsBetween } from './time.ts';

/** From this level on the data were rebuilt, so the duration is that of a restore. Lower levels show readability only. */
const MEASURES_FROM: TestLevel = 'L3';
/** From this level on every file was decrypted and compared, so a point is known to be good. */
export const PROVES_FROM: TestLevel = 'L2b';

/** A test that ended well, with every planted fault caught. */
export type PassedTest = RestoreTestFacts & { reached: TestLevel; finishedAt: string };

/** A test that found the data bad or missed a planted fault. */
export type FailedTest = RestoreTestFacts & { finishedAt: string };

export interface AssetProof {
  /** Newest first. */
  passed: PassedTest[];
  /** The newest failed test that no later test disproved. */
  failure: FailedTest | null;
  /** The newest test whose content looks suspect, unless a later one that looked as deep saw nothing strange. */
  suspect: FailedTest | null;
  hasInconclusive: boolean;
  newestPoint: RecoveryPointFacts | null;
  /** Those that a test proved good, oldest first. */
  provenPoints: RecoveryPointFacts[];
  /** Worst gap between points, in seconds, whether or not a test ever looked at them. Null without points. */
  claimedGapSeconds: number | null;
  /** Worst gap between points that a test proved good. Null without one. */
  provenGapSeconds: number | null;
}

export type Measure =
  | { kind: 'measured'; test: PassedTest; seconds: number }
  | { kind: 'stale'; test: PassedTest }
  | { kind: 'failed'; test: FailedTest }
  /** `unshown`: one ended well, and no planted damage shows that it would have noticed any. */
  | { kind: 'never'; unshown: PassedTest | null };

/** Proof by asset. Assets without points and tests have an entry as well. */
export function proofOf(facts: ClientFacts): Map<string, AssetProof> {
  const points = Map.groupBy(facts.recoveryPoints, ({ asset }) => asset);
  const tests = Map.groupBy(facts.restoreTests, ({ asset }) => asset);
  return new Map(
    facts.assets.map(({ id }) => [id, assetProof(points.get(id) ?? [], tests.get(id) ?? [], facts.now)]),
  );
}

/** The newest fresh full restore of an asset. A failure that stands makes older measures void. */
export function measureOf({ passed, failure }: AssetProof, now: string, intervalDays: number): Measure {
  if (failure) return { kind: 'failed', test: failure };
  const test = passed
    .filter(isFullRestore)
    .toSorted((left, right) => compareTimes(provedAt(right), provedAt(left)))[0];
  if (!test) return { kind: 'never', unshown: passed.find(isUnshown) ?? null };
  if (isOlderThan(provedAt(test), now, intervalDays)) return { kind: 'stale', test };
  return { kind: 'measured', test, seconds: test.seconds };
}

/** A second test of one point says nothing of what was backed up since. */
const provedAt = (test: PassedTest) => test.provedAt ?? test.finishedAt;

type FullRestore = PassedTest & { seconds: number };

/** Every full restore inside the interval, newest first. */
export const fullRestores = ({ passed }: AssetProof, now: string, intervalDays: number): FullRestore[] =>
  passed.filter(isFullRestore).filter((test) => !isOlderThan(provedAt(test), now, intervalDays));

/** What keeps an asset from counting as restored; nothing when it does. */
export function measureGaps(asset: AssetFacts, measure: Measure, intervalDays: number): Reason[] {
  if (measure.kind === 'measured') return [];
  if (measure.kind === 'failed') return failureReasons(asset, measure.test);
  if (measure.kind === 'never') return [neverMeasured(asset, measure.unshown)];
  const { finishedAt } = measure.test;
  return [because('readiness.restore-stale', { asset: asset.name, measuredAt: finishedAt, intervalDays })];
}

/** A restore of what another tool made, without planted damage, is told as what it is. */
const neverMeasured = ({ name }: AssetFacts, unshown: PassedTest | null): Reason =>
  unshown
    ? because('readiness.restore-not-shown', {
        asset: name,
        level: unshown.unshown!,
        finishedAt: unshown.finishedAt,
      })
    : because('readiness.restore-never-measured', { asset: name });

const isUnshown = ({ unshown }: PassedTest): boolean =>
  unshown !== undefined && isAtLeast(unshown, MEASURES_FROM);

/** What a failed test says: the data were bad, the verifier missed a planted fault, or both. */
export function failureReasons({ name }: AssetFacts, test: FailedTest): Reason[] {
  const { state, requested, plantedFaults, caught, finishedAt } = test;
  const failed = because('readiness.restore-failed', { asset: name, level: requested, finishedAt });
  const missed = because('readiness.planted-fault-missed', {
    asset: name,
    planted: plantedFaults,
    caught,
    finishedAt,
  });
  return [...(state === 'failed' ? [failed] : []), ...(caught < plantedFaults ? [missed] : [])];
}

const isFullRestore = (test: PassedTest): test is FullRestore =>
  isAtLeast(test.reached, MEASURES_FROM) && test.seconds !== null;

export const isAtLeast = (level: TestLevel, wanted: TestLevel): boolean => rankOf(level) >= rankOf(wanted);

export const isOlderThan = (at: string, now: string, days: number): boolean =>
  secondsBetween(at, now) > days * SECONDS_PER_DAY;

function assetProof(points: RecoveryPointFacts[], tests: RestoreTestFacts[], now: string): AssetProof {
  const past = points.filter(({ dataTime }) => compareTimes(dataTime, now) <= 0).sort(compareByDataTime);
  const dataTimes = new Map(points.map(({ id, dataTime }) => [id, dataTime]));
  const passed = passedTests(tests, now);
  const testsOfPoint = Map.groupBy(tests, ({ recoveryPoint }) => recoveryPoint);
  const verdicts = new Map(past.map(({ id }) => [id, verdictOn(testsOfPoint.get(id) ?? [], now)]));
  return {
    passed,
    failure: standing(failedTests(tests, now), passed, dataTimes),
    suspect: standing(suspectTests(tests), passed, dataTimes),
    hasInconclusive: tests.some(({ state }) => state === 'inconclusive'),
    newestPoint: past.at(-1) ?? null,
    provenPoints: past.filter(({ id }) => verdicts.get(id) === 'proven'),
    claimedGapSeconds: worstGap(past, now),
    // Points that no test judged are left out; those that failed open a gap and close none.
    provenGapSeconds: worstGap(
      past.filter(({ id }) => verdicts.get(id) !== 'unproven'),
      now,
      ({ id }) => verdicts.get(id) === 'proven',
    ),
  };
}

function verdictOn(tests: RestoreTestFacts[], now: string): 'proven' | 'failed' | 'unproven' {
  const passed = passedTests(tests, now);
  const failed = failedTests(tests, now);
  const isRead = passed.some(({ reached }) => isAtLeast(reached, PROVES_FROM));
  if (isRead && !standing(failed, passed, new Map())) return 'proven';
  return failed.length > 0 ? 'failed' : 'unproven';
}

/**
 * Newest first. A pass without planted faults is none: nobody knows whether the verifier would have noticed. Nor is one whose
 * content looks suspect: what came back may be what an intruder left.
 */
function passedTests(tests: RestoreTestFacts[], now: string): PassedTest[] {
  return tests
    .filter((test): test is PassedTest => test.reached !== null && test.finishedAt !== null)
    .filter(({ state, finishedAt }) => state === 'passed' && compareTimes(finishedAt, now) <= 0)
    .filter(({ plantedFaults, caught }) => plantedFaults > 0 && caught >= plantedFaults)
    .filter(({ isSuspect }) => !isSuspect)
    .sort((left, right) => compareTimes(right.finishedAt, left.finishedAt) || compareIds(left, right));
}

/** Oldest first. One without a time counts as of now, so that nothing disproves it. */
function failedTests(tests: RestoreTestFacts[], now: string): FailedTest[] {
  return tests
    .filter(
      ({ state, plantedFaults, caught }) =>
        state === 'failed' || (state === 'passed' && caught < plantedFaults),
    )
    .map((test) => ({ ...test, finishedAt: test.finishedAt ?? now }))
    .sort((left, right) => compareTimes(left.finishedAt, right.finishedAt) || compareIds(left, right));
}

/** Oldest first. */
const suspectTests = (tests: RestoreTestFacts[]): FailedTest[] =>
  tests
    .filter((test): test is FailedTest => test.isSuspect === true && test.finishedAt !== null)
    .sort((left, right) => compareTimes(left.finishedAt, right.finishedAt) || compareIds(left, right));

const standing = (failed: FailedTest[], passed: PassedTest[], dataTimes: Map<string, string>) =>
  failed.findLast((test) => !passed.some((pass) => disproves(pass, test, dataTimes))) ?? null;

/**
 * A failure or suspicion is disproved only by a later pass that looked as deep, on data as new: yesterday's point tested again
 * says nothing of today's.
 */
function disproves(pass: PassedTest, failed: FailedTest, dataTimes: Map<string, string>) {
  if (compareTimes(pass.finishedAt, failed.finishedAt) <= 0) return false;
  if (!isAtLeast(pass.reached, failed.requested)) return false;
  // What other people's programs could not restore, ours restoring it does not take back.
  if (failed.requested === 'L3x' && pass.reached !== 'L3x') return false;
  const failedData = dataTimeOf(failed, dataTimes);
  const passedData = dataTimeOf(pass, dataTimes);
  if (pass.recoveryPoint === failed.recoveryPoint || failedData === null) return true;
  return passedData !== null && passedData >= failedData;
}

/** Milliseconds; from the point, or from the age the test measured when the point is gone. */
function dataTimeOf(test: FailedTest, dataTimes: Map<string, string>): number | null {
  const known = dataTimes.get(test.recoveryPoint);
  if (known) return Date.parse(known);
  if (test.seconds === null || test.dataAgeSeconds === null) return null;
  return Date.parse(test.finishedAt) - (test.seconds + test.dataAgeSeconds) * 1000;
}

const compareByDataTime = (left: RecoveryPointFacts, right: RecoveryPointFacts) =>
  compareTimes(left.dataTime, right.dataTime) || compareIds(left, right);

const compareIds = (left: { id: string }, right: { id: string }) => (left.id < right.id ? -1 : 1);
