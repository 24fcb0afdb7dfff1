import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { tellingProgress } from '#/jobs/telling-progress.ts';
import { noteProgress } from '#/plans/attempts.ts';
import { startBackup } from '#/plans/backup-run-starts.ts';
import { RunProgress } from '#/plans/run-progress.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

/** In full: STREAMS=1000. */
const STREAMS = Number(process.env.STREAMS ?? 100);

describe('live progress', function () {
  this.timeout(120_000);
  let test: TestService;
  let run: string;
  before(async () => {
    test = await startTestService();
    const post = async (path: string, body?: object) =>
      (await test.api(test.acme.tokens.owner, 'POST', `/api/v1${path}`, body)).body;
    const { client } = test.acme;
    const address = `file://${test.dataDir}/stores/acme`;
    const store = await post(`/clients/${client}/stores`, { name: 'Coffre', address });
    const asset = await post(`/clients/${client}/assets`, { name: 'Fichiers', kind: 'data-set' });
    await writeFile(`${test.dataDir}/note`, randomBytes(10));
    const policy = await post('/backup-policies', { asset: asset.id, store: store.id, source: test.dataDir });
    run = (await post(`/backup-policies/${policy.id}/runs`)).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const open = (token: string, watched = `backup-run:${run}`) =>
    new Promise<IncomingMessage & { heard: string; isOver: boolean }>((done, fail) => {
      get(
        `${test.url}/live?of=${watched}`,
        { agent: false, headers: { authorization: `Bearer ${token}` } },
        (answer) => {
          const stream = Object.assign(answer, { heard: '', isOver: false });
          answer.setEncoding('utf8').on('data', (text) => {
            stream.heard += text;
          });
          answer.on('close', () => {
            stream.isOver = true;
          });
          done(stream);
        },
      ).on('error', fail);
    });

  it('tells each page that a run moved, over one connection to the database', async () => {
    const streams = await Promise.all(
      Array.from({ length: STREAMS }, () => open(test.acme.tokens.technician)),
    );
    expect(new Set(streams.map(({ statusCode }) => statusCode))).to.deep.equal(new Set([200]));
    await using session = await openSession(test.superuserUrl);
    const lines = () =>
      session.query(
        `select count(*)::int as all, (count(*) filter (where query like 'listen "run_moved"'))::int as listening
         from pg_stat_activity where datname = '${new URL(test.serviceUrl).pathname.slice(1)}'`,
      );
    const [count] = await until(lines, ([row]) => row?.listening === 1, 5000);
    expect(count?.all).to.be.below(30);

    const { inProvider } = test.service;
    const plan = await inProvider(test.acme.id, (work) => startBackup(work, run, 'worker'));
    const held = { run, attempt: plan!.attempt };
    await inProvider(test.acme.id, (work) =>
      noteProgress(
        work,
        'backup_runs',
        held,
        RunProgress.parse({ phase: 'pack', files: 1, bytes: 10, totalBytes: null }),
      ),
    );
    await until(
      async () => streams.filter(({ heard }) => heard.split(`data: ${run}`).length >= 3).length,
      (all) => all === STREAMS,
      20_000,
    );
    for (const stream of streams) stream.destroy();
  });

  it('is told of work without attempts as well, as long as it goes on and whatever ends it', async () => {
    const { client, id: provider } = test.acme;
    const { policy } = (await test.api(test.acme.tokens.owner, 'GET', `/api/v1/backup-runs/${run}`)).body;
    const look = async () =>
      (await test.api(test.acme.tokens.owner, 'GET', `/api/v1/clients/${client}/reconciliations`)).body
        .items[0];
    const stream = await open(test.acme.tokens.technician, `reconciliation:${policy}`);
    const heard = (times: number) =>
      until(
        async () => stream.heard.split(`data: ${policy}`).length - 1,
        (count) => count >= times,
        5000,
      );
    const long = { client, kind: 'reconciliation' as const, id: policy };
    const broken = tellingProgress(long, 'list', provider, test.service, async (tell) => {
      await heard(1);
      expect((await look()).progress).to.include({ phase: 'list', files: 0, remainingSeconds: null });
      await new Promise((done) => setTimeout(done, 1010));
      tell({ phase: 'heads', files: 3, bytes: 0, totalBytes: null, totalFiles: 12 });
      await heard(2);
      expect((await look()).progress).to.include({ phase: 'heads', files: 3, totalFiles: 12 });
      throw new Error('The store went away.');
    });
    expect(await broken.then(String, String)).to.include('The store went away.');
    await heard(3);
    expect((await look()).progress).to.equal(null);
    stream.destroy();
    expect((await open(test.acme.tokens['client-reader'], `reconciliation:${policy}`)).statusCode).to.equal(
      403,
    );
  });

  it('is for those alone who may see the run, and ends when they may no more', async () => {
    expect((await open(test.other.tokens.owner)).statusCode).to.equal(404);
    expect((await open('x'.repeat(43))).statusCode).to.be.oneOf([303, 401]);
    const stream = await open(test.acme.tokens.consultant);
    expect(stream.statusCode).to.equal(200);
    await using session = await openSession(test.superuserUrl);
    await session.query('delete from api_tokens');
    await until(
      async () => stream.isOver,
      (isOver) => isOver,
      20_000,
    );
  });
});
