import { expect } from 'chai';
import type { Work } from '#/plans/work.ts';
import { type AlertWorld, startAlertWorld } from './world.ts';

describe('what rows tell of a client', () => {
  let world: AlertWorld;
  before(async () => {
    world = await startAlertWorld();
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(() => world.forget());

  const inAcme = <Result>(run: (work: Work) => Promise<Result>) =>
    world.test.service.inProvider(world.test.acme.id, run);
  const alerts = async () => {
    const { tokens } = world.test.acme;
    const { body } = await world.test.api(tokens.owner, 'GET', '/api/v1/alerts');
    return body.items.map(({ rule, severity, subjects }: Told) => [
      rule,
      severity,
      ...subjects.map(({ kind }) => kind),
    ]);
  };
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

  it('an agent that is silent: at once pressing when backups depend on it, and not while it is only started anew', async () => {
    const { client } = world.test.acme;
    const agent = await inAcme(({ db, now }) =>
      db
        .insertInto('agents')
        .values({ client_id: client, name: 'Usine', created_by: 'Ana', created_at: now, seen_at: ago(8) })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([]);
    await inAcme(({ db }) =>
      db
        .updateTable('agents')
        .set({ seen_at: ago(20) })
        .where('id', '=', agent.id)
        .execute(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([['agent-silent', 'warning', 'agent']]);
    const { policy } = await world.policy('Machines');
    await inAcme(({ db }) =>
      db
        .updateTable('backup_policies')
        .set({ agent_id: agent.id, agent_source: 'erp' })
        .where('id', '=', policy)
        .execute(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([['agent-silent', 'critical', 'agent', 'asset']]);
    const [{ id }] = (await world.test.api(world.test.acme.tokens.owner, 'GET', '/api/v1/alerts')).body.items;
    const { story } = (await world.test.api(world.test.acme.tokens.owner, 'GET', `/api/v1/alerts/${id}`))
      .body;
    expect(story.map(({ kind }: { kind: string }) => kind)).to.deep.equal(['opened', 'worsened']);
    await inAcme(({ db, now }) =>
      db.updateTable('agents').set({ revoked_at: now }).where('id', '=', agent.id).execute(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([]);
  });

  it('points that are lost, until they are back or nobody waits for them', async () => {
    const { client } = world.test.acme;
    const { asset, store } = await world.policy('Base perdue');
    const loss = await inAcme(async ({ db, now }) => {
      const point = await aPoint(db, { client, asset, store });
      return db
        .insertInto('point_losses')
        .values({
          client_id: client,
          recovery_point_id: point.id,
          kind: 'gone',
          finding: 'Gone.',
          finding_code: 'store.object-missing',
          finding_params: '{"address":"file:///x","object":"head"}',
          found_at: now,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
    });
    await world.watch();
    expect(await alerts()).to.deep.equal([['point-lost', 'critical', 'asset', 'recovery-point']]);
    await inAcme(({ db, now }) =>
      db
        .updateTable('point_losses')
        .set({ given_up_at: now, given_up_by: 'Ana', given_up_reason: 'Détruit avec le disque' })
        .where('id', '=', loss.id)
        .execute(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([]);
  });

  it('a store that the daily look does not reach, and one object that is missing is none of that', async () => {
    const { policy } = await world.policy('Base du dépôt');
    const look = (code: string, params: object) =>
      inAcme(({ db, now }) =>
        db
          .insertInto('reconciliations')
          .values({
            client_id: world.test.acme.client,
            policy_id: policy,
            state: 'failed',
            next_due_at: now,
            finding: 'No.',
            finding_code: code,
            finding_params: JSON.stringify(params),
          })
          .onConflict((row) =>
            row
              .columns(['provider_id', 'client_id', 'policy_id'])
              .doUpdateSet({ finding_code: code, finding_params: JSON.stringify(params), state: 'failed' }),
          )
          .execute(),
      );
    await look('store.object-missing', { address: 'x', object: 'y' });
    await world.watch();
    expect(await alerts()).to.deep.equal([]);
    await look('store.credentials-refused', { address: 'x' });
    await world.watch();
    expect(await alerts()).to.deep.equal([['store-trouble', 'critical', 'store', 'asset']]);
  });

  it('what was missed while the service was down, once for a client, and what was missed for another reason by itself', async () => {
    const policies = [await world.policy('Une'), await world.policy('Deux'), await world.policy('Trois')];
    const missed = ['service-down', 'service-down', 'window-closed'] as const;
    await inAcme(async ({ db }) => {
      for (const [place, { policy }] of policies.entries()) {
        const { id } = await db
          .selectFrom('schedules')
          .select('id')
          .where('subject_id', '=', policy)
          .executeTakeFirstOrThrow();
        await db
          .insertInto('occurrences')
          .values({
            client_id: world.test.acme.client,
            schedule_id: id,
            due_at: ago(60),
            begin_from: ago(60),
            start_by: ago(30),
            state: 'missed',
            cause: missed[place]!,
            settled_at: ago(20),
          })
          .execute();
      }
    });
    await world.watch();
    expect((await alerts()).toSorted()).to.deep.equal([
      ['backup-missed', 'critical', 'asset'],
      ['backup-missed', 'critical', 'asset', 'asset'],
    ]);
    await inAcme(({ db }) => db.deleteFrom('occurrences').execute());
    await world.watch();
    expect(await alerts()).to.deep.equal([]);
  });

  it('a backup that has not ended in its time, and one at which nobody works', async () => {
    const { policy } = await world.policy('Longue');
    await inAcme(({ db }) =>
      db
        .insertInto('backup_runs')
        .values({
          client_id: world.test.acme.client,
          policy_id: policy,
          state: 'running',
          cause: 'due',
          asked_by: 'Reprise',
          asked_at: ago(90),
          started_at: ago(90),
          end_by: ago(5),
        })
        .execute(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([['backup-late', 'warning', 'asset']]);
    await inAcme(async ({ db }) => {
      const { id } = await db.selectFrom('backup_runs').select('id').executeTakeFirstOrThrow();
      const store = await db.selectFrom('stores').select('id').executeTakeFirstOrThrow();
      await db
        .insertInto('attempts')
        .values({
          client_id: world.test.acme.client,
          run_id: id,
          store_id: store.id,
          number: 1,
          worker: 'srv-2',
          started_at: ago(90),
          beat_at: ago(11),
        })
        .execute();
    });
    await world.watch();
    expect((await alerts()).toSorted()).to.deep.equal([
      ['backup-late', 'warning', 'asset'],
      ['run-stalled', 'critical', 'asset'],
    ]);
    await inAcme(({ db, now }) => db.updateTable('attempts').set({ beat_at: now }).execute());
    await world.watch();
    expect(await alerts()).to.deep.equal([['backup-late', 'warning', 'asset']]);
  });

  it('content that looks suspect, until somebody says why it is in order', async () => {
    const { client } = world.test.acme;
    const { asset, store } = await world.policy('Fichiers chiffrés');
    const look = await inAcme(async ({ db, now }) => {
      const point = await aPoint(db, { client, asset, store });
      const test = await db
        .insertInto('restore_tests')
        .values({
          client_id: client,
          asset_id: asset,
          recovery_point_id: point.id,
          requested: 'L3',
          asked_by: 'Ana',
          asked_at: now,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return db
        .insertInto('content_looks')
        .values({
          client_id: client,
          asset_id: asset,
          recovery_point_id: point.id,
          test_id: test.id,
          looked_at: now,
          state: 'suspect',
          history: 3,
          reasons: '[{"key":"content.encrypted","params":{}}]',
          profile: '{}',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
    });
    await world.watch();
    expect(await alerts()).to.deep.equal([['content-suspect', 'critical', 'asset', 'content-look']]);
    await inAcme(({ db, now }) =>
      db
        .updateTable('content_looks')
        .set({ explained_at: now, explained_by: 'Ana', explanation: 'Migration' })
        .where('id', '=', look.id)
        .execute(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([]);
  });

  it('failures of what is paused are told to nobody', async () => {
    const { policy } = await world.policy('Base en pause');
    await world.endRun(policy, { state: 'failed' });
    await inAcme(({ db }) =>
      db.updateTable('backup_policies').set({ is_enabled: false }).where('id', '=', policy).execute(),
    );
    await world.watch();
    expect(await alerts()).to.deep.equal([]);
  });
});

interface Told {
  rule: string;
  severity: string;
  subjects: { kind: string }[];
}

const aPoint = (
  db: Work['db'],
  { client, asset, store }: { client: string; asset: string; store: string },
): Promise<{ id: string }> => {
  const now = new Date();
  return db
    .insertInto('recovery_points')
    .values({
      client_id: client,
      asset_id: asset,
      store_id: store,
      point: '20261120T093000Z-7f3a',
      data_time: now,
      started_at: now,
      ended_at: now,
      files: 1,
      bytes: 1,
      stored_bytes: 1,
      packs: 1,
      torn: 0,
      vanished: 0,
      unreadable: 0,
      skipped: 0,
      reservations: '[]',
      head_sha256: 'a',
      manifest_sha256: 'b',
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
};
