import { expect } from 'chai';
import type { RecoveryPointFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { aFailedTest, ago, anAsset, aPoint, aReadyClient, aTest, DAY, HOUR, needs } from './client.ts';

type Lock = RecoveryPointFacts['lock'];
const lockedFor = (days: number): Lock => ({ mode: 'compliance', until: ago(-days * DAY) });
const ended: Lock = { mode: 'compliance', until: ago(1) };
const liftable: Lock = { mode: 'governance', until: ago(-DAY) };

/** Points of the database so many days old with a lock each, all proven unless said otherwise. */
function left(points: [days: number, lock: Lock][], proven = points.map(([days]) => days)) {
  const facts = aReadyClient({
    recoveryPoints: points.map(([days, lock]) => aPoint('sql', days * DAY, { lock })),
    restoreTests: proven.map((days) => aTest('sql', days * DAY)),
  });
  return stateOf(facts);
}
const stateOf = (facts: ReturnType<typeof aReadyClient>) =>
  computeReadiness(facts).activities[0]!.underCompromise.map(({ state, seconds }) =>
    state === 'kept' ? seconds! / DAY : state,
  );

describe('what an intruder would leave', () => {
  it('is the newest proven copy older than the intrusion that is still locked', () => {
    expect(
      left([
        [0.5, lockedFor(1)],
        [2, lockedFor(1)],
        [9, lockedFor(1)],
        [40, lockedFor(1)],
      ]),
    ).to.deep.equal([2, 9, 40]);
  });

  it('is nothing when the newest older ones are locked no more', () => {
    expect(
      left([
        [2, lockedFor(1)],
        [9, ended],
        [40, ended],
      ]),
    ).to.deep.equal([2, 'none', 'none']);
    expect(
      left([
        [2, ended],
        [9, lockedFor(1)],
      ]),
    ).to.deep.equal([9, 9, 'none']);
  });

  it('is not known where no lock is recorded, or one that may be lifted', () => {
    expect(
      left([
        [2, null],
        [9, liftable],
        [40, ended],
      ]),
    ).to.deep.equal(['unknown', 'unknown', 'none']);
  });

  it('counts no copy that was not proven, failed since, or was not whole yet', () => {
    expect(
      left(
        [
          [2, lockedFor(9)],
          [9, lockedFor(9)],
        ],
        [9],
      ),
    ).to.deep.equal([9, 9, 'none']);
    const failed = aReadyClient({
      recoveryPoints: [aPoint('sql', 2 * DAY, { lock: lockedFor(9) })],
      restoreTests: [aTest('sql', 2 * DAY), aFailedTest('sql', HOUR, { recoveryPoint: `sql of ${2 * DAY}` })],
    });
    expect(stateOf(failed)).to.deep.equal(['none', 'none', 'none']);
    const late = aPoint('sql', 2 * DAY, { lock: lockedFor(9), endedAt: ago(HOUR) });
    expect(
      stateOf(aReadyClient({ recoveryPoints: [late], restoreTests: [aTest('sql', 2 * DAY)] }))[0],
    ).to.equal('none');
  });

  it('is that of the worst data set', () => {
    const facts = aReadyClient({
      recoveryPoints: [
        aPoint('sql', 2 * DAY, { lock: lockedFor(9) }),
        aPoint('files', 3 * DAY, { lock: lockedFor(9) }),
      ],
      restoreTests: [aTest('sql', 2 * DAY), aTest('files', 3 * DAY)],
    });
    facts.assets.push(anAsset('files', 'data-set'));
    facts.dependencies.push(needs('erp', 'files'));
    expect(stateOf(facts)).to.deep.equal([3, 'none', 'none']);

    facts.recoveryPoints = facts.recoveryPoints.map((point) => ({
      ...point,
      lock: point.asset === 'sql' ? null : point.lock,
    }));
    expect(stateOf(facts)[0]).to.equal('unknown');
  });

  it('says what is missing', () => {
    const facts = aReadyClient({
      recoveryPoints: [aPoint('sql', 2 * DAY)],
      restoreTests: [aTest('sql', 2 * DAY)],
    });

    expect(
      computeReadiness(facts).activities[0]?.underCompromise.map(({ reasons }) => reasons),
    ).to.deep.equal([
      [{ key: 'readiness.lock-not-recorded', params: { asset: 'sql', dwellDays: 1 } }],
      [{ key: 'readiness.no-copy-before-intrusion', params: { asset: 'sql', dwellDays: 7 } }],
      [{ key: 'readiness.no-copy-before-intrusion', params: { asset: 'sql', dwellDays: 30 } }],
    ]);
  });
});
