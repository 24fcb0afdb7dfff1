/** The one keeper of Handlebars. Pages, mails and reports all become text here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import {
  formatBytes,
  formatDate,
  formatDuration,
  formatHash,
  formatNumber,
  formatPercent,
  type Reader,
} from './formats.ts';
import type { WordParams, Words } from './words.ts';

/** Turns a template's name and its data into text for a reader. Templates also see `@locale` and `@timeZone`. */
export type Render = (template: string, data: object, reader: Reader) => string;

type Helper = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Reads every `.hbs` of a folder once; each is also a partial under its path without the ending (`reports/cover`).
 * A field that a template names but the data lacks is an error, and so is a helper that is not known.
 */
export function loadTemplates(folder: string, { words }: { words: Words }): Render {
  const handlebars = Handlebars.create();
  const helpers = makeHelpers(words);
  for (const [name, helper] of Object.entries(helpers)) handlebars.registerHelper(name, helper);

  const views = new Map<string, Handlebars.TemplateDelegate>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.hbs'),
  )) {
    const name = file.slice(0, -'.hbs'.length).replaceAll('\\', '/');
    const template = handlebars.compile(readFileSync(join(folder, file), 'utf8'), {
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: Object.fromEntries(Object.keys(helpers).map((helper) => [helper, true])),
      preventIndent: true,
    });
    views.set(name, template);
    handlebars.registerPartial(name, template);
  }

  return (name, data, reader) => {
    const template = views.get(name);
    if (!template) throw new Error(`There is no template ${name}.`);
    return template(data, { data: { locale: reader.locale, timeZone: reader.timeZone } });
  };
}

/** Values come first, the reader last: Handlebars passes its options as the last argument of every helper. */
function makeHelpers(words: Words): Record<string, Helper> {
  return {
    /** `{{t "key" name=value}}`, or `{{t reason.key reason.params}}` when the parameters are an object. */
    t(...args) {
      const { hash, reader } = optionsOf(args);
      const params = args.length > 2 ? (args[1] as WordParams) : {};
      return words.say(given(args[0], 't'), reader, { ...params, ...hash });
    },
    date: (...args) => formatDate(given(args[0], 'date'), 'date', optionsOf(args).reader),
    'short-date': (...args) => formatDate(given(args[0], 'short-date'), 'short-date', optionsOf(args).reader),
    time: (...args) => formatDate(given(args[0], 'time'), 'time', optionsOf(args).reader),
    duration: (...args) => formatDuration(given(args[0], 'duration'), optionsOf(args).reader),
    bytes: (...args) => formatBytes(given(args[0], 'bytes'), optionsOf(args).reader),
    number: (...args) => formatNumber(given(args[0], 'number'), optionsOf(args).reader),
    percent: (...args) => formatPercent(given(args[0], 'percent'), optionsOf(args).reader),
    'hash-short': (...args) => formatHash(given(args[0], 'hash-short')),
    concat: (...args) => args.slice(0, -1).map(String).join(''),
    list: (...args) => given<string[]>(args[0], 'list').join(', '),
    eq: (...args) => args[0] === args[1],
    not: (...args) => !args[0],
    and: (...args) => args.slice(0, -1).every(Boolean),
    or: (...args) => args.slice(0, -1).some(Boolean),
    /** Zero is a legal measure, so `{{#if}}` cannot ask whether there is one. */
    known: (...args) => args[0] !== null && args[0] !== undefined,
  };
}

function optionsOf(args: unknown[]): { hash: WordParams; reader: Reader } {
  const { hash, data } = args.at(-1) as Handlebars.HelperOptions;
  return { hash, reader: { locale: data.locale, timeZone: data.timeZone } };
}

function given<T>(value: unknown, helper: string): T {
  if (value === undefined || value === null) throw new Error(`The helper "${helper}" was given nothing.`);
  return value as T;
}
