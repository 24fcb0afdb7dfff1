import { expect } from 'chai';
import { loadCrisisRoles } from '#/plans/client-facts/crisis.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('crisis roles', () => {
  let test: TestService;
  let consultant: Visitor;
  let ana: string;
  let paul: string;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    ana = (await api('POST', inClient('/contacts'), { name: 'Ana Ruiz' })).body.id;
    paul = (await api('POST', inClient('/contacts'), { name: 'Paul Lemaire' })).body.id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers = {}) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const aRole = async (name: string, given: object = {}) =>
    (await api('POST', inClient('/crisis-roles'), { name, cell: 'operations', ...given })).body;
  const gapsOf = async (id: string) =>
    (await api('GET', `/crisis-roles/${id}`)).body.gaps.map(({ gap }: { gap: string }) => gap);

  it('are added by a form, with the deputies in the order in which they take over', async () => {
    const sent = await consultant.send(inClient('/crisis-roles'), {
      name: 'Directeur de crise',
      cell: 'decision',
      mandate: 'Arrête la production sans demander à personne.',
      mayApprove: 'on',
      'holders.0.contact': ana,
      'holders.0.from': '2026-01-01',
      'holders.1.contact': '', // a spare row that was left as it was
      'holders.2.contact': paul,
    });
    expect(sent.status).to.equal(303);
    const place = sent.headers.get('location') ?? '';
    const { body } = await api('GET', place.replace('?saved', ''));
    expect(body).to.include({ cell: 'decision', mayApprove: true });
    expect(body.holders.map(({ name }: { name: string }) => name)).to.deep.equal([
      'Ana Ruiz',
      'Paul Lemaire',
    ]);
    expect(body.holders[0]).to.include({ from: '2026-01-01', until: null, hasLeft: false });
    expect(body.gaps).to.deep.equal([]);
    const list = await consultant.read(inClient('/crisis-roles'));
    expect(list.indexOf('Ana Ruiz')).to.be.within(1, list.indexOf('Paul Lemaire'));
  });

  it('begin and end with the day where the client is', async () => {
    const { id } = await aRole('Astreinte de nuit', { holders: [{ contact: ana, from: '2026-11-24' }] });
    const holdersAt = (moment: string) =>
      test.service.inProvider(test.acme.id, async (work) => {
        const facts = await loadCrisisRoles({ ...work, now: new Date(moment) }, [test.acme.client]);
        return facts.get(test.acme.client)!.find((role) => role.id === id)!.holders.length;
      });
    expect(await holdersAt('2026-11-23T22:59:00Z'), '23:59 in Paris').to.equal(0);
    expect(await holdersAt('2026-11-23T23:01:00Z'), '00:01 in Paris').to.equal(1);
  });

  it('tell that nobody holds them, that nobody stands in, and that somebody has left', async () => {
    const { id } = await aRole('Responsable technique');
    expect(await gapsOf(id)).to.deep.equal(['nobody']);
    const gone = (await api('POST', inClient('/contacts'), { name: 'Gil Oury', leftOn: '2026-01-01' })).body
      .id;
    await api('PUT', `/crisis-roles/${id}`, {
      name: 'Responsable technique',
      cell: 'operations',
      holders: [
        { contact: paul, from: '2026-01-01' },
        { contact: gone, from: '2026-01-01' },
      ],
    });
    expect(await gapsOf(id)).to.deep.equal(['holder-left', 'no-deputy']);
    expect(await consultant.read(`/crisis-roles/${id}`))
      .to.include('Gil Oury est parti et figure encore dans le rôle')
      .and.include('une absence suffit');
  });

  it('tell who leads in two cells at once, and not who only stands in', async () => {
    const zoe = (await api('POST', inClient('/contacts'), { name: 'Zoé Brun' })).body.id;
    const holders = [{ contact: zoe }, { contact: paul }];
    const first = await aRole('Porte-parole', { cell: 'communication', holders });
    const deputy = [{ contact: paul }, { contact: zoe }];
    const second = await aRole('Logistique', { cell: 'support', holders: deputy });
    expect(await gapsOf(first.id)).to.deep.equal([]);
    await api('PUT', `/crisis-roles/${second.id}`, { name: 'Logistique', cell: 'support', holders });
    expect(await gapsOf(first.id)).to.deep.equal(['two-cells']);
    expect(await consultant.read(inClient('/crisis-roles'))).to.include('Titulaire dans deux cellules');
  });

  it('keep who held them until when', async () => {
    const { id } = await aRole('Greffier', { holders: [{ contact: ana, from: '2026-01-01' }] });
    const { body } = await api('PUT', `/crisis-roles/${id}`, {
      name: 'Greffier',
      cell: 'operations',
      holders: [{ contact: paul }],
    });
    expect(body.former[0]).to.include({ name: 'Ana Ruiz', from: '2026-01-01' });
    expect(await consultant.read(`/crisis-roles/${id}`))
      .to.include('Anciens titulaires')
      .and.include('Ana Ruiz');
  });

  it('refuse the same person twice, a name that is taken, and somebody of another client', async () => {
    const twice = await consultant.send(inClient('/crisis-roles'), {
      name: 'Double',
      cell: 'support',
      'holders.0.contact': ana,
      'holders.1.contact': ana,
    });
    expect(twice.status).to.equal(422);
    expect(await twice.text()).to.include('La même personne figure deux fois dans ce rôle');
    await aRole('Unique');
    const taken = await api('POST', inClient('/crisis-roles'), { name: 'Unique', cell: 'support' });
    expect([taken.status, taken.body.key]).to.deep.equal([409, 'crisis-role.name-taken']);
    const other = await api('POST', `/clients/${test.acme.otherClient}/contacts`, { name: 'Ailleurs' });
    const foreign = await api('POST', inClient('/crisis-roles'), {
      name: 'Étranger',
      cell: 'support',
      holders: [{ contact: other.body.id }],
    });
    expect(foreign.body.key).to.equal('not-found.contact');
  });

  it('are read by readers, changed by consultants only, and not there for strangers', async () => {
    const { id } = await aRole('Lu');
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/crisis-roles/${id}`))
      .to.include('Lu')
      .and.not.include('/edit');
    expect((await reader.send(`/crisis-roles/${id}`, { name: 'Pris', cell: 'support' })).status).to.equal(
      403,
    );
    const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1/crisis-roles/${id}`);
    expect(foreign.body.key).to.equal('not-found.crisis-role');
  });

  it('show the second of two editors what the first wrote', async () => {
    const { id } = await aRole('Disputé');
    const version = versionIn(await consultant.read(`/crisis-roles/${id}/edit`));
    await api('PUT', `/crisis-roles/${id}`, { name: 'Disputé', cell: 'operations', mandate: 'Du premier' });
    const refused = await consultant.send(`/crisis-roles/${id}`, {
      version,
      name: 'Disputé',
      cell: 'support',
    });
    expect(refused.status).to.equal(409);
    expect(await refused.text()).to.include('Du premier');
  });
});
