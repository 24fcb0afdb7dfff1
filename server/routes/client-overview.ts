import { may } from '#/plans/access.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { computeCoverage, frameworksOf } from '#/plans/coverage/compute-coverage.ts';
import { notFound } from '#/plans/errors.ts';
import { mayAnswer } from '#/plans/key-drill-answers.ts';
import { listKeyDrills } from '#/plans/key-drills.ts';
import { listKeyHolders } from '#/plans/key-holders.ts';
import { listPlans } from '#/plans/plans.ts';
import { allContradictions } from '#/plans/readiness/all-contradictions.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { deadlockReason } from '#/plans/readiness/deadlocks.ts';
import type { ActivityReadiness } from '#/plans/readiness/readiness.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { listRestoreTests } from '#/plans/restore-tests.ts';
import type { Work } from '#/plans/work.ts';
import { conclude, type Form, measure, type OverviewView, recoveryMeasure } from '../views.ts';
import { partOf } from './parts.ts';

const LATEST = 8;
/** More than a page can say well; the rest folds away, and is counted. */
const TOLD = 12;

/** A client at a glance: where each activity stands, computed now from its records. */
export async function overview(
  work: Work,
  clientId: string,
  locale: Locale,
  { shown, page = 1 }: { shown: Form; page?: number },
): Promise<OverviewView> {
  const client = await findClient(work, clientId);
  const facts = (await loadFacts(work, [client])).get(clientId);
  if (!facts) throw notFound('client');
  const readiness = computeReadiness(facts);
  const coverage = computeCoverage(facts, readiness, { frameworks: frameworksOf(facts), locale });
  const contradictions = allContradictions(readiness);
  const part = partOf(
    readiness.activities.toSorted(byNeed),
    page,
    (number) => `/clients/${clientId}?activities=${number}#activities`,
  );
  return {
    client,
    conclusion: conclude(client, readiness, contradictions.length),
    readiness,
    contradictions: { first: contradictions.slice(0, TOLD), more: contradictions.slice(TOLD) },
    deadlocks: readiness.deadlocks.map((deadlock) => ({
      reason: deadlockReason(deadlock),
      activities: namesOf(readiness.activities, deadlock.activities),
      breaks: deadlock.breaks,
    })),
    activities: {
      ...part,
      items: part.items.map((one) => ({
        readiness: one,
        recovery: recoveryMeasure(one),
        means: meansOf(one),
        loss: measure(one.observedRpo.verdict, one.observedRpo.seconds, one.rpoSeconds),
      })),
    },
    frameworks: coverage.frameworks.map((framework) => ({
      ...framework,
      clauses: framework.clauses.map(({ reasons, ...clause }) => ({
        ...clause,
        reasons: reasons.slice(0, TOLD),
        moreReasons: Math.max(0, reasons.length - TOLD),
      })),
    })),
    latestTests: (await listRestoreTests(work, clientId)).slice(0, LATEST),
    plans: await listPlans(work, clientId),
    keyHolders: (await listKeyHolders(work, clientId)).filter(({ endedAt }) => endedAt === null),
    keyDrills: (await listKeyDrills(work, clientId)).filter(
      (drill) => drill.state === 'open' && mayAnswer(work, drill),
    ),
    mayMakeReport: may(work, 'report.request'),
    form: shown,
  };
}

const namesOf = (activities: ActivityReadiness[], ids: string[]): string =>
  activities
    .filter(({ activity }) => ids.includes(activity))
    .map(({ name }) => name)
    .join(', ');

function meansOf({ effective: { seconds, scheduled } }: ActivityReadiness) {
  if (seconds === null || scheduled === null || scheduled.seconds <= seconds) return null;
  const { technicians, links } = scheduled;
  return { technicians, links, unlimitedSeconds: seconds };
}

/** What needs somebody first: priority activities, and of those the ones that have come least far. */
const byNeed = (left: ActivityReadiness, right: ActivityReadiness) =>
  Number(right.isPriority) - Number(left.isPriority) || left.level - right.level;
