import { expect } from 'chai';
import { type Going, paceOf } from '#/plans/paces.ts';

const NOW = new Date('2026-11-20T03:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const going = (more: Partial<Going>): Going => ({
  phase: 'pack',
  bytes: 600e6,
  startedAt: ago(10),
  beatAt: ago(0),
  movedAt: ago(0),
  before: [],
  ...more,
});
const usual = [600, 700, 800].map((seconds) => ({ seconds, bytes: seconds * 1e6 }));

describe('the pace of what goes on', () => {
  it('is stalled when its worker lives and gets nowhere, later in phases that tell little', () => {
    expect(paceOf(going({ movedAt: ago(4) }), NOW).pace).to.equal('steady');
    expect(paceOf(going({ movedAt: ago(6) }), NOW).pace).to.equal('stalled');
    expect(paceOf(going({ movedAt: ago(6), phase: 'dump' }), NOW).pace).to.equal('steady');
    expect(paceOf(going({ movedAt: ago(16), phase: 'dump' }), NOW).pace).to.equal('stalled');
  });

  it('is silent when nothing is heard of its worker, which is worse than stalled', () => {
    expect(paceOf(going({ beatAt: ago(1), movedAt: ago(20) }), NOW)).to.include({
      pace: 'silent',
      left: null,
    });
  });

  it('is slow only against its own history, and not in its first moments', () => {
    expect(paceOf(going({ bytes: 1e6 }), NOW)).to.include({ pace: 'steady', usualBytesPerSecond: null });
    expect(paceOf(going({ bytes: 1e6, before: usual }), NOW)).to.include({
      pace: 'slow',
      usualBytesPerSecond: 1e6,
    });
    expect(paceOf(going({ bytes: 1e6, before: usual, startedAt: ago(1) }), NOW).pace).to.equal('steady');
    expect(paceOf(going({ before: usual }), NOW).pace).to.equal('steady');
  });

  it('tells what is left as a range of the times before, and nothing where that is not known or over', () => {
    expect(paceOf(going({ before: usual, startedAt: ago(5) }), NOW).left).to.deep.equal({
      fromSeconds: 300,
      toSeconds: 500,
    });
    expect(paceOf(going({ before: usual.slice(1) }), NOW).left).to.equal(null);
    expect(paceOf(going({ before: usual, startedAt: ago(20) }), NOW).left).to.equal(null);
  });
});
