import { expect } from 'chai';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { aFailedTest, ago, anActivity, aPlan, aReadyClient, DAY, HOUR, needs } from './client.ts';

function standing(facts: ClientFacts) {
  const { level, missing } = computeReadiness(facts);
  return `R${level}, missing ${missing?.key}`;
}

const inForce = aPlan().inForce!;
const without = <Key extends 'assets' | 'dependencies'>(
  facts: ClientFacts,
  key: Key,
  id: string,
): ClientFacts => ({
  ...facts,
  [key]: facts[key].filter((one) => one.id !== id),
});

describe('the ladder', () => {
  it('ends at R5 until exercises are recorded', () => {
    expect(standing(aReadyClient())).to.equal('R5, missing readiness.not-exercised');
  });

  for (const [missing, given] of Object.entries({
    'readiness.analysis-not-approved': { approval: null },
    'readiness.no-mtpd': { mtpdSeconds: null },
    'readiness.no-rto': { rtoSeconds: null },
    'readiness.no-rpo': { rpoSeconds: null },
    'readiness.rto-not-below-mtpd': { mtpdSeconds: 8 * HOUR },
  }))
    it(`stays at R0 for ${missing}`, () => {
      expect(standing(aReadyClient({ activities: [anActivity(given)] }))).to.equal(`R0, missing ${missing}`);
    });

  it('takes zero for a legal objective', () => {
    expect(standing(aReadyClient({ activities: [anActivity({ rtoSeconds: 0 })] }))).to.equal(
      'R4, missing readiness.recovery-over-rto',
    );
  });

  for (const [missing, asset] of Object.entries({
    'readiness.no-data-set': 'activity:billing hard erp',
    'readiness.no-team': 'activity:billing human staff',
    'readiness.no-premises': 'activity:billing hard office',
    'readiness.no-supplier': 'erp soft vendor',
  }))
    it(`stays at R1 for ${missing}`, () => {
      expect(standing(without(aReadyClient(), 'dependencies', asset))).to.equal(`R1, missing ${missing}`);
    });

  it('stays at R1 for a circle, an unknown asset, or no dependencies at all', () => {
    const circle = aReadyClient();
    circle.dependencies.push(needs('host', 'sql'));

    expect(standing(circle)).to.equal('R1, missing readiness.dependency-cycle');
    expect(standing(without(aReadyClient(), 'assets', 'vendor'))).to.equal(
      'R1, missing readiness.unknown-dependency',
    );
    expect(standing(aReadyClient({ dependencies: [] }))).to.equal('R1, missing readiness.no-dependencies');
  });

  for (const [missing, plans] of Object.entries({
    'readiness.no-plan': [aPlan({ activities: [] })],
    'readiness.plan-not-in-force': [aPlan({ inForce: null })],
    'readiness.plan-not-approved': [aPlan({ inForce: { ...inForce, approvals: [] } })],
    'readiness.plan-approved-by-author-alone': [aPlan({ inForce: { ...inForce, createdBy: 'Bob' } })],
    'readiness.plan-review-overdue': [aPlan({ reviewIntervalDays: 19 })],
  }))
    it(`stays at R2 for ${missing}`, () => {
      expect(standing(aReadyClient({ plans }))).to.equal(`R2, missing ${missing}`);
    });

  it('reaches R3 with one good plan beside a draft', () => {
    const draft = aPlan({ id: 'bcp', title: 'A draft', inForce: null });

    expect(standing(aReadyClient({ plans: [draft, aPlan()] }))).to.match(/^R5/);
  });

  it('stays at R3 until every data set was restored, and after a restore that failed', () => {
    const never = aReadyClient();
    never.restoreTests = never.restoreTests.filter(({ asset }) => asset !== 'sql');
    const failed = aReadyClient();
    failed.restoreTests.push(aFailedTest('sql', HOUR));

    expect(standing(never)).to.equal('R3, missing readiness.restore-never-measured');
    expect(standing(failed)).to.equal('R3, missing readiness.restore-failed');
  });

  it('stays at R3 when the restore is older than the interval', () => {
    const facts = aReadyClient({ now: ago(-400 * DAY), plans: [aPlan({ reviewIntervalDays: 500 })] });

    expect(standing(facts)).to.equal('R3, missing readiness.restore-stale');
  });

  it('stays at R4 while a server was never measured, or data would be lost', () => {
    const never = aReadyClient();
    never.restoreTests = never.restoreTests.filter(({ asset }) => asset !== 'host');
    const lossy = aReadyClient({ activities: [anActivity({ rpoSeconds: HOUR })] });

    expect(standing(never)).to.equal('R4, missing readiness.restore-never-measured');
    expect(standing(lossy)).to.equal('R4, missing readiness.loss-over-rpo');
  });
});

describe('the level of a client', () => {
  it('is that of its weakest priority activity, never an average', () => {
    const facts = aReadyClient();
    facts.activities.push(
      anActivity({ id: 'payroll', name: 'Payroll', approval: null }),
      anActivity({ id: 'archive', name: 'Archive', approval: null, isPriority: false }),
    );

    expect(computeReadiness(facts)).to.deep.include({
      level: 0,
      weakest: 'payroll',
      missing: { key: 'readiness.analysis-not-approved', params: { activity: 'Payroll' } },
    });
  });

  it('is R0 without a priority activity, however good the others are', () => {
    const facts = aReadyClient({ activities: [anActivity({ isPriority: false })] });

    expect(computeReadiness(facts)).to.deep.include({
      level: 0,
      weakest: null,
      missing: { key: 'readiness.no-priority-activity', params: {} },
    });
  });
});
