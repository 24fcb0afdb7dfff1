/** Chapter 4: what each restore test did, what its level shows, and what that level does not show. */
import { levelsIn, TEST_LEVELS } from '#/plans/facts.ts';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { signOf } from '#/server/charts/signs.ts';
import type { Cite } from './citations.ts';
import { someOf, type Voice } from './voice.ts';

const MOST_IN_FULL = 8;

type Test = ReadinessSnapshot['restoreTests'][number];
export type Outcome = 'passed' | 'failed' | 'inconclusive' | 'without-value';

/** A pass that missed a planted fault, or was never put to that trial, is without value as a proof. */
export function outcomeOf({
  state,
  plantedFaults,
  caught,
}: Pick<Test, 'state' | 'plantedFaults' | 'caught'>): Outcome {
  if (state === 'failed') return 'failed';
  if (state !== 'passed') return 'inconclusive';
  return plantedFaults > 0 && caught === plantedFaults ? 'passed' : 'without-value';
}

export function restoreTestsView({ restoreTests }: ReadinessSnapshot, voice: Voice, cite: Cite) {
  const newestFirst = restoreTests.toSorted((left, right) => right.finishedAt.localeCompare(left.finishedAt));
  const { inFull, inShort } = parted(newestFirst);
  return {
    title: titleOf(restoreTests, voice),
    tests: inFull.map((test) => testView(test, voice, cite)),
    inShort: inShort.map((test) => testView(test, voice, cite)),
    levels: TEST_LEVELS.map((level) => ({
      level,
      shows: voice.say(`test-level.${level}`),
      lacks: voice.say(`test-lacks.${level}`),
    })),
  };
}

/** Once there are many, an earlier pass that a newer one at the same level repeats is a row; all else stays in full. */
function parted(newestFirst: Test[]): { inFull: Test[]; inShort: Test[] } {
  if (newestFirst.length <= MOST_IN_FULL) return { inFull: newestFirst, inShort: [] };
  const seen = new Set<string>();
  const isRepeated = (test: Test) => {
    if (outcomeOf(test) !== 'passed') return false;
    const kind = `${test.reached} ${test.asset}`;
    if (seen.has(kind)) return true;
    seen.add(kind);
    return false;
  };
  const { inFull = [], inShort = [] } = Object.groupBy(newestFirst, (test) =>
    isRepeated(test) ? 'inShort' : 'inFull',
  );
  return { inFull, inShort };
}

function titleOf(tests: Test[], voice: Voice): string {
  const total = tests.length;
  const of = (outcome: Outcome) => tests.filter((test) => outcomeOf(test) === outcome).length;
  const [failed, inconclusive, worthless] = [of('failed'), of('inconclusive'), of('without-value')];
  if (total === 0) return voice.say('tests.title.none');
  if (failed > 0 && inconclusive + worthless > 0)
    return voice.say('tests.title.failed-and-open', { failed, open: inconclusive + worthless, total });
  if (failed > 0) return someOf('tests.title.failed', { count: failed, total }, voice);
  if (inconclusive + worthless > 0)
    return someOf('tests.title.open', { count: inconclusive + worthless, total }, voice);
  return voice.say('tests.title.passed', { count: total });
}

function testView(test: Test, voice: Voice, cite: Cite) {
  const outcome = outcomeOf(test);
  const { reached, plantedFaults, caught } = test;
  return {
    asset: test.asset,
    point: test.point,
    finished: voice.moment(test.finishedAt),
    outcome: voice.say(`outcome.${outcome}`),
    sign: signOf(outcome, 13),
    tone: `is-${outcome}`,
    requested: test.requested,
    reached: reached ?? voice.say('none-reached'),
    time: pair(test.seconds, test.rtoSeconds, 'rto', voice),
    age: pair(test.dataAgeSeconds, test.rpoSeconds, 'rpo', voice),
    size:
      test.bytes === null
        ? voice.say('none')
        : voice.say('tests.size', { bytes: test.bytes, files: test.files ?? 0 }),
    faults:
      plantedFaults === 0
        ? voice.say('tests.no-faults')
        : voice.say('tests.faults', { caught, planted: plantedFaults }),
    levels: levelsOf(test, voice),
    shows:
      reached && outcome === 'passed'
        ? voice.say(`test-level.${reached}`)
        : voice.say(`tests.shows-nothing.${outcome}`),
    lacks: reached && outcome === 'passed' ? voice.say(`test-lacks.${reached}`) : '',
    findings: test.findings.map((finding) => voice.finding(finding)),
    tools: Object.entries(test.tools)
      .map(([tool, version]) => `${tool} ${version}`)
      .join(' · '),
    evidence: cite(test.evidence === null ? [] : [test.evidence]),
  };
}

/** A measure beside its objective; an objective that nobody set is said to be missing. */
function pair(seconds: number | null, objective: number | null, name: 'rto' | 'rpo', voice: Voice) {
  const isOver = seconds !== null && objective !== null && seconds > objective;
  return {
    measured: seconds === null ? voice.say('not-measured') : voice.duration(seconds),
    objective:
      objective === null ? voice.say(`tests.no-${name}`) : voice.say(`tests.${name}`, { seconds: objective }),
    tone: isOver ? 'is-late' : '',
  };
}

/** Every level up to the one asked for; those that did not run are shown empty. */
export function levelsOf({ levels, requested }: Pick<Test, 'levels' | 'requested'>, voice: Voice) {
  return levelsIn(requested).map((level) => {
    const run = levels.find((one) => one.level === level);
    return {
      level,
      sign: signOf(run?.verdict ?? 'not-run'),
      word: voice.say(run ? `outcome.${run.verdict}` : 'not-run'),
      time: run ? voice.duration(run.seconds) : '',
    };
  });
}
