import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { ZodError } from 'zod';
import { Refusal } from '#/plans/errors.ts';
import { type Actor, type ClientScope, ROLES, type Work } from '#/plans/work.ts';
import { type Route, runRoute } from '#/server/http/route.ts';
import type { Services } from '#/server/http/services.ts';
import { apiRoutes, pageRoutes } from '#/server/routes/index.ts';
import { readSettings } from '#/server/settings.ts';
import { loadTemplates } from '#/server/templates.ts';
import { bodyFor, fill, makeOneOfEach } from '../support/one-of-each.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** Every address, and who may: to be read by people. `RIGHTS=write` writes down what is so; then read the difference. */
const TABLE = 'test/isolation/rights.tsv';
/** One of so many cells is tried; `RIGHTS=all` tries every one. */
const PART = process.env.RIGHTS ? 1 : 6;

const ALL: Actor['scopes'] = ['read', 'write', 'run'];
const WHO: Record<string, Pick<Actor, 'kind' | 'role' | 'scopes'>> = {
  ...Object.fromEntries(ROLES.map((role) => [role, { kind: 'person', role, scopes: ALL } as const])),
  'token that reads': { kind: 'token', role: 'owner', scopes: ['read'] },
  agent: { kind: 'agent', role: 'agent', scopes: [] },
};

type Outcome = 'yes' | 'no' | 'none' | 'form';

