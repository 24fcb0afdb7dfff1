import { expect } from 'chai';
import { LOCALES } from '#/plans/reports/head.ts';
import { STARTER_CATEGORIES } from '#/plans/starter-impact-categories.ts';
import { type Answer, startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('activities and the scales of their impacts', () => {
  let test: TestService;
  let consultant: Visitor;
  let reader: Visitor;
  let image: string;
  let money: string;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    reader = await visit(test, test.acme.emails['client-reader']);
    image = (await added('impact-categories', { name: 'Notoriété', levels: scale(3) })).id;
    money = (await added('impact-categories', { name: 'Trésorerie', levels: scale(3) })).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const add = (noun: string, body: object) => api('POST', inClient(`/${noun}`), body);
  const added = async (noun: string, body: object) => {
    const { status, body: made } = await add(noun, body);
    expect(status, JSON.stringify(made)).to.equal(201);
    return made;
  };
  /** Levels 0 to 4, of which those from `beyond` on cannot be borne. */
  const scale = (beyond: number) =>
    [0, 1, 2, 3, 4].map((level) => ({ level, meaning: `Niveau ${level}`, isTolerable: level < beyond }));
  const refusal = ({ status, body }: Answer) => [status, body.key, body.errors[0]?.field];
  let count = 0;
  const named = () => `Activité ${++count}`;

  describe('an activity', () => {
    it('keeps its whole analysis, and tells the MTPD and the criticality that follow', async () => {
      const parent = await added('activities', { name: named() });
      const whole = {
        name: named(),
        owner: 'Ana',
        description: null,
        isPriority: true,
        parent: parent.id,
        calendar: 'business-hours',
        peakPeriods: [{ name: 'Fêtes', from: '12-01', to: '01-06' }],
        mtpdSeconds: DAY,
        mtpdReason: null,
        rtoSeconds: 4 * HOUR,
        wrtSeconds: 20 * HOUR,
        rpoSeconds: HOUR,
        rpoTargetSeconds: 0,
        mbco: 'Les urgences',
        mbcoPercent: 20,
        impacts: [
          { category: image, afterSeconds: 0, level: 0, amount: null, justification: null },
          { category: image, afterSeconds: DAY, level: 3, amount: null, justification: 'La presse' },
          { category: money, afterSeconds: 2 * DAY, level: 4, amount: 12_500.5, justification: null },
        ],
        resources: [{ afterSeconds: 4 * HOUR, kind: 'people', name: 'Préparateurs', quantity: 2.5 }],
      };
      const made = await added('activities', whole);
      expect(made).to.deep.include({ ...whole, derivedMtpdSeconds: DAY, criticality: 'critical' });
      expect((await api('GET', `/activities/${made.id}`)).body).to.deep.equal(made);
      const { items } = (await api('GET', inClient('/activities'))).body;
      expect(items.find(({ id }: { id: string }) => id === made.id)).to.deep.equal(made);
    });

    it('is as critical as its standstill can be borne, and nobody says so', async () => {
      const criticalityOf = async (mtpdSeconds: number | null) =>
        (await added('activities', { name: named(), mtpdSeconds })).criticality;
      expect(await criticalityOf(0)).to.equal('vital');
      expect(await criticalityOf(4 * HOUR)).to.equal('vital');
      expect(await criticalityOf(4 * HOUR + 1)).to.equal('critical');
      expect(await criticalityOf(3 * DAY)).to.equal('important');
      expect(await criticalityOf(7 * DAY)).to.equal('moderate');
      expect(await criticalityOf(8 * DAY)).to.equal('deferrable');
      expect(await criticalityOf(null)).to.equal(null);
    });

    it('is refused what cannot be true together, field by field', async () => {
      const at = (afterSeconds: number, level: number, category = image) => ({
        category,
        afterSeconds,
        level,
      });
      const cases: [given: object, field: string, key: string][] = [
        [{ mtpdSeconds: HOUR, rtoSeconds: HOUR }, 'rtoSeconds', 'activity.rto-not-below-mtpd'],
        [
          { mtpdSeconds: 4 * HOUR, rtoSeconds: 3 * HOUR, wrtSeconds: HOUR + 1 },
          'wrtSeconds',
          'activity.wrt-over-mtpd',
        ],
        [
          { rpoSeconds: HOUR, rpoTargetSeconds: HOUR + 1 },
          'rpoTargetSeconds',
          'activity.target-over-tolerance',
        ],
        [{ mtpdSeconds: DAY, impacts: [at(HOUR, 3)] }, 'mtpdReason', 'activity.mtpd-unlike-curve'],
        [
          { mtpdSeconds: DAY, mtpdReason: ' \n', impacts: [at(HOUR, 3)] },
          'mtpdReason',
          'activity.mtpd-unlike-curve',
        ],
        [{ impacts: [at(0, 1), at(HOUR, 5)] }, 'impacts.1.level', 'activity.unknown-level'],
        [{ impacts: [at(HOUR, 1), at(HOUR, 2)] }, 'impacts.1.afterSeconds', 'activity.point-twice'],
        [{ impacts: [at(DAY, 1), at(0, 1, money), at(HOUR, 2)] }, 'impacts.0.level', 'activity.impact-heals'],
        [
          {
            resources: [2, 3].map((quantity) => ({
              afterSeconds: 0,
              kind: 'people',
              name: 'Caristes',
              quantity,
            })),
          },
          'resources.1.name',
          'activity.resource-twice',
        ],
      ];
      for (const [given, field, key] of cases)
        expect(refusal(await add('activities', { name: named(), ...given })), key).to.deep.equal([
          422,
          key,
          field,
        ]);
      for (const day of ['02-30', '13-01', '1-1', '2026-12-01'])
        expect(
          (await add('activities', { name: named(), peakPeriods: [{ name: 'P', from: day, to: '01-01' }] }))
            .body.errors[0].field,
          day,
        ).to.equal('peakPeriods.0.from');
    });

    it('may stand at the very edge', async () => {
      await added('activities', {
        name: named(),
        mtpdSeconds: 4 * HOUR,
        rtoSeconds: 3 * HOUR,
        wrtSeconds: HOUR,
        rpoSeconds: 0,
        rpoTargetSeconds: 0,
        peakPeriods: [{ name: 'Bissextile', from: '02-29', to: '02-29' }],
        impacts: [
          { category: image, afterSeconds: HOUR, level: 3 },
          { category: image, afterSeconds: 2 * HOUR, level: 3 },
        ],
        mtpdReason: 'La direction tient trois heures de plus.',
      });
    });

    it('says in words which impact would heal', async () => {
      const answer = await add('activities', {
        name: named(),
        impacts: [
          { category: image, afterSeconds: HOUR, level: 2 },
          { category: image, afterSeconds: DAY, level: 1 },
        ],
      });
      expect(answer.body.detail.replaceAll('\u00a0', ' ')).to.match(
        /Notoriété.*level 1 from 24 h.*level 2 from 1 h|Notoriété.*niveau 1 à partir de 24 h.*niveau 2 à partir de 1 h/,
      );
    });

    it('is part of no circle, not even by two changes at once', async () => {
      const [first, second, third] = await Promise.all(
        [named(), named(), named()].map((name) => added('activities', { name })),
      );
      const put = (one: { id: string; name: string }, parent: string) =>
        api('PUT', `/activities/${one.id}`, { name: one.name, parent });
      expect(refusal(await put(first, first.id))).to.deep.equal([422, 'activity.parent-circle', 'parent']);
      expect((await put(first, second.id)).status).to.equal(200);
      expect((await put(second, third.id)).status).to.equal(200);
      expect(refusal(await put(third, first.id))).to.deep.equal([422, 'activity.parent-circle', 'parent']);

      for (let round = 0; round < 5; round++) {
        const [left, right] = await Promise.all(
          [named(), named()].map((name) => added('activities', { name })),
        );
        const answers = await Promise.all([put(left, right.id), put(right, left.id)]);
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 422]);
      }
    });

    it('stays while others are part of it', async () => {
      const whole = await added('activities', { name: named() });
      const part = await added('activities', { name: named(), parent: whole.id });
      const kept = await api('DELETE', `/activities/${whole.id}`);
      expect([kept.status, kept.body.key]).to.deep.equal([409, 'activity.has-parts']);
      expect(await consultant.read(`/activities/${whole.id}`)).to.include(`/activities/${part.id}`);
      expect((await api('DELETE', `/activities/${part.id}`)).status).to.equal(204);
      expect((await api('DELETE', `/activities/${whole.id}`)).status).to.equal(204);
    });

    it('loses its approval by any change of the analysis, and by no other order of the same', async () => {
      const analysis = {
        name: named(),
        mtpdSeconds: DAY,
        rtoSeconds: HOUR,
        rpoSeconds: HOUR,
        impacts: [
          { category: image, afterSeconds: DAY, level: 3 },
          { category: money, afterSeconds: HOUR, level: 1 },
        ],
        resources: [
          { afterSeconds: 0, kind: 'people', name: 'Un', quantity: 1 },
          { afterSeconds: HOUR, kind: 'people', name: 'Deux', quantity: 2 },
        ],
      };
      const { id } = await added('activities', analysis);
      const approve = () => api('POST', `/activities/${id}/approval`);
      const isApproved = async () => (await api('GET', `/activities/${id}`)).body.approval !== null;
      const change = (given: object) => api('PUT', `/activities/${id}`, { ...analysis, ...given });

      expect((await approve()).body.approval.by).to.equal('owner');
      await change({
        impacts: analysis.impacts.toReversed(),
        resources: analysis.resources.toReversed(),
      });
      expect(await isApproved()).to.equal(true);
      for (const given of [
        { wrtSeconds: HOUR },
        { calendar: 'business-hours' },
        { mbcoPercent: 5 },
        { peakPeriods: [{ name: 'P', from: '01-01', to: '01-31' }] },
        { impacts: [{ ...analysis.impacts[0], justification: 'Vu' }, analysis.impacts[1]] },
        { resources: [] },
      ]) {
        await change(given);
        expect(await isApproved(), JSON.stringify(given)).to.equal(false);
        await change({});
        await approve();
      }
    });

    it('knows only scales and activities of its own client', async () => {
      const theirs = async (noun: string, body: object) =>
        (await api('POST', `/clients/${test.acme.otherClient}/${noun}`, body)).body.id;
      const category = await theirs('impact-categories', { name: 'Ailleurs', levels: scale(3) });
      const parent = await theirs('activities', { name: 'Ailleurs' });
      for (const given of [{ impacts: [{ category, afterSeconds: 0, level: 0 }] }, { parent }])
        expect((await add('activities', { name: named(), ...given })).status).to.equal(404);
      await api('DELETE', `/impact-categories/${category}`);
      const foreign = await test.api(
        test.other.tokens.owner,
        'GET',
        `/api/v1${inClient('/impact-categories')}`,
      );
      expect(foreign.status).to.equal(404);
    });

    it('is typed in a form, refused beside its row, and shown with its curve', async () => {
      const name = named();
      const fields = {
        name,
        calendar: 'always',
        'peakPeriods.0.name': 'Clôture',
        'peakPeriods.0.from': '15/12',
        'peakPeriods.0.to': '5/1',
        mtpdSeconds: '1 j',
        'impacts.0.category': money,
        'impacts.0.afterSeconds': '4 h',
        'impacts.0.level': '2',
        // An empty row between the two, as people leave them.
        'impacts.1.category': '',
        'impacts.1.afterSeconds': '',
        'impacts.2.category': money,
        'impacts.2.afterSeconds': '1 j',
        'impacts.2.level': '1',
        'resources.0.afterSeconds': '0',
        'resources.0.kind': 'workplace',
        'resources.0.name': 'Guichet',
        'resources.0.quantity': '1,5',
      };
      const refused = await consultant.send(inClient('/activities'), fields);
      expect(refused.status).to.equal(422);
      const again = await refused.text();
      expect(again).to.include('href="#record-impacts.1.level"').and.include('id="record-impacts.1.level"');
      expect(again)
        .to.match(/ne guérit pas de lui-même/)
        .and.include('value="15/12"');

      const made = await consultant.send(inClient('/activities'), { ...fields, 'impacts.2.level': '3' });
      const place = (made.headers.get('location') ?? '').replace('?saved', '');
      expect((await api('GET', place)).body).to.deep.include({
        peakPeriods: [{ name: 'Clôture', from: '12-15', to: '01-05' }],
        derivedMtpdSeconds: DAY,
        resources: [{ afterSeconds: 0, kind: 'workplace', name: 'Guichet', quantity: 1.5 }],
      });
      const page = await consultant.read(place);
      expect(page)
        .to.include('role="img"')
        .and.include('Trésorerie')
        .and.include('Niveau 3')
        .and.include('15 décembre')
        .and.include('Guichet');
      expect(await consultant.read(`${place}/edit`)).to.include('value="5/1"'.replace('5/1', '05/01'));
    });

    it('shows the second of two editors both texts, down to a row', async () => {
      const made = await added('activities', { name: named() });
      const version = versionIn(await consultant.read(`/activities/${made.id}/edit`));
      await api('PUT', `/activities/${made.id}`, {
        name: made.name,
        resources: [{ afterSeconds: 0, kind: 'people', name: 'Caristes', quantity: 2 }],
      });
      const refused = await consultant.send(`/activities/${made.id}`, {
        version,
        name: made.name,
        calendar: 'always',
        'resources.0.afterSeconds': '0',
        'resources.0.kind': 'people',
        'resources.0.name': 'Conducteurs',
        'resources.0.quantity': '2',
      });
      expect(refused.status).to.equal(409);
      expect(await refused.text())
        .to.include('Caristes')
        .and.include('Conducteurs');
    });

    it('can be read by a reader, and changed by none', async () => {
      const made = await added('activities', { name: named() });
      const page = await reader.read(`/activities/${made.id}`);
      expect(page).to.include(made.name).and.not.include('/edit').and.not.include('name="version"');
      for (const role of ['client-reader', 'auditor', 'technician', 'client-approver'] as const) {
        const token = test.acme.tokens[role];
        const put = await test.api(token, 'PUT', `/api/v1/activities/${made.id}`, { name: 'Pris' });
        expect(put.status, role).to.equal(403);
        const post = await test.api(token, 'POST', `/api/v1${inClient('/impact-categories')}`, {
          name: 'Pris',
          levels: scale(3),
        });
        expect(post.status, role).to.equal(403);
      }
    });
  });

  describe('a scale', () => {
    it('starts from a set in the client’s language, taken once', async () => {
      const other = `/clients/${test.acme.otherClient}/impact-categories`;
      const page = await consultant.read(other);
      expect(page).to.include('Prendre la série de départ');
      await consultant.send(`${other}/starter-set`, {});
      const { items } = (await api('GET', other)).body;
      const taken = STARTER_CATEGORIES.map(({ name }) => name.fr);
      expect(items.map(({ name }: { name: string }) => name)).to.include.members(taken);
      expect(items[0].levels).to.have.length(5);
      expect(await consultant.read(other)).to.not.include('série de départ</button>');
      await api('POST', `${other}/starter-set`);
      expect((await api('GET', other)).body.items).to.have.length(items.length);
    });

    it('is whole in three languages, and once beyond what can be borne stays there', () => {
      expect(STARTER_CATEGORIES).to.have.length(6);
      for (const locale of LOCALES) {
        const texts = STARTER_CATEGORIES.flatMap(({ name, levels }) => [
          name[locale],
          ...levels.map(({ meaning }) => meaning[locale]),
        ]);
        expect(new Set(texts).size, locale).to.equal(36);
      }
      for (const { key, levels } of STARTER_CATEGORIES) {
        expect(
          levels.map(({ level }) => level),
          key,
        ).to.deep.equal([0, 1, 2, 3, 4]);
        const tolerable = levels.map(({ isTolerable }) => isTolerable);
        expect(
          tolerable.toSorted((left, right) => Number(right) - Number(left)),
          key,
        ).to.deep.equal(tolerable);
      }
    });

    it('is refused levels that make no scale', async () => {
      const level = (number: number, isTolerable = true, meaning = 'X') => ({
        level: number,
        meaning,
        isTolerable,
      });
      const cases: [levels: object[], field: string, key: string][] = [
        [[level(0)], 'levels', 'http.invalid'],
        [[level(0), level(0)], 'levels.1.level', 'impact-category.level-twice'],
        [[level(0, false), level(1, true)], 'levels.1.isTolerable', 'impact-category.tolerable-above'],
        [[level(0), level(1, false, ' ')], 'levels.1.meaning', 'http.invalid'],
        [[level(0), level(10)], 'levels.1.level', 'http.invalid'],
      ];
      for (const [levels, field, key] of cases)
        expect(
          refusal(await add('impact-categories', { name: 'Fausse', levels })),
          JSON.stringify(levels),
        ).to.deep.equal([422, key, field]);
      const taken = await add('impact-categories', { name: 'Notoriété', levels: scale(3) });
      expect([taken.status, taken.body.key]).to.deep.equal([409, 'impact-category.name-taken']);
    });

    it('stays while a curve stands on it, with the levels that are used', async () => {
      const made = await added('impact-categories', { name: 'Sécurité', levels: scale(2) });
      const { id } = await added('activities', {
        name: named(),
        impacts: [{ category: made.id, afterSeconds: 0, level: 1 }],
      });
      const path = `/impact-categories/${made.id}`;
      const kept = await consultant.send(`${path}/removal`, {});
      expect(kept.status).to.equal(409);
      expect(await kept.text()).to.include('ne peut pas être retirée');
      const shorter = { name: 'Sécurité', levels: scale(2).filter(({ level }) => level !== 1) };
      expect(refusal(await api('PUT', path, shorter))).to.deep.equal([
        422,
        'impact-category.level-in-use',
        'levels',
      ]);
      expect((await api('PUT', path, { name: 'Sûreté', levels: scale(2).slice(0, 3) })).body).to.include({
        name: 'Sûreté',
        position: made.position,
      });
      await api('DELETE', `/activities/${id}`);
      expect((await api('DELETE', path)).status).to.equal(204);
    });

    it('changes the MTPD that follows, undoes no approval, and shows where it differs now', async () => {
      const category = await added('impact-categories', { name: 'Délais', levels: scale(3) });
      const made = await added('activities', {
        name: named(),
        isPriority: true,
        mtpdSeconds: DAY,
        rtoSeconds: HOUR,
        rpoSeconds: HOUR,
        impacts: [
          { category: category.id, afterSeconds: 4 * HOUR, level: 2 },
          { category: category.id, afterSeconds: DAY, level: 3 },
        ],
      });
      await api('POST', `/activities/${made.id}/approval`);
      await api('PUT', `/impact-categories/${category.id}`, { name: 'Délais', levels: scale(2) });

      const now = (await api('GET', `/activities/${made.id}`)).body;
      expect(now).to.include({ mtpdSeconds: DAY, derivedMtpdSeconds: 4 * HOUR });
      expect(now.approval).to.not.equal(null);
      expect(await consultant.read(`/activities/${made.id}`)).to.match(/n’est pas celle qui découle/);
      expect(await consultant.read(`/impact-categories/${category.id}`)).to.include(made.name);
      expect(await consultant.read(inClient(''))).to.match(new RegExp(`${made.name}[^<]*n’est pas celle`));
      const put = await api('PUT', `/activities/${made.id}`, {
        name: made.name,
        isPriority: true,
        mtpdSeconds: DAY,
        impacts: made.impacts,
      });
      expect(refusal(put)).to.deep.equal([422, 'activity.mtpd-unlike-curve', 'mtpdReason']);
    });

    it('is changed by one of two at once, and a curve cannot slip onto a level that goes', async () => {
      for (let round = 0; round < 5; round++) {
        const made = await added('impact-categories', { name: `Duel ${round}`, levels: scale(3) });
        const shorter = { name: made.name, levels: scale(3).slice(0, 4) };
        const [taken, put] = await Promise.all([
          api('PUT', `/impact-categories/${made.id}`, shorter),
          add('activities', {
            name: named(),
            impacts: [{ category: made.id, afterSeconds: 0, level: 4 }],
          }),
        ]);
        expect([taken.status, put.status].sort(), JSON.stringify([taken.body, put.body])).to.satisfy(
          ([left, right]: number[]) => right === 422 && (left === 200 || left === 201),
        );
      }
      const made = await added('impact-categories', { name: 'Deux mains', levels: scale(3) });
      const version = versionIn(await consultant.read(`/impact-categories/${made.id}/edit`));
      await api('PUT', `/impact-categories/${made.id}`, { name: 'Deux mains', levels: scale(1) });
      const late = await consultant.send(`/impact-categories/${made.id}`, {
        version,
        name: 'Deux mains',
        'levels.0.level': '0',
        'levels.0.meaning': 'Rien',
        'levels.1.level': '1',
        'levels.1.meaning': 'Tout',
      });
      expect(late.status).to.equal(409);
    });
  });
});
