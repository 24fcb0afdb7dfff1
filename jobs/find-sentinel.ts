/** Looks for the dated sentinel in what was restored. The data are as old as what is found, whatever the backup said of them. */
import type { RestoreTestResult } from '#/plans/restore-test-results.ts';
import { type Because, because } from './recovery-points/finding-codes.ts';
import { SENTINEL_QUERY } from './sources/sentinel.ts';

type Check = RestoreTestResult['checks'][number];
type Fault = RestoreTestResult['plantedFaults'][number];
type Level = 'L2b' | 'L4';

const NAME = 'dated sentinel';

/** The question that a restored database is asked for it; its answer is judged by `withSentinel`. */
export const SENTINEL_ASSERTION = {
  name: NAME,
  query: SENTINEL_QUERY,
  expectation: { op: 'not-empty' as const },
};

/** Of a folder: what the point holds under the sentinel's name. */
export const withSentinelOfFiles = (
  result: RestoreTestResult,
  { expected, found }: { expected: string; found: string | null },
): RestoreTestResult => withJudgement(result, { expected, found, level: 'L2b' });

/** Of a database: what it answered. */
export function withSentinelOfDatabase(result: RestoreTestResult, expected: string): RestoreTestResult {
  const asked = result.checks.find(({ name }) => name === NAME);
  if (!asked) return result;
  const found = asked.verdict === 'passed' ? asked.observed : null;
  const checks = result.checks.filter((one) => one !== asked);
  return withJudgement({ ...result, checks }, { expected, found, level: 'L4' });
}

interface Judging {
  expected: string;
  found: string | null;
  level: Level;
}

function withJudgement(result: RestoreTestResult, { expected, found, level }: Judging): RestoreTestResult {
  const check = judge(expected, found, level);
  const planted = [
    fault('sentinel-aged', judge(expected, aged(expected), level)),
    fault('sentinel-missing', judge(expected, null, level)),
  ];
  const isSound = check.verdict === 'passed' && planted.every(({ caught }) => caught);
  return {
    ...result,
    checks: [...result.checks, check],
    plantedFaults: [...result.plantedFaults, ...planted],
    dataFrom: found === null ? null : timeIn(found),
    ...(!isSound && {
      verdict: 'failed',
      // What the levels below showed stands: it is the data that are not of their time.
      reached: result.reached === 'L4' ? 'L3' : result.reached,
      finding: check.because && {
        ...check.because,
        message: `${NAME}: expected ${check.expected}, found ${check.observed}.`,
      },
    }),
  };
}

function judge(expected: string, found: string | null, level: Level): Check {
  const why = whyNot(expected, found);
  return {
    name: NAME,
    level,
    verdict: why ? 'failed' : 'passed',
    expected,
    observed: found ?? 'none',
    where: null,
    because: why,
  };
}

function whyNot(expected: string, found: string | null): Because | null {
  if (found === expected) return null;
  const expectedAt = timeIn(expected) ?? '–';
  const foundAt = found === null ? null : timeIn(found);
  return foundAt === null
    ? because('sentinel.missing', { expectedAt })
    : because('sentinel.another', { expectedAt, foundAt });
}

/** As the backup before the last one would have left it. */
function aged(text: string): string {
  const day = new Date(Date.parse(timeIn(text) ?? '') - 86_400_000).toISOString();
  return text.replace(timeIn(text) ?? '', day);
}

function fault(kind: string, { verdict, because: why, level }: Check): Fault {
  const caught = verdict === 'failed' && why !== null;
  return {
    kind,
    level,
    caught,
    finding: {
      ...(why ?? because('level.fault-missed', { fault: kind })),
      message: `${kind}: ${caught ? 'refused' : 'taken for good'}.`,
    },
  };
}

function timeIn(text: string): string | null {
  const time = text.split(' ')[1] ?? '';
  return Number.isNaN(Date.parse(time)) ? null : time;
}
