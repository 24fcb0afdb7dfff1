import { expect } from 'chai';
import fc from 'fast-check';
import { forecast } from '#/plans/retention/forecast.ts';
import { isShorter, reachDays } from '#/plans/retention/reach.ts';
import { RetentionRules } from '#/plans/retention/rules.ts';
import { rulesOfSet, STARTING_SETS, type StartingSet } from '#/plans/retention/starting-sets.ts';

const DAY_SECONDS = 86_400;
const rulesOf = (rules: Partial<RetentionRules>) => RetentionRules.parse(rules);
const SETS = Object.keys(STARTING_SETS) as StartingSet[];
const in12Months = (rules: RetentionRules | null, over: object = {}) =>
  forecast([], rules, {
    intervalSeconds: DAY_SECONDS,
    bytesEach: 10,
    lockDays: null,
    zone: 'Europe/Paris',
    now: new Date('2026-11-23T12:00:00Z'),
    ...over,
  })?.at(-1);

describe('how far back retention reaches', () => {
  it('counts whole periods, of which the newest has only begun, and gaps between backups', () => {
    const daily = { intervalSeconds: DAY_SECONDS };
    expect(reachDays(null, daily)).to.equal(null);
    expect(reachDays(rulesOf({ daily: 14 }), daily)).to.equal(13);
    expect(reachDays(rulesOf({ withinDays: 30, last: 3 }), daily)).to.equal(30);
    expect(reachDays(rulesOf({ last: 5 }), { intervalSeconds: 7 * DAY_SECONDS })).to.equal(28);
    expect(reachDays(rulesOfSet('seven-years'), daily)).to.equal(6 * 365);
  });

  it('is never less than what is left when backups ran on for a year and all were proved', () => {
    const some = fc.record({
      last: fc.nat(20),
      withinDays: fc.nat(40),
      daily: fc.nat(40),
      weekly: fc.nat(20),
    });
    fc.assert(
      fc.property(some, (counts) => {
        if (Object.values(counts).every((count) => count === 0)) return;
        const rules = rulesOf(counts);
        const reach = reachDays(rules, { intervalSeconds: DAY_SECONDS })!;
        expect(in12Months(rules)!.points).to.be.at.least(Math.ceil(reach / 7));
      }),
      { numRuns: 30 },
    );
  });

  it('is shorter when any count is less, and keeping everything is the most there is', () => {
    const rules = rulesOf({ daily: 14, weekly: 8 });
    expect(isShorter(null, rules)).to.equal(true);
    expect(isShorter(rules, null)).to.equal(false);
    expect(isShorter(rules, rules)).to.equal(false);
    expect(isShorter(rules, rulesOf({ daily: 100, weekly: 7 }))).to.equal(true);
  });
});

describe('a year of retention', () => {
  it('tells how many points rules leave, and that a lock keeps more', () => {
    expect(in12Months(null)).to.include({ points: 365, bytes: 3650 });
    expect(in12Months(rulesOf({ daily: 14 }))).to.include({ points: 14, bytes: 140 });
    expect(in12Months(rulesOf({ daily: 14 }), { lockDays: 30 })!.points).to.equal(30);
    expect(in12Months(rulesOf({ daily: 14 }), { intervalSeconds: 300 })).to.equal(undefined);
  });

  it('of each starting set keeps what its name says', () => {
    for (const set of SETS) expect(in12Months(rulesOfSet(set))!.points, set).to.be.within(7, 120);
  });
});
