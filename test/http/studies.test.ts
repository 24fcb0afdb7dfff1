import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { sql } from 'kysely';
import { changeActivity, findActivityForChange, NewActivity } from '#/plans/activities.ts';
import { sha256 } from '#/plans/canonical.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { STUDY_GAPS } from '#/plans/study-content.ts';
import { loadTemplates } from '#/server/templates.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('studies', () => {
  let test: TestService;
  let owner: Visitor;
  let consultant: Visitor;
  let approver: Visitor;
  let image: string;
  const inAYear = new Date(Date.now() + 360 * DAY * 1000).toISOString().slice(0, 10);

  beforeEach(async () => {
    test = await startTestService();
    owner = await visit(test, test.acme.emails.owner);
    consultant = await visit(test, test.acme.emails.consultant);
    approver = await visit(test, test.acme.emails['client-approver']);
    const levels = [0, 1, 2].map((level) => ({ level, meaning: `Niveau ${level}`, isTolerable: level < 2 }));
    image = (await post('/impact-categories', { name: 'Notoriété', levels })).id;
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const post = async (path: string, body: object) => {
    const { status, body: made } = await api('POST', inClient(path), body);
    expect(status, JSON.stringify(made)).to.equal(201);
    return made;
  };
  const get = async (path: string) => (await api('GET', path)).body;
  const anAnalysis = (name: string, given: object = {}) => ({
    name,
    owner: 'Ana',
    mtpdSeconds: DAY,
    rtoSeconds: HOUR,
    rpoSeconds: HOUR,
    mbcoPercent: 20,
    impacts: [{ category: image, afterSeconds: DAY, level: 2, amount: 500 }],
    ...given,
  });
  const anActivity = (name: string, given: object = {}) => post('/activities', anAnalysis(name, given));
  /** Handed in by the consultant, on a page. */
  const handIn = async (title = 'BIA 2026'): Promise<string> => {
    const sent = await consultant.send(inClient('/studies'), { title, nextReviewOn: inAYear });
    expect(sent.status, await sent.text()).to.equal(303);
    return (sent.headers.get('location') ?? '').replace('?saved', '');
  };
  const decide = async (who: Visitor, path: string, name: string, fields: Record<string, string> = {}) =>
    who.send(`${path}/${name}`, { version: versionIn(await who.read(path)), ...fields });
  const evidence = () =>
    test.service.inProvider(test.acme.id, ({ db }) =>
      db
        .selectFrom('evidence')
        .select(['subject_id', 'produced_by', 'valid_until', 'content'])
        .where('code', '=', 'BIA')
        .orderBy('subject_name')
        .execute(),
    );

  it('are refused with everything that is missing, on the page and in JSON', async () => {
    const empty = await api('POST', `/clients/${test.acme.otherClient}/studies`, {
      title: 'BIA',
      nextReviewOn: inAYear,
    });
    expect([empty.status, empty.body.key, empty.body.errors.length]).to.deep.equal([
      409,
      'study.incomplete',
      2,
    ]);

    await anActivity('Entière');
    await post('/activities', { name: 'Creuse' });
    await anActivity('Écartée', { mtpdSeconds: 2 * DAY, mtpdReason: 'Le contrat le permet.' });

    const sent = await consultant.send(inClient('/studies'), { title: 'BIA', nextReviewOn: inAYear });
    expect(sent.status).to.equal(409);
    const page = await sent.text();
    for (const what of [
      'pas de responsable',
      'pas d’impacts dans le temps',
      'durée maximale d’interruption',
      'délai de reprise visé',
      'perte de données admise',
      'pas de service minimal',
    ])
      expect(page).to.match(new RegExp(`<li>Creuse[^<]*${what}`));
    expect(page).to.include('value="BIA"').and.not.include('<li>Entière').and.not.include('<li>Écartée');

    expect((await get(inClient('/studies'))).items).to.deep.equal([]);
  });

  it('name the MTPD that its impacts no longer bear out', async () => {
    await anActivity('Vendre', {
      impacts: [
        { category: image, afterSeconds: 4 * HOUR, level: 1 },
        { category: image, afterSeconds: DAY, level: 2 },
      ],
    });
    const category = await get(`/impact-categories/${image}`);
    await api('PUT', `/impact-categories/${image}`, {
      ...category,
      levels: category.levels.map((level: { level: number }) => ({ ...level, isTolerable: level.level < 1 })),
    });
    const { status, body } = await api('POST', inClient('/studies'), { title: 'BIA', nextReviewOn: inAYear });
    expect([status, body.errors.length]).to.deep.equal([409, 1]);
    expect(body.errors[0].detail.replaceAll('\u00a0', ' '))
      .to.match(/^Vendre/)
      .and.include('24 h')
      .and.include('4 h');
  });

  it('have words for each thing that may be missing', () => {
    const templates = loadTemplates();
    for (const locale of ['fr', 'en'] as const)
      expect(STUDY_GAPS.filter((key) => !templates.has(locale, key))).to.deep.equal([]);
  });

  it('freeze scales and analyses as one text whose hash anybody can compute', async () => {
    const made = await anActivity('Vendre');
    const place = await handIn();
    const study = await get(place);
    expect(study).to.deep.include({
      number: 1,
      state: 'in-review',
      createdBy: 'consultant of Acme',
      decidedBy: null,
      isOutOfDate: false,
      isReviewOverdue: false,
    });
    const frozen = await get(`${place}/content`);
    expect(sha256(frozen.content)).to.equal(frozen.sha256).and.to.equal(study.sha256);
    const content = JSON.parse(frozen.content);
    expect(content).to.deep.include({ format: 1, number: 1, handedInBy: 'consultant of Acme' });
    expect(content.scales[0]).to.include({ id: image, name: 'Notoriété' });
    expect(content.activities[0]).to.deep.include({
      id: made.id,
      mtpdSeconds: DAY,
      derivedMtpdSeconds: DAY,
      criticality: 'critical',
      impacts: made.impacts,
    });
    expect(await consultant.read(place))
      .to.include(study.sha256)
      .and.include('Vendre');
  });

  it('are approved by somebody else, who approves each analysis and leaves a record of it', async () => {
    const sell = await anActivity('Vendre');
    await anActivity('Acheter');
    const place = await handIn();
    const alone = await decide(consultant, place, 'approval');
    expect(alone.status).to.equal(409);
    expect(await alone.text()).to.include('une autre personne doit en décider');
    const byProgram = await api('POST', `${place}/approval`, {});
    expect([byProgram.status, byProgram.body.key]).to.deep.equal([403, 'study.person-only']);

    expect((await decide(approver, place, 'approval', { comment: 'Vu en comité' })).status).to.equal(303);
    const study = await get(place);
    expect(study).to.include({
      state: 'approved',
      decidedBy: 'client-approver of Acme',
      comment: 'Vu en comité',
      isOutOfDate: false,
    });
    expect((await get(`/activities/${sell.id}`)).approval.by).to.equal('client-approver of Acme');
    const records = await evidence();
    expect(records).to.have.length(2);
    for (const { content, produced_by, valid_until } of records) {
      expect(produced_by).to.equal('client-approver of Acme');
      expect(valid_until?.toISOString().slice(0, 10)).to.equal(inAYear);
      expect(JSON.parse(content).facts.study).to.include({ number: 1, sha256: study.sha256 });
    }
    const again = await api('POST', `${place}/approval`, {});
    expect(again.body.key).to.equal('study.not-in-review');
    const trail = (await get('/audit-events')).items.map(({ action }: { action: string }) => action);
    expect(trail).to.include.members(['study.handed-in', 'study.approved', 'activity.approved']);
  });

  it('approve only what is still as it was handed in', async () => {
    const kept = await anActivity('Vendre');
    const changed = await anActivity('Acheter');
    const gone = await anActivity('Livrer');
    const place = await handIn();
    const stale = versionIn(await approver.read(place));
    await api('PUT', `/activities/${changed.id}`, anAnalysis('Acheter', { owner: 'Bruno' }));
    await api('DELETE', `/activities/${gone.id}`);
    await anActivity('Nouvelle');

    expect((await get(place)).isOutOfDate).to.equal(true);
    expect(
      (await approver.send(`${place}/approval`, { version: stale })).status,
      'the page was of before',
    ).to.equal(409);
    const page = await approver.read(place);
    expect(page).to.include('cette étude ne dit plus ce qui est').and.include('Bruno');
    const { items } = await get(`${place}/changes-since`);
    expect(
      items.map(({ activity, change }: { activity: { name: string }; change: string }) => [
        activity.name,
        change,
      ]),
    ).to.deep.equal([
      ['Acheter', 'changed'],
      ['Livrer', 'removed'],
      ['Nouvelle', 'added'],
    ]);

    expect((await decide(approver, place, 'approval')).status).to.equal(303);
    const approvalOf = async (id: string) => (await get(`/activities/${id}`)).approval;
    expect(await approvalOf(kept.id)).to.not.equal(null);
    expect(await approvalOf(changed.id)).to.equal(null);
    expect((await evidence()).map(({ subject_id }) => subject_id)).to.deep.equal([kept.id]);
  });

  it('do not approve an analysis whose scale has moved since', async () => {
    const made = await anActivity('Vendre', {
      mtpdReason: 'Quoi qu’il en soit.',
      impacts: [
        { category: image, afterSeconds: HOUR, level: 1 },
        { category: image, afterSeconds: DAY, level: 2 },
      ],
    });
    const place = await handIn();
    const category = await get(`/impact-categories/${image}`);
    await api('PUT', `/impact-categories/${image}`, {
      ...category,
      levels: category.levels.map((level: { level: number }) => ({ ...level, isTolerable: level.level < 1 })),
    });
    await decide(approver, place, 'approval');
    expect((await get(`/activities/${made.id}`)).approval).to.equal(null);
    expect(await get(place)).to.include({ state: 'approved', isOutOfDate: true });
  });

  it('take the place of the one before, and say what changed from it', async () => {
    const sell = await anActivity('Vendre');
    const buy = await anActivity('Acheter');
    const first = await handIn('Première');
    expect(await consultant.read(first)).to.include('Aucune étude n’a été approuvée avant celle-ci.');
    await decide(approver, first, 'approval');
    await api('DELETE', `/activities/${buy.id}`);
    await anActivity('Livrer');
    await api(
      'PUT',
      `/activities/${sell.id}`,
      anAnalysis('Vendre en ligne', {
        mtpdSeconds: 4 * HOUR,
        parent: null,
        peakPeriods: [{ name: 'Soldes', from: '01-10', to: '02-06' }],
        impacts: [{ category: image, afterSeconds: 4 * HOUR, level: 2, amount: 500 }],
        resources: [{ afterSeconds: 0, kind: 'people', name: 'Vendeurs', quantity: 3 }],
      }),
    );
    const second = await handIn('Seconde');
    await decide(owner, second, 'approval');
    expect((await get(first)).state).to.equal('superseded');
    expect(await consultant.read(first)).to.match(/Dépassée<\/dt><dd><span class="muted">–</);
    expect(await consultant.read(second)).to.match(/Dépassée<\/dt><dd><span>Non</);
    expect(await get(second)).to.include({ state: 'approved', number: 2 });

    const { against, differences } = await get(`${second}/comparison`);
    expect(against.number).to.equal(1);
    const told = differences.map(
      ({ activity, change, field, of, afterSeconds, before, after }: Record<string, never>) =>
        [(activity as unknown as { name: string }).name, change, field, of, afterSeconds, before, after].join(
          ' | ',
        ),
    );
    expect(told).to.deep.equal([
      'Acheter | removed |  |  |  |  | ',
      'Livrer | added |  |  |  |  | ',
      'Vendre en ligne | changed | name |  |  | Vendre | Vendre en ligne',
      `Vendre en ligne | changed | mtpdSeconds |  |  | ${DAY} | ${4 * HOUR}`,
      `Vendre en ligne | changed | derivedMtpdSeconds |  |  | ${DAY} | ${4 * HOUR}`,
      'Vendre en ligne | changed | criticality |  |  | critical | vital',
      `Vendre en ligne | changed | impacts.level | Notoriété | ${DAY} | 2 | `,
      `Vendre en ligne | changed | impacts.amount | Notoriété | ${DAY} | 500 | `,
      'Vendre en ligne | changed | peakPeriods.from | Soldes |  |  | 01-10',
      'Vendre en ligne | changed | peakPeriods.to | Soldes |  |  | 02-06',
      `Vendre en ligne | changed | impacts.level | Notoriété | ${4 * HOUR} |  | 2`,
      `Vendre en ligne | changed | impacts.amount | Notoriété | ${4 * HOUR} |  | 500`,
      'Vendre en ligne | changed | resources.quantity | Vendeurs | 0 |  | 3',
    ]);
    const page = await consultant.read(second);
    expect(page)
      .to.include('par rapport à l’étude approuvée avant elle')
      .and.include('Activité retirée')
      .and.include('Vitale')
      .and.include('10 janvier');
    const id = first.split('/').at(-1);
    expect((await get(`${second}/comparison?against=${id}`)).differences).to.deep.equal(differences);
  });

  it('are sent back with a reason, or taken back, and handed in anew', async () => {
    await anActivity('Vendre');
    const first = await handIn();
    const second = await consultant.send(inClient('/studies'), { title: 'Trop tôt', nextReviewOn: inAYear });
    expect(second.status).to.equal(409);
    expect(await second.text()).to.match(/étude n°\s1 attend une décision/);

    expect((await decide(approver, first, 'return', { comment: '  ' })).status).to.equal(422);
    expect((await decide(approver, first, 'return', { comment: 'Revoir les pointes' })).status).to.equal(303);
    expect(await get(first)).to.include({ state: 'withdrawn', comment: 'Revoir les pointes' });
    const next = await handIn('Encore');
    expect((await get(next)).number).to.equal(2);
    expect((await decide(consultant, next, 'withdrawal')).status).to.equal(303);
    expect(await get(next)).to.include({ state: 'withdrawn', decidedBy: 'consultant of Acme' });
    expect(await evidence()).to.deep.equal([]);
  });

  it('are handed in one at a time, and decided once', async () => {
    await anActivity('Vendre');
    const answers = await Promise.all(
      ['A', 'B', 'C', 'D'].map((title) =>
        consultant.send(inClient('/studies'), { title, nextReviewOn: inAYear }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409, 409, 409]);
    const [study] = (await get(inClient('/studies'))).items;
    const decisions = await Promise.all([
      owner.send(`/studies/${study.id}/approval`, {}),
      approver.send(`/studies/${study.id}/approval`, {}),
      approver.send(`/studies/${study.id}/return`, { comment: 'Non' }),
    ]);
    expect(decisions.map(({ status }) => status).sort()).to.deep.equal([303, 409, 409]);
  });

  it('wait for whoever is changing an analysis, and freeze it whole', async () => {
    const { id } = await anActivity('Vendre');
    const { promise: isFinished, resolve: finish } = Promise.withResolvers<void>();
    const { promise: isBegun, resolve: begin } = Promise.withResolvers<void>();
    const changing = test.service.inProvider(test.acme.id, async (work) => {
      await findActivityForChange(work, id);
      begin();
      await isFinished;
      const resources = [{ afterSeconds: 0, kind: 'people', name: 'Vendeurs', quantity: 3 }];
      await changeActivity(work, id, NewActivity.parse(anAnalysis('Vendre', { mbcoPercent: 77, resources })));
    });
    await isBegun;
    const handing = api('POST', inClient('/studies'), { title: 'BIA', nextReviewOn: inAYear });
    const first = await Promise.race([handing.then(() => 'handed in'), sleep(500).then(() => 'waiting')]);
    finish();
    await changing;
    expect(first).to.equal('waiting');
    const { activities } = JSON.parse((await get(`/studies/${(await handing).body.id}/content`)).content);
    expect(activities[0].mbcoPercent).to.equal(77);
    expect(activities[0].resources).to.have.length(1);
  });

  it('ask for a review that lies ahead, and not too far', async () => {
    await anActivity('Vendre');
    const on = async (nextReviewOn: string) =>
      (await api('POST', inClient('/studies'), { title: 'BIA', nextReviewOn })).body.key;
    expect(await on(new Date().toISOString().slice(0, 10))).to.equal('study.review-not-ahead');
    expect(await on('2199-01-01')).to.equal('study.review-too-late');
    expect(await on('bientôt')).to.equal('http.invalid');
  });

  it('cannot be rewritten, nor approved by who handed them in, behind the service', async () => {
    await anActivity('Vendre');
    const place = await handIn();
    const run = (statement: string) =>
      test.service
        .inProvider(test.acme.id, ({ db }) => sql.raw(statement).execute(db))
        .then(() => 'done', String);
    expect(await run(`update bia_studies set content = '{}'`)).to.match(/stays as it was handed in/);
    expect(await run('delete from bia_studies')).to.match(/permission denied/);
    expect(
      await run(
        `update bia_studies set state = 'approved', decided_by = created_by, decided_by_name = 'X', decided_at = now()`,
      ),
    ).to.match(/check constraint/);
    expect((await get(place)).state).to.equal('in-review');
  });

  it('are read by readers, decided by few, and seen by no stranger', async () => {
    await anActivity('Vendre');
    const place = await handIn();
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(place))
      .to.include('BIA 2026')
      .and.not.include('name="version"');
    for (const role of ['client-reader', 'auditor', 'technician'] as const) {
      const person = await visit(test, test.acme.emails[role]);
      expect((await person.send(`${place}/approval`, {})).status, role).to.equal(403);
      expect((await person.send(`${place}/return`, { comment: 'Non' })).status, role).to.equal(403);
      expect(
        (await person.send(inClient('/studies'), { title: 'X', nextReviewOn: inAYear })).status,
        role,
      ).to.equal(403);
    }
    for (const path of [place, `${place}/content`, `${place}/comparison`, `${place}/changes-since`])
      expect((await test.api(test.other.tokens.owner, 'GET', `/api/v1${path}`)).status, path).to.equal(404);
    const foreign = crypto.randomUUID();
    expect((await api('GET', `${place}/comparison?against=${foreign}`)).status).to.equal(404);
  });

  it('stand among the facts that coverage is judged by', async () => {
    await anActivity('Vendre');
    const place = await handIn();
    await decide(approver, place, 'approval');
    await test.service.inProvider(test.acme.id, async (work) => {
      const client = await findClient(work, test.acme.client);
      const facts = (await loadFacts(work, [client])).get(client.id)!;
      expect(facts.study).to.include({ number: 1, approvedBy: 'client-approver of Acme' });
      expect(facts.study?.activities).to.deep.equal(facts.activities.map(({ id }) => id));
    });
  });
});
