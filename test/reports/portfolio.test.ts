/** The provider's own report: who may have it, and that it is gathered in a few queries however many clients there are. */
import { expect } from 'chai';
import { createClient, NewClient } from '#/plans/clients.ts';
import { buildPortfolio } from '#/plans/reports/portfolio/build.ts';
import type { PortfolioLine } from '#/plans/reports/portfolio/snapshot.ts';
import { trendOf } from '#/plans/reports/portfolio/trend.ts';
import { listPortfolioReports } from '#/plans/reports/reports.ts';
import { refreshStandings } from '#/plans/standings.ts';
import type { Work } from '#/plans/work.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

describe('the report on all clients', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const inAcme = <Thing>(work: (work: Work) => Promise<Thing>) => test.service.inProvider(test.acme.id, work);
  const api = (token: string, method: string, path: string, body?: object) =>
    test.api(token, method, `/api/v1${path}`, body);

  it('is made for who sees all clients, tells of each, and is no client’s', async () => {
    const { tokens, client } = test.acme;
    const asked = await api(tokens.owner, 'POST', '/reports', { locale: 'en' });
    expect(asked.status).to.equal(202);
    expect(asked.body).to.include({ kind: 'portfolio', client: null, state: 'queued' });

    const { snapshot } = await inAcme(({ db }) =>
      db.selectFrom('reports').select('snapshot').where('id', '=', asked.body.id).executeTakeFirstOrThrow(),
    );
    const names = JSON.parse(snapshot).lines.map(({ name }: PortfolioLine) => name);
    expect(names).to.include('Atelier Delorme').and.have.length(2);
    const { items } = (await api(tokens.owner, 'GET', `/clients/${client}/reports`)).body;
    expect(items).to.deep.equal([]);
    const page = await (await visit(test, test.acme.emails.owner)).read('/portfolio/reports');
    expect(page).to.include(asked.body.reference);
  });

  it('is nothing for who sees one client, nor for another provider', async () => {
    const { id } = (await api(test.acme.tokens.owner, 'GET', '/reports')).body.items[0];
    const approver = test.acme.tokens['client-approver'];
    for (const method of ['GET', 'POST']) {
      const refused = await api(approver, method, '/reports', method === 'POST' ? {} : undefined);
      expect(refused.status).to.equal(403);
    }
    const ofSome = await inAcme((work) =>
      listPortfolioReports({ ...work, clients: [test.acme.client] }).catch(({ key }) => key),
    );
    expect(ofSome).to.equal('report.portfolio-scope');
    for (const token of [approver, test.other.tokens.owner]) {
      expect((await api(token, 'GET', `/reports/${id}`)).status).to.equal(404);
      expect((await api(token, 'GET', `/reports/${id}/file`)).status).to.equal(404);
    }
    expect((await api(test.other.tokens.owner, 'GET', '/reports')).body.items).to.deep.equal([]);
  });

  it('takes as many queries for fifty clients as for two', async () => {
    const few = await queries();
    await inAcme(async (work) => {
      for (let count = 0; count < 48; count++)
        await createClient(work, NewClient.parse({ name: `Client ${count}` }));
    });
    while ((await inAcme(refreshStandings)) > 0);
    expect(await queries()).to.equal(few);
  });

  /** How many it takes once everything is computed, as the clock has it done. */
  async function queries() {
    while ((await inAcme(refreshStandings)) > 0);
    let count = 0;
    await inAcme((work) => {
      const transformQuery = ({ node }: { node: never }) => {
        count++;
        return node;
      };
      const counting = { transformQuery, transformResult: async ({ result }: { result: never }) => result };
      return buildPortfolio({ ...work, db: work.db.withPlugin(counting as never) }, 'fr');
    });
    return count;
  }

  it('tells who rose, who fell, who is new and who is gone since the last one', () => {
    const line = (id: string, level: number, contradictions: number) =>
      ({ id, name: id.toUpperCase(), level, contradictions }) as PortfolioLine;
    const last = { reference: 'RPR-1', madeAt: '2026-10-01T00:00:00Z' };
    const trend = trendOf({ ...last, lines: [line('a', 1, 3), line('b', 4, 0), line('c', 2, 0)] }, [
      line('a', 2, 1),
      line('b', 3, 0),
      line('d', 0, 0),
    ]);
    expect(trend).to.deep.include({
      up: [{ name: 'A', from: 1, to: 2 }],
      down: [{ name: 'B', from: 4, to: 3 }],
      joined: ['D'],
      left: ['C'],
    });
    expect(trend.totals[0]).to.deep.equal({ key: 'contradictions', before: 3, now: 1 });
  });
});
