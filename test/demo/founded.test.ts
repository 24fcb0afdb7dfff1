/** The demo as it stands once it was founded and its data proved: what a visitor is promised to see. */
import { mkdir } from 'node:fs/promises';
import { expect } from 'chai';
import { listAssets } from '#/plans/assets.ts';
import { verifyChain } from '#/plans/audit.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { type Client, findClient } from '#/plans/clients.ts';
import { computeCoverage, frameworksOf } from '#/plans/coverage/compute-coverage.ts';
import { COVERAGE_STATES } from '#/plans/coverage/coverage.ts';
import type { Drill } from '#/plans/drills/drills.ts';
import { ASSET_KINDS, type ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { scenarioMatrix } from '#/plans/readiness/scenario-matrix.ts';
import { runRules } from '#/plans/rules/index.ts';
import { drillRansomware } from '#/server/demo/drill.ts';
import { type Founded, foundDemo } from '#/server/demo/found.ts';
import { backUpAndProveAll } from '#/server/demo/main-job.ts';
import { readOrMakeSecrets } from '#/server/demo/people.ts';
import { writeSmallSources } from '#/server/demo/small-sources.ts';
import { standingsOf } from '#/server/demo/standings.ts';
import { CoverageAnswer, ReadinessAnswer } from '#/server/routes/judged-shapes.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('the demo, founded and proved', () => {
  let test: TestService;
  let facts: ClientFacts[];
  let founded: Founded;
  let drill: Drill;
  let token: string;
  let provider: string;

  before(async function () {
    this.timeout(180_000); // a dozen restore tests, each in a child process
    test = await startTestService({ worker: true });
    const secrets = readOrMakeSecrets(`${test.dataDir}/secrets.json`);
    token = secrets.apiToken;
    provider = secrets.provider;
    const small = await writeSmallSources(`${test.dataDir}/sources`);
    const sources = { erp: small.maubrey, folder: small.ostrea, ...small };
    const storesFolder = `${test.dataDir}/stores`;
    await mkdir(storesFolder, { recursive: true });
    founded = await test.service.inProvider(provider, (work) =>
      foundDemo(work, secrets, { sources, storesFolder }),
    );
    await backUpAndProveAll({ service: test.service, provider, tell: () => undefined }, founded);
    drill = await drillRansomware(
      { service: test.service, provider, tell: () => undefined },
      founded.clients[0].id,
    );
    facts = await test.service.inProvider(provider, async (work) => {
      const clients: Client[] = [];
      for (const { id } of founded.clients) clients.push(await findClient(work, id));
      const read = await loadFacts(work, clients);
      return clients.map(({ id }) => read.get(id)!);
    });
  });

  after(() => test[Symbol.asyncDispose]());

  const items = async (path: string) =>
    (await test.api(token, 'GET', `/api/v1/clients/${founded.clients[0].id}/${path}`)).body.items;

  it('has a first client that is told in full', async () => {
    expect(await items('activities')).to.have.length.of.at.least(12);
    expect(await items('assets')).to.have.length.of.at.least(40);
    expect(await items('sites')).to.have.length(3);
    const plans: { kind: string; inForce: unknown }[] = await items('plans');
    expect(plans.filter(({ inForce }) => inForce).map(({ kind }) => kind)).to.have.members([
      'bcp',
      'drp',
      'crisis-management',
      'crisis-communication',
    ]);
    const exercises: { kind: string; state: string }[] = await items('exercises');
    expect(exercises.map(({ kind, state }) => `${kind} ${state}`)).to.have.members([
      'tabletop done',
      'functional done',
      'full done',
    ]);
    const incidents: { id: string; closedAt: string | null }[] = await items('incidents');
    expect(incidents).to.have.length(2);
    for (const { closedAt } of incidents) expect(closedAt).not.to.equal(null);
  });

  it('has looked back at every incident and exercise of it, with actions overdue, done and verified', async () => {
    const reviews: { closedAt: string | null }[] = await items('reviews');
    expect(reviews).to.have.length(5);
    for (const { closedAt } of reviews) expect(closedAt).not.to.equal(null);
    const actions: { state: string }[] = await items('corrective-actions');
    expect(actions.map(({ state }) => state)).to.include.members([
      'open',
      'overdue',
      'done',
      'verified',
      'dropped',
    ]);
  });

  it('has drilled its ransomware: data restored for real, people at a table, and what has no way back is named', () => {
    expect(drill.state).to.equal('inconclusive');
    const restored = drill.items.filter(({ kind }) => kind === 'restore');
    expect(restored.map(({ name, state }) => `${name} ${state}`)).to.have.members([
      'Documents partagés done',
      'Base de données de l’ERP done',
    ]);
    for (const { kind, state } of drill.items) if (kind !== 'restore') expect(state).to.equal('talked');
    expect(drill.items.filter(({ endedBy }) => endedBy === 'Philippe Garnier')).to.have.length.of.at.least(1);
    expect(drill.outcome!.deviations.map(({ reason }) => reason.key)).to.deep.equal(['rules.drill-no-path']);
    expect(drill.outcome!.activities.find(({ how }) => how === 'no-path')!.name).to.include(
      'Bureau d’études',
    );
  });

  it('has assets of every kind, all of them needed by something', async () => {
    const assets = await test.service.inProvider(provider, (work) => listAssets(work, founded.clients[0].id));
    expect(new Set(assets.map(({ kind }) => kind))).to.deep.equal(new Set(ASSET_KINDS));
    const { dependencies, assets: known } = facts[0]!;
    const tied = new Set([
      ...dependencies.flatMap(({ from, to }) => [from.id, to]),
      ...known.flatMap(({ supplier }) => supplier ?? []),
    ]);
    expect(known.filter(({ id }) => !tied.has(id)).map(({ name }) => name)).to.deep.equal([]);
  });

  it('contradicts itself where it should: an objective that the measured restore does not hold', () => {
    const { activities } = computeReadiness(facts[0]!);
    const orders = activities.find(({ name }) => name.startsWith('Prise de commandes'))!;
    expect(orders.effective.verdict).to.equal('late');
    expect(orders.contradictions.map(({ key }) => key)).to.include('readiness.recovery-over-rto');
  });

  it('breaks the rules that it is to teach, and none where it is healthy', () => {
    const [vernazet, ostrea, maubrey] = facts.map((own) => new Set(runRules(own).map(({ rule }) => rule)));
    expect([...vernazet!]).to.include.members([
      'circles',
      'recovery-deadlocks',
      'crisis-channel',
      'supplier-promises',
      'off-site-copies',
      'backup-interval',
      'key-possession',
    ]);
    expect([...ostrea!]).to.deep.equal([]);
    expect([...maubrey!]).to.include.members([
      'objectives',
      'leaves',
      'crisis-roles',
      'approvals',
      'restore-tests',
    ]);
  });

  it('stops what its two administrators alone can do while both are away', () => {
    const { scenarios, activities, cells } = scenarioMatrix(facts[0]!);
    const away = scenarios.find(({ name }) => name === 'Absence simultanée des deux administrateurs')!;
    const stopped = cells.filter(({ scenario, state }) => scenario === away.id && state !== 'unhit');
    expect(stopped.map(({ activity }) => activities.find(({ id }) => id === activity)!.name)).to.have.members(
      ['Paie et déclarations sociales', 'Ventes de la boutique en ligne'],
    );
  });

  it('answers readiness and coverage field by field as the interface describes them', async () => {
    for (const { id } of founded.clients)
      for (const [path, shape] of [
        ['readiness', ReadinessAnswer],
        ['coverage', CoverageAnswer],
      ] as const) {
        const { body } = await test.api(token, 'GET', `/api/v1/clients/${id}/${path}`);
        expect(shape.parse(body)).to.deep.equal(body);
      }
  });

  it('shows every state of coverage', () => {
    const states = facts.flatMap((own) =>
      computeCoverage(own, computeReadiness(own), {
        frameworks: frameworksOf(own),
        locale: 'fr',
      }).frameworks.flatMap(({ clauses }) => clauses.map(({ state }) => state)),
    );
    expect(new Set(states)).to.deep.equal(new Set(COVERAGE_STATES));
  });

  it('shows every level of the ladder, and three clients apart', () => {
    const readiness = facts.map((own) => computeReadiness(own));
    const levels = new Set(readiness.flatMap(({ activities }) => activities.map(({ level }) => level)));
    expect([...levels].sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(readiness.map(({ level }) => level)).to.deep.equal([4, 6, 0]);
  });

  it('tells the level of each client as its command does', async () => {
    const told = await test.service.inProvider(provider, (work) => standingsOf(work, founded.clients));
    expect(told.map(({ name, level }) => `${name} ${level}`)).to.deep.equal([
      'Vernazet Fluides R4',
      'Ostréa Géomètres-Experts R6',
      'Transports Maubrey R0',
    ]);
    expect(told.map(({ overdue }) => overdue.actions > 0)).to.deep.equal([true, false, true]);
  });

  it('leaves an audit trail that nobody touched', async () => {
    const state = await test.service.inProvider(provider, (work) => verifyChain(work));
    expect(state.intact).to.equal(true);
    expect(state.events).to.be.greaterThan(500);
  });
});
