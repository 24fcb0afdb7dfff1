/** The sheet of commands that restore without us, to be printed and kept with the key: one self-contained page of HTML. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUR_PAPER, readPaper } from '#/jobs/recovery-points/foreign/paper.ts';
import { type Sheet, writeSheet } from '#/jobs/recovery-points/foreign/sheet.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { fontFaces } from './fonts.ts';
import { ASSETS, type Templates } from './templates.ts';

/** `recovery-sheet` */
export interface RecoverySheetView {
  client: { name: string };
  /** Of the recovery keys in use; none where the sheet is made without the service. */
  fingerprints: string[];
  stores: { name: string; address: string }[];
  madeAt: string;
  version: string;
}

export function recoverySheetHtml(
  sheet: RecoverySheetView & { locale: Locale },
  templates: Templates,
): string {
  const listing: Sheet = writeSheet(readPaper(OUR_PAPER));
  const page = templates.render('recovery-sheet', sheet.locale, { ...sheet, ...listing });
  // A function, because in a plain replacement text `$&` has a meaning.
  return page.replace('/*style*/', styleOf);
}

function styleOf(): string {
  const fonts = fontFaces([
    ['Inter', [400, 600]],
    ['Source Serif 4', [600]],
    ['JetBrains Mono', [400]],
  ]);
  const styles = ['key-sheet.css', 'recovery-sheet.css'].map((name) =>
    readFileSync(join(ASSETS, 'css', name), 'utf8'),
  );
  return [fonts, ...styles].join('\n');
}
