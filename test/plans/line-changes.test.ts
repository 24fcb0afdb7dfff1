import { expect } from 'chai';
import fc from 'fast-check';
import { lineChanges } from '#/plans/line-changes.ts';

const told = (before: string, after: string) =>
  lineChanges(before.split(''), after.split('')).map(({ kind, lines }) => `${kind} ${lines.join('')}`);
const left = (changes: ReturnType<typeof lineChanges>, without: 'added' | 'removed') =>
  changes.filter(({ kind }) => kind !== without).flatMap(({ lines }) => lines);

describe('changes of lines', () => {
  it('are told with what stayed around them', () => {
    expect(told('abcd', 'abxd')).to.deep.equal(['same ab', 'removed c', 'added x', 'same d']);
    expect(told('abc', 'xabc')).to.deep.equal(['added x', 'same abc']);
    expect(told('abc', 'ab')).to.deep.equal(['same ab', 'removed c']);
    const stayed = left(
      lineChanges([...'abcabba'], [...'cbabac']).filter(({ kind }) => kind === 'same'),
      'added',
    );
    expect(stayed).to.have.length(4);
  });

  it('are none between equal texts, and all between a text and nothing', () => {
    expect(told('abc', 'abc')).to.deep.equal(['same abc']);
    expect(lineChanges([], [])).to.deep.equal([]);
    expect(told('', 'ab')).to.deep.equal(['added ab']);
    expect(told('ab', '')).to.deep.equal(['removed ab']);
  });

  it('make the one text of the other, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = lineChanges(before, after);
        expect(left(changes, 'added')).to.deep.equal(before);
        expect(left(changes, 'removed')).to.deep.equal(after);
      }),
    );
  });

  it('of two thousand lines that are all different, and of a hundred thousand, do not hang', () => {
    const lines = (count: number, what: string) =>
      Array.from({ length: count }, (_, place) => (place % 7 === 0 ? `${place}` : `${what} ${place}`));
    const begun = performance.now();
    const changes = lineChanges(lines(2000, 'avant'), lines(2000, 'après'));
    expect(changes.filter(({ kind }) => kind === 'same').length).to.equal(Math.ceil(2000 / 7));
    const anew = lineChanges(lines(100_000, 'avant'), lines(100_000, 'après'));
    expect(left(anew, 'added')).to.have.length(100_000);
    expect(performance.now() - begun).to.be.lessThan(3000);
  });
});
