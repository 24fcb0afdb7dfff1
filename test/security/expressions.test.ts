import { expect } from 'chai';
import { attacksOn, type Expression, listExpressions } from './expressions.ts';

/** What each reads is short, and who makes it short. */
const BOUNDED = [
  'jobs/recovery-points/age/open.ts', // our own base64 of 32 bytes
  'jobs/recovery-points/age/seal.ts',
  'jobs/recovery-points/foreign/trial.ts', // what our own programs say of their version
  'jobs/sources/mariadb-programs.ts',
  'jobs/repositories/borg-view.ts', // an address of at most 1000 signs
  'jobs/repositories/pgbackrest-view.ts',
  'templates/assets/htmx-4.0.1.min.js', // attributes that our own templates write
];
/** Linear ones take less than 1 ms of it, and one that takes the square of the length some 30 ms. */
const LENGTH = 8000;
const MOST_MS = 12;

const timeOf = (expression: RegExp, text: string) => {
  const from = performance.now();
  expression.test(text);
  return performance.now() - from;
};

/** The best of four: a busy machine makes one try slow, and a bad expression all. */
function isSlow({ source, flags }: Expression, text: string): boolean {
  const expression = () => new RegExp(source, flags);
  return [1, 2, 3, 4].every(() => timeOf(expression(), text) > MOST_MS);
}

function slowestOf(one: Expression): string | null {
  for (const length of [23, LENGTH])
    for (const text of attacksOn(one, length)) if (isSlow(one, text)) return text;
  return null;
}

describe('regular expressions', () => {
  it('take no text that makes them slow, wherever what they read may be long', function () {
    this.timeout(60_000);
    const all = listExpressions(['plans', 'jobs', 'server', 'templates']);
    expect(all.length).to.be.greaterThan(400);
    const slow = all
      .filter(({ file }) => !BOUNDED.includes(file))
      .flatMap((one) => {
        const text = slowestOf(one);
        return text === null ? [] : [`${one.file} /${one.source}/ on ${JSON.stringify(text.slice(0, 4))}…`];
      });
    expect(slow).to.deep.equal([]);
  });

  it('that are careless are found: one that takes the square, one that takes for ever', () => {
    const of = (source: string) => slowestOf({ file: '', source, flags: '' });
    expect(of('\\s+$')).to.be.a('string');
    expect(of('^(a+)+$')).to.be.a('string');
    expect(of('^a+$')).to.equal(null);
  });
});
