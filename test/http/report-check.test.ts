import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import type { CheckedReport } from '#/server/pdf/check-report.ts';
import { drawnReport, PLACES, runProgram, sealedReport, withFile } from '../pdf/support.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

describe('verifying a document at the service', function () {
  this.timeout(60_000);
  let test: TestService;
  let first: { pdf: Buffer; reference: string };
  let second: { pdf: Buffer; reference: string };
  let now = new Date('2026-11-24T09:00:00Z');
  const later = () => {
    now = new Date(now.getTime() + 120_000);
  };
  before(async () => {
    test = await startTestService({
      worker: true,
      clock: () => now,
      env: { PUBLIC_URL: 'https://reprise.example.com' },
    });
    await symlink(PLACES.cacheDir, join(test.dataDir, 'programs')); // unpacking Chromium takes longer than all of this
    first = await draw();
    later();
    second = await draw();
  });
  beforeEach(later);
  after(() => test[Symbol.asyncDispose]());

  async function draw() {
    const { owner } = test.acme.tokens;
    const path = `/api/v1/clients/${test.acme.client}/reports`;
    const { body } = await test.api(owner, 'POST', path, { kind: 'cards', locale: 'fr' });
    await until(
      async () => (await test.api(owner, 'GET', `/api/v1/reports/${body.id}`)).body.state,
      (state) => state === 'done',
    );
    const file = await fetch(`${test.url}/api/v1/reports/${body.id}/file`, {
      headers: { authorization: `Bearer ${owner}` },
    });
    return { pdf: Buffer.from(await file.arrayBuffer()), reference: body.reference as string };
  }
  const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string>) =>
    fetch(`${test.url}/verify`, { method: 'POST', body, headers });
  const check = async (pdf: Buffer) =>
    (await (await post(Uint8Array.from(pdf), { 'content-type': 'application/pdf' })).json()) as CheckedReport;
  const form = (pdf: Buffer, fields: Record<string, string> = {}) => {
    const sent = new FormData();
    for (const [name, value] of Object.entries(fields)) sent.append(name, value);
    sent.append('file', new Blob([Uint8Array.from(pdf)], { type: 'application/pdf' }), 'a.pdf');
    return post(sent, { origin: test.url, 'accept-language': 'fr' });
  };

  it('knows what it issued, by whom, and what replaces it, without anybody signing in', async () => {
    const old = await check(first.pdf);
    expect(old).to.deep.include({ verdict: 'issued', code: 'intact', signer: 'Acme' });
    expect(old.says).to.deep.include({ reference: first.reference, kind: 'cards' });
    expect(old.record?.newer?.reference).to.equal(second.reference);
    expect((await check(second.pdf)).record).to.deep.include({ reference: second.reference, newer: null });
    const text = JSON.stringify([old, await check(second.pdf)]);
    expect(text, 'tells nothing that the file does not')
      .to.not.include('Delorme')
      .and.not.include(test.acme.client);
  });

  it('tells what was altered, what is not from here, and what was sealed and never issued', async () => {
    const changed = Buffer.from(first.pdf);
    changed[5000]! ^= 1;
    expect(await check(changed)).to.include({
      verdict: 'altered',
      code: 'changed',
      says: null,
      record: null,
    });
    expect(await check(Buffer.concat([first.pdf, Buffer.from('\n')]))).to.include({ verdict: 'altered' });
    expect(await check(await drawnReport())).to.include({ verdict: 'not-ours', code: 'no-signature' });
    expect(await check(await sealedReport())).to.include({ verdict: 'not-ours', code: 'somebody-else' });
    await using session = await openSession(test.superuserUrl);
    await session.query(`update reports set sha256 = repeat('0', 64) where reference = '${first.reference}'`);
    expect(await check(first.pdf)).to.include({ verdict: 'sealed', record: null });
  });

  it('is a page that compares the scanned paper with the file, in the language of its reader', async () => {
    const { fingerprint } = await check(second.pdf);
    const scanned = `/verify?r=${second.reference}&h=${fingerprint}`;
    const asked = await (await fetch(test.url + scanned, { headers: { 'accept-language': 'fr' } })).text();
    expect(asked).to.include(second.reference).and.include('Un papier ne prouve rien');
    expect(asked, 'a code alone is no proof').to.not.include('émis ici');
    const same = await (await form(second.pdf, { r: second.reference, h: fingerprint! })).text();
    expect(same).to.include('Intact, et émis ici').and.not.include('deux documents différents');
    const other = await (await form(second.pdf, { r: second.reference, h: '0'.repeat(16) })).text();
    expect(other).to.include('deux documents différents');
    const altered = await form(Buffer.concat([second.pdf, Buffer.from(' ')]));
    expect(await altered.text()).to.include('Ne vous y fiez pas');
    const hostile = await (await fetch(`${test.url}/verify?r=%3Cb%3E&h=${fingerprint}`)).text();
    expect(hostile).to.not.include('<b>').and.not.include('&lt;b&gt;');
  });

  it('says what to do about a file that is missing or too large, and about too many', async () => {
    const missing = await post(new FormData(), { origin: test.url, 'accept-language': 'en' });
    expect(missing.status).to.equal(422);
    const large = await post(new Uint8Array(17_000_000), { 'content-type': 'application/pdf' });
    expect(large.status).to.equal(422);
    const statuses = new Set<number>();
    for (let count = 0; count < 21; count++)
      statuses.add((await post('x', { 'content-type': 'application/pdf' })).status);
    expect([...statuses]).to.deep.equal([200, 429]);
  });

  it('is asked by the command as well', async () => {
    const told = await withFile(second.pdf, (file) =>
      runProgram(
        process.execPath,
        'server/reprise.mjs',
        'report',
        'verify',
        file,
        '--service',
        test.url,
        '--json',
      ),
    );
    expect(told.status, told.output).to.equal(0);
    expect(JSON.parse(told.output).service).to.deep.include({ verdict: 'issued' });
    later();
    const altered = await withFile(Buffer.concat([second.pdf, Buffer.from(' ')]), (file) =>
      runProgram(process.execPath, 'server/reprise.mjs', 'report', 'verify', file, '--service', test.url),
    );
    expect(altered.status).to.equal(1);
    const silent = await withFile(second.pdf, (file) =>
      runProgram(
        process.execPath,
        'server/reprise.mjs',
        'report',
        'verify',
        file,
        '--service',
        'http://127.0.0.1:9',
      ),
    );
    expect(silent.status).to.equal(5);
  });
});
