/** Where a client stands, in the few figures that a portfolio compares. */

import { momentsOf } from './alerts/rules/index.ts';
import { CATALOGUE_VERSION } from './coverage/catalogue.ts';
import { computeCoverage, frameworksOf } from './coverage/compute-coverage.ts';
import type { ClientFacts, Reason } from './facts.ts';
import { allContradictions } from './readiness/all-contradictions.ts';
import { computeReadiness, RESTORE_INTERVAL_DAYS } from './readiness/compute-readiness.ts';
import { planGaps } from './readiness/plans-in-force.ts';
import type { ActivityReadiness, Readiness } from './readiness/readiness.ts';
import { isAtLeast } from './readiness/restore-proof.ts';
import { compareTimes } from './readiness/time.ts';

export interface Standing {
  level: Readiness['level'];
  missing: Reason | null;
  contradictions: number;
  /** The activity that holds the client at its level; null when none is marked as priority. */
  weakest: WeakestActivity | null;
  /** Priority activities that come back too late, or lose too much, as measured. */
  rtoBreaches: number;
  rpoBreaches: number;
  /** Reviews of what happened, plans in force and the impact analysis, whose day has passed. */
  overdueReviews: number;
  /** Data sets of priority activities whose last full restore is too old, or that never had one. */
  overdueTests: number;
  overdueActions: number;
  /** Assets whose newest ended test failed, or came to nothing. */
  failedTests: number;
  inconclusiveTests: number;
  /** The newest data that a passed restore brought back. */
  provenDataAt: string | null;
  frameworks: { framework: string; provenShare: number; declaredShare: number; contradicted: number }[];
  catalogueVersion: string;
  /** The moment at which time alone may change one of these. */
  goodUntil: string;
}

export interface WeakestActivity {
  name: string;
  rtoSeconds: number | null;
  /** With the technicians and lines the client has; of one that is not wholly measured, what is known of it. */
  seconds: number | null;
  verdict: ActivityReadiness['effective']['verdict'];
}

const DAY_MS = 86_400_000;

export function computeStanding(facts: ClientFacts): Standing {
  const readiness = computeReadiness(facts);
  const coverage = computeCoverage(facts, readiness, { frameworks: frameworksOf(facts), locale: 'en' });
  const priorities = readiness.activities.filter(({ isPriority }) => isPriority);
  const today = facts.now.slice(0, 10);
  return {
    level: readiness.level,
    missing: readiness.missing,
    weakest: weakestOf(readiness),
    contradictions: allContradictions(readiness).length,
    rtoBreaches: priorities.filter(({ effective }) => effective.verdict === 'late').length,
    rpoBreaches: priorities.filter(({ observedRpo }) => observedRpo.verdict === 'late').length,
    overdueReviews: overdueReviews(facts, today),
    overdueTests: overdueTests(readiness),
    overdueActions: facts.actions.filter(
      ({ doneAt, isDropped, dueOn }) => doneAt === null && !isDropped && dueOn < today,
    ).length,
    failedTests: latestTests(facts, 'failed'),
    inconclusiveTests: latestTests(facts, 'inconclusive'),
    provenDataAt: provenDataAt(facts),
    frameworks: coverage.frameworks.map(({ framework, provenShare, declaredShare, counts }) => ({
      framework,
      provenShare,
      declaredShare,
      contradicted: counts.contradicted,
    })),
    catalogueVersion: CATALOGUE_VERSION,
    goodUntil: goodUntil(facts),
  };
}

function weakestOf({ activities, weakest }: Readiness): WeakestActivity | null {
  const found = activities.find(({ activity }) => activity === weakest);
  if (!found) return null;
  const { name, rtoSeconds, effective } = found;
  return {
    name,
    rtoSeconds,
    seconds: effective.scheduled?.seconds ?? effective.seconds,
    verdict: effective.verdict,
  };
}

function overdueReviews({ reviews, plans, study, now }: ClientFacts, today: string): number {
  const held = reviews.filter(({ closedAt, dueOn }) => closedAt === null && dueOn < today);
  const read = plans.filter((plan) =>
    planGaps(plan, now).some(({ key }) => key === 'readiness.plan-review-overdue'),
  );
  return held.length + read.length + (study && study.nextReviewOn < today ? 1 : 0);
}

/** Assets on the way of priority activities that a restore should have measured and none did in time. */
function overdueTests({ activities }: Readiness): number {
  const keys = ['readiness.restore-never-measured', 'readiness.restore-not-shown', 'readiness.restore-stale'];
  const assets = activities
    .filter(({ isPriority }) => isPriority)
    .flatMap(({ effective }) => effective.reasons.filter(({ key }) => keys.includes(key)))
    .map(({ params }) => params.asset);
  return new Set(assets).size;
}

function latestTests({ restoreTests }: ClientFacts, wanted: 'failed' | 'inconclusive'): number {
  const ended = restoreTests.filter(({ finishedAt }) => finishedAt !== null);
  return [...Map.groupBy(ended, ({ asset }) => asset).values()]
    .map((own) => own.reduce((late, test) => (test.finishedAt! > late.finishedAt! ? test : late)))
    .filter(({ state }) => state === wanted).length;
}

function provenDataAt({ restoreTests, recoveryPoints, now }: ClientFacts): string | null {
  const proven = new Set(
    restoreTests
      .filter(({ state, reached }) => state === 'passed' && reached !== null && isAtLeast(reached, 'L3'))
      .map(({ recoveryPoint }) => recoveryPoint),
  );
  const times = recoveryPoints
    .filter(({ id, dataTime }) => proven.has(id) && compareTimes(dataTime, now) <= 0)
    .map(({ dataTime }) => dataTime);
  return times.sort().at(-1) ?? null;
}

/**
 * Gaps grow by the hour, so nothing counts longer than an hour from when data are backed up; without backups a day. What
 * ends before then ends it sooner.
 */
function goodUntil(facts: ClientFacts): string {
  const now = Date.parse(facts.now);
  const longest = now + (facts.recoveryPoints.length > 0 ? DAY_MS / 24 : DAY_MS);
  const ends = [
    ...facts.evidence.flatMap(({ validUntil }) => validUntil ?? []),
    ...facts.restoreTests.flatMap(({ finishedAt }) =>
      finishedAt ? new Date(Date.parse(finishedAt) + RESTORE_INTERVAL_DAYS * DAY_MS).toISOString() : [],
    ),
    `${new Date(now + DAY_MS).toISOString().slice(0, 10)}T00:00:00.000Z`,
  ]
    .map((end) => Date.parse(end))
    .concat(momentsOf(facts))
    .filter((end) => end > now);
  return new Date(Math.min(longest, ...ends)).toISOString();
}
