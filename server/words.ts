/** The sentences people read, in each language: flat keys in `templates/words/<locale>/*.json`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCALES, type Locale } from '#/plans/reports/snapshot.ts';
import {
  formatBytes,
  formatDate,
  formatDuration,
  formatNumber,
  formatPercent,
  type Reader,
  typeset,
} from './formats.ts';

/** What `{name}` in a sentence is filled with. */
export type WordParams = Record<string, string | number>;

/** The sentences of every language. */
export interface Words {
  /** The sentence of a key. With a `count`, the forms `key.zero`, `key.one`, `key.other` are looked for. A missing key throws. */
  say(key: string, reader: Reader, params?: WordParams): string;
  has(key: string, locale: Locale): boolean;
  keys(locale: Locale): string[];
}

/** Reads every sentence once. The same key in two files of one language is an error. */
export function loadWords(folder: string): Words {
  const sentences = new Map(LOCALES.map((locale) => [locale, readLocale(join(folder, locale), locale)]));
  const plurals = new Map(LOCALES.map((locale) => [locale, new Intl.PluralRules(locale)]));
  const find = (locale: Locale, key: string) => sentences.get(locale)?.get(key);

  function pick(key: string, locale: Locale, count: number): string | undefined {
    const zero = count === 0 ? find(locale, `${key}.zero`) : undefined;
    const form = plurals.get(locale)?.select(count) ?? 'other';
    return zero ?? find(locale, `${key}.${form}`) ?? find(locale, `${key}.other`);
  }

  return {
    say(key, reader, params = {}) {
      const { locale } = reader;
      const { count } = params;
      const counted = typeof count === 'number' ? pick(key, locale, count) : undefined;
      const sentence = counted ?? find(locale, key);
      if (sentence === undefined) throw new Error(`There are no words for "${key}" in ${locale}.`);
      return fill(sentence, key, params, reader);
    },
    has: (key, locale) => find(locale, key) !== undefined,
    keys: (locale) => [...(sentences.get(locale)?.keys() ?? [])],
  };
}

function readLocale(folder: string, locale: Locale): Map<string, string> {
  const sentences = new Map<string, string>();
  if (!existsSync(folder)) return sentences;
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const words: Record<string, string> = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const [key, sentence] of Object.entries(words)) {
      if (sentences.has(key))
        throw new Error(`"${key}" stands twice in ${folder}; the second is in ${file}.`);
      sentences.set(key, typeset(sentence, locale));
    }
  }
  return sentences;
}

function fill(sentence: string, key: string, params: WordParams, reader: Reader): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === null) throw new Error(`"${key}" needs {${name}}.`);
    return formatParam(name, value, reader);
  });
}

/** The ending of a parameter's name tells its unit, as names do everywhere in this project. */
function formatParam(name: string, value: string | number, reader: Reader): string {
  if (typeof value === 'string')
    return /(At|Date)$/.test(name) && value ? formatDate(value, 'date', reader) : value;
  if (name.endsWith('Seconds')) return formatDuration(value, reader);
  if (name.endsWith('Bytes') || name === 'bytes') return formatBytes(value, reader);
  if (name.endsWith('Share')) return formatPercent(value, reader);
  return formatNumber(value, reader);
}
