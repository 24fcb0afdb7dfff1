import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { send } from './files.ts';

/** Made by hand after the model of Mercator's API. */
const MERCATOR = {
  sites: { data: [{ id: 1, name: 'Lyon', description: '<p>Siège</p>' }] },
  entities: [
    { id: 4, name: 'Éditeur ERP', is_external: true },
    { id: 5, name: 'Direction', is_external: false },
  ],
  actors: [
    { id: 1, name: 'Équipe paie', nature: 'Groupe' },
    { id: 2, name: 'Anne', nature: 'Personne' },
  ],
  activities: [
    {
      id: 7,
      name: 'Payer les salaires',
      description: '<p>Chaque mois<br>au 28 &amp; avant</p>',
      recovery_time_objective: 1440,
      maximum_tolerable_downtime: 2880,
      recovery_point_objective: 60,
      maximum_tolerable_data_loss: 240,
      applications: [12],
    },
  ],
  applications: [
    {
      id: 12,
      name: 'ERP',
      responsible: 'DSI',
      entity_resp_id: 4,
      rto: 240,
      activities: [7],
      databases: [3],
      logical_servers: [9],
    },
    { id: 13, name: 'Ancienne paie', deleted_at: '2024-01-01' },
  ],
  databases: [{ id: 3, name: 'ERP', logical_servers: [9] }],
  'logical-servers': [{ id: 9, name: 'SRV-ERP', applications: [12], physical_servers: [{ id: 2 }] }],
  'physical-servers': [{ id: 2, name: 'ESX-1', site_id: 1 }],
  networks: [{ id: 1, name: 'LAN', description: null }],
  vlans: [{ id: 1, name: 'VLAN 10' }],
};

const asset = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;

/** Made by hand after what CISO Assistant's API answers. */
const CISO_ASSISTANT = {
  assets: {
    count: 4,
    results: [
      {
        id: asset(1),
        name: 'Vendre en ligne',
        type: 'Primary',
        parent_assets: [],
        owner: [{ id: 'x', str: 'Claire' }],
        disaster_recovery_objectives: [{ str: 'rto: 8h' }, { str: 'rpo: 1h30m' }, { str: 'mtd: 48h' }],
      },
      {
        id: asset(2),
        name: 'Boutique',
        type: 'Support',
        parent_assets: [{ id: asset(1), str: 'Vendre en ligne' }],
        asset_class: { id: 'y', name: 'assetClassServers' },
        recovery_capabilities: { objectives: { rto: { value: 14_400 } } },
      },
      { id: asset(3), name: 'Paiement', type: 'Support', parent_assets: [{ id: asset(2), str: 'Boutique' }] },
      {
        id: asset(4),
        name: 'Catalogue',
        type: 'SP',
        parent_assets: [],
        asset_class: { name: 'assetClassData' },
      },
    ],
  },
  asset_assessments: [
    { id: 'a', asset: { id: asset(2) }, dependencies: [{ id: asset(4) }], recovery_tested: true },
  ],
  escalation_thresholds: [{ id: 't', point_in_time: 3600, quali_impact: { value: 2 } }],
};

