import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { writeExport } from '#/server/audit/export.ts';
import { recipientsOf } from '#/server/master-keys.ts';
import { createTestDatabase } from '../support/postgresql.ts';
import { type Running, seeChildren, startProgram } from '../support/processes.ts';
import { openSearch } from '../support/search-database.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

/** Each is entered where people or programs give it, and then looked for wherever it has no business. */
const CANARIES = {
  store: 'canary-0a91-store-secret',
  source: 'canary-1b82-source-password',
  channel: 'canary-2c73-channel-address',
  repository: 'canary-3d64-repository-password',
  refused: 'canary-4e55-refused-password',
};

describe('secrets that were entered', function () {
  this.timeout(120_000);
  let test: TestService;
  let folder: string;
  let web: Running;
  let worker: Running;
  let masterKey: string;
  let sourceUrl: string;
  /** What the service itself told once. */
  const told: Record<string, string> = {};
  const seen = new Map<string, string>();
  const errorPages: string[] = [];
  const cleanUp = new AsyncDisposableStack();
  before(async () => {
    test = cleanUp.use(await startTestService());
    folder = await mkdtemp(join(tmpdir(), 'reprise-canaries-'));
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    masterKey = (await readFile(`${test.dataDir}/keys/master.key`, 'utf8')).trim();
    const common = {
      DATABASE_URL: test.serviceUrl,
      LOG_LEVEL: 'trace',
      PRIVATE_HOSTS: '127.0.0.1',
      LOCAL_STORES: `${test.dataDir}/stores`,
      RETRY_PAUSES: 'none',
      STOP_SECONDS: '1',
      WEBHOOKS_TO_PRIVATE: 'true',
    };
    const [recipient = ''] = recipientsOf({ text: masterKey });
    web = cleanUp.use(
      await startProgram(
        ['serve', '--web-only'],
        { ...common, DATA_DIR: `${folder}/web`, PORT: '0', MASTER_KEY: recipient },
        ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`],
      ),
    );
    worker = cleanUp.use(
      await startProgram(['worker'], { ...common, DATA_DIR: `${folder}/worker`, MASTER_KEY: masterKey }),
    );
    await openSource();
    await enter();
  });
  after(() => cleanUp.disposeAsync());

  const api = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${web.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${test.acme.tokens.owner}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status >= 400) errorPages.push(text);
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const post = async (path: string, body?: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };

  /** A database whose role has the password of a canary. */
  async function openSource() {
    const database = cleanUp.use(await createTestDatabase());
    await using session = await openSession(test.superuserUrl);
    const role = `canary_${process.pid}`;
    await session.query(`create role ${role} login superuser password '${CANARIES.source}'`);
    await using own = await openSession(database.ownerUrl);
    await own.query('create table orders as select generate_series(1, 300000) as id');
    cleanUp.defer(async () => {
      await using again = await openSession(test.superuserUrl);
      await again.query(`drop role ${role}`);
    });
    sourceUrl = Object.assign(new URL(database.ownerUrl), { username: role, password: CANARIES.source }).href;
  }

  async function enter() {
    const at = `/clients/${test.acme.client}`;
    const asset = await post(`${at}/assets`, { name: 'Base', kind: 'data-set' });
    const bucket = (name: string, more: object) => ({
      name,
      address: 's3://bucket/p?endpoint=http://127.0.0.1:1&region=eu',
      accessKeyId: 'canary',
      ...more,
    });
    const s3 = await post(`${at}/stores`, bucket('S3', { secretAccessKey: CANARIES.store }));
    await api('POST', `/stores/${s3.id}/probes`);
    await api('POST', `${at}/stores`, bucket('', { secretAccessKey: CANARIES.refused }));
    await api('POST', '/backup-policies', {
      asset: 'none',
      store: s3.id,
      source: `postgresql://u:${CANARIES.refused}@127.0.0.1/x`,
    });
    const channel = await post('/alert-channels', {
      name: 'Outil',
      kind: 'webhook',
      address: `http://127.0.0.1:1/${CANARIES.channel}`,
    });
    told.webhook = channel.secret;
    await api('POST', `/alert-channels/${channel.id}/tests`);
    const source = await post(`${at}/claim-sources`, { name: 'NAS', vendor: 'Synology', asset: asset.id });
    told.claims = (await post(`/claim-sources/${source.id}/addresses`, {})).key;
    const repository = await post(`${at}/repositories`, {
      name: 'restic',
      tool: 'restic',
      address: 's3://bucket/p?endpoint=http://127.0.0.1:1&region=eu',
      asset: asset.id,
    });
    const given = await api('PUT', `/repositories/${repository.id}/secrets`, {
      password: CANARIES.repository,
      accessKeyId: 'a',
      secretAccessKey: CANARIES.store,
    });
    expect(given.status, JSON.stringify(given.body)).to.equal(200);
    const made = await post('/clients', {
      name: 'Canari',
      sector: 'Industrie',
      country: 'FR',
      locale: 'fr',
      timeZone: 'Europe/Paris',
    });
    told.recovery = made.recoveryIdentity;

    const store = await post(`${at}/stores`, { name: 'Ici', address: `file://${test.dataDir}/stores/acme` });
    const policy = await post('/backup-policies', { asset: asset.id, store: store.id, source: sourceUrl });
    const run = await post(`/backup-policies/${policy.id}/runs`);
    let ended: { state: string } | null = null;
    const look = async () => {
      while (!ended)
        for (const [name, environ] of await seeChildren(`${worker.child.pid}`)) seen.set(name, environ);
    };
    const wait = async () => {
      ended = await until(
        async () => (await api('GET', `/backup-runs/${run.id}`)).body,
        ({ state }) => !['queued', 'running'].includes(state),
      );
    };
    await Promise.all([wait(), look()]);
    expect(ended, JSON.stringify(ended)).to.include({ state: 'done' });
  }

  const everySecret = () => [...Object.values(CANARIES), ...Object.values(told), masterKey];
  const expectNone = (text: string, where: string) => {
    expect(text, where).to.not.match(/AGE-SECRET-KEY-1[0-9A-Z]{50}/);
    for (const secret of everySecret())
      expect(text.includes(secret), `${secret.slice(0, 11)}… in ${where}`).to.equal(false);
  };

  it('are told where they must be: once, to whoever asked', () => {
    expect(told.webhook).to.match(/^whsec_/);
    expect(told.claims).to.have.length.greaterThan(20);
    expect(told.recovery).to.match(/^AGE-SECRET-KEY-1/);
  });

  it('stand in no line of any log, at its most talkative, nor in an answer that refuses', () => {
    expect(web.said()).to.include('/api/v1/alert-channels');
    expectNone(web.said(), 'the log of the web process');
    expectNone(worker.said(), 'the log of the worker');
    expect(errorPages).to.have.length.greaterThan(1);
    expectNone(errorPages.join(), 'answers that refuse');
  });

  it('stand in no row, nor in what waits in the queue, nor in the trail or the file of a client that is handed out', async () => {
    await using session = await openSession(test.superuserUrl);
    const find = await openSearch(session);
    expect(await find('Canari')).to.include('public.clients');
    for (const secret of everySecret()) expect(await find(secret), secret.slice(0, 11)).to.deep.equal([]);
    const trail = await test.service.inProvider(test.acme.id, (work) => Array.fromAsync(writeExport(work)));
    expect(trail.join('')).to.include('store.added');
    expectNone(trail.join(''), 'the exported trail');
    const { body } = await api('GET', `/clients/${test.acme.client}/file`);
    expect(JSON.stringify(body)).to.include('NAS');
    expectNone(JSON.stringify(body), 'the file of the client');
  });

  it('stand in no command line or environment of a child, and the master key in none', () => {
    expect([...seen.keys()].some((name) => name.includes('pg_dump'))).to.equal(true);
    for (const [name, environ] of seen) expectNone(name + environ, name.replaceAll('\0', ' '));
  });

  it('are not left on the heap of the process that answers requests', async () => {
    web.child.kill('SIGUSR2');
    const written = await until(
      async () => (await readdir(folder)).filter((name) => name.endsWith('.heapsnapshot')),
      (names) => names.length > 0,
    );
    const file = join(folder, written[0]!);
    const text = await until(
      () => readFile(file, 'latin1'),
      (snapshot) => snapshot.trimEnd().endsWith('}'),
    );
    expect(text)
      .to.include('reprise_session')
      .and.include(recipientsOf({ text: masterKey })[0]!);
    expectNone(text, 'the heap');
  });
});
