/** What becomes of a report once it is made: who sees it, and who took it. */
import { expect } from 'chai';
import { sha256 } from '#/plans/canonical.ts';
import { finishReport } from '#/plans/reports/making.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const PDF = Buffer.from('%PDF-1.7 as it was drawn');

describe('a finished report', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (token: string, method: string, path: string, body?: object) =>
    test.api(token, method, `/api/v1${path}`, body);

  /** As if it had been drawn. */
  async function madeBy(token: string): Promise<string> {
    const { body } = await api(token, 'POST', `/clients/${test.acme.client}/reports`, { kind: 'coverage' });
    const key = `${test.acme.id}/${body.reference}.pdf`;
    await test.service.documents.put(key, PDF);
    await test.service.inProvider(test.acme.id, (work) =>
      finishReport(work, body.id, { key, sha256: sha256(PDF), pages: 1, bytes: PDF.length }),
    );
    return body.id;
  }

  it('is nothing for the people of its client until somebody releases it', async () => {
    const { tokens, client } = test.acme;
    const id = await madeBy(tokens.technician);
    const reader = tokens['client-reader'];
    for (const path of [`/reports/${id}`, `/reports/${id}/file`])
      expect((await api(reader, 'GET', path)).status, path).to.equal(404);
    expect((await api(reader, 'GET', `/clients/${client}/reports`)).body.items).to.deep.equal([]);
    expect((await api(tokens.auditor, 'GET', `/reports/${id}`)).body.released).to.equal(null);

    for (const role of ['technician', 'client-approver'] as const)
      expect((await api(tokens[role], 'POST', `/reports/${id}/release`)).status, role).to.equal(403);
    const released = await api(tokens.consultant, 'POST', `/reports/${id}/release`);
    expect(released.body.released.by).to.equal('consultant');
    expect((await api(reader, 'GET', `/reports/${id}`)).body.sha256).to.equal(sha256(PDF));
    expect((await api(tokens.consultant, 'POST', `/reports/${id}/release`)).status).to.equal(409);
  });

  it('is released from the beginning where the client’s own people asked for it', async () => {
    const { tokens } = test.acme;
    const id = await madeBy(tokens['client-approver']);
    const seen = await api(tokens['client-reader'], 'GET', `/reports/${id}`);
    expect(seen.body.released.by).to.equal('client-approver');
  });

  it('names whoever took it, when, and which file', async () => {
    const { tokens, emails } = test.acme;
    const id = await madeBy(tokens.owner);
    const owner = await visit(test, emails.owner);
    expect(await owner.read(`/reports/${id}`)).to.include('Personne ne l’a encore téléchargé');
    expect((await owner.send(`/reports/${id}/release`, {})).status).to.equal(303);
    const reader = await visit(test, emails['client-reader']);
    expect(await (await reader.get(`/reports/${id}/file`)).text()).to.equal(PDF.toString());

    const { items } = (await api(tokens.owner, 'GET', `/reports/${id}/downloads`)).body;
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ by: 'client-reader of Acme', sha256: sha256(PDF) });
    expect(await owner.read(`/reports/${id}`)).to.include('client-reader of Acme');
    expect(await reader.read(`/reports/${id}`)).to.not.include('client-reader of Acme</bdi></td>');
    expect((await api(tokens['client-reader'], 'GET', `/reports/${id}/downloads`)).status).to.equal(403);
    expect((await api(test.other.tokens.owner, 'GET', `/reports/${id}/downloads`)).status).to.equal(404);
  });
});
