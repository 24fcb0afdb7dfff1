/** Nine steps of one recovery, with illustrative durations in hours: the first regression test of the engine. */
import { expect } from 'chai';
import type { AssetKind } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { ago, anActivity, anAsset, aReadyClient, aTest, DAY, HOUR, needs } from './client.ts';

/** SQL and files come over the one line; all other steps need the technician. */
const OVER_THE_LINE = ['files', 'SQL'];
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
    assets: STEPS.map(([name, kind]) =>
      anAsset(name, kind, { recoveryResource: OVER_THE_LINE.includes(name) ? 'link' : 'technician' }),
    ),
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

  it('takes 12.8 h with one technician and one line, and says what waited for them', () => {
    expect(billing?.effective.scheduled?.seconds).to.equal(12.8 * HOUR);
    expect(billing?.effective.binding).to.deep.equal([
      {
        key: 'readiness.longest-step',
        params: {
          activity: 'Billing',
          asset: 'SQL',
          stepSeconds: 4 * HOUR,
          effectiveSeconds: 11 * HOUR,
          measuredAt: ago(DAY),
          samples: 1,
        },
      },
      {
        key: 'readiness.waits-for-technician',
        params: { asset: 'network', waitSeconds: 1.5 * HOUR, technicians: 1 },
      },
      { key: 'readiness.waits-for-link', params: { asset: 'SQL', waitSeconds: HOUR, links: 1 } },
    ]);
  });

  it('takes 11.0 h again with two of each', () => {
    const more = { ...facts, client: { ...facts.client, technicians: 2, links: 2 } };

    expect(computeReadiness(more).activities[0]?.effective.scheduled?.seconds).to.equal(11 * HOUR);
  });

  it('is late for an RTO of 12 h, which more hands would have met', () => {
    const [late] = computeReadiness({
      ...facts,
      activities: [anActivity({ rtoSeconds: 12 * HOUR })],
    }).activities;

    expect(late?.effective.verdict).to.equal('late');
    expect(late?.contradictions).to.deep.include({
      key: 'readiness.scheduled-over-rto',
      params: {
        activity: 'Billing',
        scheduledSeconds: 12.8 * HOUR,
        technicians: 1,
        links: 1,
        rtoSeconds: 12 * HOUR,
      },
    });
  });

  it('is late for an RTO of 8 h, which the largest step alone would have met', () => {
    expect(billing?.effective.verdict).to.equal('late');
    expect(billing?.contradictions).to.deep.include({
      key: 'readiness.recovery-over-rto',
      params: { activity: 'Billing', effectiveSeconds: 11 * HOUR, rtoSeconds: 8 * HOUR },
    });
  });
});
