import { expect } from 'chai';
import { SCENARIO_FAMILIES } from '#/plans/continuity-facts.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('scenarios and strategies', () => {
  let test: TestService;
  let consultant: Visitor;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: unknown) =>
    (await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body)).body;
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const add = (noun: string, body: object) => api('POST', inClient(`/${noun}`), body);

  it('start from a set with one scenario for each family, taken once', async () => {
    const server = await add('assets', { name: 'Serveur', kind: 'server' });
    await consultant.send(inClient('/scenarios/starter-set'), {});
    const { items } = await api('GET', inClient('/scenarios'));
    expect(items.map(({ family }: { family: string }) => family).sort()).to.deep.equal(
      [...SCENARIO_FAMILIES].sort(),
    );
    const stolen = items.find(({ family }: { family: string }) => family === 'ransomware-admin-stolen');
    expect(stolen.effects).to.deep.equal([
      { asset: server.id, site: null, effect: 'untrusted', durationSeconds: null },
    ]);
    expect(await consultant.read(inClient('/scenarios'))).to.not.include('série de départ</button>');
    await api('POST', inClient('/scenarios/starter-set'));
    expect((await api('GET', inClient('/scenarios'))).items).to.have.length(items.length);
  });

  it('keep their effects through a form, and refuse a row with two targets or none', async () => {
    const site = await add('sites', { name: 'Atelier', kind: 'plant' });
    const asset = await add('assets', { name: 'Presse', kind: 'equipment' });
    const made = await consultant.send(inClient('/scenarios'), {
      name: 'Inondation',
      family: 'natural-disaster',
      state: 'retained',
      'effects.0.site': site.id,
      'effects.0.effect': 'lost',
      'effects.0.durationSeconds': '3 semaines',
      'effects.2.asset': asset.id,
      'effects.2.effect': 'slow',
    });
    const place = (made.headers.get('location') ?? '').replace('?saved', '');
    expect((await api('GET', place)).effects).to.have.deep.members([
      { asset: null, site: site.id, effect: 'lost', durationSeconds: 3 * 604_800 },
      { asset: asset.id, site: null, effect: 'slow', durationSeconds: null },
    ]);
    const both = await consultant.send(inClient('/scenarios'), {
      name: 'Deux',
      family: 'power-lost',
      state: 'proposed',
      'effects.0.site': site.id,
      'effects.0.asset': asset.id,
      'effects.0.effect': 'lost',
    });
    expect(both.status).to.equal(422);
    const unread = await consultant.send(inClient('/scenarios'), {
      name: 'Durée',
      family: 'power-lost',
      state: 'proposed',
      'effects.0.site': site.id,
      'effects.0.effect': 'lost',
      'effects.0.durationSeconds': 'longtemps',
    });
    expect(await unread.text()).to.match(
      /<a href="#record-effects\.0\.durationSeconds">Pendant\s: Écrivez une durée/,
    );
    expect(await both.text()).to.include('l’un des deux, pas les deux');
  });

  it('say in plain words which number is meant', async () => {
    const told = async (likelihood: string) =>
      (
        await consultant.send(inClient('/scenarios'), {
          name: 'Chiffrée',
          family: 'power-lost',
          state: 'proposed',
          likelihood,
        })
      ).text();
    expect(await told('7')).to.include('<p class="error">Au plus 5.</p>');
    expect(await told('0')).to.include('<p class="error">Au moins 1.</p>');
    expect(await told('2,5')).to.include('<p class="error">Écrivez un nombre entier.</p>');
    expect(
      (await api('POST', inClient('/scenarios'), { name: 'x'.repeat(201), family: 'power-lost' })).errors[0]
        .detail,
    ).to.equal('Too long: 200 characters at most.');
  });

  it('are set aside only with a reason', async () => {
    const body = { name: 'Séisme', family: 'natural-disaster', state: 'set-aside' };
    expect((await add('scenarios', body)).key).to.equal('scenario.no-reason');
    expect((await add('scenarios', { ...body, reason: 'Zone 1' })).state).to.equal('set-aside');
  });

  it('refuse assets of another client', async () => {
    const foreign = await api('POST', `/clients/${test.acme.otherClient}/assets`, {
      name: 'X',
      kind: 'server',
    });
    const made = await add('scenarios', {
      name: 'Ailleurs',
      family: 'power-lost',
      effects: [{ asset: foreign.id, effect: 'lost' }],
    });
    expect(made.key).to.equal('not-found.asset');
  });

  it('lead from options to a decision with a record behind it', async () => {
    const activity = await add('activities', { name: 'Expédier', isPriority: true });
    const strategy = await add('strategies', {
      name: 'Repli logistique',
      activity: activity.id,
      options: [
        { name: 'Entrepôt du voisin', costYearly: 4000 },
        { name: 'Second site', costOnce: 90_000, rtoSeconds: 86_400 },
      ],
    });
    expect((await api('POST', `/strategies/${strategy.id}/completion`)).key).to.equal('strategy.not-chosen');
    expect((await api('POST', `/strategies/${strategy.id}/choice`, { option: 3, reason: 'x' })).key).to.equal(
      'strategy.no-such-option',
    );
    const page = await consultant.read(`/strategies/${strategy.id}`);
    expect(page).to.include('<option value="1">Entrepôt du voisin</option>');
    const sent = await consultant.send(`/strategies/${strategy.id}/choice`, {
      option: '1',
      reason: 'Suffit',
    });
    expect(sent.status).to.equal(303);
    const chosen = await api('GET', `/strategies/${strategy.id}`);
    expect(chosen).to.include({
      state: 'chosen',
      chosen: 1,
      reason: 'Suffit',
      decidedBy: 'consultant of Acme',
    });
    expect(await consultant.read(`/strategies/${strategy.id}`)).to.match(
      /Option choisie<\/dt><dd><bdi[^>]*>Entrepôt du voisin</,
    );
    const unsaid = await consultant.send(`/strategies/${strategy.id}/choice`, { option: '', reason: 'x' });
    expect(await unsaid.text()).to.include('Remplissez ce champ.');
    expect((await api('POST', `/strategies/${strategy.id}/completion`)).state).to.equal('in-place');
    const changed = await api('PUT', `/strategies/${strategy.id}`, { name: 'Repli', activity: activity.id });
    expect(changed).to.include({ state: 'proposed', chosen: null });
  });

  it('stand as proven only when somebody chose what another person, and no token, had proposed', async () => {
    const activity = await add('activities', { name: 'Livrer' });
    const owner = await visit(test, test.acme.emails.owner);
    const assertedOf = async (id: string) => {
      const sent = await owner.send(`/strategies/${id}/choice`, {
        version: versionIn(await owner.read(`/strategies/${id}`)),
        option: '1',
        reason: 'Suffit',
      });
      expect(sent.status, await sent.text()).to.equal(303);
      const [row] = await test.service.inProvider(test.acme.id, ({ db }) =>
        db
          .selectFrom('evidence')
          .select('asserted_by')
          .where('code', '=', 'STR')
          .orderBy('at', 'desc')
          .limit(1)
          .execute(),
      );
      return row?.asserted_by;
    };
    const bySomebody = await consultant.send(inClient('/strategies'), {
      name: 'Par quelqu’un',
      activity: activity.id,
      'options.0.name': 'Coursier',
    });
    const [, made] = /strategies\/([0-9a-f-]{36})/.exec(bySomebody.headers.get('location') ?? '') ?? [];
    expect(await assertedOf(made!)).to.equal('system');
    const byToken = await add('strategies', {
      name: 'Par un jeton',
      activity: activity.id,
      options: [{ name: 'Coursier' }],
    });
    expect(await assertedOf(byToken.id)).to.equal('person');
  });

  it('cross with activities in a matrix that shows where nothing answers', async () => {
    const fresh = await api('POST', '/clients', { name: 'Matrice' });
    const into = (noun: string, body: object) => api('POST', `/clients/${fresh.id}/${noun}`, body);
    const site = await into('sites', { name: 'Siège', kind: 'office' });
    const erp = await into('assets', { name: 'ERP', kind: 'application', site: site.id });
    const selling = await into('activities', { name: 'Vendre' });
    const paying = await into('activities', { name: 'Payer' });
    await into('dependencies', { from: { kind: 'activity', id: selling.id }, to: erp.id, kind: 'hard' });
    await into('dependencies', { from: { kind: 'activity', id: paying.id }, to: erp.id, kind: 'soft' });
    const fire = await into('scenarios', {
      name: 'Incendie',
      family: 'premises-lost',
      effects: [{ site: site.id, effect: 'lost' }],
    });
    const stateOf = async (activity: string) =>
      (await api('GET', `/clients/${fresh.id}/scenario-matrix`)).cells.find(
        (cell: { activity: string }) => cell.activity === activity,
      ).state;
    expect([await stateOf(selling.id), await stateOf(paying.id)]).to.deep.equal(['gap', 'unhit']);
    expect(await consultant.read(`/clients/${fresh.id}/scenario-matrix`)).to.include('Une lacune');
    const strategy = await into('strategies', {
      name: 'Cloud',
      asset: erp.id,
      scenario: fire.id,
      options: [{ name: 'Bascule' }],
    });
    expect(await stateOf(selling.id)).to.equal('gap');
    await api('POST', `/strategies/${strategy.id}/choice`, { option: 1, reason: 'Rapide' });
    expect(await stateOf(selling.id)).to.equal('strategy');
  });

  it('tell on their page what they stop, what answers, and lead on to more', async () => {
    const fresh = await api('POST', '/clients', { name: 'Suisse', currency: 'CHF' });
    const into = (noun: string, body: object) => api('POST', `/clients/${fresh.id}/${noun}`, body);
    const press = await into('assets', { name: 'Presse', kind: 'equipment' });
    const printing = await into('activities', { name: 'Imprimer' });
    await into('activities', { name: 'Vendre' });
    await into('dependencies', { from: { kind: 'activity', id: printing.id }, to: press.id, kind: 'hard' });
    const { id } = await into('scenarios', {
      name: 'Panne de presse',
      family: 'ict-assets-lost',
      effects: [{ asset: press.id, effect: 'lost' }],
    });
    const bare = await consultant.read(`/scenarios/${id}`);
    expect(bare)
      .to.include(`<a href="/activities/${printing.id}"><bdi class="lines">Imprimer</bdi></a>`)
      .and.include('Lacune')
      .and.include('Aucune stratégie ne vise ce scénario.')
      .and.not.include('Vendre');
    for (const noun of ['strategies', 'exercises']) {
      const [, adding] = new RegExp(`href="([^"]*/${noun}/new[^"]*)"`).exec(bare) ?? [];
      expect(await consultant.read(adding!.replace('&#x3D;', '=')), noun).to.include(
        `<option value="${id}" selected>Panne de presse</option>`,
      );
    }
    const strategy = await into('strategies', {
      name: 'Confrère',
      activity: printing.id,
      scenario: id,
      options: [{ name: 'Sous-traiter', costYearly: 4000 }],
    });
    await into('exercises', { title: 'Un lundi', kind: 'tabletop', plannedOn: '2027-01-15', scenario: id });
    const { id: later } = await into('activities', { name: 'Relier' });
    await into('dependencies', { from: { kind: 'activity', id: later }, to: press.id, kind: 'hard' });
    await api('POST', `/strategies/${strategy.id}/choice`, { option: 1, reason: 'Proche' });
    expect(await consultant.read(`/scenarios/${id}`))
      .to.match(/>Relier<[\s\S]*?Lacune[\s\S]*?>Imprimer<[\s\S]*?Stratégie/)
      .and.include('Confrère')
      .and.include('Un lundi');
    expect(await consultant.read(`/strategies/${strategy.id}`)).to.match(/4\s000&nbsp;CHF/);
  });
});
