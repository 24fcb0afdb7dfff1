/** Reads what is known of clients into plain facts: one query for each table, however many clients are asked for. */
import { loadClaims } from './client-facts/claims.ts';
import { loadContactTests, loadCrisisRoles } from './client-facts/crisis.ts';
import { loadDrillStepRuns, loadDrills } from './client-facts/drills.ts';
import { loadEvidence } from './client-facts/evidence.ts';
import {
  loadAssets,
  loadContacts,
  loadDependencies,
  loadSites,
  loadSuppliers,
} from './client-facts/inventory.ts';
import { loadAgreements, loadDecisions, loadFrameworks, loadStudies } from './client-facts/judging.ts';
import { loadRecoveryKeys } from './client-facts/keys.ts';
import { loadActions, loadExercises, loadIncidents, loadReviews, loadStepRuns } from './client-facts/life.ts';
import { loadActivities } from './client-facts/need.ts';
import { loadPlans } from './client-facts/plans.ts';
import { loadLosses, loadPoints, loadPolicies, loadTests } from './client-facts/proof.ts';
import { loadRepositories } from './client-facts/repositories.ts';
import { loadScenarios, loadStrategies } from './client-facts/scenarios.ts';
import { loadService } from './client-facts/service.ts';
import type { Client } from './clients.ts';
import type { ServiceFacts, StudyFacts } from './continuity-facts.ts';
import type { ClientFacts, PolicyFacts, RestoreTestFacts } from './facts.ts';
import type { Work } from './work.ts';

/** Facts of several clients, by client id. */
export async function loadFacts(work: Work, clients: Client[]): Promise<Map<string, ClientFacts>> {
  const ids = clients.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const foreign = await loadRepositories(work, ids);
  const rows = {
    activities: await loadActivities(work, ids),
    assets: await loadAssets(work, ids),
    dependencies: await loadDependencies(work, ids),
    sites: await loadSites(work, ids),
    contacts: await loadContacts(work, ids),
    suppliers: await loadSuppliers(work, ids),
    scenarios: await loadScenarios(work, ids),
    strategies: await loadStrategies(work, ids),
    plans: await loadPlans(work, ids),
    crisisRoles: await loadCrisisRoles(work, ids),
    contactTests: await loadContactTests(work, ids),
    exercises: await loadExercises(work, ids),
    incidents: await loadIncidents(work, ids),
    stepRuns: both(await loadStepRuns(work, ids), await loadDrillStepRuns(work, ids)),
    reviews: await loadReviews(work, ids),
    actions: await loadActions(work, ids),
    agreements: await loadAgreements(work, ids),
    decisions: await loadDecisions(work, ids),
    frameworks: await loadFrameworks(work, ids),
    policies: both<PolicyFacts>(await loadPolicies(work, ids), foreign.policies),
    recoveryPoints: both(await loadPoints(work, ids), foreign.recoveryPoints),
    lostPoints: both(await loadLosses(work, ids), foreign.lostPoints),
    restoreTests: both<RestoreTestFacts>(await loadTests(work, ids), foreign.restoreTests),
    drills: await loadDrills(work, ids),
    claims: await loadClaims(work, ids),
    recoveryKeys: await loadRecoveryKeys(work, ids),
    evidence: await loadEvidence(work, ids),
  };
  const singles = { studies: await loadStudies(work, ids), services: await loadService(work, ids) };
  return new Map(clients.map((client) => [client.id, factsOf(client, rows, singles, work.now)]));
}

const both = <Fact>(one: Map<string, Fact[]>, other: Map<string, Fact[]>): Map<string, Fact[]> =>
  new Map(
    [...new Set([...one.keys(), ...other.keys()])].map((id) => [
      id,
      [...(one.get(id) ?? []), ...(other.get(id) ?? [])],
    ]),
  );

type Rows = {
  [Fact in keyof ClientFacts as ClientFacts[Fact] extends unknown[] ? Fact : never]: Map<
    string,
    ClientFacts[Fact]
  >;
};

function factsOf(
  client: Client,
  rows: Rows,
  { studies, services }: { studies: Map<string, StudyFacts[]>; services: Map<string, ServiceFacts> },
  now: Date,
): ClientFacts {
  const { id, name, sector, country, timeZone, businessHours, technicians, links } = client;
  const own = Object.fromEntries(
    Object.entries(rows).map(([fact, byClient]) => [fact, byClient.get(id) ?? []]),
  ) as { [Fact in keyof Rows]: ClientFacts[Fact] };
  return {
    now: now.toISOString(),
    client: {
      id,
      name,
      sector,
      country,
      timeZone,
      businessHours: businessHours ?? 'always',
      technicians,
      links,
    },
    ...own,
    study: studies.get(id)?.[0] ?? null,
    service: services.get(id) ?? { backupsSucceeded: 0, backupsFailed: 0, lastReportAt: null },
  };
}
