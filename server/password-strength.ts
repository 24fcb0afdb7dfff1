/** How long a password holds against somebody who guesses with the words, names and patterns that people choose. */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { z } from 'zod';
import { invalid } from '#/plans/errors.ts';

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 200;

/** As it came in; whether it is good enough, `refuseWeakPassword` says in a sentence of its own. */
export const TypedPassword = z.string().min(1).max(1000);

/** Of 0 to 4: at least 10^10 guesses. With 3, a common word with a year behind it would pass. */
const STRONG_ENOUGH = 4;
/** Of a long one its beginning is judged: the estimate grows by the square, and 200 signs made for it take three seconds. */
const MOST_JUDGED = 48;

/** Refuses a password that is soon guessed. `about`: what others know of the person. */
export async function refuseWeakPassword(password: string, field: string, about: readonly string[]) {
  if (password.length < SHORTEST_PASSWORD)
    throw invalid(field, 'password.too-short', { least: SHORTEST_PASSWORD });
  if (password.length > LONGEST_PASSWORD)
    throw invalid(field, 'password.too-long', { most: LONGEST_PASSWORD });
  guessing ??= loadGuesser();
  const guesser = await guessing;
  if (guesser.check(without(about, password).slice(0, MOST_JUDGED)).score < STRONG_ENOUGH)
    throw invalid(field, 'password.guessable');
}

let guessing: Promise<ZxcvbnFactory> | null = null;

/** The lists of words take about 150 MB and half a second: a process in which nobody sets a password does without. */
async function loadGuesser(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english, french, dutch] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
    import('@zxcvbn-ts/language-fr'),
    import('@zxcvbn-ts/language-nl-be'),
  ]);
  return new ZxcvbnFactory({
    graphs: common.adjacencyGraphs,
    dictionary: {
      ...common.dictionary,
      ...english.dictionary,
      ...french.dictionary,
      ...dutch.dictionary,
    },
  });
}

/** What others know of somebody adds nothing, however it is put together. */
const without = (about: readonly string[], password: string) =>
  about
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter(({ length }) => length > 2)
    .reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase());
