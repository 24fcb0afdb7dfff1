import { expect } from 'chai';
import { type AlertWorld, PUBLIC_URL, startAlertWorld } from './world.ts';

describe('alerts by mail', () => {
  let world: AlertWorld;
  before(async () => {
    world = await startAlertWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown) =>
    world.test.api(world.test.acme.tokens.owner, method, `/api/v1${path}`, body);

  it('goes once to whom a route names, in their language, and again when it is over', async () => {
    const { service, acme } = world.test;
    const owner = await service.inProvider(acme.id, ({ db }) =>
      db.selectFrom('people').select('id').where('email', '=', acme.emails.owner).executeTakeFirstOrThrow(),
    );
    const made = await api('POST', '/alert-routes', {
      name: 'Tout',
      recipients: [{ to: `person:${owner.id}` }],
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const { policy } = await world.policy('Base ERP');
    await world.endRun(policy, { state: 'failed', code: 'source.unreachable' });
    await world.watch();
    await world.tell();
    const [mail] = world.relay.received;
    expect(mail?.to).to.deep.equal([acme.emails.owner]);
    expect(mail?.subject).to.equal('[Atelier Delorme] Sauvegarde échouée\u202f: Base ERP');
    expect(mail?.text).to.include(`${PUBLIC_URL}/alerts/`);
  });
});
