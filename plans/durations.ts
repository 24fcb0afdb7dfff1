/** Durations as people write them: `4 h`, `1 h 30`, `90 min`, `2 j`, `3 days`, `1 semaine`, or ISO 8601 (`PT4H`). */

const UNITS: [seconds: number, words: RegExp][] = [
  [604_800, /^(w|wk|weeks?|sem|semaines?|weken|week)$/],
  [86_400, /^(d|days?|j|jours?|dag|dagen)$/],
  [3600, /^(h|hr|hrs|hours?|heures?|u|uur|uren)$/],
  [60, /^(m|mn|min|mins|minutes?|minuten|minuut)$/],
  [1, /^(s|sec|secs|seconds?|secondes?|seconden?)$/],
];

const PIECE = /^(\d{1,9}(?:[.,]\d{1,3})?)\s*([a-z]+)?\s*/;
const ISO = /^P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

/** Whole seconds; null when nobody can tell what is meant. A number alone is none: of what? Zero needs no unit. */
export function secondsFrom(text: string): number | null {
  const typed = text.trim();
  if (/^0+$/.test(typed)) return 0;
  return fromIso(typed.toUpperCase()) ?? fromWords(typed.toLowerCase());
}

function fromIso(text: string): number | null {
  const found = ISO.exec(text);
  if (!found || text === 'P' || text.endsWith('T')) return null;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((digits) => Number(digits ?? 0));
  return weeks! * 604_800 + days! * 86_400 + hours! * 3600 + minutes! * 60 + seconds!;
}

/** Ever smaller units; the last may go without one, as in `1 h 30`. */
function fromWords(text: string): number | null {
  let rest = text;
  let total = 0;
  let last = Number.POSITIVE_INFINITY;
  while (rest) {
    const found = PIECE.exec(rest);
    if (!found) return null;
    const unit = found[2] === undefined ? unitBelow(last) : unitOf(found[2]);
    if (unit === null || unit >= last) return null;
    total += Number(found[1]!.replace(',', '.')) * unit;
    last = unit;
    rest = rest.slice(found[0].length);
  }
  return last === Number.POSITIVE_INFINITY || !Number.isSafeInteger(Math.round(total))
    ? null
    : Math.round(total);
}

const unitOf = (word: string): number | null => UNITS.find(([, words]) => words.test(word))?.[0] ?? null;

/** Only after hours and minutes is it plain what a bare number means. */
const unitBelow = (unit: number): number | null => (unit === 3600 ? 60 : unit === 60 ? 1 : null);

/** The same in few letters that every reader knows and `secondsFrom` reads back: `1 d 4 h`. */
export function durationText(seconds: number, day: 'd' | 'j' = 'd', hour: 'h' | 'u' = 'h'): string {
  const pieces: string[] = [];
  let rest = seconds;
  for (const [unit, letter] of [
    [86_400, day],
    [3600, hour],
    [60, 'min'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest / unit);
    if (count > 0) pieces.push(`${count} ${letter}`);
    rest -= count * unit;
  }
  return pieces.join(' ') || '0';
}
