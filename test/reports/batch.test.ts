import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { DrawingError } from '#/jobs/drawing-error.ts';
import type { Tools } from '#/jobs/job.ts';
import { makeReport } from '#/jobs/make-report.ts';
import { stateOfBatch } from '#/plans/reports/batch.ts';
import type { Report } from '#/plans/reports/reports.ts';
import { requestReport } from '#/plans/reports/requests.ts';
import { VERSIONS } from '#/server/versions.ts';
import { textsIn } from '../exchange/files.ts';
import { PLACES } from '../pdf/support.ts';
import { startTestService, type TestService } from '../support/service.ts';

const TOO_LONG = { code: 'drawing.too-long', params: { seconds: 240 }, message: 'It took too long.' };

describe('reports of all clients', function () {
  this.timeout(60_000);
  let test: TestService;
  before(async () => {
    test = await startTestService({ worker: true });
    await symlink(PLACES.cacheDir, join(test.dataDir, 'programs')); // unpacking Chromium takes longer than all of this
  });
  after(() => test[Symbol.asyncDispose]());

  it('name whose could not be drawn, and why', async () => {
    const { inProvider } = test.service;
    const order = { kind: 'cards', subject: null, locale: 'fr' } as const;
    const { id, reference } = await inProvider(test.acme.id, (work) =>
      requestReport({ ...work, enqueue: async () => {} }, test.acme.client, order, VERSIONS),
    );
    const makes = () => Promise.reject(new DrawingError(TOO_LONG));
    const tools = { inProvider, open: () => 'key', makeReport: makes } as unknown as Tools;
    await makeReport.run({ reportId: id }, test.acme.id, tools, new AbortController().signal);

    const { body } = await test.api(test.acme.tokens.owner, 'GET', `/api/v1/reports/${id}`);
    expect(body).to.deep.include({ state: 'failed', finding: TOO_LONG });
    const state = await inProvider(test.acme.id, (work) =>
      stateOfBatch(work, { kind: 'cards', since: new Date(0) }),
    );
    const failed = [{ client: 'Atelier Delorme', reference, message: TOO_LONG.message }];
    expect(state).to.deep.equal({ waiting: 0, done: 0, failed });
  });

  it('are asked for once each month or until they are drawn, in each client’s language', async () => {
    const first = await batch('--kind', 'cards', '--json');
    expect(first.status, first.stderr).to.equal(0);
    expect(JSON.parse(first.stdout)).to.deep.include({ asked: 4, done: 4, waiting: 0, failed: [] });
    const path = `/api/v1/clients/${test.acme.otherClient}/reports`;
    const { body } = await test.api(test.acme.tokens.owner, 'GET', path);
    expect(body.items).to.have.length(1);
    expect(body.items[0]).to.include({ state: 'done', locale: 'fr', askedBy: 'Reprise' });

    const again = await batch('--kind', 'cards');
    expect([again.status, again.stdout]).to.deep.equal([0, '0 asked for, 4 made, 0 waiting, 0 failed.\n']);
  });

  it('hand out their tables as a workbook, on record, and to nobody of another provider', async () => {
    const list = `/api/v1/clients/${test.acme.client}/reports`;
    const { body } = await test.api(test.acme.tokens.owner, 'GET', list);
    const { id, reference, snapshotSha256 } = body.items.find(({ state }: Report) => state === 'done');
    const path = `/api/v1/reports/${id}/tables.xlsx`;
    const answer = await fetch(test.url + path, {
      headers: { authorization: `Bearer ${test.acme.tokens.auditor}` },
    });
    expect(answer.headers.get('content-disposition')).to.include(`${reference}.xlsx`);
    const { Sommaire } = await textsIn(Buffer.from(await answer.arrayBuffer()));
    expect(Sommaire!.flat()).to.include.members([reference, snapshotSha256, 'Atelier Delorme']);
    expect((await test.api(test.other.tokens.owner, 'GET', path)).status).to.equal(404);
    const failed = body.items.find(({ state }: Report) => state === 'failed');
    const refused = await test.api(test.acme.tokens.owner, 'GET', `/api/v1/reports/${failed.id}/tables.xlsx`);
    expect(refused.status).to.equal(409);
    const noted = await test.service.inProvider(test.acme.id, ({ db }) =>
      db
        .selectFrom('audit_events')
        .select('object_id')
        .where('action', '=', 'report.tables-downloaded')
        .execute(),
    );
    expect(noted).to.deep.equal([{ object_id: id }]);
  });

  it('are of no kind that is about a record', async () => {
    const { status, stderr } = await batch('--kind', 'plan');
    expect([status, stderr.split('\n')[0]]).to.deep.equal([
      2,
      'reprise: A batch is of one of readiness, cards, coverage, not of "plan".',
    ]);
  });

  async function batch(...flags: string[]) {
    const child = spawn(process.execPath, ['server/reprise.mjs', 'report', 'batch', ...flags], {
      env: { PATH: process.env.PATH, DATA_DIR: test.dataDir, DATABASE_URL: test.serviceUrl },
    });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { status, stdout, stderr };
  }
});
