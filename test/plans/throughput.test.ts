import { expect } from 'chai';
import fc from 'fast-check';
import { type Amounts, Throughput } from '#/plans/throughput.ts';

describe('throughput', () => {
  const told = (bytes: number, given: Partial<Amounts> = {}): Amounts => ({
    ...{ phase: 'restore', files: 0, bytes, totalBytes: 1000 },
    ...given,
  });

  it('follows from what was done in this phase, and says nothing before there is something to tell', () => {
    const throughput = new Throughput();
    const left = (amounts: Amounts, seconds: number) =>
      throughput.of(amounts, seconds * 1000).remainingSeconds;
    expect(left(told(200), 0)).to.equal(null);
    expect(left(told(400), 0.5)).to.equal(null);
    expect(throughput.of(told(400), 10_000)).to.deep.equal({
      ...{ bytesPerSecond: 20, filesPerSecond: 0, remainingSeconds: 30 },
    });
    expect(left(told(1000), 20)).to.equal(0);
    expect(left(told(500, { phase: 'compare' }), 21)).to.equal(null);
  });

  it('looks at the last half minute: a store that has become slow is told as slow, and one that stands still has no end', () => {
    const throughput = new Throughput();
    for (let second = 0; second <= 60; second++)
      throughput.of(told(second * 10, { totalBytes: 10_000 }), second * 1000);
    let last = throughput.of(told(601, { totalBytes: 10_000 }), 61_000);
    for (let second = 62; second <= 95; second++)
      last = throughput.of(told(600 + second - 60, { totalBytes: 10_000 }), second * 1000);
    expect(last.bytesPerSecond).to.be.closeTo(1, 0.01);
    for (let second = 96; second <= 130; second++)
      last = throughput.of(told(635, { totalBytes: 10_000 }), second * 1000);
    expect(last).to.include({ bytesPerSecond: 0, remainingSeconds: null });
  });

  it('goes by files where no bytes are counted', () => {
    const throughput = new Throughput();
    const heads = (files: number) => told(0, { phase: 'heads', totalBytes: null, files, totalFiles: 100 });
    throughput.of(heads(0), 0);
    expect(throughput.of(heads(20), 10_000).remainingSeconds).to.equal(40);
  });

  it('is never negative, endless or beyond a month, whatever is told', () => {
    const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const step = fc.record({
      phase: fc.constantFrom('fetch', 'restore'),
      files: amount,
      bytes: amount,
      totalBytes: fc.option(amount),
      totalFiles: fc.option(amount),
      after: fc.integer({ min: -1000, max: 10_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const throughput = new Throughput();
        let now = 0;
        for (const { after, ...amounts } of steps) {
          now += after;
          const rates = throughput.of(amounts, now);
          for (const rate of Object.values(rates))
            expect(rate === null || (Number.isFinite(rate) && rate >= 0), JSON.stringify(rates)).to.equal(
              true,
            );
          expect(rates.remainingSeconds ?? 0).to.be.at.most(30 * 86_400);
        }
      }),
    );
  });
});
