/** Every reason the domain can give is a sentence in French and in English, with the same params. */
import { expect } from 'chai';
import { COVERAGE_REASONS, REASON_KEYS, type ReasonKey } from '#/plans/coverage/reasons.ts';
import { READINESS_REASONS } from '#/plans/readiness/reasons.ts';
import { loadTemplates } from '#/server/templates.ts';

const PARAMS: Record<ReasonKey, readonly string[]> = { ...READINESS_REASONS, ...COVERAGE_REASONS };
const { say } = loadTemplates();

describe('the words of reasons', () => {
  for (const locale of ['fr', 'en'] as const)
    it(`exist for every key in ${locale}, and tell every param`, () => {
      for (const key of REASON_KEYS) {
        const sentence = say(locale, key);
        const told = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

        expect(told, key).to.have.members([...PARAMS[key]]);
        expect(sentence, key).to.match(/\.$/);
      }
    });

  it('differ between the languages', () => {
    for (const key of REASON_KEYS) expect(say('fr', key), key).to.not.equal(say('en', key));
  });
});
