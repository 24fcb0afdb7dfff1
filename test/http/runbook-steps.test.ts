import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

const STEPS = [
  { key: 'contenir', action: 'Isoler le réseau', role: 'Technicien', p50Seconds: 600, p90Seconds: 1200 },
  {
    key: 'annuaire',
    action: 'Rétablir l’annuaire',
    skill: 'Active Directory',
    p50Seconds: 3600,
    p90Seconds: 7200,
    after: [{ key: 'contenir', lagSeconds: 1800 }],
  },
  { key: 'message', action: 'Prévenir les clients', p50Seconds: 900, after: [{ key: 'contenir' }] },
];

describe('steps of a runbook', () => {
  let test: TestService;
  let consultant: Visitor;
  let plan: string;
  let draft: string;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
  });
  after(() => test[Symbol.asyncDispose]());
  beforeEach(async () => {
    plan = (await api('POST', inClient('/plans'), { kind: 'drp', title: 'PRA' })).body.id;
    draft = (await api('POST', `/plans/${plan}/versions`, { start: 'blank' })).body.id;
    await api('PUT', `/runbooks/${draft}`, { steps: STEPS });
  });

  const api = (method: string, path: string, body?: unknown, headers = {}) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const stepAt = (key: string) => `/runbooks/${draft}/steps/${key}`;
  const keysOf = async () =>
    (await api('GET', `/runbooks/${draft}`)).body.steps.map(({ key }: { key: string }) => key);
  const form = {
    action: 'Rétablir la messagerie',
    resource: 'technician',
    p50Seconds: '1 h 30',
    p90Seconds: '3 h',
    after: 'annuaire + 30 min',
    successTest: 'Un message arrive de l’extérieur.',
  };

  it('tell along which chain they take how long, and when each step can begin', async () => {
    const { body } = await api('GET', `/runbooks/${draft}`);
    expect(body.times).to.deep.equal({
      p50Seconds: 600 + 1800 + 3600,
      p90Seconds: 1200 + 1800 + 7200,
      chain: ['contenir', 'annuaire'],
      withoutTime: [],
      beginsAfter: [0, 2400, 600],
    });
    const page = await consultant.read(`/runbooks/${draft}`);
    expect(page)
      .to.include('Ce qui décide de la durée')
      .and.include('Active Directory')
      .and.include('Technicien')
      .and.include('Personne de désigné');
    expect(page.match(/Sur la chaîne la plus longue/g)).to.have.length(2);
  });

  it('take a step by a form, before another one, with a key made from its action', async () => {
    const sent = await consultant.send(`/runbooks/${draft}/steps`, { ...form, before: 'message' });
    expect(sent.headers.get('location')).to.equal(`/runbooks/${draft}#step-retablir-la-messagerie`);
    expect(await keysOf()).to.deep.equal(['contenir', 'annuaire', 'retablir-la-messagerie', 'message']);
    const { body } = await api('GET', stepAt('retablir-la-messagerie'));
    expect(body).to.deep.include({
      p50Seconds: 5400,
      p90Seconds: 10_800,
      after: [{ key: 'annuaire', lagSeconds: 1800 }],
    });
  });

  it('change a step by its form, and whoever waits for it goes on to under its new key', async () => {
    const page = await consultant.read(stepAt('contenir'));
    expect(page).to.include('value="Isoler le réseau"').and.include('value="10 min"');
    const sent = await consultant.send(stepAt('contenir'), {
      version: versionIn(page),
      key: 'isoler',
      action: 'Isoler tous les réseaux',
      resource: 'none',
    });
    expect(sent.status, await sent.text()).to.equal(303);
    const { body } = await api('GET', `/runbooks/${draft}`);
    expect(body.steps[0]).to.include({ key: 'isoler', action: 'Isoler tous les réseaux', resource: 'none' });
    expect(body.steps[1].after).to.deep.equal([{ key: 'isoler', lagSeconds: 1800 }]);
    expect(body.times.withoutTime).to.deep.equal(['isoler']);
  });

  it('move a step, and take one out that nobody waits for', async () => {
    const version = versionIn(await consultant.read(stepAt('message')));
    await consultant.send(`${stepAt('message')}/move`, { version, before: 'contenir' });
    expect(await keysOf()).to.deep.equal(['message', 'contenir', 'annuaire']);
    expect(await consultant.read(`/runbooks/${draft}`)).to.include('écrite plus bas');
    const refused = await consultant.send(`${stepAt('contenir')}/removal`, {});
    expect(refused.status).to.equal(409);
    expect(await refused.text()).to.include('Prévenir les clients, Rétablir l’annuaire');
    expect((await api('DELETE', stepAt('message'))).status).to.equal(204);
    expect((await api('POST', `${stepAt('annuaire')}/move`, { before: null })).status).to.equal(200);
    expect(await keysOf()).to.deep.equal(['contenir', 'annuaire']);
  });

  it('refuse circles, unknown keys and a key that stands twice, with their names, beside the field', async () => {
    const write = async (fields: object) => {
      const sent = await consultant.send(stepAt('contenir'), {
        action: 'Isoler',
        resource: 'none',
        ...fields,
      });
      expect(sent.status).to.equal(422);
      return sent.text();
    };
    expect(await write({ after: 'annuaire' })).to.match(
      /name="after"[^>]*>\s*<div[^>]*>.*contenir → annuaire → contenir|annuaire → contenir → annuaire/s,
    );
    expect(await write({ after: 'rien' }))
      .to.include('attend une étape qui n’existe pas')
      .and.include('rien');
    expect(await write({ key: 'annuaire' })).to.include('Deux étapes ont le même repère');
    expect(await write({ after: 'annuaire dans une heure' })).to.include('Écrivez les repères des étapes');
    expect(await write({ key: 'Étape 1' })).to.include('Un repère se compose');
    expect(await write({ p50Seconds: '2 h', p90Seconds: '1 h' })).to.include('ne peut pas être plus courte');
    expect(await write({ p50Seconds: 'vite' })).to.include('Écrivez une durée avec son unité');
    const { body } = await api('PUT', stepAt('contenir'), { action: 'X', after: [{ key: 'annuaire' }] });
    expect([body.key, body.errors[0].field]).to.deep.equal(['runbook.circle', 'after']);
    expect(await keysOf()).to.deep.equal(['contenir', 'annuaire', 'message']);
  });

  it('tell what is brought back before what it needs', async () => {
    const add = async (noun: string, body: object) => (await api('POST', inClient(`/${noun}`), body)).body.id;
    const name = `ERP ${plan.slice(0, 4)}`;
    const erp = await add('assets', { name, kind: 'application' });
    const base = await add('assets', { name: `Base ${plan.slice(0, 4)}`, kind: 'data-set' });
    await add('dependencies', { from: { kind: 'asset', id: erp }, to: base, kind: 'hard' });
    await api('PUT', `/runbooks/${draft}`, {
      steps: [
        { key: 'erp', action: 'Démarrer l’ERP', asset: erp },
        { key: 'base', action: 'Restaurer la base', asset: base },
      ],
    });
    const { body } = await api('GET', `/runbooks/${draft}`);
    expect(body.conflicts).to.deep.equal([{ key: 'erp', asset: name, needed: [`Base ${plan.slice(0, 4)}`] }]);
    expect(await consultant.read(`/runbooks/${draft}`)).to.include(
      `rétablit ${name} avant ce dont il dépend`,
    );
    await api('PUT', `/runbooks/${draft}/steps/erp`, {
      action: 'Démarrer l’ERP',
      asset: erp,
      after: [{ key: 'base' }],
    });
    expect((await api('GET', `/runbooks/${draft}`)).body.conflicts).to.deep.equal([]);
  });

  it('refuse a role or an asset of another client', async () => {
    const other = await api('POST', `/clients/${test.acme.otherClient}/assets`, {
      name: 'Autre',
      kind: 'saas',
    });
    const refused = await api('POST', `/runbooks/${draft}/steps`, { action: 'X', asset: other.body.id });
    expect(refused.body.key).to.equal('not-found.asset');
  });

  it('show the second of two editors of a step what the first wrote; two steps are edited at once', async () => {
    const one = versionIn(await consultant.read(stepAt('contenir')));
    const another = versionIn(await consultant.read(stepAt('message')));
    await api('PUT', stepAt('contenir'), { action: 'Isoler, dit le premier' });
    const refused = await consultant.send(stepAt('contenir'), {
      version: one,
      key: 'contenir',
      action: 'Isoler, dit le second',
      resource: 'technician',
    });
    expect(refused.status).to.equal(409);
    expect(await refused.text())
      .to.include('Isoler, dit le premier')
      .and.include('value="Isoler, dit le second"');
    const fine = await consultant.send(stepAt('message'), {
      version: another,
      action: 'Dire',
      resource: 'none',
    });
    expect(fine.status).to.equal(303);
    const stale = await api('PUT', stepAt('contenir'), { action: 'X' }, { 'if-match': '"old"' });
    expect(stale.body.key).to.equal('http.changed-meanwhile');
  });

  it('are read by readers, written by consultants only and while a draft, and not there for strangers', async () => {
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/runbooks/${draft}`))
      .to.include('Isoler le réseau')
      .and.not.include('new-step');
    expect((await reader.send(`/runbooks/${draft}/steps`, form)).status).to.equal(403);
    expect(await reader.read(stepAt('contenir')))
      .to.include('Cette étape se lit seulement')
      .and.not.include('name="action"');
    const foreign = (method: string, path: string, body?: unknown) =>
      test.api(test.other.tokens.owner, method, `/api/v1${path}`, body);
    expect((await foreign('GET', stepAt('contenir'))).status).to.equal(404);
    expect((await foreign('POST', `/runbooks/${draft}/steps`, { action: 'X' })).status).to.equal(404);
    await api('POST', `/plan-versions/${draft}/withdrawal`, { reason: 'Essai' });
    const frozen = await api('POST', `/runbooks/${draft}/steps`, { action: 'X' });
    expect([frozen.status, frozen.body.key]).to.deep.equal([409, 'plan-version.frozen']);
  });

  it('say that what they name was taken away in the same moment, and stay as they were', async () => {
    const role = (await api('POST', inClient('/crisis-roles'), { name: 'Astreinte', cell: 'operations' }))
      .body.id;
    const database = new pg.Client({ connectionString: test.superuserUrl });
    await database.connect();
    try {
      await database.query('begin');
      await database.query('delete from crisis_roles where id = $1', [role]);
      const change = api('PUT', stepAt('message'), { ...STEPS[2], crisisRole: role });
      await setTimeout(500);
      await database.query('commit');
      const { status, body } = await change;
      expect([status, body.key]).to.deep.equal([409, 'http.at-once']);
    } finally {
      await database.end();
    }
    expect((await api('GET', stepAt('message'))).body.crisisRole).to.equal(null);
  });

  it('of a thousand steps are read and written, and take no more', async () => {
    const steps = Array.from({ length: 1000 }, (_, place) => ({
      key: `pas-${place}`,
      action: `Pas ${place}`,
      p50Seconds: 60,
      after: place === 0 ? [] : [{ key: `pas-${place - 1}` }],
    }));
    expect((await api('PUT', `/runbooks/${draft}`, { steps })).status).to.equal(200);
    const begun = performance.now();
    const page = await consultant.read(`/runbooks/${draft}`);
    expect(page).to.include('id="step-pas-999"').and.not.include(`/runbooks/${draft}/edit`);
    const sent = await consultant.send(stepAt('pas-500'), {
      action: 'Pas du milieu',
      resource: 'none',
      after: 'pas-499',
    });
    expect(sent.status).to.equal(303);
    expect(performance.now() - begun).to.be.lessThan(10_000);
    expect((await api('GET', `/runbooks/${draft}`)).body.times.chain).to.have.length(1000);
    const full = await api('POST', `/runbooks/${draft}/steps`, { action: 'De trop' });
    expect([full.status, full.body.key]).to.deep.equal([409, 'runbook.full']);
  });
});
