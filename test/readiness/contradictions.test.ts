import { expect } from 'chai';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import {
  aFailedTest,
  ago,
  anActivity,
  anAsset,
  aPlan,
  aPoint,
  aReadyClient,
  DAY,
  HOUR,
  needs,
} from './client.ts';

const ofBilling = (facts: ClientFacts) => computeReadiness(facts).activities[0]!.contradictions;
const ofClient = (facts: ClientFacts) => computeReadiness(facts).contradictions;
const withPolicy = (given: object) => {
  const facts = aReadyClient();
  return { ...facts, policies: facts.policies.map((policy) => ({ ...policy, ...given })) };
};

describe('contradictions', () => {
  it('are none for a client in order', () => {
    expect(ofBilling(aReadyClient())).to.deep.equal([]);
    expect(ofClient(aReadyClient())).to.deep.equal([]);
  });

  it('name the objective that is not below the longest stop', () => {
    const activity = anActivity({ mtpdSeconds: 8 * HOUR, derivedMtpdSeconds: 8 * HOUR });
    expect(ofBilling(aReadyClient({ activities: [activity] }))).to.deep.equal([
      {
        key: 'readiness.rto-not-below-mtpd',
        params: { activity: 'Billing', rtoSeconds: 8 * HOUR, mtpdSeconds: 8 * HOUR },
      },
    ]);
  });

  it('name an MTPD that is not what the impacts say, unless somebody said why', () => {
    const given = { mtpdSeconds: 48 * HOUR, derivedMtpdSeconds: 24 * HOUR };
    expect(ofBilling(aReadyClient({ activities: [anActivity(given)] }))).to.deep.equal([
      {
        key: 'readiness.mtpd-unlike-impacts',
        params: { activity: 'Billing', mtpdSeconds: 48 * HOUR, derivedSeconds: 24 * HOUR },
      },
    ]);
    const explained = anActivity({ ...given, mtpdReason: 'The contract allows it.' });
    expect(ofBilling(aReadyClient({ activities: [explained] }))).to.deep.equal([]);
    expect(
      ofBilling(aReadyClient({ activities: [anActivity({ ...given, derivedMtpdSeconds: null })] })),
    ).to.deep.equal([]);
  });

  it('name the asset and the day of a failed restore, also behind a soft edge', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('wiki', 'application'));
    facts.dependencies.push(needs('activity:billing', 'wiki', 'soft'));
    facts.restoreTests.push(aFailedTest('wiki', HOUR));

    expect(ofBilling(facts)).to.deep.equal([
      { key: 'readiness.restore-failed', params: { asset: 'wiki', level: 'L3', finishedAt: ago(HOUR) } },
    ]);
    expect(ofClient(facts)).to.deep.equal([]);
  });

  it('of assets that no activity needs stand with the client', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('attic', 'server'));
    facts.restoreTests.push(aFailedTest('attic', HOUR));

    expect(ofClient(facts).map(({ key }) => key)).to.deep.equal(['readiness.restore-failed']);
  });

  it('name a schedule that is slower than the objective', () => {
    expect(ofBilling(withPolicy({ intervalSeconds: DAY + 1 }))).to.deep.equal([
      {
        key: 'readiness.interval-over-rpo',
        params: { asset: 'sql', intervalSeconds: DAY + 1, rpoSeconds: DAY },
      },
    ]);
    expect(ofBilling(withPolicy({ intervalSeconds: DAY + 1, isEnabled: false }))).to.deep.equal([]);
  });

  it('name data without a copy off-site', () => {
    const store = { id: 'near', kind: 'folder', isOffsite: false };

    expect(ofBilling(withPolicy({ store }))).to.deep.equal([
      { key: 'readiness.copy-not-offsite', params: { asset: 'sql' } },
    ]);
  });

  it('name torn and unreadable files of the newest point, for priority activities', () => {
    const reservations = { torn: 2, vanished: 1, unreadable: 3, skipped: 4 };
    const facts = aReadyClient({ recoveryPoints: [aPoint('sql', 12 * HOUR, { reservations })] });

    expect(ofBilling(facts)).to.deep.equal([
      {
        key: 'readiness.point-with-reservations',
        params: { asset: 'sql', torn: 2, unreadable: 3, dataAt: ago(12 * HOUR) },
      },
    ]);
    expect(ofBilling({ ...facts, activities: [anActivity({ isPriority: false })] })).to.deep.equal([]);
  });

  it('name points that vanished, until a later test reads another one through', () => {
    const lost = (hours: number) => ({
      id: `${hours}`,
      asset: 'sql',
      kind: 'gone' as const,
      foundAt: ago(hours * HOUR),
    });

    expect(ofBilling(aReadyClient({ lostPoints: [lost(30), lost(2), lost(1)] }))).to.deep.equal([
      { key: 'readiness.points-lost', params: { asset: 'sql', count: 2, foundAt: ago(HOUR) } },
    ]);
    expect(ofBilling(aReadyClient({ lostPoints: [lost(30)] }))).to.deep.equal([]);
  });

  it('name a plan that its author approved alone', () => {
    const plan = aPlan();
    const alone = { ...plan, inForce: { ...plan.inForce!, createdBy: 'Bob' } };

    expect(ofClient(aReadyClient({ plans: [alone] }))).to.deep.equal([
      {
        key: 'readiness.plan-approved-by-author-alone',
        params: { plan: 'Recovery plan', version: 1, by: 'Bob' },
      },
    ]);
  });

  it('name circles', () => {
    const facts = aReadyClient();
    facts.dependencies.push(needs('host', 'erp'));

    expect(ofClient(facts).map(({ key }) => key)).to.deep.equal(['readiness.dependency-cycle']);
  });
});
