import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('two versions of a plan', () => {
  let test: TestService;
  let consultant: Visitor;
  let plan: string;
  let first: string;
  let second: string;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    const erp = (await api('POST', inClient('/assets'), { name: 'ERP', kind: 'application' })).id;
    plan = (await api('POST', inClient('/plans'), { kind: 'drp', title: 'PRA' })).id;
    first = (
      await api('POST', `/plans/${plan}/versions`, {
        start: 'blank',
        sections: [
          section('scope', [
            'Le siège.',
            ...Array.from({ length: 10 }, (_, place) => `Point ${place}`),
            'Fin.',
          ]),
          section('roles', ['Ana décide.']),
        ],
      })
    ).id;
    await api('PUT', `/runbooks/${first}`, {
      steps: [
        { key: 'contenir', action: 'Isoler', p50Seconds: 600 },
        { key: 'erp', action: 'Démarrer l’ERP', after: [{ key: 'contenir' }] },
        { key: 'dire', action: 'Prévenir' },
      ],
    });
    await api('PUT', `/call-trees/${first}`, {
      nodes: [
        { key: 'ana', name: 'Ana' },
        { key: 'gil', name: 'Gil' },
      ],
    });
    await api('POST', `/plan-versions/${first}/withdrawal`, { reason: 'À reprendre' });
    second = (await api('POST', `/plans/${plan}/versions`, { changeSummary: 'Le site de repli' })).id;
    await api('PUT', `/plan-versions/${second}/sections/scope`, {
      title: 'scope',
      body: [
        'Le siège et le dépôt.',
        ...Array.from({ length: 10 }, (_, place) => `Point ${place}`),
        'Fin.',
      ].join('\n'),
      edition: 1,
    });
    await api('PUT', `/plan-versions/${second}/sections/activation`, {
      title: 'Seuils',
      body: 'Quand.',
      payload: { thresholds: [{ sign: 'Panne', limit: '4 h' }] },
      edition: 0,
    });
    await api('PUT', `/runbooks/${second}`, {
      steps: [
        { key: 'erp', action: 'Démarrer l’ERP', asset: erp, after: [{ key: 'contenir', lagSeconds: 1800 }] },
        { key: 'contenir', action: 'Isoler', p50Seconds: 1200 },
        { key: 'juger', action: 'Décider' },
      ],
    });
    await api('PUT', `/call-trees/${second}`, { nodes: [{ key: 'ana', name: 'Ana', timeoutSeconds: 60 }] });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: unknown) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).to.be.within(200, 204);
    return answer.body;
  };
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const section = (kind: string, lines: string[]) => ({ kind, title: kind, body: lines.join('\n') });

  it('are compared line by line, and by the keys of steps and calls', async () => {
    const compared = await api('GET', `/plan-versions/${second}/comparison`);
    expect(compared.against).to.deep.equal({ id: first, number: 1 });
    expect(
      compared.sections
        .map(({ kind, change }: { kind: string; change: string }) => `${kind} ${change}`)
        .sort(),
    ).to.deep.equal(['activation added', 'scope changed']);
    const scope = compared.sections.find(({ kind }: { kind: string }) => kind === 'scope');
    expect(scope.lines.slice(0, 3)).to.deep.equal([
      { kind: 'same', lines: ['# scope'] },
      { kind: 'removed', lines: ['Le siège.'] },
      { kind: 'added', lines: ['Le siège et le dépôt.'] },
    ]);
    expect(compared.steps).to.deep.equal([
      {
        key: 'erp',
        name: 'Démarrer l’ERP',
        change: 'changed',
        fields: [
          { field: 'asset', before: null, after: 'ERP' },
          { field: 'after', before: 'contenir', after: 'contenir + 30 min' },
        ],
      },
      {
        key: 'contenir',
        name: 'Isoler',
        change: 'changed',
        fields: [{ field: 'p50Seconds', before: 600, after: 1200 }],
      },
      { key: 'juger', name: 'Décider', change: 'added', fields: [] },
      { key: 'dire', name: 'Prévenir', change: 'removed', fields: [] },
    ]);
    expect(compared.isReordered).to.equal(true);
    expect(
      compared.calls.map(({ key, change }: { key: string; change: string }) => `${key} ${change}`),
    ).to.deep.equal(['ana changed', 'gil removed']);
  });

  it('tell no change where a draft that was given up named a crisis role by what it is called today', async () => {
    const role = await api('POST', inClient('/crisis-roles'), { name: 'Pilote', cell: 'operations' });
    const other = (await api('POST', inClient('/plans'), { kind: 'drp', title: 'Autre' })).id;
    const was = (await api('POST', `/plans/${other}/versions`, { start: 'blank' })).id;
    await api('PUT', `/runbooks/${was}`, { steps: [{ action: 'Isoler', crisisRole: role.id }] });
    await api('POST', `/plan-versions/${was}/withdrawal`, { reason: 'À reprendre' });
    const is = (await api('POST', `/plans/${other}/versions`, {})).id;
    const compared = await api('GET', `/plan-versions/${is}/comparison`);
    expect([compared.against.number, compared.steps, compared.roles]).to.deep.equal([1, [], []]);
    expect(await consultant.read(`/runbooks/${is}`)).to.include('<bdi>Pilote</bdi>');
  });

  it('are read on a page that leaves out what stayed', async () => {
    const page = await consultant.read(`/plan-versions/${second}/comparison`);
    expect(page)
      .to.include('De la version 1 à la version 2')
      .and.include('Le site de repli')
      .and.include('<bdi>Le siège et le dépôt.</bdi>')
      .and.include('- Panne · 4 h')
      .and.include('lignes inchangées')
      .and.include('Les étapes communes se lisent dans un autre ordre')
      .and.not.include('Point 5')
      .and.not.include('Ana décide.');
    expect(page).to.match(/Durée habituelle<\/th><td[^>]*><span>10.min<\/span><\/td><td[^>]*><span>20.min/);
    expect(await consultant.read(`/plan-versions/${second}`)).to.include(
      `/plan-versions/${second}/comparison`,
    );
  });

  it('say that nothing changed, or that there is nothing before', async () => {
    expect(await consultant.read(`/plan-versions/${second}/comparison?against=${second}`)).to.include(
      'Rien n’a changé',
    );
    const alone = await api('GET', `/plan-versions/${first}/comparison`);
    expect([alone.against, alone.sections]).to.deep.equal([null, []]);
    expect(await consultant.read(`/plan-versions/${first}/comparison`)).to.include('pas de version avant');
  });

  it('are read by readers; another plan’s, or a stranger’s, are not there', async () => {
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/plan-versions/${second}/comparison`)).to.include('De la version 1');
    const other = await api('POST', inClient('/plans'), { kind: 'bcp', title: 'PCA' });
    const elsewhere = await api('POST', `/plans/${other.id}/versions`, { start: 'blank' });
    const ask = (token: string, path: string) => test.api(token, 'GET', `/api/v1/plan-versions/${path}`);
    const mixed = await ask(test.acme.tokens.owner, `${second}/comparison?against=${elsewhere.id}`);
    expect([mixed.status, mixed.body.key]).to.deep.equal([404, 'not-found.plan-version']);
    expect((await ask(test.other.tokens.owner, `${second}/comparison`)).status).to.equal(404);
  });

  it('of two thousand lines do not hang', async () => {
    const body = (what: string) => Array.from({ length: 2000 }, (_, place) => `${what} ${place}`).join('\n');
    await api('PUT', `/plan-versions/${second}/sections/degraded`, {
      title: 'X',
      body: body('Avant'),
      edition: 0,
    });
    await api('POST', `/plan-versions/${second}/withdrawal`, { reason: 'Essai' });
    const third = await api('POST', `/plans/${plan}/versions`, {});
    await api('PUT', `/plan-versions/${third.id}/sections/degraded`, {
      title: 'X',
      body: body('Après'),
      edition: 1,
    });
    const begun = performance.now();
    const page = await consultant.read(`/plan-versions/${third.id}/comparison?against=${second}`);
    expect(page).to.include('Avant 1999').and.include('Après 1999');
    expect(performance.now() - begun).to.be.lessThan(5000);
  });
});
