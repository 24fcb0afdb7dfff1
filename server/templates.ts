/** The keeper of Handlebars and of words: turns a template's name, a language and data into text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import type { Client } from '#/plans/clients.ts';
import type { Reason } from '#/plans/facts.ts';
import type { Finding } from '#/plans/findings.ts';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';
import { ownWord } from './client-terms.ts';
import { type Formats, formatsOf, typeset } from './formats.ts';
import { sayFinding, sayReason } from './reason-words.ts';

const FOLDER = fileURLToPath(new URL('../templates/', import.meta.url));

/** Files that browsers ask for as they are. */
export const ASSETS = join(FOLDER, 'assets');

export type Params = Record<string, string | number | null>;
type Words = Record<string, string>;

export interface Templates {
  /** Throws when a template names a field that the data lack. */
  render(template: string, locale: Locale, data: object): string;
  /**
   * The sentence of a key, with `{name}` filled in. Params that end in `Seconds` are told as durations, in `At` or `Date` as dates.
   * With a `count`, the forms `key.zero`, `key.one` and `key.other` come first.
   */
  say(locale: Locale, key: string, params?: Params, timeZone?: string): string;
  has(locale: Locale, key: string): boolean;
  /** How numbers, times and durations are written. */
  formats(locale: Locale, timeZone?: string): Formats;
}

/** Reads every template and every word once, or at each use while developing. */
export function loadTemplates({
  folder = FOLDER,
  isDevelopment = false,
  formats = formatsOf,
}: {
  folder?: string;
  isDevelopment?: boolean;
  formats?: Templates['formats'];
} = {}): Templates {
  if (!isDevelopment) return readTemplates(folder, formats);
  return {
    render: (...call) => readTemplates(folder, formats).render(...call),
    say: (...call) => readTemplates(folder, formats).say(...call),
    has: (...call) => readTemplates(folder, formats).has(...call),
    formats,
  };
}

function readTemplates(folder: string, formats: Templates['formats']): Templates {
  const words = Object.fromEntries(
    LOCALES.map((locale) => [locale, readWords(join(folder, 'words', locale), locale)]),
  ) as Record<Locale, Words>;
  const say: Templates['say'] = (locale, key, params = {}, timeZone = undefined) => {
    const sentence = find(words[locale], key, locale, params) ?? find(words.en, key, 'en', params);
    if (sentence === undefined) throw new Error(`There are no words for ${key}.`);
    return fill(sentence, params, formats(locale, timeZone));
  };
  const sources = readSources(folder);
  const has: Templates['has'] = (locale, key) => words[locale][key] !== undefined;
  const views = new Map(
    LOCALES.map((locale) => [locale, compileAll(sources, locale, { say, has, formats })]),
  );
  return {
    say,
    has,
    formats,
    render: (name, locale, data) => {
      const template = views.get(locale)?.[name];
      if (!template) throw new Error(`There is no template ${name}.`);
      return template(data);
    },
  };
}

function readSources(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.hbs'),
  );
  return new Map(
    files.map((file) => [file.slice(0, -'.hbs'.length), readFileSync(join(folder, file), 'utf8')]),
  );
}

/** All files of a language, joined. The same key twice is a mistake. */
function readWords(folder: string, locale: Locale): Words {
  const words: Words = {};
  for (const file of listOrNone(folder).filter((name) => name.endsWith('.json')))
    for (const [key, text] of Object.entries(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Words)) {
      if (words[key] !== undefined) throw new Error(`The words for ${key} stand twice in ${folder}.`);
      words[key] = typeset(text, locale);
    }
  return words;
}

function listOrNone(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a language that is not written yet speaks English
  }
}

type Spoken = Pick<Templates, 'say' | 'has' | 'formats'>;

function compileAll(sources: Map<string, string>, locale: Locale, spoken: Spoken) {
  const handlebars = Handlebars.create();
  const helpers = helpersOf(locale, spoken);
  handlebars.registerHelper(helpers);
  const options: Parameters<typeof Handlebars.compile>[1] = {
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])),
    preventIndent: true,
  };
  const views: Record<string, Handlebars.TemplateDelegate> = {};
  for (const [name, source] of sources) {
    views[name] = handlebars.compile(source, options);
    handlebars.registerPartial(name, views[name]);
  }
  return views;
}

