/** Numbers, times and durations as each language writes them. */
import type { Locale } from '#/plans/reports/head.ts';

const TAGS: Record<Locale, string> = { fr: 'fr-FR', en: 'en-GB', nl: 'nl-NL' };
const UNITS: Record<Locale, { day: string; hour: string; minute: string; second: string; byte: string[] }> = {
  fr: { day: 'j', hour: 'h', minute: 'min', second: 's', byte: ['o', 'Ko', 'Mo', 'Go', 'To'] },
  en: { day: 'd', hour: 'h', minute: 'min', second: 's', byte: ['B', 'KB', 'MB', 'GB', 'TB'] },
  nl: { day: 'd', hour: 'u', minute: 'min', second: 's', byte: ['B', 'KB', 'MB', 'GB', 'TB'] },
};
const NBSP = '\u00a0';

const NARROW_NBSP = '\u202f';

type When = string | Date;

/** Who reads: the language, and the time zone in which moments are told. */
export interface Reader {
  locale: Locale;
  timeZone: string;
}

export type Formats = ReturnType<typeof makeFormats>;

// Making one takes longer than using it a hundred times.
const made = new Map<string, Formats>();

/** Formats of one language, in a time zone. */
export function formatsOf(locale: Locale, timeZone = 'Europe/Paris'): Formats {
  const key = `${locale} ${timeZone}`;
  const formats = made.get(key) ?? makeFormats(locale, timeZone);
  made.set(key, formats);
  return formats;
}

/** Spaces that may not break, and curled apostrophes, as the language's printers want them. */
export function typeset(text: string, locale: Locale): string {
  const curled = text.replaceAll("'", '’');
  if (locale !== 'fr') return curled;
  return curled.replace(/[ \u00a0]([;:!?%»])/g, `${NARROW_NBSP}$1`).replace(/«[ \u00a0]/g, `«${NARROW_NBSP}`);
}

function makeFormats(locale: Locale, timeZone: string) {
  const tag = TAGS[locale];
  const days = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone });
  const wholeDays = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' });
  const yearlyDays = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', timeZone: 'UTC' });
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'short', timeZone });
  const moments = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  return {
    date: (when: When) => withOrdinal(days.format(new Date(when)), locale),
    // A day without a time is the same day everywhere.
    day: (when: string) => withOrdinal(wholeDays.format(new Date(`${when}T00:00:00Z`)), locale),
    // A day of every year, `MM-DD`; 2000 has a 29 February.
    monthDay: (day: string) => withOrdinal(yearlyDays.format(new Date(`2000-${day}T00:00:00Z`)), locale),
    time: (when: When) => clock.format(new Date(when)),
    dateTime: (when: When) => withOrdinal(moments.format(new Date(when)), locale),
    number: (value: number) => value.toLocaleString(tag, { maximumFractionDigits: 1 }),
    percent: (share: number) => share.toLocaleString(tag, { style: 'percent', maximumFractionDigits: 0 }),
    duration: (seconds: number) => durationIn(seconds, locale, tag),
    bytes: (count: number) => bytesIn(count, locale, tag),
  };
}

/** The French count the first day only: 1er janvier, 2 janvier. */
const withOrdinal = (date: string, locale: Locale) => (locale === 'fr' ? date.replace(/^1 /, '1er ') : date);

/** The two largest units that matter: 3 d 4 h, 2 h 05 min, 4 min 10 s, 0.8 s. */
function durationIn(seconds: number, locale: Locale, tag: string): string {
  const { day, hour, minute, second } = UNITS[locale];
  if (seconds < 60) {
    const digits = seconds < 10 && !Number.isInteger(seconds) ? 1 : 0;
    return `${seconds.toLocaleString(tag, { maximumFractionDigits: digits })}${NBSP}${second}`;
  }
  const whole = Math.round(seconds);
  if (whole < 3600) return pair(Math.floor(whole / 60), minute, whole % 60, second);
  const minutes = Math.round(whole / 60);
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), hour, minutes % 60, minute);
  const hours = Math.round(whole / 3600);
  return pair(Math.floor(hours / 24), day, hours % 24, hour);
}

const pair = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  `${large}${NBSP}${largeUnit}${small === 0 ? '' : `${NBSP}${small}${NBSP}${smallUnit}`}`;

function bytesIn(count: number, locale: Locale, tag: string): string {
  const units = UNITS[locale].byte;
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${value.toLocaleString(tag, { maximumFractionDigits: power === 0 || value >= 100 ? 0 : 1 })}${NBSP}${units[power]}`;
}
