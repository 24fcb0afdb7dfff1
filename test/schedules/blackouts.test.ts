import { expect } from 'chai';
import fc from 'fast-check';
import { Blackout, stretchesBetween, whenAllowed } from '#/plans/schedules/blackouts.ts';
import type { Cadence } from '#/plans/schedules/cadence.ts';
import { dueByObjective, impossibleBlackouts, worstDataAge } from '#/plans/schedules/data-age.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const HOUR = 3600;
const NIGHTLY: Cadence = { kind: 'daily', at: ['02:00'], spreadSeconds: 0 };
const weekly = (
  running: Blackout['running'],
  ...hours: [day: number, from: string, to: string][]
): Blackout =>
  Blackout.parse({
    name: 'month end',
    when: { hours: hours.map(([day, from, to]) => ({ day, from, to })) },
    running,
  });

describe('blackouts', () => {
  it('run on over midnight, and over the change of the clocks', () => {
    const night = weekly('finish', [6, '22:00', '24:00'], [7, '00:00', '06:00']);
    const [found] = stretchesBetween([night], 'Europe/Paris', new Date('2026-10-20'), new Date('2026-10-26'));
    expect([found!.from.toISOString(), found!.until.toISOString()]).to.deep.equal([
      '2026-10-24T20:00:00.000Z',
      '2026-10-25T05:00:00.000Z',
    ]);
  });

  it('move a start to the end of all that lie one behind the other', () => {
    const stretches = stretchesBetween(
      [weekly('finish', [1, '12:00', '14:00']), weekly('abort', [1, '13:00', '15:00'])],
      'UTC',
      new Date('2026-11-23'),
      new Date('2026-11-24'),
    );
    expect(whenAllowed(stretches, NOW).toISOString()).to.equal('2026-11-23T15:00:00.000Z');
    expect(whenAllowed(stretches, new Date('2026-11-23T15:00:00Z')).toISOString()).to.equal(
      '2026-11-23T15:00:00.000Z',
    );
  });

  it('are refused when they are always, end before they begin, or name no day there is', () => {
    const once = (from: string, until: string) =>
      Blackout.safeParse({ name: 'x', when: { from, until }, running: 'finish' });
    expect(Blackout.safeParse({ name: 'x', when: { hours: 'always' }, running: 'finish' }).success).to.equal(
      false,
    );
    expect(once('2026-12-24T18:00', '2026-12-24T08:00').success).to.equal(false);
    expect(once('2026-02-30T18:00', '2026-12-24T08:00').success).to.equal(false);
    expect(once('2026-12-24T18:00', '2026-12-26T08:00').success).to.equal(true);
  });
});

describe('the age of data under a schedule', () => {
  it('is the longest gap and the time one backup takes', () => {
    const schedule = {
      cadence: NIGHTLY,
      blackouts: [],
      zone: 'Europe/Paris',
      id: 'x',
    };
    // The night on which winter time begins is an hour longer.
    expect(worstDataAge(schedule, 600, NOW)).to.equal(25 * HOUR + 600);
  });

  it('grows with what a blackout pushes back', () => {
    const blackouts = [weekly('finish', [3, '00:00', '10:00'])];
    expect(worstDataAge({ cadence: NIGHTLY, blackouts, zone: 'UTC', id: 'x' }, 0, NOW)).to.equal(32 * HOUR);
  });

  it('names the blackout that no backup before or after can bridge', () => {
    const goal = { rpoSeconds: 8 * HOUR, durationSeconds: HOUR, now: NOW };
    const of = (running: Blackout['running'], to: string) =>
      impossibleBlackouts({ blackouts: [weekly(running, [3, '08:00', to])], zone: 'UTC' }, goal).next().value;
    expect(of('finish', '14:30')).to.equal(undefined);
    expect(of('abort', '13:30')).to.equal(undefined);
    expect(of('abort', '14:30')).to.deep.include({ name: 'month end', seconds: 6.5 * HOUR });
    expect(of('finish', '15:00')?.name).to.equal('month end');
  });

  it('never passes the RPO when backups are begun when due, as long as no blackout makes that impossible', () => {
    const anyBlackout = fc.record({
      day: fc.integer({ min: 1, max: 7 }),
      from: fc.integer({ min: 0, max: 20 }),
      hours: fc.integer({ min: 1, max: 4 }),
      running: fc.constantFrom<Blackout['running']>('finish', 'abort', 'pause'),
    });
    fc.assert(
      fc.property(
        fc.array(anyBlackout, { maxLength: 4 }),
        fc.integer({ min: 6, max: 30 }),
        fc.integer({ min: 60, max: 2 * HOUR }),
        (made, rpoHours, durationSeconds) => {
          const text = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
          const blackouts = made.map(({ day, from, hours, running }) =>
            weekly(running, [day, text(from), text(from + hours)]),
          );
          const goal = { rpoSeconds: rpoHours * HOUR, durationSeconds };
          if (!impossibleBlackouts({ blackouts, zone: 'UTC' }, { ...goal, now: NOW }).next().done) return;
          let last = NOW;
          for (let run = 0; run < 60; run++) {
            const stretches = stretchesBetween(
              blackouts,
              'UTC',
              last,
              new Date(last.getTime() + 40 * 86_400_000),
            );
            const due = dueByObjective(last, { ...goal, now: last }, { blackouts, zone: 'UTC' });
            const start = whenAllowed(stretches, laterOf(due, last));
            expect((start.getTime() - last.getTime()) / 1000 + durationSeconds).to.be.at.most(
              goal.rpoSeconds,
            );
            last = start;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

const laterOf = (one: Date, other: Date) => (one.getTime() > other.getTime() ? one : other);
