import { expect } from 'chai';
import { sql } from 'kysely';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const ROUNDS = 120;

/** Whose rows a transaction sees is told to its connection: whatever happened on it before must not be told to the next. */
describe('two providers on one connection', function () {
  this.timeout(120_000);
  let test: TestService;
  before(async () => {
    test = await startTestService({ env: { DATABASE_CONNECTIONS: '1' } });
    for (const [provider, name] of [
      [test.acme, 'Chez Acme'],
      [test.other, 'Chez Other'],
    ] as const)
      await test.api(provider.tokens.owner, 'POST', `/api/v1/clients/${provider.client}/sites`, {
        name,
        kind: 'office',
      });
  });
  after(() => test[Symbol.asyncDispose]());

  it('see their own rows alone, however requests of both interleave, fail and are cut off', async () => {
    const seen = { acme: 0, other: 0 };
    const look = async (own: 'acme' | 'other', token: string) => {
      const foreign = own === 'acme' ? 'Chez Other' : 'Chez Acme';
      const { status, body } = await test.api(token, 'GET', `/api/v1/clients/${test[own].client}/sites`);
      expect(status).to.equal(200);
      expect(JSON.stringify(body))
        .to.include(own === 'acme' ? 'Chez Acme' : 'Chez Other')
        .and.not.include(foreign);
      seen[own]++;
    };
    const cut = async (own: 'acme' | 'other') => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), Math.random() * 4);
      await fetch(`${test.url}/api/v1/clients/${test[own].client}/findings`, {
        headers: { authorization: `Bearer ${test[own].tokens.owner}` },
        signal: abort.signal,
      }).catch(() => undefined);
    };
    const fail = async (own: 'acme' | 'other', against: 'acme' | 'other') => {
      const path = `/api/v1/clients/${test[against].client}/sites`;
      const { status } = await test.api(test[own].tokens.owner, 'POST', path, { name: '', kind: 'x' });
      expect(status).to.be.oneOf([404, 422]);
      const there = await test.api(test[own].tokens.owner, 'GET', `/api/v1/clients/${test[against].client}`);
      expect(there.status).to.equal(404);
    };
    await Promise.all(
      Array.from({ length: ROUNDS }, async (_, round) => {
        const [own, against] = round % 2 === 0 ? (['acme', 'other'] as const) : (['other', 'acme'] as const);
        await look(own, test[own].tokens[round % 3 === 0 ? 'client-reader' : 'owner']);
        if (round % 4 === 0) await fail(own, against);
        if (round % 5 === 0) await cut(own);
      }),
    );
    expect(seen).to.deep.equal({ acme: ROUNDS / 2, other: ROUNDS / 2 });
  });

  it('leave nothing of whose it was on the connection', async () => {
    const { database } = test.service;
    const scope = () =>
      database.atDoor({}, async (door) => {
        const { rows } = await sql<{ provider: string; clients: string; sites: number }>`
          select coalesce(current_setting('app.provider_id', true), '') as provider,
            coalesce(current_setting('app.client_scope', true), '') as clients,
            (select count(*)::int from sites) as sites`.execute(door);
        return rows[0];
      });
    await test.api(test.acme.tokens.owner, 'GET', `/api/v1/clients/${test.acme.client}/sites`);
    expect(await scope()).to.deep.equal({ provider: '', clients: '', sites: 0 });
    const broken = database.inProvider(test.acme.id, 'all', async () => {
      throw new Error('in the middle');
    });
    expect(await broken.catch(String)).to.include('in the middle');
    expect(await scope()).to.deep.equal({ provider: '', clients: '', sites: 0 });
  });

  it('hand out to neither what is the other’s: fragments, downloads, streams', async () => {
    const own = await visit(test, test.other.emails.owner);
    const { client, tokens } = test.acme;
    const { body: report } = await test.api(tokens.owner, 'POST', `/api/v1/clients/${client}/reports`, {});
    for (const path of [
      `/clients/${client}/workbook`,
      `/reports/${report.id}/file`,
      `/live?of=report:${report.id}`,
      `/clients/${client}/reports`,
      `/clients/${client}`,
    ]) {
      const answer = await own.get(path, { 'hx-request': 'true', accept: 'text/event-stream, text/html' });
      expect(answer.status, path).to.equal(404);
      expect(await answer.text(), path)
        .to.not.include('Atelier')
        .and.not.include('RPR-');
    }
  });
});
