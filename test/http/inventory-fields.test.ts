import { expect } from 'chai';
import { listSignIns } from '#/plans/people.ts';
import { fillForm } from '#/server/records/field.ts';
import type { AnyNoun } from '#/server/records/noun.ts';
import { asset } from '#/server/records/nouns/asset.ts';
import { contact } from '#/server/records/nouns/contact.ts';
import { dependency } from '#/server/records/nouns/dependency.ts';
import { site } from '#/server/records/nouns/site.ts';
import { supplier } from '#/server/records/nouns/supplier.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

const WRITING = { zone: 'Europe/Paris', day: 'j', byte: 'o' } as const;

/** Each noun of the inventory with every field of its form filled, so that one that is added and forgotten shows. */
describe('the inventory', () => {
  let test: TestService;
  let owner: Visitor;
  let samples: [AnyNoun, Record<string, unknown>][];
  before(async () => {
    test = await startTestService();
    owner = await visit(test, test.acme.emails.owner);
    samples = await makeSamples();
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const inClient = (path: string, client = test.acme.client) => `/clients/${client}/${path}`;
  const idOf = async (noun: string, body: object, client?: string): Promise<string> =>
    (await api('POST', inClient(noun, client), body)).body.id;

  async function makeSamples(): Promise<[AnyNoun, Record<string, unknown>][]> {
    const [person] = await test.service.inProvider(test.acme.id, (work) =>
      listSignIns(work, test.acme.client),
    );
    const place = await idOf('sites', { name: 'Siège', kind: 'office' });
    const [holder, deputy] = [await idOf('contacts', { name: 'A' }), await idOf('contacts', { name: 'B' })];
    const vendor = await idOf('suppliers', { name: 'Fournisseur', hours: 'always' });
    const [from, to] = [
      await idOf('assets', { name: 'De', kind: 'server' }),
      await idOf('assets', { name: 'À', kind: 'server' }),
    ];
    return [
      [
        site,
        {
          name: 'Usine de Genas',
          kind: 'plant',
          address: '12 rue des Frères-Lumière\n69740 Genas',
          latitude: 45.73,
          longitude: 5,
          power: 'Onduleur 15 min',
          telecom: 'Fibre et 4G',
        },
      ],
      [
        asset,
        {
          name: 'Base ERP',
          kind: 'data-set',
          label: 'erp',
          state: 'being-replaced',
          description: 'Commandes\net factures',
          owner: 'La direction financière',
          holder,
          deputy,
          site: place,
          location: 'Salle 2',
          isRemoteWorkPossible: true,
          supplier: vendor,
          volumeBytes: 250e9,
          changeBytesPerDay: 3.5e9,
          endOfSupportOn: '2028-11-09',
          declaredRecoverySeconds: 5400,
          recoveryResource: 'link',
          externalSource: 'mercator',
          externalId: 'db-12',
        },
      ],
      [
        dependency,
        {
          from: { kind: 'asset', id: from },
          kind: 'recovery',
          to,
          group: 'Internet',
          requiredK: 1,
          degradationPercent: 80,
          confidence: 'observed',
          note: 'Vu en exercice',
        },
      ],
      [
        supplier,
        {
          name: 'Calvanne Logiciels',
          registration: '552 100 554',
          service: 'Support de l’ERP',
          contact: holder,
          recoveryPromiseSeconds: 14_400,
          hours: [{ day: 5, from: '08:00', to: '18:00' }],
          contractUntil: '2099-12-31',
          subSuppliers: 'Un hébergeur',
          exitPlan: 'Export SQL complet sous 30 jours',
        },
      ],
      [
        contact,
        {
          name: 'Ana Ruiz',
          employer: 'Atelier Delorme',
          jobTitle: 'Directrice générale',
          languages: ['fr', 'es'],
          points: [
            { kind: 'mobile', value: '+33 6 12 34 56 78', isOutOfBand: true, needsAsset: null },
            { kind: 'mail', value: 'ana@delorme.example', isOutOfBand: false, needsAsset: to },
          ],
          person: person?.id,
          leftOn: '2031-01-31',
        },
      ],
    ];
  }

  const add = async ({ fields, path }: AnyNoun, sample: Record<string, unknown>): Promise<string> => {
    const typed = fillForm(fields, sample, WRITING);
    const sent = await owner.send(inClient(path), asPairs(typed));
    expect(sent.status, path).to.equal(303);
    return (sent.headers.get('location') ?? '').replace('?saved', '');
  };

  it('keeps every field of its forms, and a form sent back as it was filled changes nothing', async () => {
    for (const [noun, sample] of samples) {
      const { fields, path } = noun;
      expect(
        fields.map(({ name }) => name),
        path,
      ).to.have.members(Object.keys(sample));
      const place = await add(noun, sample);
      const { body } = await api('GET', place);
      for (const [name, value] of Object.entries(sample))
        if (name === 'points')
          for (const [index, point] of (value as object[]).entries())
            expect(body.points[index]).to.include(point);
        else expect(body[name], `${path} ${name}`).to.deep.equal(value);

      const asked = fields.filter(({ once }) => !once);
      const version = versionIn(await owner.read(`${place}/edit`));
      const again = { ...fillForm(asked, body, WRITING), version };
      expect((await owner.send(place, asPairs(again))).status, path).to.equal(303);
      expect((await api('GET', place)).body, path).to.deep.equal(body);
      expect((await api('DELETE', place)).status, path).to.equal(204);
    }
  });

  /** A label is never given again. */
  const addAgain = (noun: AnyNoun, sample: Record<string, unknown>) => add(noun, { ...sample, label: null });

  it('is changed by whoever saves first: the second sees both texts, or a 409', async () => {
    for (const [noun, sample] of samples) {
      const { fields, path } = noun;
      const place = await addAgain(noun, sample);
      const { body } = await api('GET', place);
      const version = versionIn(await owner.read(`${place}/edit`));
      const [name, first, second] =
        path === 'dependencies'
          ? ['note', 'Le premier', 'Le second']
          : path === 'suppliers'
            ? ['service', 'Le premier', 'Le second']
            : ['name', 'Le premier', 'Le second'];
      const asked = fields.filter(({ once }) => !once);
      const change = Object.fromEntries(asked.map((field) => [field.name, body[field.name]]));
      expect((await api('PUT', place, { ...change, [name!]: first })).status, path).to.equal(200);
      const refused = await owner.send(
        place,
        asPairs({ ...fillForm(asked, { ...change, [name!]: second }, WRITING), version }),
      );
      expect(refused.status, path).to.equal(409);
      expect(await refused.text(), path)
        .to.include('Le premier')
        .and.include('Le second');
      const stale = await api('PUT', place, change, { 'if-match': '"0"' });
      expect([stale.status, stale.body.key], path).to.deep.equal([409, 'http.changed-meanwhile']);
      expect((await api('GET', place)).body[name!], path).to.equal(first);
      const kept = await api('DELETE', place, undefined, { 'if-match': '"0"' });
      expect(kept.status, path).to.equal(409);
      await api('DELETE', place);
    }
  });

  it('is changed by the provider’s people and by nobody else', async () => {
    for (const [noun, sample] of samples) {
      const { path } = noun;
      const place = await addAgain(noun, sample);
      for (const role of ['client-reader', 'client-approver', 'auditor'] as const) {
        const token = test.acme.tokens[role];
        const ask = (method: string, to: string, body?: object) =>
          test.api(token, method, `/api/v1${to}`, body);
        expect((await ask('GET', place)).status, `${role} ${path}`).to.equal(200);
        expect((await ask('POST', inClient(path), sample)).status, `${role} ${path}`).to.equal(403);
        expect((await ask('DELETE', place)).status, `${role} ${path}`).to.equal(403);
      }
      for (const method of ['GET', 'DELETE']) {
        const foreign = await test.api(test.other.tokens.owner, method, `/api/v1${place}`);
        expect(foreign.status, `${method} ${path}`).to.equal(404);
      }
      await api('DELETE', place);
    }
  });

  it('refers to nothing of another client', async () => {
    const { otherClient } = test.acme;
    const theirs = {
      site: await idOf('sites', { name: 'Ailleurs', kind: 'office' }, otherClient),
      contact: await idOf('contacts', { name: 'Ailleurs' }, otherClient),
      supplier: await idOf('suppliers', { name: 'Ailleurs', hours: 'always' }, otherClient),
      asset: await idOf('assets', { name: 'Ailleurs', kind: 'server' }, otherClient),
    };
    const own = await idOf('assets', { name: 'Ici', kind: 'server' });
    const anAsset = { name: 'Nouveau', kind: 'server' };
    for (const [noun, body] of [
      ['assets', { ...anAsset, site: theirs.site }],
      ['assets', { ...anAsset, holder: theirs.contact }],
      ['assets', { ...anAsset, deputy: theirs.contact }],
      ['assets', { ...anAsset, supplier: theirs.supplier }],
      ['suppliers', { name: 'Nouveau', hours: 'always', contact: theirs.contact }],
      ['contacts', { name: 'Nouveau', points: [{ kind: 'radio', value: '4', needsAsset: theirs.asset }] }],
      ['dependencies', { from: { kind: 'asset', id: own }, to: theirs.asset, kind: 'hard' }],
      ['dependencies', { from: { kind: 'asset', id: theirs.asset }, to: own, kind: 'hard' }],
    ] as const) {
      const refused = await api('POST', inClient(noun), body);
      expect(refused.status, `${noun} ${JSON.stringify(body)}`).to.equal(404);
    }
  });
});

const asPairs = (typed: Record<string, string | string[]>): [string, string][] =>
  Object.entries(typed).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
