import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { claimFailed, claimMissing } from '#/plans/alerts/rules/claims.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { openRate } from '#/server/http/rate.ts';
import { startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

describe('claims of other backup tools', () => {
  let test: TestService;
  let asset: string;
  let source: string;
  let ping: string;
  let webhook: string;
  let key: string;
  before(async () => {
    test = await startTestService({ worker: true });
    const at = `/clients/${test.acme.client}`;
    asset = (await api('POST', `${at}/assets`, { name: 'Messagerie', kind: 'data-set' })).body.id;
    const added = await api('POST', `${at}/claim-sources`, { name: 'Job 12', vendor: 'Veeam', asset });
    expect(added.status, JSON.stringify(added.body)).to.equal(201);
    expect(added.body).to.include({ state: 'never', addressMadeAt: null });
    source = added.body.id;
    await open();
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  async function open() {
    const { status, body } = await api('POST', `/claim-sources/${source}/addresses`);
    expect(status, JSON.stringify(body)).to.equal(201);
    ({ ping, webhook, key } = body);
    const { pathname } = new URL(ping);
    ping = test.url + pathname;
    webhook = test.url + new URL(webhook).pathname;
  }
  const call = async (path: string, init: RequestInit = {}) => (await fetch(ping + path, init)).status;
  const state = async () => (await api('GET', `/claim-sources/${source}`)).body.state;
  const said = async () => (await api('GET', `/claim-sources/${source}/claims`)).body.items;

  it('come by GET, HEAD or POST: a start, a good end, a failure, an exit status, a note; those of one run once', async () => {
    expect(await call('/start?rid=a')).to.equal(200);
    expect(await state()).to.equal('running');
    expect(await call('?rid=a', { method: 'POST', body: '12 files' })).to.equal(200);
    expect(await call('?rid=a', { method: 'POST', body: 'told again' })).to.equal(200);
    expect(await state()).to.equal('said-ok');
    expect(await call('/3', { method: 'HEAD' })).to.equal(200);
    expect(await state()).to.equal('said-failed');
    expect(await call('/log', { method: 'POST', body: 'note' })).to.equal(200);
    expect(await state()).to.equal('said-failed');
    expect(await call('/0')).to.equal(200);
    expect(await state()).to.equal('said-ok');
    expect((await said()).map(({ kind, exitStatus, body }: Told) => [kind, exitStatus, body])).to.deep.equal([
      ['ok', 0, ''],
      ['log', null, 'note'],
      ['fail', 3, ''],
      ['ok', null, '12 files'],
      ['start', null, ''],
    ]);
  });

  it('are never more than declared, whatever they say, and readiness does not read them', async () => {
    const facts = await test.service.inProvider(test.acme.id, async (work) => {
      const client = await findClient(work, test.acme.client);
      return (await loadFacts(work, [client])).get(client.id)!;
    });
    expect(facts.claims).to.have.length(1);
    expect(facts.claims[0]).to.include({ asset, state: 'said-ok', vendor: 'Veeam' });
    const judged = (claims: typeof facts.claims) => {
      const readiness = computeReadiness({ ...facts, claims });
      const coverage = computeCoverage({ ...facts, claims }, readiness, {
        frameworks: ['ANSSI-BP-100'],
        locale: 'fr',
      });
      return { readiness, clauses: coverage.frameworks.flatMap(({ clauses }) => clauses) };
    };
    const [without, withClaim] = [judged([]), judged(facts.claims)];
    expect(withClaim.readiness).to.deep.equal(without.readiness);
    const changed = withClaim.clauses.filter(
      (clause, index) => clause.state !== without.clauses[index]!.state,
    );
    expect(withClaim.clauses.filter(({ state }) => state.startsWith('proven'))).to.deep.equal(
      without.clauses.filter(({ state }) => state.startsWith('proven')),
    );
    for (const { state } of changed) expect(state).to.be.oneOf(['declared', 'partial']);
    const reasons = withClaim.clauses.flatMap((clause) => clause.reasons.map((reason) => reason.key));
    expect(reasons).to.include('coverage.backup-claimed');
    expect(facts.evidence.filter(({ code }) => code === 'BRN')).to.deep.equal([]);
    expect(facts.recoveryPoints).to.deep.equal([]);
  });

  it('are signed by a key that only a worker opens; what another key signed, or came late or twice, was never said', async () => {
    const before = (await said()).length;
    const body = JSON.stringify({
      status: 'ok',
      job: 'Nuit',
      files: 1200,
      bytes: 48_000_000,
      dataTime: '2026-11-22T22:00:00Z',
    });
    const send = (text: string, seconds: number, by = key) =>
      fetch(webhook, {
        method: 'POST',
        body: text,
        headers: {
          'x-reprise-signature': `t=${seconds},v1=${createHmac('sha256', by).update(`${seconds}.${text}`).digest('hex')}`,
        },
      });
    const now = Math.floor(Date.now() / 1000);
    expect((await send(body, now, 'another key')).status).to.equal(202);
    expect((await send(body, now)).status).to.equal(202);
    expect((await send(body, now)).status).to.equal(202);
    expect((await send(body, now - 400)).status).to.equal(401);
    expect((await fetch(webhook, { method: 'POST', body })).status).to.equal(401);
    expect((await send('{"status":"fine"}', now)).status).to.equal(422);
    expect((await send('{', now)).status).to.equal(422);
    const items = await until(said, (list) => list.length > before);
    expect(items[0]).to.include({ kind: 'ok', isSigned: true, job: 'Nuit', files: 1200, bytes: 48_000_000 });
    const note = JSON.stringify({ status: 'log', job: 'Nuit\0', message: 'end\0' });
    for (const time of [now, now, now - 1]) expect((await send(note, time)).status).to.equal(202);
    const all = await until(said, (list) => list.length === before + 3);
    expect(all.slice(0, 2).map(({ job }: Told) => job)).to.deep.equal(['Nuit\uFFFD', 'Nuit\uFFFD']);
  });

  it('are taken however hostile: long bodies cut, bytes that are no text, ids that are none, and never told apart from no page', async () => {
    expect(await call('', { method: 'POST', body: 'x'.repeat(20_000) })).to.equal(200);
    expect((await said())[0].body).to.have.length(10_240);
    expect(await call('', { method: 'POST', body: Buffer.from([0, 255, 254, 60, 98, 62]) })).to.equal(200);
    expect((await said())[0].body)
      .to.include('<b>')
      .and.not.include('\0');
    expect(await call('', { method: 'POST', body: `${'é'.repeat(5)}${'x'.repeat(10_000_000)}` })).to.equal(
      200,
    );
    expect((await said())[0].body).to.equal(`${'é'.repeat(5)}${'x'.repeat(10_230)}`);
    const packed = { method: 'POST', body: 'x', headers: { 'content-encoding': 'gzip' } };
    expect(await call('', packed)).to.equal(200);
    expect((await fetch(webhook, packed)).status).to.equal(400);
    expect((await fetch(webhook, { method: 'POST', body: 'x'.repeat(300_000) })).status).to.equal(413);
    for (const bytes of ['%FF', '%E0%A4%A']) expect(await call(`/${bytes}`), bytes).to.equal(404);
    expect(await call(`?rid=${encodeURIComponent('a b')}`)).to.equal(422);
    expect(await call('?rid=a&rid=b')).to.equal(422);
    for (const wrong of ['/256', '/done', '/-1']) expect(await call(wrong), wrong).to.equal(404);
    expect(await call('', { method: 'DELETE' })).to.equal(404);
    const unknown = await fetch(`${test.url}/ping/${'A'.repeat(43)}`);
    const noPage = await fetch(`${test.url}/gone/${'A'.repeat(43)}`);
    expect(unknown.status).to.equal(404);
    expect([unknown.status, (await unknown.text()).length]).to.deep.equal([
      noPage.status,
      (await noPage.text()).length,
    ]);
    expect((await fetch(`${test.url}/ping/%00`)).status).to.equal(404);
    expect((await fetch(`${test.url}/claims/${test.acme.client}`, { method: 'POST' })).status).to.equal(404);
  });

  it('are shown escaped, as said, to those who read protection; a new address ends the one before', async () => {
    const technician = await visit(test, test.acme.emails.technician);
    const page = (await technician.read(`/claim-sources/${source}`)).replace(/[\u00a0\u202f]/g, ' ');
    expect(page).to.include('Affirmé par Veeam').and.include('ne compte jamais comme une preuve');
    expect(page).to.include('&lt;b&gt;').and.not.include('<b>');
    expect(page).to.include('is-declared').and.not.include('is-proof');
    const made = await technician.send(`/claim-sources/${source}/addresses`, []);
    expect(made.status).to.equal(200);
    expect(await made.text()).to.match(/\/ping\/[\w-]{43}/);
    expect(await call('')).to.equal(404);
    await open();
    expect(await call('')).to.equal(200);
  });

  it('are told of when they say that a job failed, or say nothing any more', async () => {
    const found = (rule: typeof claimFailed, laterMs = 0) =>
      test.service.inProvider(test.acme.id, async (work) =>
        (await rule.find({ ...work, now: new Date(work.now.getTime() + laterMs) })).map(
          ({ reason, severity }) => [reason.key, severity, reason.params.vendor],
        ),
      );
    expect(await call('/fail')).to.equal(200);
    expect(await found(claimFailed)).to.deep.equal([['alert.claim-failed', 'warning', 'Veeam']]);
    expect(await found(claimMissing)).to.deep.equal([]);
    expect(await call('')).to.equal(200);
    expect(await found(claimFailed)).to.deep.equal([]);
    expect(await found(claimMissing, 24 * 3_600_000)).to.deep.equal([]);
    expect(await found(claimMissing, 26 * 3_600_000)).to.deep.equal([
      ['alert.claim-missing', 'warning', 'Veeam'],
    ]);
  });

  it('belong to one client, and are managed by its technicians alone', async () => {
    const reader = test.acme.tokens['client-reader'];
    expect((await api('POST', `/claim-sources/${source}/addresses`, {}, reader)).status).to.equal(403);
    expect(
      (await api('GET', `/claim-sources/${source}`, undefined, test.other.tokens.owner)).status,
    ).to.equal(404);
    const theirs = `/clients/${test.other.client}/claim-sources`;
    const stolen = await api('POST', theirs, { name: 'X', vendor: 'Y', asset }, test.other.tokens.owner);
    expect(stolen.status).to.equal(404);
  });

  it('are kept apart by provider: the address of one tells nothing to another, nor of its records', async () => {
    const at = `/clients/${test.other.client}`;
    const { owner } = test.other.tokens;
    const theirs = (await api('POST', `${at}/assets`, { name: 'NAS', kind: 'data-set' }, owner)).body.id;
    const given = { name: 'Job 12', vendor: 'Veeam', asset: theirs };
    const made = (await api('POST', `${at}/claim-sources`, given, owner)).body;
    const opened = (await api('POST', `/claim-sources/${made.id}/addresses`, {}, owner)).body;
    const before = (await said()).length;
    expect((await fetch(test.url + new URL(opened.ping).pathname)).status).to.equal(200);
    expect(await said()).to.have.length(before);
    const own = await api('GET', `/claim-sources/${made.id}/claims`, undefined, owner);
    expect(own.body.items.map(({ kind }: Told) => kind)).to.deep.equal(['ok']);

    const text = '{"status":"ok"}';
    const now = Math.floor(Date.now() / 1000);
    const mac = createHmac('sha256', opened.key).update(`${now}.${text}`).digest('hex');
    const headers = { 'x-reprise-signature': `t=${now},v1=${mac}` };
    expect((await fetch(webhook, { method: 'POST', body: text, headers })).status).to.equal(202);
    const theirHook = test.url + new URL(opened.webhook).pathname;
    expect((await fetch(theirHook, { method: 'POST', body: text, headers })).status).to.equal(202);
    const heard = () => api('GET', `/claim-sources/${made.id}/claims`, undefined, owner);
    await until(heard, ({ body }) => body.items.length === 2);
    expect(await said()).to.have.length(before);
  });

  it('stand beside the asset, apart from what is proved of it', async () => {
    const reader = await visit(test, test.acme.emails.technician);
    const page = (await reader.read(`/assets/${asset}`)).replace(/[\u00a0\u202f]/g, ' ');
    const part = page.slice(page.indexOf('Affirmé par des tiers'));
    expect(part).to.include('Job 12').and.include('Veeam').and.include('is-declared');
    expect(part).to.not.include('is-proof');
  });

  it('are contradicted on their page, in words, where a recovery point of the asset is lost', async () => {
    expect(await call('')).to.equal(200);
    const { client } = test.acme;
    const address = `file://${test.dataDir}/stores/lost`;
    const store = (await api('POST', `/clients/${client}/stores`, { name: 'Perdu', address })).body.id;
    await test.service.inProvider(test.acme.id, async ({ db, now }) => {
      const point = await db
        .insertInto('recovery_points')
        .values({
          ...{ client_id: client, asset_id: asset, store_id: store, point: '20261120T093000Z-7f3a' },
          ...{ data_time: now, started_at: now, ended_at: now, created_at: now, files: 1, bytes: 1 },
          ...{ stored_bytes: 1, packs: 1, torn: 0, vanished: 0, unreadable: 0, skipped: 0 },
          ...{ reservations: '[]', head_sha256: 'a', manifest_sha256: 'b' },
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const found = { kind: 'gone' as const, finding: 'Gone.', finding_code: 'store.object-missing' };
      const finding_params = JSON.stringify({ address, object: 'head' });
      await db
        .insertInto('point_losses')
        .values({ client_id: client, recovery_point_id: point.id, found_at: now, ...found, finding_params })
        .execute();
    });
    const technician = await visit(test, test.acme.emails.technician);
    const page = (await technician.read(`/claim-sources/${source}`)).replace(/[\u00a0\u202f]/g, ' ');
    expect(page).to.match(/notice danger">Veeam affirme avoir sauvegardé « Messagerie » le \d/);
    expect(page).to.include('et ce qui a été essayé ici dit le contraire').and.include('ont disparu');
  });

  it('are changed by one at a time', async () => {
    const { headers } = await api('GET', `/claim-sources/${source}`);
    const match = { 'if-match': headers.get('etag')! };
    const change = (graceSeconds: number) =>
      test.api(
        test.acme.tokens.owner,
        'PUT',
        `/api/v1/claim-sources/${source}`,
        { name: 'Job 12', vendor: 'Veeam', asset, graceSeconds },
        match,
      );
    expect([(await change(600)).status, (await change(900)).status]).to.deep.equal([200, 409]);
    const bad = { name: 'Job 13', vendor: 'Veeam', asset, everySeconds: 10 };
    const refused = await api('POST', `/clients/${test.acme.client}/claim-sources`, bad);
    expect([refused.status, refused.body.errors[0].field]).to.deep.equal([422, 'everySeconds']);
    const noDay = { ...bad, everySeconds: undefined, rhythm: 'weekly', at: ['22:00'] };
    const without = await api('POST', `/clients/${test.acme.client}/claim-sources`, noDay);
    expect([without.status, without.body.errors[0].field]).to.deep.equal([422, 'weekdays']);
    const weekly = { ...noDay, weekdays: [1, 2, 3, 4, 5] };
    const added = await api('POST', `/clients/${test.acme.client}/claim-sources`, weekly);
    expect(added.status, JSON.stringify(added.body)).to.equal(201);
    expect(added.body).to.deep.include({
      rhythm: 'weekly',
      at: ['22:00'],
      weekdays: [1, 2, 3, 4, 5],
      everySeconds: null,
    });
  });

  it('are heard by a service that was started anew, whose start ended elsewhere', async () => {
    expect(await call('/start?rid=over')).to.equal(200);
    const settings = readSettings(
      { DATA_DIR: test.dataDir, DATABASE_URL: test.serviceUrl, PORT: '0', LOG_LEVEL: 'error' },
      { PATH: process.env.PATH },
    );
    await using again = await startService(settings, { web: true, worker: false });
    expect(await state()).to.equal('running');
    expect((await fetch(`${again.url}${new URL(ping).pathname}?rid=over`)).status).to.equal(200);
    expect(await state()).to.equal('said-ok');
  });

  it('flood nothing: after sixty in a minute the tool waits, and another is still heard', async () => {
    const answers = [];
    for (let i = 0; i < 61; i++) answers.push((await fetch(`${test.url}/ping/${'B'.repeat(43)}`)).status);
    expect(answers.slice(0, 60).every((status) => status === 404)).to.equal(true);
    expect(answers.at(-1)).to.equal(429);
    const waiting = await fetch(`${test.url}/ping/${'B'.repeat(43)}`);
    expect(waiting.headers.get('retry-after')).to.equal('60');
    await open();
    expect(await call('')).to.equal(200);
  });

  it('are let in so often, and no more', () => {
    const may = openRate({ most: 3, seconds: 60 });
    expect([1, 2, 3, 4].map(() => may('a', 0))).to.deep.equal([true, true, true, false]);
    expect(may('b', 0)).to.equal(true);
    expect(may('a', 59_999)).to.equal(false);
    expect(may('a', 60_000)).to.equal(true);
  });
});

interface Told {
  kind: string;
  exitStatus: number | null;
  job: string | null;
  body: string;
}
