import { expect } from 'chai';
import fc from 'fast-check';
import { bytesByFate } from '#/plans/retention/bytes.ts';
import { judge, type KeptPoint } from '#/plans/retention/keep.ts';
import { PERIODS, RetentionRules } from '#/plans/retention/rules.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const DAY = 86_400_000;
const rulesOf = (rules: Partial<RetentionRules>) => RetentionRules.parse(rules);

const point = (id: string, dataTime: string, over: Partial<KeptPoint> = {}): KeptPoint => ({
  id,
  dataTime: new Date(dataTime),
  lockedUntil: null,
  isHeld: false,
  proof: 'proven',
  ...over,
});
const codesOf = (points: KeptPoint[], rules: Partial<RetentionRules>, zone = 'Europe/Paris') =>
  Object.fromEntries(
    judge(points, rulesOf(rules), { zone, now: NOW }).map(({ point: { id }, because }) => [
      id,
      because.map(({ code }) => code),
    ]),
  );

describe('retention', () => {
  it('keeps the newest of each local day, and says which day it stands for', () => {
    const points = [
      point('noon', '2026-11-22T12:00:00Z'),
      point('late', '2026-11-22T22:30:00Z'), // 23:30 in Paris
      point('later', '2026-11-22T23:30:00Z'), // the next day in Paris
      point('before', '2026-11-21T12:00:00Z'),
    ];
    expect(codesOf(points, { daily: 2 })).to.deep.equal({
      later: ['newest', 'daily', 'last-proven'],
      late: ['daily'],
      noon: [],
      before: [],
    });
  });

  it('counts no period without a point, so that a source that was silent for a year loses nothing', () => {
    const points = [point('new', '2026-11-22T12:00:00Z'), point('old', '2024-03-01T12:00:00Z')];
    expect(codesOf(points, { daily: 2 }).old).to.deep.equal(['daily']);
  });

  it('never lets the last proven point go, nor any made after it', () => {
    const points = [
      point('untested', '2026-11-22T12:00:00Z', { proof: 'none' }),
      point('suspect', '2026-11-21T12:00:00Z', { proof: 'suspect' }),
      point('proven', '2026-10-01T12:00:00Z'),
      point('older', '2026-09-01T12:00:00Z'),
    ];
    expect(codesOf(points, { last: 1 })).to.deep.equal({
      untested: ['newest', 'last', 'no-proven-successor'],
      suspect: ['no-proven-successor'],
      proven: ['last-proven'],
      older: [],
    });
  });

  it('lets nothing go for a point that a wrong clock dated ahead, proven or not', () => {
    const points = [
      point('ahead', '2026-11-26T12:00:00Z'),
      point('new', '2026-11-22T12:00:00Z', { proof: 'none' }),
      point('proven', '2026-11-21T12:00:00Z'),
      point('old', '2026-11-20T12:00:00Z'),
    ];
    expect(codesOf(points, { last: 1 })).to.deep.equal({
      ahead: ['dated-ahead'],
      new: ['newest', 'last', 'no-proven-successor'],
      proven: ['last-proven'],
      old: [],
    });
  });

  it('keeps everything while nothing was ever proved', () => {
    const points = ['01', '02', '03'].map((day) => point(day, `2026-11-${day}T12:00:00Z`, { proof: 'none' }));
    expect(
      judge(points, rulesOf({ last: 1 }), { zone: 'UTC', now: NOW }).filter(
        ({ because }) => because.length === 0,
      ),
    ).to.be.empty;
  });

  it('keeps what is locked or held, and tells what only a lock still bills', () => {
    const pack = (name: string) => ({ name, bytes: 10 });
    const points = [
      { ...point('new', '2026-11-22T12:00:00Z'), packs: [pack('a'), pack('shared')] },
      {
        ...point('locked', '2026-11-01T12:00:00Z', { lockedUntil: new Date('2027-01-01') }),
        packs: [pack('b'), pack('shared')],
      },
      { ...point('held', '2026-10-01T12:00:00Z', { isHeld: true }), packs: [pack('c')] },
      {
        ...point('gone', '2026-09-01T12:00:00Z', { lockedUntil: new Date('2026-10-01') }),
        packs: [pack('d'), pack('b')],
      },
    ];
    const verdicts = judge(points, rulesOf({ last: 1 }), { zone: 'UTC', now: NOW });
    expect(verdicts.map(({ because }) => because.map(({ code }) => code))).to.deep.equal([
      ['newest', 'last', 'last-proven'],
      ['locked'],
      ['held'],
      [],
    ]);
    expect(bytesByFate(verdicts)).to.deep.equal({ stay: 30, lockedThough: 10, free: 10 });
  });

  it('agrees with a plain reading of the rules on random histories', () => {
    const anyPoint = fc.record({
      hours: fc.integer({ min: 0, max: 24 * 800 }),
      proof: fc.constantFrom<KeptPoint['proof']>('proven', 'suspect', 'failed', 'none'),
    });
    const anyRules = fc
      .record({
        last: fc.nat(5),
        withinDays: fc.nat(20),
        hourly: fc.nat(6),
        daily: fc.nat(9),
        weekly: fc.nat(6),
        monthly: fc.nat(14),
        yearly: fc.nat(4),
      })
      .filter((rules) => Object.values(rules).some((count) => count > 0));
    fc.assert(
      fc.property(
        fc.uniqueArray(anyPoint, { selector: ({ hours }) => hours, maxLength: 60 }),
        anyRules,
        (made, rules) => {
          const points = made.map(({ hours, proof }, index) =>
            point(String(index), new Date(NOW.getTime() - hours * 3_600_000).toISOString(), { proof }),
          );
          const kept = judge(points, rules, { zone: 'America/New_York', now: NOW });
          for (const { point: one, because, isByRules } of kept) {
            expect(isByRules, JSON.stringify({ one, rules })).to.equal(isKeptPlainly(one, points, rules));
            const isProvenLater = points.some(
              (other) => other.proof === 'proven' && other.dataTime > one.dataTime,
            );
            expect(because.length === 0).to.equal(!isByRules && isProvenLater);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** By luck of a quite different way: for each point, count the periods between it and the newest that have one. */
function isKeptPlainly(one: KeptPoint, all: KeptPoint[], rules: RetentionRules): boolean {
  const newer = all.filter(({ dataTime }) => dataTime > one.dataTime);
  if (newer.length === 0 || newer.length < rules.last) return true;
  if (NOW.getTime() - one.dataTime.getTime() < rules.withinDays * DAY) return true;
  return PERIODS.some((period) => {
    const mine = plainName(period, one.dataTime);
    const names = new Set(newer.map(({ dataTime }) => plainName(period, dataTime)));
    return !names.has(mine) && names.size < rules[period];
  });
}

function plainName(period: (typeof PERIODS)[number], moment: Date): string {
  const shown = moment.toLocaleString('sv-SE', { timeZone: 'America/New_York' });
  if (period === 'hourly')
    return `${shown.slice(0, 13)} ${moment.toLocaleString('en', { timeZone: 'America/New_York', timeZoneName: 'short' }).slice(-3)}`;
  if (period === 'daily') return shown.slice(0, 10);
  if (period === 'monthly') return shown.slice(0, 7);
  if (period === 'yearly') return shown.slice(0, 4);
  const day = Date.parse(`${shown.slice(0, 10)}T00:00:00Z`);
  return String(Math.floor((day / DAY + 3) / 7)); // 1970-01-01 was a Thursday
}
