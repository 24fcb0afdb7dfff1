/** Nine steps of one recovery, with illustrative durations in hours: the first regression test of the engine. */
import { expect } from 'chai';
import type { AssetKind } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { anActivity, anAsset, aReadyClient, aTest, DAY, HOUR, needs } from './client.ts';

const STEPS: [name: string, kind: AssetKind, hours: number, after: string[]][] = [
  ['decision', 'team', 1.0, []],
  ['network', 'network', 0.8, ['decision']],
  ['hypervisor', 'server', 1.5, ['decision']],
  ['directory', 'identity', 2.0, ['hypervisor', 'network']],
  ['files', 'data-set', 3.0, ['hypervisor', 'network']],
  ['SQL', 'data-set', 4.0, ['directory']],
  ['ERP', 'application', 1.5, ['SQL']],
  ['mail', 'application', 2.0, ['directory']],
  ['check', 'team', 1.0, ['ERP', 'files']],
];

describe('the worked example of nine steps', () => {
  const facts = aReadyClient({
    activities: [anActivity({ rtoSeconds: 8 * HOUR })],
    assets: STEPS.map(([name, kind]) => anAsset(name, kind)),
    dependencies: [
      needs('activity:billing', 'check'),
      needs('activity:billing', 'mail'),
      ...STEPS.flatMap(([name, , , after]) => after.map((to) => needs(name, to))),
    ],
    restoreTests: STEPS.map(([name, , hours]) => aTest(name, DAY, { seconds: hours * HOUR })),
  });
  const [billing] = computeReadiness(facts).activities;

  it('takes 11.0 h, where the largest step says 4.0 h', () => {
    const largest = Math.max(...facts.restoreTests.map(({ seconds }) => seconds ?? 0));

    expect(billing?.effective.seconds).to.equal(11.0 * HOUR);
    expect(largest).to.equal(4.0 * HOUR);
  });

  it('names the path that binds it, in the order of recovery', () => {
    expect(billing?.effective.path.map(({ name }) => name)).to.deep.equal([
      'decision',
      'hypervisor',
      'directory',
      'SQL',
      'ERP',
      'check',
    ]);
  });

  it('is late for an RTO of 8 h, which the largest step alone would have met', () => {
    expect(billing?.effective.verdict).to.equal('late');
    expect(billing?.contradictions).to.deep.include({
      key: 'readiness.recovery-over-rto',
      params: { activity: 'Billing', effectiveSeconds: 11 * HOUR, rtoSeconds: 8 * HOUR },
    });
  });
});
