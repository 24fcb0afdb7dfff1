import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

interface Node {
  key: string;
  calledBy: string | null;
  fallback: string | null;
}

describe('call trees', () => {
  let test: TestService;
  let consultant: Visitor;
  let draft: string;
  let role: string;
  let ana: string;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    const plan = (await api('POST', inClient('/plans'), { kind: 'crisis-management', title: 'Crise' })).body
      .id;
    draft = (await api('POST', `/plans/${plan}/versions`, { start: 'blank' })).body.id;
    const contact = async (name: string, points: object[] = [], leftOn: string | null = null) =>
      (await api('POST', inClient('/contacts'), { name, points, leftOn })).body.id;
    ana = await contact('Ana Ruiz', [
      { kind: 'mobile', value: '+33 (0)6 12 34 56 78', isOutOfBand: true },
      { kind: 'mail', value: 'ana@delorme.example' },
      { kind: 'address', value: '1 rue des Lilas' },
    ]);
    const paul = await contact('Paul Lemaire', [{ kind: 'radio', value: 'Canal 4' }]);
    const gone = await contact('Gil Oury', [], '2026-01-01');
    const holders = [ana, gone, paul].map((one) => ({ contact: one, from: '2026-01-01' }));
    role = (await api('POST', inClient('/crisis-roles'), { name: 'Directrice', cell: 'decision', holders }))
      .body.id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers = {}) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const write = (nodes: object[]) => api('PUT', `/call-trees/${draft}`, { nodes });

  it('are written by a form and read in the order of the calls, with numbers to press', async () => {
    const page = await consultant.read(`/call-trees/${draft}/edit`);
    const sent = await consultant.send(`/call-trees/${draft}`, {
      version: versionIn(page),
      'nodes.0.key': 'directrice',
      'nodes.0.crisisRole': role,
      'nodes.0.timeoutSeconds': '5 min',
      'nodes.0.fallback': 'adjoint',
      'nodes.1.key': 'adjoint',
      'nodes.1.name': 'L’adjoint au maire',
      'nodes.1.timeoutSeconds': '10 min',
      'nodes.2.name': 'Chef d’atelier',
      'nodes.2.calledBy': 'directrice',
      'nodes.2.timeoutSeconds': '10 min',
    });
    expect(sent.status, await sent.text()).to.equal(303);
    const shown = await consultant.read(`/call-trees/${draft}`);
    expect(shown)
      .to.include('href="tel:+33612345678"')
      .and.include('href="mailto:ana@delorme.example"')
      .and.include('Canal 4')
      .and.include('hors bande')
      .and.not.include('rue des Lilas');
    expect(shown.indexOf('Ana Ruiz')).to.be.within(1, shown.indexOf('Paul Lemaire'));
    const again = await consultant.read(`/call-trees/${draft}/edit`);
    expect(again)
      .to.include('value="L’adjoint au maire"')
      .and.not.match(/name="nodes\.0\.name"[^>]*value="Directrice"/);
    expect(shown).to.include('suppléant 1').and.not.include('Gil Oury');
    expect(shown.indexOf('Chef d’atelier')).to.be.below(shown.indexOf('<bdi>L’adjoint au maire</bdi></h3>'));
    expect(shown).to.include('Appelé seulement à la place de quelqu’un');
    const version = await consultant.read(`/plan-versions/${draft}`);
    const calls = version.slice(version.indexOf('plan-version.calls-part'));
    expect(calls.slice(0, calls.indexOf('</section>')))
      .to.include('L’adjoint au maire')
      .and.not.include('>directrice<')
      .and.not.include('>adjoint<');
  });

  it('are told by names: who calls, and whom to call instead, offered while one types', async () => {
    const form = await consultant.read(`/call-trees/${draft}/edit`);
    expect(form)
      .to.include('value="L’adjoint au maire"')
      .and.include('list="call-tree-nodes-calledBy-names"')
      .and.include('<datalist id="call-tree-nodes-calledBy-names">')
      .and.include('<option value="Ana Ruiz"></option>');
    const sent = await consultant.send(`/call-trees/${draft}`, {
      version: versionIn(form),
      'nodes.0.name': 'La directrice',
      'nodes.0.timeoutSeconds': '5 min',
      'nodes.0.fallback': 'son adjoint',
      'nodes.1.name': 'Son adjoint',
      'nodes.1.timeoutSeconds': '10 min',
      'nodes.2.name': 'Chef d’atelier',
      'nodes.2.calledBy': 'La directrice',
      'nodes.2.timeoutSeconds': '10 min',
    });
    expect(sent.status, await sent.text()).to.equal(303);
    const { nodes } = (await api('GET', `/call-trees/${draft}`)).body;
    expect(nodes.map(({ key, calledBy, fallback }: Node) => [key, calledBy, fallback])).to.deep.equal([
      ['la-directrice', null, 'son-adjoint'],
      ['son-adjoint', null, null],
      ['chef-d-atelier', 'la-directrice', null],
    ]);
    const again = await consultant.read(`/call-trees/${draft}/edit`);
    expect(again).to.include('name="nodes.2.calledBy"').and.include('value="La directrice"');
    const twice = await write([
      { name: 'Garde' },
      { name: 'Garde' },
      { name: 'Chef', calledBy: 'garde', key: 'chef' },
      { name: 'Adjoint', calledBy: 'Garde de nuit' },
    ]);
    expect([twice.status, twice.body.key]).to.deep.equal([422, 'call-tree.unknown-key']);
  });

  it('tell when everybody is reached at the earliest and at the latest', async () => {
    await write([
      { key: 'directrice', crisisRole: role, timeoutSeconds: 300, fallback: 'adjoint' },
      { key: 'adjoint', name: 'L’adjoint', timeoutSeconds: 600 },
      { key: 'chef', name: 'Chef d’atelier', calledBy: 'directrice', timeoutSeconds: 600 },
    ]);
    const { body } = await api('GET', `/call-trees/${draft}`);
    const directrice = 2 * 300 + 600 + 120; // two who are there, then the adjoint
    expect(body.times).to.deep.equal({ bestSeconds: 240, worstSeconds: directrice + 600 + 120 });
    expect(await consultant.read(inClient('/call-trees'))).to.include('Tous joints au plus tard');
  });

  it('refuse circles of callers and of fallbacks, and keys that nobody has, with their names', async () => {
    const nobody = await write([{ key: 'a', name: 'Ana', calledBy: 'absent' }]);
    expect([nobody.body.key, nobody.body.errors[0].field]).to.deep.equal([
      'call-tree.unknown-key',
      'nodes.0.calledBy',
    ]);
    expect(nobody.body.detail).to.include('Ana').and.include('absent');
    for (const field of ['calledBy', 'fallback']) {
      const circle = await write([
        { key: 'a', name: 'A', [field]: 'b' },
        { key: 'b', name: 'B', [field]: 'a' },
      ]);
      expect(circle.body.key).to.equal('call-tree.circle');
      expect(circle.body.detail).to.include('A → B → A');
    }
    expect((await write([{ name: 'A', contact: ana, crisisRole: role }])).body.errors[0].field).to.equal(
      'nodes.0.contact',
    );
    const sent = await consultant.send(`/call-trees/${draft}`, {
      'nodes.0.name': 'Ana',
      'nodes.0.timeoutSeconds': '5 min',
      'nodes.0.calledBy': 'absent',
    });
    expect(sent.status).to.equal(422);
    expect(await sent.text())
      .to.include('value="absent"')
      .and.include('que personne ne porte dans cet arbre');
  });

  it('are read by readers, written by consultants only, and not there for strangers', async () => {
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/call-trees/${draft}`)).to.not.include('/edit');
    expect(
      (
        await reader.send(`/call-trees/${draft}`, {
          'nodes.0.name': 'Moi',
          'nodes.0.timeoutSeconds': '5 min',
        })
      ).status,
    ).to.equal(403);
    const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1/call-trees/${draft}`);
    expect(foreign.status).to.equal(404);
    const stale = await api('PUT', `/call-trees/${draft}`, { nodes: [] }, { 'if-match': '"old"' });
    expect([stale.status, stale.body.key]).to.deep.equal([409, 'http.changed-meanwhile']);
  });
});
