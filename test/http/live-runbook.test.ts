import { expect } from 'chai';
import pg from 'pg';
import { SECTIONS_OF } from '#/plans/plan-sections.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('a runbook while it is run', () => {
  let test: TestService;
  let consultant: Visitor;
  let approver: Visitor;
  let erp: string;
  let plan: string;
  let incident: string;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    approver = await visit(test, test.acme.emails['client-approver']);
    const activity = await add('activities', { name: 'Facturer', isPriority: true, rtoSeconds: 14_400 });
    erp = await add('assets', { name: 'ERP', kind: 'application' });
    await add('dependencies', { from: { kind: 'activity', id: activity }, to: erp, kind: 'hard' });
    plan = await add('plans', { kind: 'drp', title: 'PRA', activities: [activity] });
    incident = await add('incidents', {
      title: 'Panne',
      class: 'hardware',
      severity: 'major',
      detectedAt: '2026-01-05T08:00:00Z',
    });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: unknown) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).to.be.within(200, 204);
    return answer.body;
  };
  const add = async (noun: string, body: object): Promise<string> =>
    (await api('POST', `/clients/${test.acme.client}/${noun}`, body)).id;
  const putInForce = async (steps: object[]): Promise<string> => {
    const sections = SECTIONS_OF.drp.map((kind) => ({ kind, title: kind, body: 'Écrit.' }));
    const { id } = await api('POST', `/plans/${plan}/versions`, { changeSummary: 'Neuf', sections });
    await api('PUT', `/runbooks/${id}`, { steps });
    await api('POST', `/plan-versions/${id}/submission`);
    const version = versionIn(await approver.read(`/plan-versions/${id}`));
    await approver.send(`/plan-versions/${id}/approval`, { version, decision: 'approved' });
    expect((await api('GET', `/plan-versions/${id}`)).state).to.equal('in-force');
    return id;
  };
  const pathOf = async () => {
    const { activities } = await api('GET', `/clients/${test.acme.client}/readiness`);
    return activities[0].effective.path.find(({ asset }: { asset: string }) => asset === erp);
  };
  /** As if the steps under way had begun an hour before. */
  const anHourPasses = async (activation: string) => {
    const client = new pg.Client({ connectionString: test.superuserUrl });
    await client.connect();
    await client
      .query(`update step_runs set started_at = started_at - interval '1 hour' where activation_id = $1`, [
        activation,
      ])
      .finally(() => client.end());
  };

  it('has the steps of the version that was frozen, whatever the next one says, and its times are what counts', async () => {
    const first = await putInForce([
      { key: 'decider', action: 'Décider du repli' },
      { key: 'erp', action: 'Démarrer l’ERP', asset: erp, p50Seconds: 600, after: [{ key: 'decider' }] },
    ]);
    expect(await pathOf()).to.include({ source: 'declared', seconds: 600 });
    const activation = await add('activations', { incident, planVersion: first, decidedBy: 'Ana Ruiz' });
    const second = await putInForce([
      { key: 'erp', action: 'Démarrer l’ERP au repli', asset: erp, p50Seconds: 60 },
    ]);

    const live = `/activations/${activation}/live`;
    const page = await consultant.read(live);
    expect(page)
      .to.include('<bdi>Décider du repli</bdi>')
      .and.include('<bdi>Démarrer l’ERP</bdi>')
      .and.include(`href="/call-trees/${first}#calls"`)
      .and.include('<a href="#decider"><bdi>Décider du repli</bdi></a>')
      .and.not.include('au repli');
    for (const [key, event] of [
      ['decider', 'start'],
      ['decider', 'done'],
      ['erp', 'start'],
    ] as const)
      expect((await consultant.send(live, { key, event, note: '' })).status).to.equal(303);
    await anHourPasses(activation);
    await consultant.send(live, { key: 'erp', event: 'done', note: '' });

    const { steps } = await api('GET', `/activations/${activation}`);
    expect(steps[1].seconds).to.be.within(3600, 3660);
    const toRead = await consultant.read(`/activations/${activation}`);
    expect(toRead)
      .to.include('<h2 id="activation.steps-part">Étapes</h2>')
      .and.include(`<a href="${live}#erp"><bdi class="lines">Démarrer l’ERP</bdi></a>`)
      .and.include('<span>Faite</span>')
      .and.not.include('name="event"');
    expect(await pathOf()).to.include({ source: 'step-run', seconds: steps[1].seconds, samples: 1 });
    const again = await test.api(
      test.acme.tokens.owner,
      'POST',
      `/api/v1/clients/${test.acme.client}/activations`,
      { incident, planVersion: first, decidedBy: 'Ana' },
    );
    expect([again.status, again.body.key]).to.deep.equal([409, 'activation.not-in-force']);
    const next = await add('activations', { incident, planVersion: second, decidedBy: 'Ana Ruiz' });
    expect(await consultant.read(`/activations/${next}/live`)).to.include(
      '<bdi>Démarrer l’ERP au repli</bdi>',
    );
  });
});
