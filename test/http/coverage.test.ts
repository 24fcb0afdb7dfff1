import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('coverage through the front door', () => {
  let test: TestService;
  let consultant: Visitor;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: unknown) =>
    (await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body)).body;
  const add = (noun: string, body: object) => api('POST', `/clients/${test.acme.client}/${noun}`, body);
  const clauseOf = async (framework: string, ref: string) => {
    const { frameworks } = await api('GET', `/clients/${test.acme.client}/coverage`);
    return frameworks
      .find((one: { framework: string }) => one.framework === framework)
      ?.clauses.find((clause: { ref: string }) => clause.ref === ref);
  };

  it('looks at the frameworks that were chosen, on their level', async () => {
    expect((await add('client-frameworks', { framework: 'ISO9001' })).key).to.equal('framework.unknown');
    expect((await add('client-frameworks', { framework: 'ISO9001' })).errors[0].detail).to.include('ISO9001');
    expect(
      (await add('client-frameworks', { framework: 'CyFun2025', level: 'EE' })).errors[0].detail,
    ).to.include('Basic');
    expect((await add('client-frameworks', { framework: 'HIPAA', level: 'EE' })).errors[0].field).to.equal(
      'level',
    );
    for (const chosen of [{ framework: 'CyFun2025', level: 'Basic' }, { framework: 'ISO22301' }])
      expect((await add('client-frameworks', chosen)).framework).to.equal(chosen.framework);
    const { frameworks } = await api('GET', `/clients/${test.acme.client}/coverage`);
    expect(frameworks.map(({ framework }: { framework: string }) => framework)).to.deep.equal([
      'CyFun2025',
      'ISO22301',
    ]);
    expect(frameworks[0].counts['not-applicable']).to.be.greaterThan(0);
    expect(await consultant.read(`/clients/${test.acme.client}/coverage?framework=ISO22301`)).to.include(
      '8.2.2#mtpd',
    );
  });

  it('tells a waiver with its name, reason and end, and ends it by hand or by its day', async () => {
    const waiver = { framework: 'ISO22301', ref: '9.2', decision: 'waived', reason: 'Audit prévu' };
    expect((await add('clause-decisions', waiver)).errors[0].field).to.equal('until');
    expect((await add('clause-decisions', { ...waiver, until: '2020-01-01' })).errors[0].field).to.equal(
      'until',
    );
    expect((await add('clause-decisions', { ...waiver, until: '2099-01-01' })).errors[0].field).to.equal(
      'until',
    );
    expect(
      (await add('clause-decisions', { ...waiver, ref: '99.9', until: '2027-01-01' })).errors[0].field,
    ).to.equal('ref');
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const made = await add('clause-decisions', { ...waiver, until });
    expect(made).to.include({ isInForce: true, by: 'owner' });
    expect(await clauseOf('ISO22301', '9.2')).to.include({ state: 'waived' });
    await api('POST', `/clause-decisions/${made.id}/ending`);
    expect((await clauseOf('ISO22301', '9.2')).state).to.equal('missing');
  });

  it('never makes more of a declaration than a declaration', async () => {
    const past = { code: 'AUD', statement: 'Audit 2025', document: 'Rapport', validUntil: '2020-01-01' };
    expect((await add('declarations', past)).errors[0].field).to.equal('validUntil');
    const { id } = await add('declarations', { ...past, validUntil: '2099-01-01' });
    const clause = await clauseOf('ISO22301', '9.2');
    expect([clause.state, clause.evidence]).to.deep.equal(['declared', [id]]);
    const page = await consultant.read(`/evidence/${id}`);
    expect(page)
      .to.include('Dit par une personne')
      .and.include('ISO 22301')
      .and.include('tel qu’il fut haché');
  });

  it('shows the approver what was decided and does not let them decide', async () => {
    const { status } = await test.api(
      test.acme.tokens['client-approver'],
      'POST',
      `/api/v1/clients/${test.acme.client}/clause-decisions`,
      { framework: 'ISO22301', ref: '9.2', decision: 'not-applicable', reason: 'Non' },
    );
    expect(status).to.equal(403);
  });
});
