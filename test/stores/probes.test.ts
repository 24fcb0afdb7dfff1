import { mkdir } from 'node:fs/promises';
import { expect } from 'chai';
import { WEAKNESSES, weaknessesOf } from '#/plans/store-probes.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

describe('what the service knows of a store', function () {
  this.timeout(60_000);
  let test: TestService;
  let store: string;
  let away: string;
  before(async () => {
    test = await startTestService({ worker: true });
    await mkdir(`${test.dataDir}/stores/here`, { recursive: true });
    store = await addStore('Coffre', 'here');
    away = await addStore('Disque', 'not-mounted/store');
  });
  after(() => test?.[Symbol.asyncDispose]());

  const as = (
    role: 'owner' | 'technician' | 'consultant' | 'auditor',
    method: string,
    path: string,
    body?: object,
  ) => test.api(test.acme.tokens[role], method, `/api/v1${path}`, body);
  const addStore = async (name: string, folder: string) =>
    (
      await as('owner', 'POST', `/clients/${test.acme.client}/stores`, {
        name,
        address: `file://${test.dataDir}/stores/${folder}`,
      })
    ).body.id;
  const probeOf = async (id: string) => (await as('auditor', 'GET', `/stores/${id}`)).body.probe;
  const ended = (id: string) =>
    until(
      () => probeOf(id),
      ({ standing }) => !['queued', 'running'].includes(standing),
    );

  it('is nothing before a probe', async () => {
    expect(await probeOf(store)).to.deep.equal({
      standing: 'not-probed',
      probedAt: null,
      weaknesses: [],
      lines: [],
      leftBehind: [],
      finding: null,
    });
  });

  it('is what a probe has seen, with its time and what is missing', async () => {
    const asked = await as('technician', 'POST', `/stores/${store}/probes`);
    expect([asked.status, asked.body.probe.standing]).to.deep.equal([202, 'queued']);
    const { standing, weaknesses, probedAt, lines } = await ended(store);
    expect(standing).to.equal('weak');
    expect(weaknesses).to.deep.equal(['no-locks', 'no-versions', 'takes-altered-bytes']);
    expect(Date.parse(probedAt)).to.be.closeTo(Date.now(), 60_000);
    expect(lines.find(({ ability }: { ability: string }) => ability === 'conditional-create')).to.include({
      found: 'yes',
    });
    const page = await test.api(test.acme.tokens.owner, 'GET', `/api/v1/clients/${test.acme.client}/stores`);
    expect(page.body.items.map(({ probe }: { probe: { standing: string } }) => probe.standing)).to.include(
      'weak',
    );
  });

  it('is why not, where the store could not be reached', async () => {
    await as('owner', 'POST', `/stores/${away}/probes`);
    const { standing, finding } = await ended(away);
    expect([standing, finding.code]).to.deep.equal(['failed', 'store.folder-missing']);
  });

  it('is asked for by those who may, and seen by nobody else', async () => {
    expect((await as('auditor', 'POST', `/stores/${store}/probes`)).status).to.equal(403);
    const stranger = test.other.tokens.owner;
    expect((await test.api(stranger, 'GET', `/api/v1/stores/${store}`)).status).to.equal(404);
    expect((await test.api(stranger, 'POST', `/api/v1/stores/${store}/probes`)).status).to.equal(404);
  });

  it('names a weakness for everything that was not seen', () => {
    expect(weaknessesOf({ lines: [], isComplete: false })).to.deep.equal(
      WEAKNESSES.filter((one) => !['locks-do-not-hold', 'governance-bypassed'].includes(one)),
    );
    const seen = (found: 'yes' | 'no') => (ability: string) => ({
      ability,
      found,
      tried: 'x',
      answered: 'x',
    });
    const all = [
      'write-and-read',
      'conditional-create',
      'ranged-get',
      'list-after-put',
      'refuses-altered-bytes',
      'versions',
      'delete-markers',
      'locks',
      'locks-hold',
      'governance-holds',
      'clock',
    ];
    expect(weaknessesOf({ lines: all.map(seen('yes')), isComplete: true })).to.deep.equal([]);
    const lockless = all.map((one) => seen(one === 'locks-hold' ? 'no' : 'yes')(one));
    expect(weaknessesOf({ lines: lockless, isComplete: true })).to.deep.equal(['locks-do-not-hold']);
  });
});
