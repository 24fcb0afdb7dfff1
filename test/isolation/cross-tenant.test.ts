import { expect } from 'chai';
import { nouns } from '#/server/records/nouns/index.ts';
import { apiRoutes } from '#/server/routes/index.ts';
import { readSettings } from '#/server/settings.ts';
import { loadTemplates } from '#/server/templates.ts';
import { NOUN_SAMPLES } from '../support/noun-samples.ts';
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
    const named = apiRoutes({ templates: loadTemplates(), settings: readSettings() }).filter(({ path }) =>
      path.includes(':'),
    );
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

const A_CHANNEL = { name: 'Atelier', kind: 'slack', address: 'https://hooks.slack.example/x' };
const aRoute = (channel: string) => ({ name: 'Atelier', recipients: [{ to: `channel:${channel}` }] });

const A_POOL = { name: 'Atelier de secours', headCount: 2, hours: 'always' };

/** One row of each kind at Acme, by the name its address uses. */
async function makeOneOfEach({ api, acme, dataDir }: TestService): Promise<Record<string, string>> {
  const { owner } = acme.tokens;
  const post = async (path: string, body: object) => {
    const { status, body: made } = await api(owner, 'POST', `/api/v1${path}`, body);
    expect(status, `${path} ${JSON.stringify(made)}`).to.be.within(200, 202);
    return made.id as string;
  };
  const asset = await post(`/clients/${acme.client}/assets`, { name: 'ERP', kind: 'data-set' });
  const activity = await post(`/clients/${acme.client}/activities`, { name: 'Vendre' });
  const plan = await post(`/clients/${acme.client}/plans`, { kind: 'drp', title: 'PRA' });
  const store = await post(`/clients/${acme.client}/stores`, {
    name: 'Coffre',
    address: `file://${dataDir}/stores/a`,
  });
  const pool = await post('/technician-pools', A_POOL);
  const ids: Record<string, string> = { client: acme.client, plan, asset, activity, store, id: asset };
  const version = await post(`/plans/${plan}/versions`, {});
  for (const noun of ['plan-versions', 'runbooks', 'call-trees']) ids[noun] = version;
  ids.kind = 'scope';
  ids['technician-pools'] = pool;
  ids['alert-channels'] = await post('/alert-channels', A_CHANNEL);
  ids['alert-routes'] = await post('/alert-routes', aRoute(ids['alert-channels']));
  ids.key = 'contenir';
  const { body: keys } = await api(owner, 'GET', `/api/v1/clients/${acme.client}/keys`);
  ids['recovery-key'] = keys.items.find((key: { purpose: string }) => key.purpose === 'recovery').id;
  const uploads = `/api/v1/clients/${acme.client}/uploads`;
  ids.uploads = (await api(owner, 'POST', uploads, 'Nom;Type\nAtelier;Bureaux')).body.id;
  for (const [noun, { add }] of Object.entries(NOUN_SAMPLES))
    if (add) ids[noun] = await post(`/clients/${acme.client}/${noun}`, add(ids));
  return ids;
}

/** Every `:id` of a route is tried with ids of ours. */
function fill(path: string, ids: Record<string, string>): string {
  const noun = /\/api\/v1\/([a-z-]+)\/:id/.exec(path)?.[1] ?? '';
  const named: Record<string, string | undefined> = {
    assets: ids.asset,
    activities: ids.activity,
    plans: ids.plan,
    stores: ids.store,
  };
  return path.replace(/:(\w+)/g, (_all, name: string) =>
    name === 'id' ? (named[noun] ?? ids[noun] ?? ids.id ?? '') : (ids[name] ?? ''),
  );
}

/** A body that the address would accept from one of us, so that only the wall can refuse it. */
function bodyFor(path: string, ids: Record<string, string>): object | undefined {
  const [, noun = '', action] =
    /\/api\/v1\/(?:clients\/:client\/)?([a-z-]+)(?:\/:id)?(?:\/([a-z-]+))?$/.exec(path) ?? [];
  const sample = NOUN_SAMPLES[noun];
  const given = action ? sample?.actions?.[action] : (sample?.add ?? sample?.example);
  if (given) return given(ids);
  const bodies: [RegExp, object][] = [
    [/\/clients\/:client$/, { name: 'X' }],
    [/\/technician-pools\/:id$/, A_POOL],
    [/\/alert-channels\/:id$/, A_CHANNEL],
    [/\/alert-routes\/:id$/, aRoute(ids['alert-channels'] ?? '')],
    [/\/clients\/:client\/drill(s|-plan)$/, { scenario: ids.scenarios }],
    [/\/drills\/:id\/steps$/, { key: 'X', event: 'done' }],
    [/\/drills\/:id\/cancellation$/, { reason: 'X' }],
    [/\/activities(\/:id)?$/, { name: 'X' }],
    [/\/versions$/, { sections: [] }],
    [/\/runbooks\/:id\/steps(\/:key)?$/, { action: 'X' }],
    [/\/sections\/:kind$/, { title: 'X', body: 'X', edition: 0 }],
    [/\/assertions$/, { asset: ids.asset, name: 'X', query: 'select 1', expectation: { op: 'not-empty' } }],
    [/\/key-drill-interval$/, { days: 90 }],
    [/\/(giving-up|removal)$/, { reason: 'X' }],
    [/\/retention(\/simulation)?$/, { rules: null }],
    [/\/repositories\/:id\/secrets$/, { password: 'x' }],
    [/\/taking-over$/, { sha256: 'X', version: 'X' }],
    [/\/keys\/(recovery|verifier)$/, { replaces: '0011223344556677' }],
  ];
  return bodies.find(([pattern]) => pattern.test(path))?.[1] ?? {};
}