/** Few and pure: they put values into words and compare, and decide nothing. */
function helpersOf(locale: Locale, { say, has, formats }: Spoken): Record<string, Handlebars.HelperDelegate> {
  const { duration, bytes, number, percent, day, monthDay } = formats(locale);
  const orDash =
    <Value>(format: (value: Value) => string) =>
    (value: Value | null | undefined) =>
      value === null || value === undefined ? '–' : format(value);
  const moment =
    (format: 'date' | 'time' | 'dateTime') =>
    (when: string | Date | null | undefined, options: Handlebars.HelperOptions) =>
      orDash(formats(locale, zoneOf(options))[format])(when);
  return {
    t: (key: string, options: Handlebars.HelperOptions) =>
      ownWord(clientOf(options), key) ?? say(locale, key, options.hash as Params, zoneOf(options)),
    // A key made of a group and a value, for example `state.` and `passed`.
    word: (group: string, value: string | number, options: Handlebars.HelperOptions) =>
      ownWord(clientOf(options), `${group}.${value}`) ?? say(locale, `${group}.${value}`),
    // A sentence that need not be there.
    said: (key: string, options: Handlebars.HelperOptions) =>
      ownWord(clientOf(options), key) ?? (has(locale, key) || has('en', key) ? say(locale, key) : ''),
    reason: (reason: Reason, options: Handlebars.HelperOptions) =>
      sayReason(reason, (key, params) => say(locale, key, params, zoneOf(options))),
    finding: (found: Finding, options: Handlebars.HelperOptions) =>
      sayFinding(
        found,
        {
          say: (key, params) => say(locale, key, params, zoneOf(options)),
          has: (key) => has(locale, key) || has('en', key),
        },
        // `remedy=false`: nobody has to do anything against a fault that we planted ourselves.
        options.hash,
      ),
    // What the trail tells; it may hold actions of versions that are gone.
    action: (name: string) => (has(locale, `action.${name}`) ? say(locale, `action.${name}`) : name),
    date: moment('date'),
    time: moment('time'),
    dateTime: moment('dateTime'),
    day: orDash(day),
    monthDay: orDash(monthDay),
    duration: orDash(duration),
    bytes: orDash(bytes),
    number: orDash(number),
    percent: orDash(percent),
    shortHash: orDash((hash: string) => hash.slice(0, 12)),
    durations: durationsWith,
    // For what was typed into a form: the first, or the second when there is none.
    orElse: (first: unknown, second: unknown) => first ?? second,
    concat: (...parts: unknown[]) => parts.slice(0, -1).join(''),
    json: (value: unknown) => JSON.stringify(value, null, 2),
    eq: (left: unknown, right: unknown) => left === right,
    or: (...values: unknown[]) => values.slice(0, -1).some(Boolean),
    and: (...values: unknown[]) => values.slice(0, -1).every(Boolean),
    not: (value: unknown) => !value,
  };
}

const DURATIONS = [
  900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800, 259_200, 432_000, 604_800, 1_209_600,
  2_592_000,
];

/** The durations a form offers, in seconds as text, with the one already chosen in its place. */
function durationsWith(chosen: unknown): string[] {
  const seconds = Number(chosen);
  const all = new Set(Number.isInteger(seconds) && seconds > 0 ? [...DURATIONS, seconds] : DURATIONS);
  return [...all].sort((left, right) => left - right).map(String);
}

/** A client's pages tell moments in that client's time zone, which their foot names; other pages in ours. */
const zoneOf = (options: Handlebars.HelperOptions): string | undefined => clientOf(options)?.timeZone;

/** Whose page it is, if it is anybody's. */
const clientOf = ({ data }: Handlebars.HelperOptions) => (data.root as { client?: Client | null }).client;

/** Zero may have words of its own; the rest is as the language counts. */
function find(words: Words, key: string, locale: Locale, { count }: Params): string | undefined {
  if (typeof count !== 'number') return words[key];
  const zero = count === 0 ? words[`${key}.zero`] : undefined;
  const form = new Intl.PluralRules(locale).select(count);
  return zero ?? words[`${key}.${form}`] ?? words[`${key}.other`] ?? words[key];
}

function fill(sentence: string, params: Params, formats: Formats): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : told(name, value, formats);
  });
}

function told(
  name: string,
  value: string | number | null,
  { duration, date, dateTime, number, bytes }: Formats,
): string {
  if (value === null) return '–';
  // What the engine says of locks and of work under way. A hold without an end is ∞.
  if (/^(since|until)$/.test(name) && !Number.isNaN(Date.parse(String(value))))
    return dateTime(String(value));
  if (/(^s|S)econds$/.test(name)) return duration(Number(value));
  if (/(^a|A)t$|Date$/.test(name)) return date(String(value));
  if (/(^b|B)ytes$/.test(name)) return bytes(Number(value));
  return typeof value === 'number' ? number(value) : value;
}
