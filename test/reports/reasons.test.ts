/** Every reason the domain can give is a sentence in French and in English, with the same params. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { COVERAGE_REASONS, REASON_KEYS, type ReasonKey } from '#/plans/coverage/reasons.ts';
import { READINESS_REASONS } from '#/plans/readiness/reasons.ts';

const PARAMS: Record<ReasonKey, readonly string[]> = { ...READINESS_REASONS, ...COVERAGE_REASONS };

function wordsOf(locale: string): Record<string, string> {
  const folder = new URL(`../../templates/words/${locale}/`, import.meta.url);
  const files = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  return Object.assign({}, ...files.map((file) => JSON.parse(file)));
}

describe('the words of reasons', () => {
  for (const locale of ['fr', 'en'])
    it(`exist for every key in ${locale}, and tell every param`, () => {
      const words = wordsOf(locale);
      for (const key of REASON_KEYS) {
        const told = [...(words[key] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

        expect(told, key).to.have.members([...PARAMS[key]]);
        expect(words[key], key).to.match(/\.$/);
      }
    });

  it('tell what to do about each that stands among the gaps and contradictions of a client', () => {
    const explains = /^readiness\.(break-|longest-|waits-|lock-|no-copy-before)/;
    const keys = Object.keys(READINESS_REASONS).filter((key) => !explains.test(key));
    for (const locale of ['fr', 'en']) {
      const words = wordsOf(locale);
      for (const key of keys) expect(words[`report.action.${key}`], `${locale} ${key}`).to.be.a('string');
    }
  });

  it('differ between the languages', () => {
    const [french, english] = [wordsOf('fr'), wordsOf('en')];
    for (const key of REASON_KEYS) expect(french[key], key).to.not.equal(english[key]);
  });
});
