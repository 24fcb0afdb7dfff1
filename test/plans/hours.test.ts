import { expect } from 'chai';
import fc from 'fast-check';
import { type Hours, longestWait, openSeconds } from '#/plans/hours.ts';

const HOUR = 3600;
const weekdays = (from: string, to: string): Hours => [1, 2, 3, 4, 5].map((day) => ({ day, from, to }));

describe('hours of work', () => {
  it('let one wait over the weekend for a contract of office hours', () => {
    expect(longestWait(weekdays('08:00', '18:00'), 'always')).to.equal((6 + 24 + 24 + 8) * HOUR);
  });

  it('let nobody wait who works when it is there', () => {
    expect(longestWait(weekdays('08:00', '18:00'), weekdays('09:00', '17:00'))).to.equal(0);
    expect(longestWait('always', 'always')).to.equal(0);
  });

  it('count the wait only from a moment that is worked', () => {
    expect(longestWait(weekdays('09:00', '18:00'), weekdays('08:00', '18:00'))).to.equal(HOUR);
  });

  it('know a need that begins before the week turns', () => {
    const sunday: Hours = [{ day: 7, from: '20:00', to: '24:00' }];
    expect(longestWait(weekdays('08:00', '18:00'), sunday)).to.equal(12 * HOUR);
  });

  it('say when nobody is ever there', () => {
    expect(longestWait([], 'always')).to.equal(null);
  });

  it('agree with walking through the week minute by minute', () => {
    const stretch = fc
      .record({
        day: fc.integer({ min: 1, max: 7 }),
        start: fc.integer({ min: 0, max: 23 }),
        length: fc.integer({ min: 1, max: 24 }),
      })
      .map(({ day, start, length }) => ({
        day,
        from: clock(start),
        to: clock(Math.min(24, start + length)),
      }));
    const hours = fc.array(stretch, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(hours, hours, (cover, need) => {
        expect(longestWait(cover, need)).to.equal(walked(cover, need));
        expect(openSeconds(cover)).to.equal(hoursIn(cover).size * HOUR);
      }),
    );
  });
});

const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

/** Whole hours of the week in which it is open. */
function hoursIn(hours: Hours): Set<number> {
  const open = new Set<number>();
  for (const { day, from, to } of hours === 'always' ? [] : hours)
    for (let hour = Number.parseInt(from, 10); hour < Number.parseInt(to, 10); hour++)
      open.add((day - 1) * 24 + hour);
  return open;
}

function walked(cover: Hours, need: Hours): number {
  const open = hoursIn(cover);
  const waits = [...hoursIn(need)].map((hour) => {
    let waited = 0;
    while (!open.has((hour + waited) % 168)) waited++;
    return waited * HOUR;
  });
  return Math.max(0, ...waits);
}
