import { expect } from 'chai';
import { nextDigest, nextLoud, type Quiet } from '#/plans/alerts/quiet-hours.ts';

const PARIS = 'Europe/Paris';
const night: Quiet = { from: '22:00', until: '07:00', isQuietAtWeekends: false };
const loud = (now: string, quiet: Quiet = night, zone = PARIS) =>
  nextLoud(new Date(now), quiet, zone).toISOString();

describe('quiet hours', () => {
  it('let pass what comes by day, and hold until the morning what comes at night', () => {
    expect(loud('2026-11-23T12:00:00.000Z')).to.equal('2026-11-23T12:00:00.000Z');
    expect(loud('2026-11-23T21:00:00.000Z')).to.equal('2026-11-24T06:00:00.000Z');
    expect(loud('2026-11-23T03:00:00.000Z')).to.equal('2026-11-23T06:00:00.000Z');
    expect(loud('2026-11-23T06:00:00.000Z')).to.equal('2026-11-23T06:00:00.000Z');
  });

  it('end when clocks on walls show it, on the days on which they change', () => {
    // On 29 March 2026 the night has an hour less, on 25 October one more.
    expect(loud('2026-03-28T22:30:00.000Z')).to.equal('2026-03-29T05:00:00.000Z');
    expect(loud('2026-10-24T21:30:00.000Z')).to.equal('2026-10-25T06:00:00.000Z');
    const shorter: Quiet = { ...night, from: '00:00', until: '02:30' };
    // 02:30 does not exist on that day: the quiet ends an hour later on the wall, at the same time.
    expect(loud('2026-03-29T00:30:00.000Z', shorter)).to.equal('2026-03-29T01:30:00.000Z');
    // 02:30 comes twice: the quiet ends the first time, and does not begin again.
    expect(loud('2026-10-24T23:00:00.000Z', shorter)).to.equal('2026-10-25T00:30:00.000Z');
    expect(loud('2026-10-25T01:10:00.000Z', shorter)).to.equal('2026-10-25T01:10:00.000Z');
  });

  it('are those of the place where somebody is', () => {
    expect(loud('2026-11-23T12:00:00.000Z', night, 'Asia/Tokyo')).to.equal('2026-11-23T12:00:00.000Z');
    expect(loud('2026-11-23T13:30:00.000Z', night, 'Asia/Tokyo')).to.equal('2026-11-23T22:00:00.000Z');
    expect(loud('2026-11-23T03:00:00.000Z', night, 'Asia/Kathmandu')).to.equal('2026-11-23T03:00:00.000Z');
  });

  it('last through a weekend and the nights around it', () => {
    const weekend: Quiet = { ...night, isQuietAtWeekends: true };
    expect(loud('2026-11-27T22:00:00.000Z', weekend)).to.equal('2026-11-30T06:00:00.000Z');
    expect(loud('2026-11-28T12:00:00.000Z', weekend)).to.equal('2026-11-30T06:00:00.000Z');
    expect(loud('2026-11-28T12:00:00.000Z', { from: null, until: null, isQuietAtWeekends: true })).to.equal(
      '2026-11-29T23:00:00.000Z',
    );
  });

  it('are never where the answer falls, whatever the zone and the moment', () => {
    const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC'];
    const quiets: Quiet[] = [
      night,
      { from: '12:00', until: '14:00', isQuietAtWeekends: true },
      { from: '02:00', until: '02:45', isQuietAtWeekends: false },
    ];
    for (const zone of zones)
      for (const quiet of quiets)
        for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 7 * 3_600_000 + 13 * 60_000) {
          const now = new Date(at);
          const found = nextLoud(now, quiet, zone);
          expect(found >= now, `${zone} ${now.toISOString()}`).to.equal(true);
          expect(nextLoud(found, quiet, zone).toISOString(), `${zone} ${now.toISOString()}`).to.equal(
            found.toISOString(),
          );
          expect(found.getTime() - at).to.be.below(4 * 86_400_000);
        }
  });
});

describe('a digest', () => {
  const due = (now: string, pace: 'daily' | 'weekly', zone = PARIS) =>
    nextDigest(new Date(now), pace, zone).toISOString();

  it('goes out at eight in the morning where its recipient is, in winter and in summer', () => {
    expect(due('2026-11-23T06:00:00.000Z', 'daily')).to.equal('2026-11-23T07:00:00.000Z');
    expect(due('2026-11-23T07:00:00.000Z', 'daily')).to.equal('2026-11-24T07:00:00.000Z');
    expect(due('2026-03-28T12:00:00.000Z', 'daily')).to.equal('2026-03-29T06:00:00.000Z');
    expect(due('2026-10-24T12:00:00.000Z', 'daily')).to.equal('2026-10-25T07:00:00.000Z');
    expect(due('2026-11-23T06:00:00.000Z', 'daily', 'America/Martinique')).to.equal(
      '2026-11-23T12:00:00.000Z',
    );
  });

  it('of a week goes out on Monday', () => {
    expect(due('2026-11-23T08:00:00.000Z', 'weekly')).to.equal('2026-11-30T07:00:00.000Z');
    expect(due('2026-11-22T23:30:00.000Z', 'weekly')).to.equal('2026-11-23T07:00:00.000Z');
  });
});
