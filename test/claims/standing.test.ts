import { expect } from 'chai';
import { expectedFrom } from '#/plans/claims/expected.ts';
import { claimStanding, type Word } from '#/plans/claims/standing.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const HOUR = 3600;
const KEPT = {
  id: 'source',
  cadence: { kind: 'interval', everySeconds: 24 * HOUR },
  grace_seconds: 2 * HOUR,
  longest_seconds: 6 * HOUR,
  time_zone: 'Europe/Paris',
};
const EXPECTED = expectedFrom(KEPT);
const word = (kind: Word['kind'], hoursAgo: number, run: string | null = null): Word => ({
  kind,
  run,
  at: new Date(NOW.getTime() - hoursAgo * HOUR * 1000),
});
const state = (...words: Word[]) => claimStanding(words, EXPECTED, NOW).state;

describe('what the words of another tool amount to', () => {
  it('is nothing before the first', () => {
    expect(claimStanding([], EXPECTED, NOW)).to.deep.equal({
      ...{ state: 'never', lastOkAt: null, expectedAt: null, missingAt: null },
    });
  });

  it('is good only until the next good end is late, and then missing', () => {
    expect(state(word('ok', 23))).to.equal('said-ok');
    expect(state(word('ok', 25))).to.equal('late');
    expect(state(word('ok', 26.1))).to.equal('missing');
  });

  it('goes by the walls of its client: after Friday evening nothing is missing before Monday', () => {
    const cadence = { kind: 'weekly', at: ['22:00'], days: [1, 2, 3, 4, 5], spreadSeconds: 0 };
    const friday = new Date('2026-10-23T20:40:00Z');
    const weekly = (now: string) =>
      claimStanding(
        [{ kind: 'ok', run: null, at: friday }],
        expectedFrom({ ...KEPT, cadence }),
        new Date(now),
      );
    // Clocks go back in the night to Sunday.
    expect(weekly('2026-10-26T20:59:00Z')).to.deep.include({
      state: 'said-ok',
      expectedAt: new Date('2026-10-26T21:00:00Z'),
      missingAt: new Date('2026-10-26T23:00:00Z'),
    });
    expect(weekly('2026-10-26T22:00:00Z').state).to.equal('late');
    expect(weekly('2026-10-26T23:01:00Z').state).to.equal('missing');
  });

  it('is as bad as its last end, whatever came before, and whatever begins after it', () => {
    expect(state(word('fail', 1), word('ok', 2))).to.equal('said-failed');
    expect(state(word('start', 0.5), word('fail', 1))).to.equal('said-failed');
    expect(state(word('ok', 0.5), word('fail', 1))).to.equal('said-ok');
  });

  it('goes on while a run is open, and has not ended when it is open too long', () => {
    expect(state(word('start', 1, 'b'), word('ok', 20, 'a'))).to.equal('running');
    expect(state(word('start', 7, 'b'), word('ok', 20, 'a'))).to.equal('not-ended');
    expect(state(word('start', 7))).to.equal('not-ended');
    expect(state(word('ok', 1, 'b'), word('start', 7, 'b'))).to.equal('said-ok');
  });

  it('has not ended, without a longest time, when the next would be missing', () => {
    const open = (hoursAgo: number) =>
      claimStanding([word('start', hoursAgo)], { ...EXPECTED, longestSeconds: null }, NOW).state;
    expect([open(25), open(26.1)]).to.deep.equal(['running', 'not-ended']);
  });

  it('is good when an end overtook its start on the way', () => {
    expect(state(word('start', 7, 'b'), word('ok', 7.1, 'b'))).to.equal('said-ok');
  });

  it('does not take the end of an older run for that of the open one', () => {
    expect(state(word('ok', 1, 'a'), word('start', 7, 'b'), word('start', 8, 'a'))).to.equal('not-ended');
  });

  it('is missing though a run is open, since open runs bring nothing back', () => {
    expect(state(word('start', 1), word('ok', 30))).to.equal('missing');
  });
});
