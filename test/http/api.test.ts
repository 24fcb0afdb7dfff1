import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { namedRoutes } from '../support/routes.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('the JSON interface', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const { stringify } = JSON;
  const asOwner = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const assets = () => `/clients/${test.acme.client}/assets`;

  it('describes itself in OpenAPI 3.1, every address of it', async () => {
    const { body } = await test.api('', 'GET', '/api/openapi.json');
    expect(body.openapi).to.equal('3.1.0');
    expect(Object.keys(body.paths).length).to.be.greaterThan(25);
    expect(body.components.schemas).to.include.keys('Client', 'RestoreTest', 'RecoveryPoint', 'Problem');
  });

  it('describes itself in a document that its standard allows, with a name for each request and every refusal', async () => {
    const { body } = await test.api('', 'GET', '/api/openapi.json');
    const validator = new Validator();
    const { valid, errors } = await validator.validate(body);
    expect(valid, stringify(errors)).to.equal(true);
    expect((await validator.validate({ ...body, paths: { 'no-slash': {} } })).valid).to.equal(false);
    const requests = Object.values<Record<string, { operationId: string; responses: object }>>(
      body.paths,
    ).flatMap(Object.values);
    const names = requests.map(({ operationId }) => operationId);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.include('getClientsByClientAssets');
    for (const { responses } of requests) expect(responses).to.include.keys('4XX', 'default');
    for (const route of namedRoutes().filter(({ output }) => output !== null))
      expect(body.paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method], route.path).to.be.an(
        'object',
      );
    expect(names.length).to.be.greaterThan(200);
  });

  it('answers problem+json to nobody, in the reader’s language', async () => {
    const answer = await test.api('', 'GET', '/api/v1/clients', undefined, { 'accept-language': 'fr' });
    expect(answer.status).to.equal(401);
    expect(answer.headers.get('content-type')).to.include('application/problem+json');
    expect(answer.body).to.include({ status: 401, key: 'sign-in.needed' });
  });

  it('says what is wrong with a request, in its terms', async () => {
    const malformed = await asOwner('POST', assets(), '{"name": ');
    expect(malformed.status).to.equal(400);
    expect(malformed.body.key).to.equal('http.malformed-json');
    const wrong = await asOwner('POST', assets(), { name: '', kind: 'spaceship' });
    expect(wrong.status).to.equal(422);
    expect(wrong.body.errors.map(({ field }: { field: string }) => field)).to.deep.equal(['name', 'kind']);
    const long = await asOwner('POST', assets(), { name: 'x'.repeat(201), kind: 'server' });
    expect(long.status).to.equal(422);
    const huge = await asOwner('POST', assets(), { name: 'x'.repeat(2_000_000), kind: 'server' });
    expect(huge.status).to.equal(413);
  });

  it('refuses names that hide what they are, and keeps odd ones as they are', async () => {
    for (const name of ['line\nbreak', 'zero\u0000byte', 'right\u202eto left', 'bell\u0007'])
      expect((await asOwner('POST', assets(), { name, kind: 'server' })).status, stringify(name)).to.equal(
        422,
      );
    for (const name of [
      '../../etc/passwd',
      '<script>alert(1)</script>',
      `x'; drop table assets; --`,
      'שרת ראשי',
      '🗄️ données',
    ])
      expect((await asOwner('POST', assets(), { name, kind: 'server' })).body.name, name).to.equal(name);
  });

  it('knows no id that is none, and no address that is none', async () => {
    for (const path of [
      '/clients/not-an-id',
      `/assets/${crypto.randomUUID()}`,
      '/plans/../../etc/passwd',
      '/nothing',
    ])
      expect((await asOwner('GET', path)).status, path).to.equal(404);
  });

  it('keeps the second of two editors from undoing the first', async () => {
    const { body: made } = await asOwner('POST', `/clients/${test.acme.client}/activities`, {
      name: 'Facturer',
      rtoSeconds: 3600,
      mtpdSeconds: 7200,
    });
    const read = await asOwner('GET', `/activities/${made.id}`);
    const tag = read.headers.get('etag') ?? '';
    const first = await asOwner(
      'PUT',
      `/activities/${made.id}`,
      { name: 'Facturer', rtoSeconds: 1800, mtpdSeconds: 7200 },
      { 'if-match': tag },
    );
    expect(first.status).to.equal(200);
    const second = await asOwner(
      'PUT',
      `/activities/${made.id}`,
      { name: 'Facturer', rtoSeconds: 60 },
      { 'if-match': tag },
    );
    expect(second.status).to.equal(409);
    expect((await asOwner('GET', `/activities/${made.id}`)).body.rtoSeconds).to.equal(1800);
  });

  it('refuses an RTO that is not below the MTPD', async () => {
    const answer = await asOwner('POST', `/clients/${test.acme.client}/activities`, {
      name: 'Livrer',
      rtoSeconds: 7200,
      mtpdSeconds: 7200,
    });
    expect(answer.status).to.equal(422);
    expect(answer.body.errors[0].field).to.equal('rtoSeconds');
  });

  it('starts work once for the same Idempotency-Key, and not for another request under it', async () => {
    const path = `/clients/${test.acme.client}/reports`;
    const key = { 'idempotency-key': 'once' };
    const first = await asOwner('POST', path, { locale: 'fr' }, key);
    const again = await asOwner('POST', path, { locale: 'fr' }, key);
    expect(first.status).to.equal(202);
    expect(again.body.id).to.equal(first.body.id);
    expect((await asOwner('POST', path, { locale: 'en' }, key)).status).to.equal(409);
    expect((await asOwner('GET', path)).body.items).to.have.length(1);
  });

  it('pages through a list without losing or repeating', async () => {
    for (let count = 0; count < 60; count++)
      await asOwner('POST', '/clients', { name: `Client ${String(count).padStart(3, '0')}` });
    const seen: string[] = [];
    for (let next = ''; next !== null; ) {
      const { body } = await asOwner('GET', `/clients${next ? `?cursor=${encodeURIComponent(next)}` : ''}`);
      seen.push(...body.items.map(({ name }: { name: string }) => name));
      next = body.next;
    }
    expect(seen).to.have.length(62);
    expect(new Set(seen).size).to.equal(62);
  });

  it('lets a reader change nothing', async () => {
    const { tokens, client } = test.acme;
    const changes: [string, string, object][] = [
      ['POST', `/clients/${client}/assets`, { name: 'X', kind: 'server' }],
      ['POST', `/clients/${client}/activities`, { name: 'X' }],
      ['POST', `/clients/${client}/plans`, { kind: 'bcp', title: 'X' }],
      ['POST', `/clients/${client}/stores`, { name: 'X', address: 'file:///tmp' }],
      ['POST', `/clients/${client}/reports`, {}],
      ['POST', '/clients', { name: 'X' }],
      [
        'POST',
        '/members',
        { email: 'a@b.example', name: 'A', role: 'technician', clients: 'all', password: 'long enough pass' },
      ],
      ['POST', '/api-tokens', { name: 'X', role: 'owner', scopes: ['read'] }],
    ];
    for (const role of ['client-reader', 'auditor'] as const)
      for (const [method, path, body] of changes)
        expect(
          (await test.api(tokens[role], method, `/api/v1${path}`, body)).status,
          `${role} ${path}`,
        ).to.equal(403);
  });

  it('opens no folder of the machine that was not opened to it', async () => {
    const asset = await asOwner('POST', assets(), { name: 'Passwords', kind: 'data-set' });
    const store = await asOwner('POST', `/clients/${test.acme.client}/stores`, {
      name: 'S',
      address: `file://${test.dataDir}/stores/s`,
    });
    for (const source of ['/etc', `${test.dataDir}/../..`, '/', 'relative/path', 'ftp://x/y'])
      expect(
        (await asOwner('POST', '/backup-policies', { asset: asset.body.id, store: store.body.id, source }))
          .status,
        source,
      ).to.equal(422);
    for (const address of [
      'file:///etc',
      `file://${test.dataDir}/stores/../../../etc`,
      'http://x',
      's3://',
      'file://host/x',
    ])
      expect(
        (await asOwner('POST', `/clients/${test.acme.client}/stores`, { name: 'T', address })).status,
        address,
      ).to.equal(422);
  });

  it('never tells a secret again', async () => {
    const secret = 'a-very-secret-access-key';
    const made = await asOwner('POST', `/clients/${test.acme.client}/stores`, {
      name: 'Loin',
      address: 's3://bucket/prefix?endpoint=https://s3.example',
      accessKeyId: 'KEY',
      secretAccessKey: secret,
    });
    expect(made.status).to.equal(201);
    const store = made.body.id;
    const asset = await asOwner('POST', assets(), { name: 'Base', kind: 'data-set' });
    const policy = await asOwner('POST', '/backup-policies', {
      asset: asset.body.id,
      store,
      source: 'postgresql://u:p4ssw0rd@db.example/erp',
    });
    const all = stringify([
      made.body,
      policy.body,
      (await asOwner('GET', `/clients/${test.acme.client}/stores`)).body,
      (await asOwner('GET', `/clients/${test.acme.client}/backup-policies`)).body,
      (await asOwner('GET', '/audit-events')).body,
    ]);
    expect(all)
      .to.include('postgresql://u@db.example/erp')
      .and.not.include(secret)
      .and.not.include('p4ssw0rd');
  });

  it('answers health to anyone, metrics to nobody without the token', async () => {
    expect((await fetch(`${test.url}/health`)).status).to.equal(200);
    expect((await fetch(`${test.url}/ready`)).status).to.equal(200);
    expect((await fetch(`${test.url}/metrics`)).status).to.equal(404);
  });
});
