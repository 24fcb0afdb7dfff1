/** How numbers, sizes, times and durations are written for a reader: by language, and in the client's time zone. */
import type { Locale } from '#/plans/reports/snapshot.ts';

/** Who reads: the language, and the time zone in which moments are told. */
export interface Reader {
  locale: Locale;
  timeZone: string;
}

const REGION: Record<Locale, string> = { fr: 'fr-FR', en: 'en-GB', nl: 'nl-NL' };
const NO_BREAK = '\u00a0';
const NARROW = '\u202f';

const UNITS: Record<Locale, { day: string; bytes: string[] }> = {
  fr: { day: 'j', bytes: ['o', 'ko', 'Mo', 'Go', 'To', 'Po'] },
  en: { day: 'd', bytes: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] },
  nl: { day: 'd', bytes: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] },
};

const DATE_STYLES = {
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  'short-date': { day: '2-digit', month: '2-digit', year: 'numeric' },
  time: { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** `date` is for text, `short-date` for tables, `time` adds hours and minutes. */
export type DateStyle = keyof typeof DATE_STYLES;

const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

/** A count or measure; `digits` is the largest number of decimals. */
export function formatNumber(value: number, { locale }: Pick<Reader, 'locale'>, digits = 1): string {
  const format = remember(
    numbers,
    `${locale} ${digits}`,
    () => new Intl.NumberFormat(REGION[locale], { maximumFractionDigits: digits }),
  );
  return format.format(value);
}

/** A share of 0 to 1 as a whole percentage. Almost all is never told as all, nor almost nothing as nothing. */
export function formatPercent(share: number, { locale }: Pick<Reader, 'locale'>): string {
  const rounded = Math.round(share * 100);
  const percent = rounded === 100 && share < 1 ? 99 : rounded === 0 && share > 0 ? 1 : rounded;
  return locale === 'en' ? `${percent}%` : `${percent}${NARROW}%`;
}

/** A size in decimal units, three figures at most. */
export function formatBytes(bytes: number, { locale }: Pick<Reader, 'locale'>): string {
  const units = UNITS[locale].bytes;
  let size = bytes;
  let step = 0;
  while (size >= 999.5 && step < units.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${formatNumber(size, { locale }, step === 0 || size >= 100 ? 0 : 1)}${NO_BREAK}${units[step]}`;
}

/** Seconds as people say them, two units at most: `42 s`, `3 min 20 s`, `3 h 53`, `2 j 4 h`. */
export function formatDuration(seconds: number, { locale }: Pick<Reader, 'locale'>): string {
  if (seconds < 60) return `${formatNumber(seconds, { locale }, seconds < 10 ? 1 : 0)}${NO_BREAK}s`;
  if (seconds < 3600) return twoUnits(Math.round(seconds), 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) {
    // The French write `3 h 53`; a bare number after `h` would be strange elsewhere.
    const short = twoUnits(minutes, 60, 'h', locale === 'fr' ? '' : 'min');
    return locale === 'fr' ? short.replace(/\u00a0(\d)$/, `${NO_BREAK}0$1`) : short;
  }
  return twoUnits(Math.round(seconds / 3600), 24, UNITS[locale].day, 'h');
}

/** A moment in the reader's time zone. Takes ISO 8601. */
export function formatDate(iso: string, style: DateStyle, { locale, timeZone }: Reader): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) throw new Error(`"${iso}" is not a time.`);
  const format = remember(
    dates,
    `${locale} ${timeZone} ${style}`,
    () => new Intl.DateTimeFormat(REGION[locale], { ...DATE_STYLES[style], timeZone }),
  );
  const text = format.format(moment).replace(',', '');
  if (style !== 'date') return text.replaceAll(' ', NO_BREAK);
  return locale === 'fr'
    ? text.replace(/^1 /, '1er ').replaceAll(' ', NO_BREAK)
    : text.replaceAll(' ', NO_BREAK);
}

/** The first 16 hexadecimal digits (64 bits) in groups of four, for the eye. */
export function formatHash(sha256: string): string {
  return (sha256.slice(0, 16).match(/.{1,4}/g) ?? []).join(NO_BREAK);
}

/** Spaces that may not break, and real apostrophes, as the language's printers want them. */
export function typeset(text: string, locale: Locale): string {
  const curled = text.replaceAll("'", '’');
  if (locale !== 'fr') return curled;
  return curled.replace(/[ \u00a0]([;:!?%»])/g, `${NARROW}$1`).replace(/«[ \u00a0]/g, `«${NARROW}`);
}

function twoUnits(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size;
  const head = `${Math.floor(amount / size)}${NO_BREAK}${large}`;
  if (rest === 0) return head;
  return `${head}${NO_BREAK}${rest}${small && NO_BREAK}${small}`;
}

function remember<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const known = kept.get(key);
  if (known) return known;
  const made = make();
  kept.set(key, made);
  return made;
}
