/** Fonts as data, for documents that fetch nothing. Static files only: variable fonts become Type 3 in a PDF. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export type Family = keyof typeof PACKS;

const require = createRequire(import.meta.url);

const PACKS = { Inter: 'inter', 'Source Serif 4': 'source-serif-4', 'JetBrains Mono': 'jetbrains-mono' };
const SUBSETS = {
  latin: 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212',
  'latin-ext': 'U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1EFF,U+20A0-20AB,U+20AD-20C0',
};

/** The `@font-face` rules of these families, in these weights. */
export function fontFaces(wanted: [family: Family, weights: number[]][]): string {
  return wanted
    .flatMap(([family, weights]) =>
      weights.flatMap((weight) =>
        Object.entries(SUBSETS).map(([subset, range]) => fontFace({ family, weight, subset, range })),
      ),
    )
    .join('\n');
}

function fontFace({
  family,
  weight,
  subset,
  range,
}: {
  family: Family;
  weight: number;
  subset: string;
  range: string;
}): string {
  const pack = PACKS[family];
  const file = require.resolve(`@fontsource/${pack}/files/${pack}-${subset}-${weight}-normal.woff2`);
  const data = readFileSync(file).toString('base64');
  return `@font-face{font-family:'${family}';font-weight:${weight};font-style:normal;src:url(data:font/woff2;base64,${data}) format('woff2');unicode-range:${range}}`;
}