describe('who may what', function () {
  this.timeout(600_000);
  const seed = Number(process.env.SEED ?? Date.now() % 1000);
  let test: TestService;
  let ids: Record<string, string>;
  let routes: Route[];
  before(async () => {
    test = await startTestService();
    ids = await makeOneOfEach(test);
    const services = {
      doorVault: test.service.doorVault,
      templates: loadTemplates(),
      settings: readSettings(
        {
          MAIL_RELAY: 'smtp://127.0.0.1:1',
          PUBLIC_URL: 'https://reprise.example.com',
          OPERATOR_PROVIDER: test.acme.id,
        },
        {},
      ),
    } as Services;
    routes = [...apiRoutes(services), ...pageRoutes(services)];
  });
  after(() => test[Symbol.asyncDispose]());

  const nameOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;
  const isTried = (row: number, column: number) => (row * 31 + column * 7 + seed) % PART === 0;

  /** As the address answers, in a transaction that is rolled back. `none`: not found; `form`: refused for what was sent, before rights were asked. */
  async function ask(
    route: Route,
    as: (typeof WHO)[string],
    provider: string,
    clients: ClientScope,
    heard?: (answer: unknown) => Promise<void>,
  ): Promise<Outcome> {
    const path = fill(route.path, ids);
    const names = route.path.split('/');
    const params = Object.fromEntries(
      path.split('/').flatMap((part, at) => (names[at]?.startsWith(':') ? [[names[at].slice(1), part]] : [])),
    );
    const body = route.method === 'get' ? undefined : bodyFor(route.path, ids);
    const request = { params, body, path, query: {}, get: () => undefined, admitted: { session: null } };
    const { service, dataDir } = test;
    let isAsked = false;
    const actor = {
      ...{ id: null, name: 'X', ...as },
      get role() {
        isAsked = true;
        return as!.role;
      },
    };
    const done = new Error('rolled back');
    try {
      await service.database.inProvider(provider, clients, async (db) => {
        const work: Work = {
          ...{ db, provider, clients, now: new Date(), actor },
          enqueue: async () => undefined,
          seal: (purpose, secret) => service.vault.seal(provider, purpose, secret),
          address: null,
          places: { sources: [dataDir], stores: [`${dataDir}/stores`] },
        };
        const answer = await runRoute(
          route,
          request as unknown as Parameters<typeof runRoute>[1],
          work,
          'fr',
        );
        if (heard) await heard(answer);
        throw done;
      });
    } catch (error) {
      if (error === done) return 'yes';
      if (error instanceof ZodError) return 'form';
      if (!(error instanceof Refusal)) throw new Error(`${nameOf(route)}: ${error}`, { cause: error });
      if (error.kind === 'forbidden') return 'no';
      if (error.kind === 'not-found') return 'none';
      return isAsked ? 'yes' : 'form';
    }
    throw done;
  }

  it('is written down for every address, and so it is', async () => {
    const known = new Map(
      readFileSync(TABLE, 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t'))
        .map(([name, ...cells]) => [name!, cells]),
    );
    const columns = Object.keys(WHO);
    const rows: string[] = [];
    const wrong: string[] = [];
    for (const [row, route] of routes.entries()) {
      const cells: string[] = [];
      for (const [column, who] of columns.entries()) {
        if (!isTried(row, column)) continue;
        const outcome = await ask(route, WHO[who]!, test.acme.id, 'all');
        cells.push(outcome);
        const expected = known.get(nameOf(route))?.[column];
        if (outcome !== expected)
          wrong.push(`${nameOf(route)} by ${who}: ${outcome}, not ${expected ?? 'written down'}`);
      }
      rows.push([nameOf(route), ...cells].join('\t'));
    }
    if (process.env.RIGHTS === 'write')
      writeFileSync(TABLE, `${['address', ...columns].join('\t')}\n${rows.join('\n')}\n`);
    else expect(wrong, `seed ${seed}`).to.deep.equal([]);
    expect(
      [...known].filter(([name, [owner]]) => name.includes('/api/v1/') && owner === 'form'),
      'the JSON interface was reached with what it takes',
    ).to.deep.equal([]);
    expect([...known.keys()].sort(), 'a row for each address, and none for others').to.deep.equal(
      routes.map(nameOf).sort(),
    );
  });

  it('is nothing at all for another provider, and for people of another client, at any address that names something', async () => {
    const foreign: [string, keyof typeof WHO, string, ClientScope][] = [
      ['another provider', 'owner', test.other.id, 'all'],
      ['another client’s approver', 'client-approver', test.acme.id, [test.acme.otherClient]],
      ['a consultant of another client', 'consultant', test.acme.id, [test.acme.otherClient]],
    ];
    const wrong: string[] = [];
    for (const [row, route] of routes.entries()) {
      if (!route.path.includes(':') || isOfProvider(route)) continue;
      for (const [column, [name, who, provider, clients]] of foreign.entries()) {
        if (!isTried(row, column)) continue;
        const outcome = await ask(route, WHO[who]!, provider, clients);
        if (outcome === 'yes') wrong.push(`${nameOf(route)} by ${name}`);
      }
    }
    expect(wrong, `seed ${seed}`).to.deep.equal([]);
  });

  it('hands no private key to anybody once it was made, not even to an owner: nothing exports keys', async () => {
    const handedOut: string[] = [];
    let read = 0;
    // Other pages show what the JSON interface tells.
    const telling = ({ method, path }: Route) =>
      method === 'get' && (path.startsWith('/api/') || /key|file|sheet|export|pack|audit|account/.test(path));
    for (const route of routes.filter(telling))
      await ask(route, WHO.owner!, test.acme.id, 'all', async (answer) => {
        read++;
        const { download } = (answer ?? {}) as { download?: { read: () => Promise<Buffer> } };
        const bytes = await download?.read();
        const text = JSON.stringify(answer) + (bytes?.toString('latin1') ?? '');
        if (/AGE-SECRET-KEY-1|PRIVATE KEY/.test(text)) handedOut.push(nameOf(route));
      });
    expect(read, 'answers that were looked into').to.be.greaterThan(100);
    expect(handedOut).to.deep.equal([]);
  });

  /** Of the provider, and not of one client: whoever has the right may, whichever clients they see. */
  const isOfProvider = ({ path }: Route) =>
    /\/(technician-pools|alert-channels|alert-routes|people|invitations|members|api-tokens)\/:/.test(path);
});
