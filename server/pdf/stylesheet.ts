/** The report's style: its fonts as data, the running headers of each chapter, and `templates/reports/report.css`. */
import { readFileSync } from 'node:fs';
import { FALLBACK_FAMILIES, fallbackFaces } from '../fallback-fonts.ts';
import { fontFaces } from '../fonts.ts';
import type { Frame } from './view/frame.ts';
import { shortened } from './view/user-text.ts';
import type { Voice } from './view/voice.ts';

const CSS = new URL('../../templates/reports/report.css', import.meta.url);

let fonts: string | null = null;

/** With the fonts that the text of this page needs besides. */
export function stylesheetOf(view: Frame, voice: Voice, page: string): string {
  fonts ??= fontFaces([
    ['Inter', [400, 500, 600]],
    ['Source Serif 4', [400, 600]],
    ['JetBrains Mono', [400]],
  ]);
  return `${fonts}\n${fallbackFaces(page)}\n:root{--others:${FALLBACK_FAMILIES}}\n${readFileSync(CSS, 'utf8')}\n${coloursOf(view)}${runningHeaders(view, voice)}`;
}

/** The provider's two colours. Both were checked against what they stand on; whatever else stands on the first is white. */
const coloursOf = ({ brand: { colours } }: Frame): string =>
  colours
    ? `:root{--navy:${colours.primary};--accent:${colours.primary};--gold:${colours.accent};--cover-soft:#FFFFFF;--cover-faint:#FFFFFF;--cover-line:#FFFFFF;--cover-past:${colours.accent}}\n`
    : '';

/** Chromium has no `string-set`, so each chapter is a named page with its own header. */
function runningHeaders(
  { owner, name, brand, confidential, reference, chapters }: Frame,
  voice: Voice,
): string {
  const [page, of] = [voice.say('page'), voice.say('page-of')];
  const named = chapters.map(
    (one) =>
      `@page ${one.id}{@top-right{content:${quoted(shortened([one.name, one.note].filter(Boolean).join(' · ')))}}}`,
  );
  const everywhere = `@page{@top-left{content:${quoted(shortened(owner))}}@top-right{content:${quoted(shortened(name))}}
@bottom-left{content:${quoted(`${reference} · ${shortened(brand.footer, 60)} · ${confidential}`)}}
@bottom-right{content:${quoted(`${page} `)} counter(page) ${quoted(` ${of} `)} counter(pages)}}`;
  const bare = ['top-left', 'top-right', 'bottom-left', 'bottom-right'].map(
    (box) => `@${box}{content:none;border:0}`,
  );
  return `${everywhere}\n${named.join('\n')}\n@page cover{margin:0;${bare.join('')}}`;
}

/** A CSS string; all but plain letters, digits and spaces is escaped, so that no text can end the style. */
const quoted = (text: string): string =>
  `"${text.replace(/[^A-Za-z0-9 ]/gu, (sign) => `\\${sign.codePointAt(0)!.toString(16)} `)}"`;
