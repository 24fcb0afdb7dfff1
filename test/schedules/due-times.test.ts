import { expect } from 'chai';
import type { Timed } from '#/plans/schedules/cadence.ts';
import { nextDueTimes } from '#/plans/schedules/due-times.ts';
import { steadyShare } from '#/plans/schedules/spread.ts';
import { changesOf, daily, ZONES } from './wall-clock.ts';

const DAY = 86_400_000;
const at = (...times: string[]): Timed => ({ kind: 'daily', at: times, spreadSeconds: 0 });
const texts = (dates: Date[]) => dates.map((date) => date.toISOString());
const due = (cadence: Timed, zone: string, after: string, count: number) =>
  texts(nextDueTimes(cadence, { zone, id: 'x', after: new Date(after) }, count));

describe('due times', function () {
  this.timeout(120_000);

  it('skip no local day and double none, in any zone over every change of 2025 to 2027', () => {
    let compared = 0;
    for (const zone of ZONES)
      for (const change of changesOf(zone))
        for (const time of ['00:00', '00:30', '01:30', '02:00', '02:30', '03:00', '23:45']) {
          const after = new Date(change.getTime() - 2 * DAY);
          const expected = daily(zone, time, after, 4);
          expect(texts(nextDueTimes(at(time), { zone, id: 'x', after }, 4)), `${zone} ${time}`).to.deep.equal(
            texts(expected),
          );
          compared++;
        }
    expect(compared).to.be.greaterThan(3000);
  });

  it('run after an hour that is skipped, and in the first of two that come twice', () => {
    expect(due(at('02:30'), 'Europe/Paris', '2026-03-28T12:00:00Z', 2)).to.deep.equal([
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
    expect(due(at('02:30'), 'Europe/Paris', '2026-10-24T12:00:00Z', 2)).to.deep.equal([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('go by the time that passes when they come hourly', () => {
    const hourly: Timed = { kind: 'cron', expression: '30 * * * *', spreadSeconds: 0 };
    for (const begin of ['2026-03-28T22:00:00Z', '2026-10-24T22:00:00Z']) {
      const times = nextDueTimes(hourly, { zone: 'Europe/Paris', id: 'x', after: new Date(begin) }, 8);
      const gaps = times.slice(1).map((time, index) => time.getTime() - times[index]!.getTime());
      expect(new Set(gaps)).to.deep.equal(new Set([3_600_000]));
    }
  });

  it('lie whole intervals apart, always the same for an id, and spread over ids', () => {
    const cadence: Timed = { kind: 'interval', everySeconds: 3600 };
    const [first, second] = nextDueTimes(cadence, { zone: 'UTC', id: 'a', after: new Date(0) }, 2);
    expect(second!.getTime() - first!.getTime()).to.equal(3_600_000);
    expect(due(cadence, 'Asia/Kathmandu', '1970-01-01T00:00:00Z', 1)).to.deep.equal(
      due(cadence, 'America/Lima', '1970-01-01T00:00:00Z', 1),
    );
    const shares = Array.from({ length: 1000 }, (_, id) => steadyShare(String(id), 10));
    for (let share = 0; share < 10; share++)
      expect(shares.filter((found) => found === share).length).to.be.within(60, 140);
  });

  it('keep their place in the spread from day to day', () => {
    const spread: Timed = { kind: 'daily', at: ['22:00'], spreadSeconds: 3600 };
    const times = nextDueTimes(spread, { zone: 'UTC', id: 'b', after: new Date(0) }, 3);
    expect(times[1]!.getTime() - times[0]!.getTime()).to.equal(DAY);
    expect(times[0]!.getTime() % DAY).to.be.within(22 * 3_600_000, 23 * 3_600_000);
  });

  it('come on the last day of a month that is too short', () => {
    const monthly: Timed = { kind: 'monthly', at: ['08:00'], days: [31], spreadSeconds: 0 };
    expect(due(monthly, 'UTC', '2027-01-31T09:00:00Z', 3)).to.deep.equal([
      '2027-02-28T08:00:00.000Z',
      '2027-03-31T08:00:00.000Z',
      '2027-04-30T08:00:00.000Z',
    ]);
  });

  it('end when nothing is due any more', () => {
    expect(
      due({ kind: 'cron', expression: '0 0 30 2 *', spreadSeconds: 0 }, 'UTC', '2026-01-01T00:00:00Z', 5),
    ).to.be.empty;
  });

  it('come on days of the month and of the week as crontab has it', () => {
    expect(
      due({ kind: 'cron', expression: '15 6 1 * mon', spreadSeconds: 0 }, 'UTC', '2026-11-27T00:00:00Z', 3),
    ).to.deep.equal(['2026-11-30T06:15:00.000Z', '2026-12-01T06:15:00.000Z', '2026-12-07T06:15:00.000Z']);
  });
});
