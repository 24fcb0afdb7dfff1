import { expect } from 'chai';
import { z } from 'zod';
import { LOCALES } from '#/plans/reports/head.ts';
import { sentenceOf } from '#/server/http/problems.ts';
import { loadTemplates } from '#/server/templates.ts';

const { say } = loadTemplates({ isDevelopment: false });

const told = (shape: z.ZodType, value: unknown) => {
  const { error } = shape.safeParse(value);
  return LOCALES.map((locale) => sentenceOf(error!.issues[0]!, locale, say));
};

describe('the sentence of a field that was not taken', () => {
  it('says what to write, and shows it, not by what standard it was refused', () => {
    expect(told(z.iso.date(), '23/11/2026')).to.deep.equal([
      'Donnez une date\u202f: année, mois, jour, par exemple 2026-11-23.',
      'Give a date: year, month, day, such as 2026-11-23.',
      'Geef een datum: jaar, maand, dag, zoals 2026-11-23.',
    ]);
    for (const [shape, example] of [
      [z.iso.datetime(), '2026-11-23T14:30'],
      [z.iso.time(), '14:30'],
      [z.email(), '@ex'],
      [z.url(), 'https://'],
    ] as const)
      for (const sentence of told(shape, 'x')) expect(sentence).to.include(example);
  });

  it('tells a number from a whole one', () => {
    expect(told(z.coerce.number(), 'x')).to.deep.equal([
      'Écrivez un nombre.',
      'Write a number.',
      'Schrijf een getal.',
    ]);
    expect(told(z.int(), 2.5)).to.deep.equal([
      'Écrivez un nombre entier.',
      'Write a whole number.',
      'Schrijf een geheel getal.',
    ]);
  });
});
