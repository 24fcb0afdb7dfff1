import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import type { RecordRule } from '#/plans/alerts/rules/rule.ts';
import { drillFailed, removalWaiting, thingsOmitted } from '#/plans/alerts/rules/waiting.ts';
import { findRemovalRequest } from '#/plans/retention/removal-requests.ts';
import type { Work } from '#/plans/work.ts';
import { type AlertWorld, startAlertWorld } from './world.ts';

const DAY = 86_400_000;

describe('alerts of what waits for somebody', () => {
  let world: AlertWorld;
  let own: { provider: string; client: string };
  before(async () => {
    world = await startAlertWorld();
    own = { provider: world.test.acme.id, client: world.test.acme.client };
  });
  after(() => world[Symbol.asyncDispose]());

  const asOwner = async (text: string) => {
    await using session = await openSession(world.test.superuserUrl);
    return await session.query<{ id: string }>(text);
  };
  const inAcme = <Result>(run: (work: Work) => Promise<Result>, afterMs = 0) =>
    world.test.service.inProvider(own.provider, (work) =>
      run({ ...work, now: new Date(work.now.getTime() + afterMs) }),
    );
  const found = (rule: RecordRule, afterMs = 0) =>
    inAcme(
      async (work) =>
        (await rule.find(work)).map(({ severity, reason }) => [severity, reason.params.count ?? null]),
      afterMs,
    );

  it('tell of the last drill of a scenario that failed or fell short, for a month, until a better one', async () => {
    const [scenario] =
      await asOwner(`insert into risk_scenarios (provider_id, client_id, name, family, state, created_at, changed_at)
      values ('${own.provider}', '${own.client}', 'Incendie', 'natural-disaster', 'retained', now(), now()) returning id`);
    const drill = (state: string, deviations: number, daysAgo: number) =>
      asOwner(`insert into drills (provider_id, client_id, scenario_id, mode, state, plan, asked_by, alarm_at, deadline_at, ended_at, outcome)
        values ('${own.provider}', '${own.client}', '${scenario!.id}', 'restore', '${state}', '{}', 'Ana', now() - interval '40 days', now(),
          now() - interval '${daysAgo} days', '{"deviations":[${Array(deviations).fill('{}').join()}]}')`);
    await drill('failed', 0, 9);
    expect(await found(drillFailed)).to.deep.equal([['critical', 0]]);
    await drill('inconclusive', 2, 8);
    expect(await found(drillFailed)).to.deep.equal([['warning', 2]]);
    expect(await found(drillFailed, 23 * DAY)).to.deep.equal([]);
    await drill('passed', 0, 7);
    expect(await found(drillFailed)).to.deep.equal([]);
  });

  it('tell of a request for a second person while it may still be decided; it lapses after its seven days', async () => {
    const { policy } = await world.policy('Paie');
    const [request] =
      await asOwner(`insert into removal_requests (provider_id, client_id, kind, policy_id, points, reason, asked_at, asked_by,
        asked_by_person, lapses_at)
      values ('${own.provider}', '${own.client}', 'delete-points', '${policy}', '[]', 'Fin', now(), 'Ana', gen_random_uuid(), now() + interval '7 days')
      returning id`);
    const state = async (afterMs: number) =>
      (await inAcme((work) => findRemovalRequest(work, request!.id), afterMs)).state;
    expect(await found(removalWaiting)).to.deep.equal([['notice', null]]);
    expect(await state(6.9 * DAY)).to.equal('asked');
    expect(await found(removalWaiting, 7.1 * DAY)).to.deep.equal([]);
    expect(await state(7.1 * DAY)).to.equal('lapsed');
  });

  it('tell of what the last look found in no point, until a look finds nothing', async () => {
    const { asset, store } = await world.policy('Plans');
    const [point] =
      await asOwner(`insert into recovery_points (provider_id, client_id, asset_id, store_id, point, data_time, started_at, ended_at, files, bytes,
        stored_bytes, packs, torn, vanished, unreadable, skipped, reservations, head_sha256, manifest_sha256, created_at)
      values ('${own.provider}', '${own.client}', '${asset}', '${store}', 'p', now(), now(), now(), 1, 1, 1, 1, 0, 0, 0, 0, '[]', '${'a'.repeat(64)}', '${'b'.repeat(64)}', now())
      returning id`);
    const look = (omitted: number, minutesAgo: number) =>
      asOwner(`insert into omission_checks (provider_id, client_id, asset_id, recovery_point_id, state, asked_by, asked_at, looked_at, omitted, result)
        values ('${own.provider}', '${own.client}', '${asset}', '${point!.id}', 'done', 'Reprise', now(), now() - interval '${minutesAgo} minutes', ${omitted}, '{"caught":true}')`);
    await look(3, 10);
    expect(await found(thingsOmitted)).to.deep.equal([['warning', 3]]);
    await look(0, 5);
    expect(await found(thingsOmitted)).to.deep.equal([]);
  });
});
