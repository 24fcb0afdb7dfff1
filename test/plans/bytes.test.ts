import { expect } from 'chai';
import fc from 'fast-check';
import { bytesFrom, bytesText } from '#/plans/bytes.ts';

describe('sizes as people write them', () => {
  for (const [text, bytes] of [
    ['250 GB', 250e9],
    ['250Go', 250e9],
    ['3,5 To', 3.5e12],
    ['1.5 tb', 1.5e12],
    ['512 MiB', 536_870_912],
    ['4 Gio', 4_294_967_296],
    ['80 000 Ko', 80e6],
    ['1 234 octets', 1234],
    ['17 bytes', 17],
    ['0', 0],
  ] as const)
    it(`reads ${text}`, () => {
      expect(bytesFrom(text)).to.equal(bytes);
    });

  for (const text of ['250', '', 'much', '4 G', '3 iB', '-1 GB', '1 GB 2 MB', '9999999 PB', '1,5,2 GB'])
    it(`does not guess at "${text}"`, () => {
      expect(bytesFrom(text)).to.equal(null);
    });

  it('writes the largest unit that says it', () => {
    expect(bytesText(250e9, 'o')).to.equal('250 Go');
    expect(bytesText(1_500_000)).to.equal('1.5 MB');
    expect(bytesText(1_234_567)).to.equal('1234567 B');
    expect(bytesText(999)).to.equal('999 B');
  });

  it('reads back what it wrote, in both letters', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
          fc.integer({ min: 0, max: 9000 }).map((count) => count * 1e11),
        ),
        fc.constantFrom('B' as const, 'o' as const),
        (bytes, letter) => {
          expect(bytesFrom(bytesText(bytes, letter))).to.equal(bytes);
        },
      ),
    );
  });
});
