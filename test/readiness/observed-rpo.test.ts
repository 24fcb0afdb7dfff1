import { expect } from 'chai';
import type { RecoveryPointFacts, RestoreTestFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import {
  aFailedTest,
  ago,
  anActivity,
  anAsset,
  aPoint,
  aReadyClient,
  aTest,
  DAY,
  HOUR,
  needs,
} from './client.ts';

/** Points of the database so many seconds old, each proven unless said otherwise. */
function observed(ages: number[], tested = ages, given: Partial<RestoreTestFacts> = {}) {
  const recoveryPoints = ages.map((age) => aPoint('sql', age));
  const restoreTests = tested.map((age) => aTest('sql', age, given));
  return rpoOf({ recoveryPoints, restoreTests });
}

const rpoOf = (given: { recoveryPoints: RecoveryPointFacts[]; restoreTests: RestoreTestFacts[] }) =>
  computeReadiness(aReadyClient(given)).activities[0]!.observedRpo;

describe('observed RPO', () => {
  it('is the worst gap between consecutive proven points', () => {
    expect(observed([50 * HOUR, 20 * HOUR, 2 * HOUR])).to.include({
      seconds: 30 * HOUR,
      verdict: 'late',
      asset: 'sql',
    });
  });

  it('counts from the newest proven point to now', () => {
    expect(observed([30 * HOUR, 20 * HOUR])).to.include({ seconds: 20 * HOUR, verdict: 'within' });
  });

  it('counts until the next point is complete, not until it begins', () => {
    const long = aPoint('sql', 6 * HOUR, { endedAt: ago(HOUR) });
    const recoveryPoints = [aPoint('sql', 20 * HOUR), long];
    const restoreTests = [aTest('sql', 20 * HOUR), aTest('sql', HOUR, { recoveryPoint: long.id })];

    expect(rpoOf({ recoveryPoints, restoreTests }).seconds).to.equal(19 * HOUR);
  });

  it('does not count points that no test proved', () => {
    const rpo = observed([60 * HOUR, 40 * HOUR, 20 * HOUR], [60 * HOUR]);

    expect(rpo).to.include({ seconds: 60 * HOUR, claimedSeconds: 20 * HOUR, verdict: 'late' });
  });

  it('is unmeasured when no point is proven, whatever is claimed', () => {
    expect(observed([HOUR], [])).to.deep.include({
      verdict: 'unmeasured',
      seconds: null,
      claimedSeconds: HOUR,
      reasons: [{ key: 'readiness.no-proven-point', params: { asset: 'sql' } }],
    });
  });

  for (const [what, given] of Object.entries({
    failed: { state: 'failed' },
    inconclusive: { state: 'inconclusive' },
    queued: { state: 'queued', finishedAt: null },
    running: { state: 'running', finishedAt: null },
    'not decrypted': { requested: 'L2a', reached: 'L2a' },
  } as const))
    it(`is not proven by a test that is ${what}`, () => {
      expect(observed([HOUR], [HOUR], given).verdict).to.equal('unmeasured');
    });

  it('takes a point back that fails later', () => {
    const recoveryPoints = [aPoint('sql', 2 * HOUR)];
    const restoreTests = [aTest('sql', 2 * HOUR), aFailedTest('sql', HOUR, { recoveryPoint: 'sql of 7200' })];

    expect(rpoOf({ recoveryPoints, restoreTests }).verdict).to.equal('unmeasured');
  });

  it('is no shorter when the older of two proven points fails', () => {
    const recoveryPoints = [aPoint('sql', 40 * DAY), aPoint('sql', HOUR)];
    const restoreTests = [aTest('sql', 40 * DAY), aTest('sql', HOUR)];
    const failed = aFailedTest('sql', 20 * DAY, { recoveryPoint: `sql of ${40 * DAY}` });

    const worst = 40 * DAY - HOUR;
    expect(rpoOf({ recoveryPoints, restoreTests }).seconds).to.equal(worst);
    expect(rpoOf({ recoveryPoints, restoreTests: [...restoreTests, failed] }).seconds).to.equal(worst);
  });

  it('is not cut in two by a point that failed', () => {
    const recoveryPoints = [aPoint('sql', 40 * DAY), aPoint('sql', 20 * DAY), aPoint('sql', HOUR)];
    const restoreTests = [aTest('sql', 40 * DAY), aFailedTest('sql', 20 * DAY), aTest('sql', HOUR)];

    expect(rpoOf({ recoveryPoints, restoreTests }).seconds).to.equal(40 * DAY - HOUR);
  });

  it('forgets gaps that ended more than 90 days ago, and keeps one that reaches into them', () => {
    expect(observed([200 * DAY, 91 * DAY, 89 * DAY, 89 * DAY - HOUR, 0]).seconds).to.equal(89 * DAY - HOUR);
    expect(observed([200 * DAY, 89 * DAY, 0]).seconds).to.equal(111 * DAY);
  });

  it('is that of the worst data set, and unmeasured while one has no proof', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('files', 'data-set'));
    facts.dependencies.push(needs('erp', 'files'));
    facts.recoveryPoints.push(aPoint('files', 20 * HOUR));

    expect(computeReadiness(facts).activities[0]?.observedRpo).to.include({
      verdict: 'unmeasured',
      seconds: 12 * HOUR,
    });

    facts.restoreTests.push(aTest('files', 20 * HOUR));
    expect(computeReadiness(facts).activities[0]?.observedRpo).to.include({
      verdict: 'within',
      asset: 'files',
    });
  });

  it('has no verdict without an objective', () => {
    const facts = aReadyClient({ activities: [anActivity({ rpoSeconds: null })] });

    expect(computeReadiness(facts).activities[0]?.observedRpo.verdict).to.equal('no-objective');
  });
});
