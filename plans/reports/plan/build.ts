/** Gathers what a plan document says: the version as it stands, and what it leads to as of now. */
import { listContacts } from '../../contacts.ts';
import { listDistributions } from '../../distributions.ts';
import type { ClientFacts, PlanFacts } from '../../facts.ts';
import { checkVersion, findVersion, listVersions, type PlanVersion } from '../../plan-versions.ts';
import { findPlan, type Plan } from '../../plans.ts';
import { RESTORE_INTERVAL_DAYS } from '../../readiness/compute-readiness.ts';
import { restartOrder } from '../../readiness/restart-order.ts';
import { scenarioMatrix } from '../../readiness/scenario-matrix.ts';
import { surveyOf } from '../../readiness/survey.ts';
import type { Work } from '../../work.ts';
import type { Built, ClientOrder } from '../order.ts';
import { activitiesShown } from './activities.ts';
import { callTreeShown } from './call-tree.ts';
import { directoryOf } from './directory.ts';
import { runbookShown } from './runbook.ts';
import type { PlanSnapshot } from './snapshot.ts';
import { strategiesShown } from './strategies.ts';

export async function buildPlan(work: Work, { facts, subject }: ClientOrder): Promise<Built<'plan'>> {
  const version = await findVersion(work, subject);
  const plan = await findPlan(work, version.plan);
  const directory = directoryOf(await listContacts(work, plan.client), work.now);
  const covered = coveredBy(plan, facts);
  const survey = surveyOf(facts, RESTORE_INTERVAL_DAYS);
  const nameOf = (asset: string) => survey.graph.assets.get(asset)?.name ?? asset;
  const steps = restartOrder(covered, survey);
  return {
    kind: 'plan',
    client: facts.client,
    versions: {},
    plan: {
      ...{ id: plan.id, kind: plan.kind, title: version.title, owner: plan.owner },
      keptIn: plan.keptIn.map(nameOf),
    },
    version: await versionShown(work, version),
    approvals: version.approvals.map(({ by, role, crisisRole, decision, comment, at }) => ({
      ...{ by, role, crisisRole, decision, comment, at },
    })),
    history: (await listVersions(work, plan.id)).map(
      ({ number, state, createdBy, createdAt, inForceAt }) => ({
        ...{ number, state, createdBy, createdAt, inForceAt },
      }),
    ),
    distribution: (await listDistributions(work, subject)).map(({ name, channel, sentAt, sentBy, read }) => ({
      ...{ name, channel, sentAt, sentBy, read },
    })),
    sections: version.sections.map(({ kind, title, body, payload }) => ({ kind, title, body, payload })),
    runbook: await runbookShown(work, version, nameOf),
    callTree: await callTreeShown(work, version, directory),
    roles: version.roles.map(({ holders, ...role }) => ({ ...role, holders: holders.map(directory.named) })),
    directory: directory.all,
    activities: await activitiesShown(work, plan.client, new Set(covered.map(({ id }) => id))),
    restart: {
      steps,
      edges: steps.flatMap(({ asset, after }) => after.map((from) => ({ from, to: asset }))),
    },
    ...matrixShown(plan, facts, new Set(covered.map(({ id }) => id))),
    strategies: await strategiesShown(work, plan, facts),
  };
}

/** A plan that names no activity is for all that matter first. */
function coveredBy({ activities }: Pick<Plan, 'activities'>, facts: ClientFacts): ClientFacts['activities'] {
  const named = facts.activities.filter(({ id }) => activities.includes(id));
  if (named.length > 0) return named;
  const priority = facts.activities.filter(({ isPriority }) => isPriority);
  return priority.length > 0 ? priority : facts.activities;
}

async function versionShown(work: Work, version: PlanVersion): Promise<PlanSnapshot['version']> {
  const { id, number, state, changeSummary, effectiveOn, createdBy, createdAt, inForceAt, sha256 } = version;
  return {
    ...{ id, number, state, changeSummary, effectiveOn, createdBy, createdAt, inForceAt, sha256 },
    isIntact: sha256 === null ? null : (await checkVersion(work, id)).isIntact,
    openQuestions: version.placeholders,
  };
}

/** Scenarios that the plan names, or all that were kept where it names none. */
function matrixShown(
  { scenarios }: Pick<PlanFacts, 'scenarios'>,
  facts: ClientFacts,
  covered: ReadonlySet<string>,
): Pick<PlanSnapshot, 'scenarios' | 'matrix'> {
  const matrix = scenarioMatrix(facts);
  const shown = matrix.scenarios.filter(({ id }) => scenarios.length === 0 || scenarios.includes(id));
  const ids = new Set(shown.map(({ id }) => id));
  const likelihood = new Map(facts.scenarios.map((one) => [one.id, one.likelihood]));
  return {
    scenarios: shown.map(({ id, name }) => ({ id, name, likelihood: likelihood.get(id) ?? null })),
    matrix: matrix.cells
      .filter(({ scenario, activity }) => ids.has(scenario) && covered.has(activity))
      .map(({ scenario, activity, state }) => ({ scenario, activity, state })),
  };
}
