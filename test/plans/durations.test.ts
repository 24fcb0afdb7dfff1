import { expect } from 'chai';
import fc from 'fast-check';
import { durationText, secondsFrom } from '#/plans/durations.ts';

describe('durations as people write them', () => {
  for (const [text, seconds] of [
    ['4 h', 14_400],
    ['4h', 14_400],
    ['1 h 30', 5400],
    ['1h30min', 5400],
    ['90 min', 5400],
    ['2 j', 172_800],
    ['2 jours', 172_800],
    ['3 dagen', 259_200],
    ['1 semaine', 604_800],
    ['1,5 h', 5400],
    ['0', 0],
    ['PT4H', 14_400],
    ['P1DT12H', 129_600],
  ] as const)
    it(`reads ${text}`, () => {
      expect(secondsFrom(text)).to.equal(seconds);
    });

  for (const text of ['4', '', 'soon', '4 x', '30 min 2 h', '-1 h', 'PT', '1 h 30 h', '4 h bientôt'])
    it(`does not guess at "${text}"`, () => {
      expect(secondsFrom(text)).to.equal(null);
    });

  it('reads back what it wrote, in every letter for a day and an hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_155_760_000 }),
        fc.constantFrom('d' as const, 'j' as const),
        fc.constantFrom('h' as const, 'u' as const),
        (seconds, day, hour) => {
          expect(secondsFrom(durationText(seconds, day, hour))).to.equal(seconds);
        },
      ),
    );
  });
});
