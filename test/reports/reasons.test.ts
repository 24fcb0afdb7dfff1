/** Every reason the domain can give is a sentence in French and in English, with the same params. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { COVERAGE_REASONS } from '#/plans/coverage/reasons.ts';
import { READINESS_REASONS } from '#/plans/readiness/reasons.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { RULE_REASONS } from '#/plans/rules/reasons.ts';

const PARAMS: Record<string, readonly string[]> = {
  ...READINESS_REASONS,
  ...COVERAGE_REASONS,
  ...RULE_REASONS,
};
const KEYS = Object.keys(PARAMS);

function wordsOf(locale: string): Record<string, string> {
  const folder = new URL(`../../templates/words/${locale}/`, import.meta.url);
  const files = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  return Object.assign({}, ...files.map((file) => JSON.parse(file)));
}

describe('the words of reasons', () => {
  for (const locale of LOCALES)
    it(`exist for every key in ${locale}, and tell every param`, () => {
      const words = wordsOf(locale);
      for (const key of KEYS) {
        const told = [...(words[key] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

        expect(told, key).to.have.members([...(PARAMS[key] ?? [])]);
        expect(words[key], key).to.match(/\.$/);
      }
    });

  it('tell what to do about each that stands among the gaps and contradictions of a client', () => {
    const explains = /^readiness\.(break-|longest-|waits-|lock-|no-copy-before)/;
    const keys = [
      ...Object.keys(READINESS_REASONS).filter((key) => !explains.test(key)),
      ...Object.keys(RULE_REASONS).filter((key) => !key.startsWith('rules.fix-')),
    ];
    for (const locale of LOCALES) {
      const words = wordsOf(locale);
      for (const key of keys) {
        const action = words[`report.action.${key}`];
        expect(action, `${locale} ${key}`).to.be.a('string');
        for (const [, used] of action!.matchAll(/\{(\w+)\}/g)) expect(PARAMS[key], key).to.include(used);
      }
    }
  });

  it('differ between the languages', () => {
    const [french, english, dutch] = [wordsOf('fr'), wordsOf('en'), wordsOf('nl')];
    for (const key of KEYS) expect([french[key], dutch[key]], key).to.not.include(english[key]);
  });
});
