import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import pg from 'pg';
import { drillDue } from '#/plans/alerts/rules/drills-due.ts';
import type { Drill } from '#/plans/drills/drills.ts';
import { moveDrill } from '#/plans/drills/move.ts';
import { SECTIONS_OF } from '#/plans/plan-sections.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import type { Work } from '#/plans/work.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { versionIn, visit } from '../support/visitor.ts';

describe('scenario drills', function () {
  this.timeout(120_000);
  let test: TestService;
  let scenario: string;
  let activity: string;
  let files: string;
  let ana: string;
  let setBack = 0;
  before(async () => {
    test = await startTestService({ worker: true, clock: () => new Date(Date.now() + setBack) });
    await founded();
  });
  after(() => test[Symbol.asyncDispose]());

  type RoleName = keyof TestService['acme']['tokens'];
  const api = (method: string, path: string, body?: unknown, role: RoleName = 'owner', headers = {}) =>
    test.api(test.acme.tokens[role], method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const made = async (path: string, body?: object) => {
    const { status, body: one } = await api('POST', path, body);
    expect(status, `${path} ${JSON.stringify(one)}`).to.be.within(200, 202);
    return one;
  };
  const add = async (noun: string, body: object): Promise<string> =>
    (await made(inClient(`/${noun}`), body)).id;
  const start = async (given: object = {}): Promise<Drill> =>
    made(inClient('/drills'), { scenario, ...given });
  const read = async (id: string): Promise<Drill> => (await api('GET', `/drills/${id}`)).body;
  const say = (id: string, key: string, event: string, note?: string, role?: RoleName) =>
    api('POST', `/drills/${id}/steps`, { key, event, note }, role);
  const item = (drill: Drill, name: string) => drill.items.find((one) => one.name === name)!;
  const ready = (id: string, name: string) =>
    until(
      () => read(id),
      (drill) => item(drill, name).state === 'ready',
    );
  const ended = (id: string) =>
    until(
      () => read(id),
      ({ state }) => state !== 'running',
    );
  const owned = async (text: string, values: unknown[] = []) => {
    const database = new pg.Client({ connectionString: test.superuserUrl });
    await database.connect();
    return (await database.query(text, values).finally(() => database.end())).rows;
  };

  /** Files with a proven point, an ERP on them, a plan in force, and people who decide. */
  async function founded() {
    const folder = `${test.dataDir}/files`;
    await mkdir(folder);
    for (let file = 0; file < 20; file++)
      await writeFile(`${folder}/${file}.txt`, `file ${file}\n`.repeat(50));
    files = await add('assets', { name: 'Documents', kind: 'data-set' });
    const erp = await add('assets', { name: 'ERP', kind: 'application', declaredRecoverySeconds: 1800 });
    activity = await add('activities', {
      name: 'Facturer',
      isPriority: true,
      rtoSeconds: 14_400,
      rpoSeconds: 86_400,
    });
    await add('dependencies', { from: { kind: 'activity', id: activity }, to: erp, kind: 'hard' });
    await add('dependencies', { from: { kind: 'asset', id: erp }, to: files, kind: 'data' });
    const [approver] = await owned('select id from people where email = $1', [
      test.acme.emails['client-approver'],
    ]);
    ana = await add('contacts', { name: 'Ana Ruiz', person: approver.id });
    const role = await add('crisis-roles', {
      name: 'Direction',
      cell: 'decision',
      holders: [{ contact: ana, rank: 0 }],
    });
    const plan = await add('plans', { kind: 'drp', title: 'PRA', activities: [activity] });
    const sections = SECTIONS_OF.drp.map((kind) => ({ kind, title: kind, body: 'Écrit.' }));
    const { id } = await made(`/plans/${plan}/versions`, { changeSummary: 'Neuf', sections });
    const steps = [
      { key: 'decide', action: 'Décider', crisisRole: role, p50Seconds: 600 },
      { key: 'files', action: 'Restaurer', asset: files, after: [{ key: 'decide' }] },
      { key: 'erp', action: 'Relancer l’ERP', asset: erp, p50Seconds: 900, after: [{ key: 'files' }] },
    ];
    expect((await api('PUT', `/runbooks/${id}`, { steps })).status).to.equal(200);
    await made(`/plan-versions/${id}/submission`);
    const visitor = await visit(test, test.acme.emails['client-approver']);
    const version = versionIn(await visitor.read(`/plan-versions/${id}`));
    await visitor.send(`/plan-versions/${id}/approval`, { version, decision: 'approved' });
    scenario = await add('scenarios', {
      name: 'Rançongiciel',
      family: 'ransomware-admin-stolen',
      state: 'retained',
      effects: [files, erp].map((asset) => ({ asset, effect: 'untrusted' })),
    });
    const store = await add('stores', { name: 'Coffre', address: `file://${test.dataDir}/stores/acme` });
    const policy = await made('/backup-policies', { asset: files, store, source: folder });
    const run = await made(`/backup-policies/${policy.id}/runs`);
    await until(
      () => api('GET', `/backup-runs/${run.id}`),
      ({ body }) => body.state === 'done',
    );
    const points = (await api('GET', inClient('/recovery-points'))).body.items;
    const proof = await made('/restore-tests', { recoveryPoint: points[0].id });
    await until(
      () => api('GET', `/restore-tests/${proof.id}`),
      ({ body }) => body.state === 'passed',
    );
  }

  /** The first that a page which watches this hears of. */
  const hear = async (watched: string, signal: AbortSignal): Promise<string> => {
    const headers = { authorization: `Bearer ${test.acme.tokens.owner}` };
    const { body } = await fetch(`${test.url}/live?of=${watched}`, { headers, signal });
    let said = '';
    for await (const part of body!.pipeThrough(new TextDecoderStream())) {
      said += part;
      const moved = /event: moved\ndata: (.*)\n/.exec(said)?.[1];
      if (moved) return moved;
    }
    return 'nothing';
  };

  it('tell beforehand what is lost, and the way back', async () => {
    const { status, body } = await api('POST', inClient('/drill-plan'), { scenario }, 'client-reader');
    expect(status).to.equal(200);
    expect(body.lost.map(({ name }: { name: string }) => name)).to.deep.equal(['Documents', 'ERP']);
    expect(
      body.items.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`),
    ).to.deep.equal(['step Décider', 'restore Documents', 'step Relancer l’ERP']);
    expect(body.caveats.map(({ key }: { key: string }) => key)).to.include('drill.copy-not-locked');
    expect((await api('GET', inClient('/drills'))).body.items).to.deep.equal([]);
    const earlier = { scenario, compromisedAt: '2020-01-01T00:00:00Z' };
    const none = await api('POST', inClient('/drills'), earlier);
    expect([none.status, none.body.key]).to.deep.equal([409, 'drill.no-path']);
    expect(JSON.stringify(none.body)).to.include('Documents');
  });

  it('wait for people, restore for real, and pass when all was done in time', async () => {
    const { id } = await start();
    expect((await say(id, 'restore:x', 'done')).body.key).to.equal('drill.no-such-step');
    const first = await ready(id, 'Décider');
    const stream = new AbortController();
    const heard = hear(`drill:${id}`, stream.signal);
    expect(item(first, 'Documents').state).to.equal('waiting');
    expect((await say(id, item(first, 'Documents').key, 'done')).body.key).to.equal('drill.by-machine');
    expect((await say(id, item(first, 'Relancer l’ERP').key, 'done')).body.key).to.equal('drill.too-early');
    const approver = await visit(test, test.acme.emails['client-approver']);
    const page = await approver.read(`/drills/${id}/my-steps`);
    expect(page).to.include('Décider').and.not.include('Relancer');
    const key = item(first, 'Décider').key;
    for (const event of ['start', 'done'])
      expect((await approver.send(`/drills/${id}/my-steps`, { key, event, note: '' })).status).to.equal(303);
    expect(await heard, 'its page is told without asking').to.equal(id);
    stream.abort();
    const next = await ready(id, 'Relancer l’ERP');
    expect(item(next, 'Décider')).to.include({
      state: 'done',
      isOwn: true,
      endedBy: 'client-approver of Acme',
    });
    const proof = (await api('GET', `/restore-tests/${item(next, 'Documents').restoreTest}`)).body;
    expect(proof).to.include({ state: 'passed', reached: 'L3' });
    expect(proof.plantedFaults).to.be.greaterThan(5).and.to.equal(proof.caught);
    for (const event of ['start', 'done'])
      expect((await say(id, item(next, 'Relancer l’ERP').key, event)).status).to.equal(200);

    const done = await ended(id);
    expect(done.state, JSON.stringify(done.outcome)).to.equal('passed');
    const [facturer] = done.outcome!.activities;
    expect(facturer).to.include({ name: 'Facturer', how: 'measured' });
    expect(facturer!.seconds).to.be.within(0, 60);
    expect(facturer!.lossSeconds).to.be.within(0, 120);
    expect(done.outcome!.notShown.map(({ key: said }) => said)).to.include('drill.not-shown.return');
    expect(done.events.map(({ event }) => event)).to.deep.equal([
      'alarm',
      'started',
      'done',
      'restore-begun',
      'done',
      'started',
      'done',
      'ended',
    ]);
    const evidence = await owned('select code, asserted_by from evidence where subject_id = $1', [scenario]);
    expect(evidence).to.deep.equal([{ code: 'EXE', asserted_by: 'system' }]);
    const { activities } = (await api('GET', inClient('/readiness'))).body;
    expect(activities[0].effective.path.at(-1)).to.include({ name: 'ERP', source: 'step-run', samples: 1 });
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/drills/${id}`))
      .to.include('réussi')
      .and.include('Facturer');
  });

  it('measure nothing while a clock was set back, neither in time nor late', async () => {
    const { id } = await start();
    const decide = item(await ready(id, 'Décider'), 'Décider').key;
    await say(id, decide, 'start');
    setBack = -2 * 3_600_000;
    expect((await say(id, decide, 'done')).status).to.equal(200);
    const erp = item(await ready(id, 'Relancer l’ERP'), 'Relancer l’ERP').key;
    for (const event of ['start', 'done']) expect((await say(id, erp, event)).status).to.equal(200);
    const done = await ended(id);
    setBack = 0;
    expect(done.state).to.equal('inconclusive');
    expect(done.outcome!.activities[0]).to.include({ how: 'incomplete', seconds: null });
    expect(done.outcome!.notShown.map(({ key }) => key)).to.include('drill.not-shown.clock');
    const { activities } = (await api('GET', inClient('/readiness'))).body;
    expect(activities[0].effective.path.at(-1), 'as the drill before').to.include({ samples: 1 });
  });

  it('never pass by what was talked through or left out, which the findings tell', async () => {
    const talked = await start();
    await say(talked.id, item(await ready(talked.id, 'Décider'), 'Décider').key, 'talk');
    const erp = item(await ready(talked.id, 'Relancer l’ERP'), 'Relancer l’ERP').key;
    expect((await say(talked.id, erp, 'skip')).body.key).to.equal('drill.say-why');
    await say(talked.id, erp, 'skip', 'Pas de technicien');
    const { outcome, state } = await ended(talked.id);
    expect(state).to.equal('inconclusive');
    expect(outcome!.activities[0]).to.include({ how: 'incomplete', seconds: null });
    const { body } = await api('GET', inClient('/findings'));
    const found = body.items.filter(({ rule }: { rule: string }) => rule === 'drills');
    expect(found.map(({ reason }: { reason: { key: string } }) => reason.key)).to.deep.equal([
      'rules.drill-skipped',
    ]);
  });

  it('restore nothing at a table, where nothing can be done either', async () => {
    const { id } = await start({ mode: 'table-top' });
    for (const name of ['Décider', 'Documents', 'Relancer l’ERP']) {
      const { key } = item(await ready(id, name), name);
      expect((await say(id, key, 'done')).body.key).to.equal('drill.table-top');
      expect((await say(id, key, 'talk')).status).to.equal(200);
    }
    const drill = await ended(id);
    expect([drill.state, drill.outcome!.activities[0]!.how]).to.deep.equal(['inconclusive', 'talked']);
    expect(drill.items.every(({ restoreTest }) => restoreTest === null)).to.equal(true);
  });

  it('are begun by owners and technicians, one at a time for a scenario, and called off with a reason', async () => {
    for (const role of ['consultant', 'client-approver', 'client-reader', 'auditor'] as const)
      expect((await api('POST', inClient('/drills'), { scenario }, role)).status, role).to.equal(403);
    const other = test.other.tokens.owner;
    const foreign = await test.api(other, 'POST', `/api/v1${inClient('/drills')}`, { scenario });
    expect(foreign.status).to.equal(404);
    const { id } = (await api('POST', inClient('/drills'), { scenario }, 'technician')).body;
    const second = await api('POST', inClient('/drills'), { scenario });
    expect([second.status, second.body.key]).to.deep.equal([409, 'drill.under-way']);
    expect((await test.api(other, 'GET', `/api/v1/drills/${id}`)).status).to.equal(404);
    expect((await api('DELETE', `/scenarios/${scenario}`)).body.key).to.equal('scenario.in-use');

    const first = await ready(id, 'Décider');
    expect((await say(id, item(first, 'Décider').key, 'done', undefined, 'client-reader')).status).to.equal(
      403,
    );
    const stranger = await say(id, item(first, 'Relancer l’ERP').key, 'skip', 'Non', 'client-approver');
    expect([stranger.status, stranger.body.key]).to.deep.equal([403, 'drill.not-yours']);
    const { headers } = await api('GET', `/drills/${id}`);
    const version = { 'if-match': headers.get('etag') ?? '' };
    const { key } = item(first, 'Décider');
    const both = [];
    for (const event of ['start', 'done'])
      both.push((await api('POST', `/drills/${id}/steps`, { key, event }, 'owner', version)).status);
    expect(both).to.deep.equal([200, 409]);
    expect((await api('POST', `/drills/${id}/cancellation`, { reason: '' })).status).to.equal(422);
    const off = await api('POST', `/drills/${id}/cancellation`, { reason: 'Vraie panne en cours' });
    expect([off.status, off.body.state, off.body.outcome]).to.deep.equal([200, 'cancelled', null]);
    expect((await say(id, key, 'done')).body.key).to.equal('drill.over');
  });

  it('go on from their rows whoever died: one restore however often they are moved, and an end at the deadline', async () => {
    const { id } = await start({ deadlineSeconds: 300 });
    await say(id, item(await ready(id, 'Décider'), 'Décider').key, 'done');
    const move = () => test.service.inProvider(test.acme.id, (work) => moveDrill(work, id));
    await Promise.all(Array.from({ length: 5 }, move));
    const drill = await ready(id, 'Relancer l’ERP');
    expect(drill.events.filter(({ event }) => event === 'restore-begun')).to.have.length(1);
    await owned(
      `update drills set alarm_at = alarm_at - interval '1 hour', deadline_at = deadline_at - interval '1 hour' where id = $1`,
      [id],
    );
    await move();
    const over = await read(id);
    expect([over.state, item(over, 'Relancer l’ERP').state]).to.deep.equal(['inconclusive', 'not-reached']);
    expect(item(over, 'Documents').state).to.equal('done');
    await move();
    expect((await read(id)).events).to.deep.equal(over.events);
  });

  const DAY_MS = 86_400_000;
  const inWork = <T>(now: Date, run: (work: Work) => Promise<T>) =>
    test.service.inProvider(test.acme.id, (work) => run({ ...work, now }));
  const tickAt = (now: Date) => queueDueWork((run) => inWork(now, run));
  const becameOf = async (subject: string) =>
    (
      await owned(
        `select concat(state, ' ', cause) as what from occurrences
          where schedule_id = (select id from schedules where subject_id = $1) and settled_at is not null order by due_at`,
        [subject],
      )
    ).map(({ what }) => what);
  const callOff = (id: string) => api('POST', `/drills/${id}/cancellation`, { reason: 'Vu' });

  it('recur: who hears alerts is called to those in which people have steps, until one is begun', async () => {
    const daily = { scenario, rhythm: 'daily', at: ['09:00'], beginWithinSeconds: 3600 };
    const refused = await api('POST', inClient('/scheduled-drills'), {
      ...daily,
      mode: 'table-top',
      beginsByItself: true,
    });
    expect(refused.body.key).to.equal('scheduled-drill.needs-people');
    expect((await api('POST', inClient('/scheduled-drills'), daily, 'consultant')).status).to.equal(403);
    const { id, nextDueAt } = await made(inClient('/scheduled-drills'), { ...daily, beginsByItself: true });
    expect((await api('POST', inClient('/scheduled-drills'), daily)).body.key).to.equal(
      'scheduled-drill.second',
    );
    await tickAt(new Date());
    const due = new Date(nextDueAt);
    const told = (now: Date) =>
      inWork(now, async (work) =>
        (await drillDue.find(work)).map(({ severity, reason }) => [severity, reason.key]),
      );
    expect(await told(due)).to.deep.equal([]);
    await tickAt(new Date(due.getTime() + 60_000));
    expect(await becameOf(id)).to.deep.equal(['begun ']);
    expect(
      (await api('GET', inClient('/drills'))).body.items.filter(({ state }: Drill) => state === 'running'),
    ).to.deep.equal([]);
    expect(await told(due)).to.deep.equal([['notice', 'alert.drill-due']]);
    expect(await told(new Date(due.getTime() + 2 * 3_600_000))).to.deep.equal([
      ['warning', 'alert.drill-overdue'],
    ]);
    await tickAt(new Date(due.getTime() + DAY_MS + 60_000));
    expect(await becameOf(id)).to.deep.equal(['begun ', 'skipped overlap']);

    const technician = await visit(test, test.acme.emails.technician);
    const page = await technician.read(`/scheduled-drills/${id}`);
    expect(page)
      .to.include('des personnes y ont des étapes à faire')
      .and.include('Lancer l’exercice maintenant');
    expect(
      (await technician.send(`/scheduled-drills/${id}/beginning`, { version: versionIn(page) })).status,
    ).to.equal(303);
    expect(await told(due)).to.deep.equal([]);
    const drill = (await api('GET', inClient('/drills'))).body.items.find(
      ({ state }: Drill) => state === 'running',
    );
    expect(await technician.read(`/scheduled-drills/${id}`)).to.include(`/drills/${drill.id}`);
    await callOff(drill.id);
    expect((await api('DELETE', `/scheduled-drills/${id}`)).status).to.be.within(200, 204);
  });

  it('recur by themselves where they restore only, and are not begun twice', async () => {
    const archive = await add('assets', { name: 'Archives', kind: 'data-set' });
    const reading = await add('activities', {
      name: 'Consulter',
      isPriority: true,
      rtoSeconds: 3600,
      rpoSeconds: 86_400,
    });
    await add('dependencies', { from: { kind: 'activity', id: reading }, to: archive, kind: 'hard' });
    const { items } = (await api('GET', inClient('/stores'))).body;
    const policy = await made('/backup-policies', {
      asset: archive,
      store: items[0].id,
      source: `${test.dataDir}/files`,
    });
    const run = await made(`/backup-policies/${policy.id}/runs`);
    await until(
      () => api('GET', `/backup-runs/${run.id}`),
      ({ body }) => body.state === 'done',
    );
    const [point] = (await api('GET', inClient('/recovery-points'))).body.items;
    const proof = await made('/restore-tests', { recoveryPoint: point.id });
    await until(
      () => api('GET', `/restore-tests/${proof.id}`),
      ({ body: { state } }) => state === 'passed',
    );
    const broken = await add('scenarios', {
      name: 'Disque en panne',
      family: 'ict-assets-lost',
      state: 'retained',
      effects: [{ asset: archive, effect: 'lost' }],
    });
    const { id, nextDueAt } = await made(inClient('/scheduled-drills'), {
      ...{ scenario: broken, beginsByItself: true, rhythm: 'daily', at: ['05:00'] },
    });
    await tickAt(new Date());
    setBack = Date.parse(nextDueAt) + 1000 - Date.now();
    await Promise.all([0, 1, 2].map(() => tickAt(new Date(Date.now() + setBack))));
    expect(await becameOf(id)).to.deep.equal(['begun ']);
    const drill = (await api('GET', inClient('/drills'))).body.items.find(
      (one: Drill) => one.scenario.id === broken,
    );
    const over = await ended(drill.id);
    setBack = 0;
    expect(over.state, JSON.stringify(over.outcome)).to.equal('passed');
    expect((await api('GET', `/scheduled-drills/${id}`)).body).to.include({
      beginBy: null,
      isOverdue: false,
    });
    expect((await api('DELETE', `/scenarios/${broken}`)).body.key).to.equal('scenario.in-use');
  });
});
