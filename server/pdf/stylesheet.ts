/** The report's style: its fonts as data, the running headers of each chapter, and `templates/reports/report.css`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ReportView } from './view/report-view.ts';
import { shortened } from './view/user-text.ts';
import type { Voice } from './view/voice.ts';

const require = createRequire(import.meta.url);
const CSS = new URL('../../templates/reports/report.css', import.meta.url);

/** Static files only: variable fonts become Type 3 in the PDF. */
const FONTS: [family: string, pack: string, weights: number[]][] = [
  ['Inter', 'inter', [400, 500, 600]],
  ['Source Serif 4', 'source-serif-4', [400, 600]],
  ['JetBrains Mono', 'jetbrains-mono', [400]],
];
const SUBSETS = {
  latin: 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212',
  'latin-ext': 'U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1EFF,U+20A0-20AB,U+20AD-20C0',
} as const;

let fonts: string | null = null;

export function stylesheetOf(view: ReportView, voice: Voice): string {
  fonts ??= FONTS.flatMap(([family, pack, weights]) =>
    weights.flatMap((weight) =>
      Object.entries(SUBSETS).map(([subset, range]) => fontFace({ family, pack, weight, subset, range })),
    ),
  ).join('\n');
  return `${fonts}\n${readFileSync(CSS, 'utf8')}\n${runningHeaders(view, voice)}`;
}

function fontFace({
  family,
  pack,
  weight,
  subset,
  range,
}: {
  family: string;
  pack: string;
  weight: number;
  subset: string;
  range: string;
}): string {
  const file = require.resolve(`@fontsource/${pack}/files/${pack}-${subset}-${weight}-normal.woff2`);
  const data = readFileSync(file).toString('base64');
  return `@font-face{font-family:'${family}';font-weight:${weight};font-style:normal;src:url(data:font/woff2;base64,${data}) format('woff2');unicode-range:${range}}`;
}

/** Chromium has no `string-set`, so each chapter is a named page with its own header. */
function runningHeaders({ client, provider, reference, contents }: ReportView, voice: Voice): string {
  const [page, of] = [voice.say('page'), voice.say('page-of')];
  const named = contents.entries.map(
    ({ id, name, note }) =>
      `@page ${id}{@top-right{content:${quoted(shortened([name, note].filter(Boolean).join(' · ')))}}}`,
  );
  const everywhere = `@page{@top-left{content:${quoted(shortened(client))}}@top-right{content:${quoted(voice.say('name'))}}
@bottom-left{content:${quoted(`${reference} · ${shortened(provider, 40)} · ${voice.say('confidential')}`)}}
@bottom-right{content:${quoted(`${page} `)} counter(page) ${quoted(` ${of} `)} counter(pages)}}`;
  const bare = ['top-left', 'top-right', 'bottom-left', 'bottom-right'].map(
    (box) => `@${box}{content:none;border:0}`,
  );
  return `${everywhere}\n${named.join('\n')}\n@page cover{margin:0;${bare.join('')}}`;
}

/** A CSS string; all but plain letters, digits and spaces is escaped, so that no text can end the style. */
const quoted = (text: string): string =>
  `"${text.replace(/[^A-Za-z0-9 ]/gu, (sign) => `\\${sign.codePointAt(0)!.toString(16)} `)}"`;
