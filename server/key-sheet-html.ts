/** An escrow sheet as one self-contained page of HTML: fonts and style are inside, and nothing is fetched. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locale } from '#/plans/reports/head.ts';
import { fontFaces } from './fonts.ts';
import { ASSETS, type Templates } from './templates.ts';
import type { KeySheetView } from './views.ts';

export function keySheetHtml(sheet: KeySheetView, locale: Locale, templates: Templates): string {
  const page = templates.render('key-sheet', locale, { ...sheet, locale });
  // A function, because in a plain replacement text `$&` has a meaning.
  return page.replace('/*style*/', styleOf);
}

function styleOf(): string {
  const fonts = fontFaces([
    ['Inter', [400, 600]],
    ['Source Serif 4', [600]],
    ['JetBrains Mono', [400]],
  ]);
  return `${fonts}\n${readFileSync(join(ASSETS, 'css', 'key-sheet.css'), 'utf8')}`;
}
