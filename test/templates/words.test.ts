/** The languages held against one another: what one says, all say, of the same values. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';

const FILES = readdirSync('templates/words/en').toSorted();

const wordsOf = (locale: Locale, file: string): Record<string, string> =>
  JSON.parse(readFileSync(`templates/words/${locale}/${file}`, 'utf8'));

const valuesIn = (sentence: string): string[] => [...new Set(sentence.match(/\{\w+\}/g))].toSorted();

/** Long enough that two languages cannot say it alike, but for names and formulas. */
const isSentence = (text: string): boolean => / \p{Ll}{2,} .*\.$/u.test(text);

describe('words', () => {
  for (const locale of LOCALES)
    it(`in ${locale} stand in the same files under the same keys as in English`, () => {
      expect(readdirSync(`templates/words/${locale}`).toSorted()).to.deep.equal(FILES);
      for (const file of FILES)
        expect(Object.keys(wordsOf(locale, file)), file).to.deep.equal(Object.keys(wordsOf('en', file)));
    });

  for (const locale of LOCALES.filter((one) => one !== 'en'))
    it(`in ${locale} tell the same values as in English, and no sentence was left in English`, () => {
      for (const file of FILES) {
        const english = wordsOf('en', file);
        for (const [key, sentence] of Object.entries(wordsOf(locale, file))) {
          expect(valuesIn(sentence), `${file} ${key}`).to.deep.equal(valuesIn(english[key]!));
          expect(sentence === '', `${file} ${key} is empty`).to.equal(english[key] === '');
          if (isSentence(english[key]!)) expect(sentence, `${file} ${key}`).to.not.equal(english[key]);
        }
      }
    });
});
