import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const HOUR = 3600;

describe('findings', () => {
  let test: TestService;
  let reader: Visitor;
  let activity: string;
  before(async () => {
    test = await startTestService();
    reader = await visit(test, test.acme.emails['client-reader']);
    activity = (await ok('POST', inClient('/activities'), { ...PAYROLL, mtpdSeconds: 24 * HOUR })).id;
    const database = (await ok('POST', inClient('/assets'), { name: 'Base paie', kind: 'data-set' })).id;
    await ok('POST', inClient('/dependencies'), {
      from: { kind: 'activity', id: activity },
      to: database,
      kind: 'data',
    });
  });
  after(() => test[Symbol.asyncDispose]());

  const PAYROLL = { name: 'Paie', isPriority: true, rtoSeconds: 4 * HOUR, rpoSeconds: HOUR };
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const call = (method: string, path: string, body?: unknown, token = test.acme.tokens.consultant) =>
    test.api(token, method, `/api/v1${path}`, body);
  const ok = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await call(method, path, body);
    expect(status, JSON.stringify(answer)).to.be.within(200, 204);
    return answer;
  };
  const findings = async (query = '') => (await ok('GET', inClient(`/findings${query}`))).items;

  it('tell the rule, the object, since when it stands and what to do, and end when it is mended', async () => {
    const [missing] = await findings('?rule=backup-interval');
    expect(missing).to.deep.include({ rule: 'backup-interval', severity: 'warning', endedAt: null });
    expect(missing.object.name).to.equal('Base paie');
    expect(missing.reason.params).to.include({ asset: 'Base paie', rpoSeconds: HOUR });
    const again = (await findings('?rule=backup-interval'))[0];
    expect([again.id, again.since]).to.deep.equal([missing.id, missing.since]);

    const owner = test.acme.tokens.owner;
    const made = await call(
      'POST',
      inClient('/stores'),
      { name: 'Coffre', address: `file://${test.dataDir}/stores/f` },
      owner,
    );
    await call(
      'POST',
      '/backup-policies',
      {
        asset: missing.object.id,
        store: made.body.id,
        source: test.dataDir,
        intervalSeconds: 900,
      },
      owner,
    );
    expect(await findings('?rule=backup-interval')).to.deep.equal([]);
    const [ended] = await findings('?rule=backup-interval&ended=yes');
    expect(ended).to.include({ id: missing.id });
    expect(ended.endedAt).to.be.a('string');
  });

  it('tell what changed since somebody looked: what is new and what is gone', async () => {
    const before = new Date().toISOString();
    const role = await ok('POST', inClient('/crisis-roles'), { name: 'Directeur', cell: 'decision' });
    const fresh = await findings(`?since=${before}`);
    expect(fresh.map(({ change }: { change: string }) => change)).to.deep.equal(fresh.map(() => 'new'));
    expect(fresh.map(({ object }: { object: { id: string } }) => object.id)).to.include(role.id);
    const looked = new Date().toISOString();
    expect(await findings(`?since=${looked}`)).to.deep.equal([]);
    expect((await findings())[0].change).to.equal(null);

    await ok('DELETE', `/crisis-roles/${role.id}`);
    const gone = await findings(`?since=${looked}`);
    expect(gone.map(({ change }: { change: string }) => change)).to.include('gone');
    expect((await call('GET', inClient('/findings?since=hier'))).status).to.equal(422);
    expect((await call('GET', inClient('/findings?cursor=1'))).status).to.equal(422);
  });

  it('are shown with their objects to whoever may read the client, and to nobody else', async () => {
    const page = await reader.read(inClient('/findings'));
    expect(page).to.include('Base paie').and.include('Constats levés').and.include('Que faire');
    expect(page).to.not.match(/\{\w+\}|undefined|readiness\.|rules\./);
    expect((await call('GET', inClient('/findings'), undefined, test.other.tokens.owner)).status).to.equal(
      404,
    );
    expect((await call('GET', inClient('/what-to-fix'), undefined, test.other.tokens.owner)).status).to.equal(
      404,
    );
    expect((await call('GET', inClient('/findings?rule=none'))).status).to.equal(422);
  });

  it('come with what to fix first, and what it brings', async () => {
    const { items } = await ok('GET', inClient('/what-to-fix'));
    expect(items.map(({ kind }: { kind: string }) => kind)).to.include('restore-test');
    const test1 = items.find(({ kind }: { kind: string }) => kind === 'restore-test');
    expect(test1).to.deep.include({ name: 'Base paie', gains: [], cost: null });
    expect(await reader.read(inClient('/findings'))).to.match(/<h3><a href="\/assets\/[^"]+">[^<]*Base paie/);
    expect(await reader.read(inClient(''))).to.include(`${inClient('/findings')}"`);
  });

  it('lead to the form that mends them, and who may not use it to what they are about', async () => {
    const scale = {
      name: 'Image',
      levels: [
        { level: 0, meaning: 'Rien', isTolerable: true },
        { level: 1, meaning: 'La presse', isTolerable: true },
      ],
    };
    const { id: category } = await ok('POST', inClient('/impact-categories'), scale);
    const sold = { ...PAYROLL, name: 'Vendre', mtpdSeconds: 24 * HOUR };
    const { id: other } = await ok('POST', inClient('/activities'), {
      ...sold,
      impacts: [{ category, afterSeconds: HOUR, level: 1 }],
    });
    const [bearable, worst] = scale.levels;
    await ok('PUT', `/impact-categories/${category}`, {
      ...scale,
      levels: [bearable, { ...worst, isTolerable: false }],
    });
    const role = (await ok('POST', inClient('/crisis-roles'), { name: 'Directeur', cell: 'decision' })).id;
    const consultant = await visit(test, test.acme.emails.consultant);
    const page = (await consultant.read(inClient('/findings'))).replaceAll('&#x3D;', '=');
    for (const form of [
      `/activities/${other}/edit`,
      inClient(`/dependencies/new?from=activity:${other}`),
      `/crisis-roles/${role}/edit`,
    ]) {
      expect(page, form).to.include(`href="${form}"`);
      expect(await consultant.read(form), form).to.include('<form');
    }
    expect(page).to.include(`href="${inClient('/restore-tests')}"`);
    const read = await reader.read(inClient('/findings'));
    expect(read).to.include(`href="/activities/${other}"`).and.not.include('/edit').and.not.include('/new');
  });
});
