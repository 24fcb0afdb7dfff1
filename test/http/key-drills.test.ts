import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { keyDrillWaiting } from '#/plans/alerts/rules/drills-due.ts';
import { newAnswer } from '#/plans/key-answers.ts';
import type { Work } from '#/plans/work.ts';
import { askDueKeyDrills } from '#/server/key-drills.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('key drills', () => {
  let test: TestService;
  let technician: Visitor;
  let key: string;
  let identityFile: string;
  before(async () => {
    test = await startTestService();
    technician = await visit(test, test.acme.emails.technician);
    identityFile = join(test.dataDir, 'identity.txt');
    writeFileSync(identityFile, `${test.acme.recoveryIdentity}\n`);
    const { body } = await api('GET', inClient('/keys'));
    key = body.items.find(({ purpose }: { purpose: string }) => purpose === 'recovery').id;
  });
  after(() => test[Symbol.asyncDispose]());

  type RoleName = keyof TestService['acme']['tokens'];
  const api = (method: string, path: string, body?: unknown, role: RoleName = 'owner') =>
    test.api(test.acme.tokens[role], method, `/api/v1${path}`, body);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const made = async (path: string, body: object) => {
    const { status, body: one } = await api('POST', inClient(path), body);
    expect(status, JSON.stringify(one)).to.equal(201);
    return one;
  };
  const aHolder = async (name: string, given: object = {}) =>
    made('/key-holders', { key, contact: (await made('/contacts', { name, ...given })).id });
  const aDrill = async (name: string, given: object = {}) =>
    made('/key-drills', { holder: (await aHolder(name, given)).id });
  /** As the holder does it, on a machine of theirs. */
  const open = (sealed: string) =>
    execFileSync('age', ['-d', '-i', identityFile], { input: sealed, encoding: 'utf8' }).trim();
  const give = (drill: { id: string }, answer: string, role?: RoleName) =>
    api('POST', `/key-drills/${drill.id}/answer`, { answer }, role);
  const owned = async (text: string, values: unknown[] = []) => {
    const database = new pg.Client({ connectionString: test.superuserUrl });
    await database.connect();
    return (await database.query(text, values).finally(() => database.end())).rows;
  };

  it('are asked for, opened with age on the holder’s machine, and answered on a page', async () => {
    const holder = await aHolder('Ana Ruiz');
    expect(holder).to.include({ state: 'never', dueAt: null });
    expect(await technician.read(`/key-holders/${holder.id}`)).to.include(
      'Rien ne montre encore que Ana Ruiz',
    );
    const sent = await technician.send(inClient('/key-drills'), {
      holder: holder.id,
      recoveryPoint: '',
      answerWithinSeconds: '2 j',
    });
    expect(sent.status).to.equal(303);
    const place = (sent.headers.get('location') ?? '').replace('?saved', '');
    const page = await technician.read(place);
    expect(page).to.include('BEGIN AGE ENCRYPTED FILE').and.include('Ne saisissez jamais la clé');
    const file = await technician.read(`${place}/file`);
    const answer = open(file);
    expect(page).to.not.include(answer);
    const answered = await technician.send(`${place}/answer`, { version: versionIn(page), answer });
    expect(answered.status).to.equal(303);
    expect(await technician.read(place))
      .to.include('réussi')
      .and.not.include('BEGIN AGE');
    const { body: shown } = await api('GET', `/key-holders/${holder.id}`);
    expect(shown.state).to.equal('opened');
    expect(Date.parse(shown.dueAt) - Date.parse(shown.openedAt)).to.equal(180 * 86_400_000);
    const { body: drill } = await api('GET', place);
    expect(drill).to.include({ state: 'passed', openedBy: 'technician of Acme', isByHolder: false });
    expect(await technician.read(inClient('/keys'))).to.include('montrée');
  });

  it('keep the answer nowhere in the clear', async () => {
    const drill = await aDrill('Sans trace');
    const answer = open(drill.sealed);
    await give(drill, answer);
    const letters = answer.replaceAll('-', '');
    const rows = JSON.stringify([
      ...(await owned('select * from key_drills')),
      ...(await owned('select content from audit_events')),
      ...(await owned('select content from evidence')),
    ]);
    expect(rows).to.include(drill.id).and.not.include(answer).and.not.include(letters);
  });

  it('count wrong answers, slow them down, and end after five', async () => {
    const drill = await aDrill('Se trompe');
    const mistyped = await give(drill, `${open(drill.sealed).slice(0, -1)}`);
    expect([mistyped.status, mistyped.body.key]).to.deep.equal([422, 'key-drill.mistyped']);
    for (const count of [1, 2, 3, 4, 5]) {
      const { status, body } = await give(drill, newAnswer());
      expect(status).to.equal(200);
      expect(body).to.include({ wrongAnswers: count, state: count < 5 ? 'open' : 'failed' });
      const again = await give(drill, open(drill.sealed));
      expect([again.status, again.body.key]).to.deep.equal(
        count < 5 ? [429, 'key-drill.too-soon'] : [409, 'key-drill.ended'],
      );
      if (count === 1)
        expect(await technician.read(`/key-drills/${drill.id}`)).to.match(/Mauvaises réponses\s: 1 sur 5/);
      await owned(`update key_drills set last_wrong_at = now() - interval '2 minutes' where id = $1`, [
        drill.id,
      ]);
    }
    expect((await api('GET', `/key-holders/${drill.holder}`)).body.state).to.equal('never');
    const records = await owned('select finding from evidence where subject_id = $1', [drill.holder]);
    expect(records).to.deep.equal([{ finding: 'contradicts' }]);
    expect(await technician.read(`/key-drills/${drill.id}`)).to.match(/trop souvent pour continuer\s: 5/);
  });

  it('are answered by an approver of the client for themselves alone, and by no reader', async () => {
    const { body: members } = await api('GET', '/members');
    const person = members.items.find(({ role }: { role: string }) => role === 'client-approver').id;
    const approver = await visit(test, test.acme.emails['client-approver']);
    const own = await aDrill('Approbatrice', { person });
    const others = await aDrill('Une autre');
    const page = await approver.read(`/key-drills/${own.id}`);
    expect(await approver.read(inClient('')))
      .to.include(`/key-drills/${own.id}`)
      .and.not.include(others.id);
    const done = await approver.send(`/key-drills/${own.id}/answer`, {
      version: versionIn(page),
      answer: open(own.sealed).toLowerCase().replaceAll('-', ' '),
    });
    expect(done.status).to.equal(303);
    expect((await api('GET', `/key-drills/${own.id}`)).body).to.include({
      state: 'passed',
      isByHolder: true,
    });
    const refused = await approver.send(`/key-drills/${others.id}/answer`, { answer: open(others.sealed) });
    expect(refused.status).to.equal(403);
    expect(await refused.text()).to.include('Seul le détenteur peut répondre');
    expect((await give(others, open(others.sealed), 'client-reader')).status).to.equal(403);
    for (const role of ['client-reader', 'client-approver', 'auditor'] as const)
      expect((await api('POST', inClient('/key-drills'), { holder: others.holder }, role)).status).to.equal(
        403,
      );
    const foreign = await test.api(
      test.other.tokens.owner,
      'POST',
      `/api/v1/key-drills/${others.id}/answer`,
      {
        answer: open(others.sealed),
      },
    );
    expect(foreign.body.key).to.equal('not-found.key-drill');
  });

  it('tell the second of two who answer that somebody answered meanwhile', async () => {
    const drill = await aDrill('À deux');
    const version = versionIn(await technician.read(`/key-drills/${drill.id}`));
    await give(drill, newAnswer());
    const stale = await technician.send(`/key-drills/${drill.id}/answer`, { version, answer: newAnswer() });
    expect(stale.status).to.equal(409);
    expect((await api('GET', `/key-drills/${drill.id}`)).body.wrongAnswers).to.equal(1);
  });

  it('run one at a time for a holder, and make room when their time is over', async () => {
    const drill = await aDrill('Absente');
    const again = await api('POST', inClient('/key-drills'), { holder: drill.holder });
    expect([again.status, again.body.key]).to.deep.equal([409, 'key-drill.under-way']);
    await owned(`update key_drills set answer_until = now() - interval '1 minute' where id = $1`, [drill.id]);
    expect((await api('GET', `/key-drills/${drill.id}`)).body.state).to.equal('expired');
    const late = await give(drill, open(drill.sealed));
    expect([late.status, late.body.key]).to.deep.equal([409, 'key-drill.expired']);
    expect(await technician.read(`/key-drills/${drill.id}`)).to.include('Personne n’a répondu à temps');
    await made('/key-drills', { holder: drill.holder });
    await api('POST', `/key-holders/${drill.holder}/ending`, {});
    const ended = await api('POST', inClient('/key-drills'), { holder: drill.holder });
    expect(ended.body.key).to.equal('key-holder.ended');
  });

  it('name holders of recovery keys of the client alone, each once', async () => {
    const { body: keys } = await api('GET', inClient('/keys'));
    const verifier = keys.items.find(({ purpose }: { purpose: string }) => purpose === 'verifier').id;
    const contact = (await made('/contacts', { name: 'Deux fois' })).id;
    const wrong = await api('POST', inClient('/key-holders'), { key: verifier, contact });
    expect([wrong.status, wrong.body.key]).to.deep.equal([422, 'key-holder.verifier']);
    const elsewhere = await api('POST', `/clients/${test.acme.otherClient}/key-holders`, { key, contact });
    expect(elsewhere.status).to.equal(404);
    const held = await made('/key-holders', { key, contact, place: 'Coffre' });
    expect((await api('POST', inClient('/key-holders'), { key, contact })).body.key).to.equal(
      'key-holder.known',
    );
    const gone = await api('DELETE', `/contacts/${contact}`);
    expect([gone.status, gone.body.key]).to.deep.equal([409, 'contact.in-use']);
    const version = versionIn(await technician.read(`/key-holders/${held.id}/edit`));
    await api('PUT', `/key-holders/${held.id}`, { place: 'Banque' });
    const stale = await technician.send(`/key-holders/${held.id}`, { version, place: 'Maison' });
    expect(stale.status).to.equal(409);
    expect(await stale.text()).to.include('Banque');
  });

  it('turn amber when they are overdue by the client’s interval, in pages and findings', async () => {
    const drill = await aDrill('En retard');
    await give(drill, open(drill.sealed));
    const foundNow = async () => (await api('GET', inClient('/findings'))).body.items;
    const about = (items: { object: { name: string }; reason: { key: string } }[]) =>
      items.filter(({ object }) => object.name === 'En retard').map(({ reason }) => reason.key);
    expect(about(await foundNow())).to.deep.equal([]);
    await owned(
      `update key_drills set opened_at = now() - interval '31 days', asked_at = now() - interval '32 days' where id = $1`,
      [drill.id],
    );
    const tooLong = await api('PUT', inClient('/key-drill-interval'), { days: 4000 });
    expect(tooLong.status).to.equal(422);
    const changed = await technician.send(inClient('/key-drill-interval'), { days: '30' });
    expect(changed.status).to.equal(403);
    expect((await api('PUT', inClient('/key-drill-interval'), { days: 30 })).body).to.deep.equal({
      ...{ days: 30, askDays: 14 },
    });
    expect((await api('GET', `/key-holders/${drill.holder}`)).body.state).to.equal('overdue');
    expect(await technician.read(inClient(''))).to.match(/En retard[\s\S]{0,400}exercice en retard/);
    expect(about(await foundNow())).to.deep.equal(['rules.key-drill-overdue']);
  });

  it('are asked for by the service: once a holder is named, before what they showed is old, and not again within a month', async () => {
    const { client, tokens } = test.other;
    const there = async (method: string, path: string, body?: object) =>
      (await test.api(tokens.owner, method, `/api/v1${path}`, body)).body;
    const { items } = await there('GET', `/clients/${client}/keys`);
    const recovery = items.find(({ purpose }: { purpose: string }) => purpose === 'recovery').id;
    const contact = (await there('POST', `/clients/${client}/contacts`, { name: 'Mia Sol' })).id;
    const holder = await there('POST', `/clients/${client}/key-holders`, { key: recovery, contact });
    const at = (days: number) => new Date(Date.now() + days * 86_400_000);
    const inWork = <T>(days: number, run: (work: Work) => Promise<T>) =>
      test.service.inProvider(test.other.id, (work) => run({ ...work, now: at(days) }));
    const asked = async () =>
      (await there('GET', `/clients/${client}/key-drills`)).items.filter(
        (one: { holder: string }) => one.holder === holder.id,
      );
    const told = (days: number) =>
      inWork(days, async (work) =>
        (await keyDrillWaiting.find(work)).map(({ severity, reason }) => [severity, reason.key]),
      );

    await there('PUT', `/clients/${client}/key-drill-interval`, { days: 180, askDays: null });
    await inWork(0, askDueKeyDrills);
    expect(await asked(), 'people ask').to.have.length(0);
    await there('PUT', `/clients/${client}/key-drill-interval`, { days: 180 });
    await inWork(0, askDueKeyDrills);
    await inWork(0, askDueKeyDrills);
    expect(await asked()).to.have.length(1);
    expect(await told(1)).to.deep.equal([['notice', 'alert.key-drill-waiting']]);
    expect(await told(15)).to.deep.equal([['warning', 'alert.key-not-shown']]);
    await inWork(20, askDueKeyDrills);
    expect(await asked(), 'a month goes by before the next').to.have.length(1);
    await inWork(31, askDueKeyDrills);
    expect(await asked()).to.have.length(2);
    await owned(
      `update key_drills set state = 'passed', opened_at = $2, ended_at = $2, opened_by = 'Mia Sol', is_by_holder = true where id = $1`,
      [(await asked())[0].id, at(32)],
    );
    expect(await told(40)).to.deep.equal([]);
    await inWork(32 + 165, askDueKeyDrills);
    expect(await asked()).to.have.length(2);
    await inWork(32 + 167, askDueKeyDrills);
    expect(await asked()).to.have.length(3);
    await owned(`delete from key_drills where holder_id = $1`, [holder.id]);
    await owned(`delete from key_holders where id = $1`, [holder.id]);
  });

  it('prove the part of a clause that asks for keys, with a record to point at', async () => {
    const { client, tokens, recoveryIdentity } = test.other;
    const ask = async (method: string, path: string, body?: object) =>
      (await test.api(tokens.owner, method, `/api/v1${path}`, body)).body;
    const reasons = async () => {
      const { frameworks } = await ask('GET', `/clients/${client}/coverage`);
      const clause = frameworks
        .find(({ framework }: { framework: string }) => framework === 'ANSSI-BP-100')
        .clauses.find(({ ref }: { ref: string }) => ref === '3.3');
      const about = clause.reasons.filter(
        ({ key, params }: { key: string; params: { code?: string } }) =>
          key.startsWith('coverage.key-') || params.code === 'KEY',
      );
      return { evidence: clause.evidence.length, keys: about.map(({ key }: { key: string }) => key) };
    };
    await ask('POST', `/clients/${client}/client-frameworks`, { framework: 'ANSSI-BP-100' });
    expect(await reasons()).to.deep.equal({ evidence: 0, keys: ['coverage.no-record'] });
    const keys = await ask('GET', `/clients/${client}/keys`);
    const theirs = keys.items.find(({ purpose }: { purpose: string }) => purpose === 'recovery').id;
    const contact = (await ask('POST', `/clients/${client}/contacts`, { name: 'Charlie' })).id;
    const holder = (await ask('POST', `/clients/${client}/key-holders`, { key: theirs, contact })).id;
    expect(await reasons()).to.deep.equal({ evidence: 0, keys: ['coverage.key-never-opened'] });
    const drill = await ask('POST', `/clients/${client}/key-drills`, { holder });
    writeFileSync(identityFile, `${recoveryIdentity}\n`);
    await ask('POST', `/key-drills/${drill.id}/answer`, { answer: open(drill.sealed) });
    expect(await reasons()).to.deep.equal({ evidence: 1, keys: [] });
  });
});
