/** Fonts for signs that the report's own fonts lack: other alphabets, emoji, symbols. Only those that a text needs go into it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** In the order in which they are asked. Chinese, Japanese and Korean would take 30 MB. */
const PACKS: [family: string, pack: string][] = [
  ['Other Inter', 'inter'],
  ['Other Arabic', 'noto-sans-arabic'],
  ['Other Hebrew', 'noto-sans-hebrew'],
  ['Other Emoji', 'noto-emoji'],
  ['Other Symbols', 'noto-sans-symbols'],
  ['Other Signs', 'noto-sans-symbols-2'],
];
/** What the report's own fonts have. */
const OWN = ['latin', 'latin-ext'];

interface Subset {
  family: string;
  file: string;
  range: string;
  spans: [from: number, to: number][];
}

let known: Subset[] | null = null;

/** Families to ask when a sign is in none of the report's own, for `font-family`. */
export const FALLBACK_FAMILIES = PACKS.map(([family]) => `'${family}'`).join(',');

/** The `@font-face` rules that bring the signs of a text which no other font has. */
export function fallbackFaces(text: string): string {
  const foreign = [...new Set(text)].map((sign) => sign.codePointAt(0)!).filter((code) => code > 0x24f);
  if (foreign.length === 0) return '';
  known ??= PACKS.flatMap(subsetsOf);
  return known
    .filter(({ spans }) => spans.some(([from, to]) => foreign.some((code) => code >= from && code <= to)))
    .map(faceOf)
    .join('\n');
}

/** Numbered subsets are slices of one large font. */
function subsetsOf([family, pack]: [string, string]): Subset[] {
  const ranges: Record<string, string> = JSON.parse(
    readFileSync(require.resolve(`@fontsource/${pack}/unicode.json`), 'utf8'),
  );
  return Object.entries(ranges)
    .filter(([name]) => !OWN.includes(name))
    .map(([name, range]) => ({
      ...{ family, range, spans: spansOf(range) },
      file: `@fontsource/${pack}/files/${pack}-${name.replace(/[[\]]/g, '')}-400-normal.woff2`,
    }));
}

const spansOf = (range: string): Subset['spans'] =>
  range.split(',').map((part) => {
    const [from = '0', to = from] = part.trim().replace(/^U\+/i, '').split('-');
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)];
  });

function faceOf({ family, file, range }: Subset): string {
  const data = readFileSync(require.resolve(file)).toString('base64');
  return `@font-face{font-family:'${family}';font-weight:100 900;font-style:normal;src:url(data:font/woff2;base64,${data}) format('woff2');unicode-range:${range}}`;
}
