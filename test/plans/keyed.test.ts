import { expect } from 'chai';
import fc from 'fast-check';
import { circleOf, Key, repeatedKey, unknownKeys, withKeys } from '#/plans/keyed.ts';

const edgesOf = (edges: Record<string, string[]>) => new Map(Object.entries(edges));
const named = (name: string, key: string | null = null) => ({ key, name });

describe('things that name each other by keys', () => {
  it('get a key from their name, without accents, that nothing else has', () => {
    const keyed = withKeys(
      [
        named('Rétablir l’annuaire'),
        named('Rétablir l’annuaire'),
        named('!'),
        named('X', 'retablir-l-annuaire-2'),
      ],
      ({ name }) => name,
    );
    expect(keyed.map(({ key }) => key)).to.deep.equal([
      'retablir-l-annuaire',
      'retablir-l-annuaire-3',
      'n',
      'retablir-l-annuaire-2',
    ]);
  });

  it('get keys that stand once and that the table takes, whatever they are called', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 80 }), { maxLength: 20 }), (names) => {
        const keys = withKeys(
          names.map((name) => named(name)),
          ({ name }) => name,
        ).map(({ key }) => key);
        expect(repeatedKey(keys)).to.equal(null);
        expect(keys.every((key) => Key.safeParse(key).success)).to.equal(true);
      }),
    );
  });

  it('are told which key stands twice, and which is named by nothing', () => {
    expect(repeatedKey(['a', 'b', 'a'])).to.equal('a');
    expect(unknownKeys(['a'], ['b', 'a', 'b'])).to.deep.equal(['b']);
  });

  it('are in no circle, or the circle is told from where it is entered', () => {
    expect(circleOf(edgesOf({ a: ['b', 'c'], b: ['c'], c: [] }))).to.equal(null);
    expect(circleOf(edgesOf({ a: ['b'], b: ['c'], c: ['b'] }))).to.deep.equal(['b', 'c']);
    expect(circleOf(edgesOf({ a: ['a'] }))).to.deep.equal(['a']);
    expect(circleOf(edgesOf({ a: ['nothing'] }))).to.equal(null);
  });

  it('are looked through a thousand deep', () => {
    const chain = Array.from({ length: 1000 }, (_, place): [string, string[]] => [
      `${place}`,
      [`${place + 1}`],
    ]);
    expect(circleOf(new Map(chain))).to.equal(null);
  });
});
