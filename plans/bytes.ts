/** Sizes as people write them: `250 GB`, `3,5 Go`, `512 MiB`, `80 000 Ko`. */

/** Of powers of a thousand; the binary ones have an `i`. */
const UNIT = /^([kmgtp])?(i)?(b|o|octets?|bytes?)$/;
const POWERS = ['k', 'm', 'g', 't', 'p'];
const SIZE = /^(\d{1,16}(?:[.,]\d{1,6})?)([a-z]+)$/;

/** Whole bytes; null when nobody can tell what is meant. A number alone is none: of what? Zero needs no unit. */
export function bytesFrom(text: string): number | null {
  const typed = text.replace(/\s/g, '').toLowerCase();
  if (/^0+$/.test(typed)) return 0;
  const [, number = '', word = ''] = SIZE.exec(typed) ?? [];
  const unit = UNIT.exec(word);
  if (!unit || (unit[2] && !unit[1])) return null;
  const power = POWERS.indexOf(unit[1] ?? '') + 1;
  const bytes = Math.round(Number(number.replace(',', '.')) * (unit[2] ? 1024 : 1000) ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The same in the largest unit that takes at most one decimal, which `bytesFrom` reads back: `250 GB`, or `250 Go`. */
export function bytesText(bytes: number, letter: 'B' | 'o' = 'B'): string {
  const power = POWERS.findLastIndex((_, place) => {
    const unit = 1000 ** (place + 1);
    return bytes >= unit && bytes % (unit / 10) === 0;
  });
  return power < 0
    ? `${bytes} ${letter}`
    : `${bytes / 1000 ** (power + 1)} ${POWERS[power]!.toUpperCase()}${letter}`;
}
