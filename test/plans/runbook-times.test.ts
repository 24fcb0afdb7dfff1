import { expect } from 'chai';
import { runbookTimes, type TimedStep } from '#/plans/runbook-times.ts';

const step = (
  key: string,
  p50Seconds: number | null,
  after: [string, number?][] = [],
  p90Seconds: number | null = null,
) =>
  ({
    key,
    p50Seconds,
    p90Seconds,
    after: after.map(([of, lagSeconds = 0]) => ({ key: of, lagSeconds })),
  }) satisfies TimedStep;

describe('the time of a runbook', () => {
  it('is none without steps', () => {
    expect(runbookTimes([])).to.deep.equal({
      p50Seconds: 0,
      p90Seconds: 0,
      chain: [],
      withoutTime: [],
      beginsAfter: [],
    });
  });

  it('is that of the longest chain with its delays, whatever order the steps are written in', () => {
    const steps = [step('c', 10, [['a', 100], ['b']]), step('b', 50), step('a', 5)];
    expect(runbookTimes(steps)).to.deep.include({
      p50Seconds: 115,
      chain: ['a', 'c'],
      beginsAfter: [105, 0, 0],
    });
  });

  it('takes the usual time for the long one where nothing else is said, and may bind elsewhere then', () => {
    const steps = [step('a', 100), step('b', 10, [], 500)];
    expect(runbookTimes(steps)).to.deep.include({ p50Seconds: 100, p90Seconds: 500, chain: ['a'] });
  });

  it('counts a step without a time as nothing, and names it', () => {
    const steps = [step('a', 60), step('b', null, [['a']]), step('c', 30, [['b']])];
    expect(runbookTimes(steps)).to.deep.include({
      p50Seconds: 90,
      withoutTime: ['b'],
      chain: ['a', 'b', 'c'],
    });
  });

  it('waits for no step that is not there', () => {
    expect(runbookTimes([step('a', 60, [['gone', 1000]])]).p50Seconds).to.equal(60);
  });
});
