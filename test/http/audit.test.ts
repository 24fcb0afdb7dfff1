import { expect } from 'chai';
import type { AuditEvent } from '#/plans/audit.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

describe('the audit trail over HTTP', () => {
  let test: TestService;
  let asset: string;
  before(async () => {
    test = await startTestService();
    const made = await add('Serveur 100%_sûr');
    asset = made.body.id;
    await add('Other thing');
  });
  after(() => test[Symbol.asyncDispose]());

  const add = (name: string) =>
    test.api(test.acme.tokens.owner, 'POST', `/api/v1/clients/${test.acme.client}/assets`, {
      name,
      kind: 'server',
    });
  const find = async (query: Record<string, string>): Promise<AuditEvent[]> =>
    (await test.api(test.acme.tokens.owner, 'GET', `/api/v1/audit-events?${new URLSearchParams(query)}`)).body
      .items;

  it('is searched by who, what, which thing, client, day and text, and all must fit', async () => {
    const isAbout = (events: AuditEvent[]) => events.map(({ object }) => object.id);
    expect(isAbout(await find({ object: asset }))).to.deep.equal([asset]);
    expect(isAbout(await find({ text: '100%_SÛR' }))).to.deep.equal([asset]);
    expect(await find({ text: '100x_sûr' })).to.deep.equal([]);
    expect(isAbout(await find({ action: 'asset.', kind: 'asset', client: test.acme.client }))).to.include(
      asset,
    );
    expect(await find({ object: asset, client: test.acme.otherClient })).to.deep.equal([]);
    expect(await find({ object: asset, actor: 'nobody' })).to.deep.equal([]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await find({ object: asset, from: today, until: today, actor: 'OWNER' })).to.have.length(1);
    expect(await find({ object: asset, until: '2020-01-01' })).to.deep.equal([]);
  });

  it('is searched on its page, which leads to the history of a thing and bears a form left empty', async () => {
    const auditor = await visit(test, test.acme.emails.auditor);
    const page = await auditor.read('/audit?text=s%C3%BBr&actor=&client=&from=&until=');
    expect(page).to.include(`/audit?object=${asset}`).and.include('value="sûr"');
    expect(await auditor.read('/audit?text=nothing-of-the-kind')).to.include(
      'Aucun événement ne correspond.',
    );
  });

  it('refuses a day that is none, and is closed to who may not read it', async () => {
    const { auditor, consultant } = test.acme.tokens;
    expect((await test.api(auditor, 'GET', '/api/v1/audit-events?from=yesterday')).status).to.equal(422);
    expect((await test.api(consultant, 'GET', '/api/v1/audit-events')).status).to.equal(403);
  });

  it('holds what somebody was refused: a right that was missing, and a row of another provider', async () => {
    const { technician } = test.acme.tokens;
    const foreign = `/api/v1/clients/${test.other.client}/assets`;
    const answer = await test.api(technician, 'POST', foreign, { name: 'x', kind: 'server' });
    expect(answer.status).to.equal(404);
    await test.api(technician, 'GET', '/api/v1/audit-events');
    const denied = await find({ action: 'access.denied', actor: 'technician' });
    expect(denied.map(({ object }) => object.id)).to.deep.equal(['/api/v1/audit-events', foreign]);
    const [theirs] = [
      (await test.api(test.other.tokens.owner, 'GET', '/api/v1/audit-events?action=access.denied')).body
        .items,
    ];
    expect(theirs).to.deep.equal([]);
  });

  it('holds each file that was handed out, by whom, and for which client', async () => {
    const path = `/clients/${test.acme.client}/recovery-sheet`;
    const auditor = await visit(test, test.acme.emails.auditor);
    await auditor.read(path);
    const [event, ...more] = await find({ action: 'file.downloaded', client: test.acme.client });
    expect(event).to.deep.include({ actor: 'auditor of Acme', object: { kind: 'file', id: path } });
    expect(more).to.deep.equal([]);
    expect(await find({ action: 'session.opened', actor: 'auditor of Acme' })).to.have.length.greaterThan(0);
  });

  it('holds no more than sixty refusals of one person in an hour', async () => {
    const reader = test.acme.tokens['client-reader'];
    for (let count = 0; count < 70; count++) await test.api(reader, 'GET', '/api/v1/audit-events');
    expect(await find({ action: 'access.denied', actor: 'client-reader' })).to.have.length(60);
  });
});