describe('an export of another program', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const sendJson = (value: unknown, client = test.acme.client) =>
    send(test, typeof value === 'string' ? value : JSON.stringify(value), { name: 'export.json', client });
  const take = async ({ body }: Awaited<ReturnType<typeof sendJson>>) => {
    expect(body.problems).to.deep.equal([]);
    const { id, sha256, version } = body;
    const path = `/api/v1/uploads/${id}/taking-over`;
    const taken = await test.api(test.acme.tokens.consultant, 'POST', path, { sha256, version });
    expect(taken.status).to.equal(200);
  };
  const listed = async (client: string, noun: string) =>
    (await test.api(test.acme.tokens.consultant, 'GET', `/api/v1/clients/${client}/${noun}`)).body.items;
  const named = (items: { name: string; id: string }[], name: string) =>
    items.filter((one) => one.name === name);

  it('of Mercator brings sites, assets, activities and what needs what, and tells what it does not bring', async () => {
    const { client } = test.acme;
    const sent = await sendJson(MERCATOR);
    expect(sent.body.kind).to.equal('mercator');
    expect(sent.body.notes[0])
      .to.include('vlans (1)')
      .and.include('entities (1)')
      .and.include('applications.rto (1)')
      .and.not.include('sites');
    await take(sent);

    const assets = await listed(client, 'assets');
    expect(
      assets.map(({ name, kind }: { name: string; kind: string }) => `${name}: ${kind}`).sort(),
    ).to.deep.equal([
      'Anne: person',
      'ERP: application',
      'ERP: data-set',
      'ESX-1: server',
      'LAN: network',
      'SRV-ERP: virtual-machine',
      'Éditeur ERP: supplier',
      'Équipe paie: team',
    ]);
    const [supplier] = named(assets, 'Éditeur ERP');
    expect(
      assets.find(({ externalId }: { externalId: string }) => externalId === 'applications/12'),
    ).to.include({
      owner: 'DSI',
      supplier: supplier?.id,
      externalSource: 'Mercator',
    });
    const [site] = await listed(client, 'sites');
    expect(named(assets, 'ESX-1')[0]).to.include({ site: site.id });
    expect((await listed(client, 'activities'))[0]).to.include({
      mtpdSeconds: 172_800,
      rtoSeconds: 86_400,
      rpoSeconds: 14_400,
      rpoTargetSeconds: 3600,
      description: 'Chaque mois\nau 28 & avant',
    });
    const kinds = (await listed(client, 'dependencies')).map(({ kind }: { kind: string }) => kind).sort();
    expect(kinds).to.deep.equal(['data', 'hard', 'hard', 'hard', 'hard']);

    const again = await sendJson(MERCATOR);
    expect([again.body.problems, again.body.rows], 'a second time').to.deep.equal([[], []]);
  });

  it('of CISO Assistant brings primary assets as activities, the others as what they need', async () => {
    const client = test.acme.otherClient;
    const sent = await sendJson(CISO_ASSISTANT, client);
    expect(sent.body.kind).to.equal('ciso-assistant');
    expect(sent.body.notes.join(' '))
      .to.include('escalation_thresholds (1)')
      .and.include('recovery_tested (1)')
      .and.include('One asset does not say its kind');
    await take(sent);
    const [activity] = await listed(client, 'activities');
    expect(activity).to.include({
      name: 'Vendre en ligne',
      owner: 'Claire',
      rtoSeconds: 28_800,
      rpoSeconds: 5400,
      mtpdSeconds: 172_800,
    });
    const assets = await listed(client, 'assets');
    expect(named(assets, 'Boutique')[0]).to.include({ kind: 'server', declaredRecoverySeconds: 14_400 });
    expect(named(assets, 'Catalogue')[0]).to.include({ kind: 'data-set' });
    const ends = (await listed(client, 'dependencies')).map(
      ({ from, to }: { from: { id: string }; to: string }) =>
        [from.id, to]
          .map((id) => [...assets, activity].find((one: { id: string }) => one.id === id).name)
          .join(' → '),
    );
    expect(ends.sort()).to.deep.equal([
      'Boutique → Catalogue',
      'Boutique → Paiement',
      'Vendre en ligne → Boutique',
    ]);
  });

  it('that is none is refused with what to do', async () => {
    for (const [value, key] of [
      ['{"a": [1,', 'exchange.broken-json'],
      [{ shoes: [{ id: 1 }] }, 'exchange.unknown-json'],
      [[], 'exchange.unknown-json'],
      [{ applications: 'many' }, 'exchange.unknown-json'],
    ] as const) {
      const { status, body } = await sendJson(value);
      expect([status, body.key]).to.deep.equal([422, key]);
    }
    const unnamed = await sendJson({ applications: [{ id: 1 }] });
    expect(unnamed.body.problems).to.deep.include({
      where: 'applications/1',
      key: 'exchange.empty',
      detail: 'This cell may not be empty. Fill it in.',
    });
  });
});
