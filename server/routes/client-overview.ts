import { may } from '#/plans/access.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import { notFound } from '#/plans/errors.ts';
import { listVersions } from '#/plans/plan-versions.ts';
import { listPlans } from '#/plans/plans.ts';
import { allContradictions } from '#/plans/readiness/all-contradictions.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { FRAMEWORKS } from '#/plans/reports/build-snapshot.ts';
import type { Locale } from '#/plans/reports/snapshot.ts';
import { listRestoreTests } from '#/plans/restore-tests.ts';
import type { Work } from '#/plans/work.ts';
import { conclude, type Form, measure, type OverviewView, type PlanRow } from '../views.ts';

const LATEST = 8;

/** A client at a glance: where each activity stands, computed now from its records. */
export async function overview(
  work: Work,
  clientId: string,
  locale: Locale,
  shown: Form,
): Promise<OverviewView> {
  const client = await findClient(work, clientId);
  const facts = (await loadFacts(work, [client])).get(clientId);
  if (!facts) throw notFound('client');
  const readiness = computeReadiness(facts);
  const coverage = computeCoverage(facts, readiness, { frameworks: [...FRAMEWORKS], locale });
  const contradictions = allContradictions(readiness);
  return {
    client,
    conclusion: conclude(client, readiness, contradictions.length),
    readiness,
    contradictions,
    activities: readiness.activities.map((one) => ({
      readiness: one,
      recovery: measure(one.effective.verdict, one.effective.seconds, one.rtoSeconds),
      loss: measure(one.observedRpo.verdict, one.observedRpo.seconds, one.rpoSeconds),
    })),
    frameworks: coverage.frameworks,
    latestTests: (await listRestoreTests(work, clientId)).slice(0, LATEST),
    plans: await planRows(work, clientId),
    mayMakeReport: may(work, 'report.request'),
    form: shown,
  };
}

/** Plans of a client with the version in force and the one in work. */
export async function planRows(work: Work, client: string): Promise<PlanRow[]> {
  const rows: PlanRow[] = [];
  for (const plan of await listPlans(work, client)) {
    const versions = await listVersions(work, plan.id);
    const inForce = versions.find(({ state }) => state === 'in-force');
    const inWork = versions.find(({ state }) => state === 'draft' || state === 'in-review');
    rows.push({
      plan,
      inForce: inForce ? { number: inForce.number, inForceAt: inForce.inForceAt } : null,
      inWork: inWork ? { number: inWork.number, state: inWork.state } : null,
    });
  }
  return rows;
}
