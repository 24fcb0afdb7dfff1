import { expect } from 'chai';
import { contentOf, hashOfVersion } from '#/plans/plan-content.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

const HOUR = 3600;

describe('runbooks, call trees and crisis roles', () => {
  let test: TestService;
  let consultant: Visitor;
  let reader: Visitor;
  let version: string;
  beforeEach(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    reader = await visit(test, test.acme.emails['client-reader']);
    const plan = await ok('POST', inClient('/plans'), { kind: 'drp', title: 'PRA' });
    version = (await ok('POST', `/plans/${plan.id}/versions`, { start: 'blank' })).id;
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.consultant, method, `/api/v1${path}`, body, headers);
  const ok = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await call(method, path, body);
    expect(status, JSON.stringify(answer)).to.be.within(200, 204);
    return answer;
  };
  const anAsset = async (name: string) =>
    (await ok('POST', inClient('/assets'), { name, kind: 'server' })).id as string;

  it('are written as a table, with waits in words, and tell their longest chain', async () => {
    const page = await consultant.read(`/runbooks/${version}/edit`);
    const sent = await consultant.send(`/runbooks/${version}`, {
      version: versionIn(page),
      'steps.0.action': 'Décider du repli',
      'steps.0.resource': 'none',
      'steps.0.p50Seconds': '15 min',
      'steps.0.p90Seconds': '30 min',
      'steps.1.key': 'annuaire',
      'steps.1.action': 'Rétablir l’annuaire',
      'steps.1.resource': 'technician',
      'steps.1.p50Seconds': '2 h',
      'steps.1.p90Seconds': '4 h',
      'steps.1.after': 'decider-du-repli + 45 min',
      'steps.2.action': 'Prévenir les clients',
      'steps.2.resource': 'none',
      'steps.2.after': 'decider-du-repli',
    });
    expect(sent.status, await sent.text()).to.equal(303);
    const { steps, times } = await ok('GET', `/runbooks/${version}`);
    expect(steps.map(({ key }: { key: string }) => key)).to.deep.equal([
      'decider-du-repli',
      'annuaire',
      'prevenir-les-clients',
    ]);
    expect(steps[1].after).to.deep.equal([{ key: 'decider-du-repli', lagSeconds: 45 * 60 }]);
    expect(times).to.deep.equal({
      p50Seconds: 3 * HOUR,
      p90Seconds: 5 * HOUR + 15 * 60,
      chain: ['decider-du-repli', 'annuaire'],
      withoutTime: ['prevenir-les-clients'],
      beginsAfter: [0, HOUR, 15 * 60],
    });
    const shown = await reader.read(`/runbooks/${version}`);
    expect(shown)
      .to.include('1 étape sur 3 n’a pas de durée')
      .and.match(/Décider du repli<\/bdi><\/a> <span class="muted">\+ 45.min/);
    expect(await consultant.read(`/runbooks/${version}/edit`)).to.include(
      'value="decider-du-repli + 45 min"',
    );
    expect(await reader.read(`/plan-versions/${version}`)).to.include('Rétablir l’annuaire');
  });

  it('are refused with the names when steps wait for each other, for nothing, or are longest when fast', async () => {
    const write = async (steps: object[]) => (await call('PUT', `/runbooks/${version}`, { steps })).body;
    const circle = await write([
      { key: 'a', action: 'A', after: [{ key: 'b' }] },
      { key: 'b', action: 'B', after: [{ key: 'a' }] },
    ]);
    expect([circle.key, circle.detail]).to.deep.equal([
      'runbook.circle',
      'These steps wait for one another: a → b → a. Take one of these waits out.',
    ]);
    expect((await write([{ key: 'a', action: 'A', after: [{ key: 'nichts' }] }])).key).to.equal(
      'runbook.unknown-key',
    );
    expect(
      (
        await write([
          { key: 'a', action: 'A' },
          { key: 'a', action: 'B' },
        ])
      ).key,
    ).to.equal('runbook.key-twice');
    expect((await write([{ action: 'A', p50Seconds: 60, p90Seconds: 30 }])).key).to.equal('http.invalid');
    expect((await write([{ action: 'A', asset: test.other.client }])).key).to.equal('not-found.asset');
    const page = await consultant.read(`/runbooks/${version}/edit`);
    const refused = await consultant.send(`/runbooks/${version}`, {
      version: versionIn(page),
      'steps.0.action': 'Décider',
      'steps.0.resource': 'none',
      'steps.0.after': 'quelque chose d’illisible',
    });
    expect(refused.status).to.equal(422);
    expect(await refused.text())
      .to.include('quelque chose d’illisible')
      .and.include('Écrivez les repères');
    expect((await ok('GET', `/runbooks/${version}`)).steps).to.deep.equal([]);
  });

  it('tell when an asset comes back before what it depends on', async () => {
    const [directory, erp] = [await anAsset('Annuaire'), await anAsset('ERP')];
    await ok('POST', inClient('/dependencies'), {
      from: { kind: 'asset', id: erp },
      to: directory,
      kind: 'hard',
    });
    const written = await ok('PUT', `/runbooks/${version}`, {
      steps: [
        { key: 'erp', action: 'Rétablir l’ERP', asset: erp },
        { key: 'annuaire', action: 'Rétablir l’annuaire', asset: directory },
      ],
    });
    expect(written.conflicts).to.deep.equal([{ key: 'erp', asset: 'ERP', needed: ['Annuaire'] }]);
    expect(await reader.read(`/runbooks/${version}`)).to.match(/avant ce dont il dépend\s: Annuaire/);
  });

  it('do not lose what two write at once', async () => {
    const stale = versionIn(await consultant.read(`/runbooks/${version}/edit`));
    await ok('PUT', `/runbooks/${version}`, { steps: [{ action: 'Déclarer' }] });
    const refused = await consultant.send(`/runbooks/${version}`, {
      version: stale,
      'steps.0.action': 'Alerter',
      'steps.0.resource': 'none',
    });
    expect(refused.status).to.equal(409);
    expect(await refused.text())
      .to.include('Alerter')
      .and.include('Déclarer');
  });

  it('say who calls whom, and refuse circles and unknown names', async () => {
    const contact = await ok('POST', inClient('/contacts'), { name: 'Philippe Garnier' });
    const role = await ok('POST', inClient('/crisis-roles'), {
      name: 'Directeur de crise',
      cell: 'decision',
      holders: [{ contact: contact.id }],
    });
    const tree = await ok('PUT', `/call-trees/${version}`, {
      nodes: [
        { key: 'chef', crisisRole: role.id, timeoutSeconds: 300, fallback: 'adjoint' },
        { key: 'adjoint', name: 'L’adjoint' },
        { contact: contact.id, calledBy: 'chef' },
      ],
    });
    expect(tree.nodes.map(({ name }: { name: string }) => name)).to.deep.equal([
      'Directeur de crise',
      'L’adjoint',
      'Philippe Garnier',
    ]);
    expect(await reader.read(`/plan-versions/${version}`)).to.include('· Philippe Garnier');
    const refused = async (nodes: object[]) =>
      (await call('PUT', `/call-trees/${version}`, { nodes })).body.key;
    expect(
      await refused([
        { key: 'a', name: 'A', calledBy: 'b' },
        { key: 'b', name: 'B', calledBy: 'a' },
      ]),
    ).to.equal('call-tree.circle');
    expect(await refused([{ key: 'a', name: 'A', fallback: 'b' }])).to.equal('call-tree.unknown-key');
    expect(await refused([{ timeoutSeconds: 60 }])).to.equal('http.invalid');
  });

  it('name roles with deputies, remember who held them, and stay while a plan names them', async () => {
    const [first, second] = [
      await ok('POST', inClient('/contacts'), { name: 'Ana Ruiz' }),
      await ok('POST', inClient('/contacts'), { name: 'Marc Lefèvre' }),
    ];
    const role = await ok('POST', inClient('/crisis-roles'), {
      name: 'Communication',
      cell: 'communication',
      holders: [{ contact: first.id, from: '2026-01-01' }],
    });
    expect(await reader.read(`/crisis-roles/${role.id}`)).to.include('sans suppléant');
    const page = await consultant.read(`/crisis-roles/${role.id}/edit`);
    const sent = await consultant.send(`/crisis-roles/${role.id}`, {
      version: versionIn(page),
      name: 'Communication',
      cell: 'communication',
      'holders.0.contact': second.id,
    });
    expect(sent.status, await sent.text()).to.equal(303);
    const { holders, former } = await ok('GET', `/crisis-roles/${role.id}`);
    expect([holders[0].name, former[0].name]).to.deep.equal(['Marc Lefèvre', 'Ana Ruiz']);
    await ok('PUT', `/runbooks/${version}`, { steps: [{ action: 'Informer', crisisRole: role.id }] });
    const refused = await call('DELETE', `/crisis-roles/${role.id}`);
    expect([refused.status, refused.body.key]).to.deep.equal([409, 'crisis-role.in-use']);
    expect(
      (await test.api(test.acme.tokens['client-reader'], 'DELETE', `/api/v1/crisis-roles/${role.id}`)).status,
    ).to.equal(403);
    expect(
      (await test.api(test.other.tokens.owner, 'GET', `/api/v1/crisis-roles/${role.id}`)).status,
    ).to.equal(404);
  });

  it('are in the hash of a version, and a version of before they were keeps its own', () => {
    const told = {
      plan: { id: version, kind: 'drp' as const, title: 'PRA' },
      number: 1,
      changeSummary: null,
      effectiveOn: null,
      sections: [{ kind: 'scope' as const, title: 'Périmètre', body: 'Le siège.', payload: {} }],
      steps: [],
      callNodes: [],
      roles: [],
    };
    const role = { name: 'X', cell: 'decision' as const, mandate: null, mayApprove: true, holders: ['Ana'] };
    const [before, now] = [1, 2].map((format) => ({ ...told, format }));
    expect(hashOfVersion({ ...before!, roles: [role] })).to.equal(hashOfVersion(before!));
    expect(hashOfVersion({ ...now!, roles: [role] })).to.not.equal(hashOfVersion(now!));
    expect(contentOf(before!)).to.equal(
      `{"kind":"drp","number":1,"plan":"${version}","sections":[{"body":"Le siège.","kind":"scope","title":"Périmètre"}],"title":"PRA"}`,
    );
  });
});
