import { expect } from 'chai';
import { nouns } from '#/server/records/nouns/index.ts';
import { NOUN_SAMPLES } from '../support/noun-samples.ts';
import { bodyFor, fill, makeOneOfEach } from '../support/one-of-each.ts';
import { namedRoutes } from '../support/routes.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('another provider', () => {
  let test: TestService;
  let ids: Record<string, string>;
  before(async () => {
    test = await startTestService();
    ids = await makeOneOfEach(test);
  });
  after(() => test[Symbol.asyncDispose]());

  it('finds nothing at any address that names a row of ours, whatever the verb', async () => {
    const named = namedRoutes().filter(({ path }) => path.includes(':'));
    expect(named.length).to.be.greaterThan(25);
    for (const route of named) {
      const { method, path } = route;
      const body = method === 'get' ? undefined : bodyFor(path, ids);
      const answer = await test.api(test.other.tokens.owner, method.toUpperCase(), fill(path, ids), body);
      expect(answer.status, `${route.method} ${route.path}`).to.equal(404);
      expect(JSON.stringify(answer.body), route.path).to.not.include('Atelier');
    }
  });

  it('was tried on every noun', () => {
    expect(Object.keys(NOUN_SAMPLES).sort()).to.deep.equal(nouns.map(({ path }) => path).sort());
  });

  it('finds nothing when the id is in the body', async () => {
    const { owner } = test.other.tokens;
    const theirs = await test.api(owner, 'POST', `/api/v1/clients/${test.other.client}/assets`, {
      name: 'Mine',
      kind: 'data-set',
    });
    for (const [path, body] of [
      ['/backup-policies', { asset: ids.asset, store: ids.store, source: test.dataDir }],
      ['/backup-policies', { asset: theirs.body.id, store: ids.store, source: test.dataDir }],
      ['/restore-tests', { recoveryPoint: ids.asset }],
      [
        `/clients/${test.other.client}/dependencies`,
        { from: { kind: 'asset', id: theirs.body.id }, to: ids.asset, kind: 'hard' },
      ],
      [`/clients/${test.other.client}/plans`, { kind: 'drp', title: 'PRA', activities: [ids.activity] }],
      [
        '/members',
        {
          email: 'new@x.example',
          name: 'N',
          role: 'client-reader',
          clients: [test.acme.client],
          password: 'brume tonneau sixième agrafe',
        },
      ],
      ['/api-tokens', { name: 'N', role: 'technician', scopes: ['read'], clients: [test.acme.client] }],
    ] as const) {
      const answer = await test.api(owner, 'POST', `/api/v1${path}`, body);
      expect(answer.status, path).to.equal(404);
    }
  });

  it('of the same provider: a client’s people see their own client only', async () => {
    const { tokens, client, otherClient } = test.acme;
    const list = await test.api(tokens['client-reader'], 'GET', '/api/v1/clients');
    expect(list.body.items.map(({ id }: { id: string }) => id)).to.deep.equal([client]);
    expect(
      (await test.api(tokens['client-reader'], 'GET', `/api/v1/clients/${otherClient}`)).status,
    ).to.equal(404);
    expect(
      (await test.api(tokens['client-reader'], 'GET', `/api/v1/clients/${otherClient}/assets`)).status,
    ).to.equal(404);
  });
});
