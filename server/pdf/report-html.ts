/** A report as one self-contained page of HTML: fonts, style and figures are inside, and nothing is fetched. */
import type { ReportSnapshot } from '#/plans/reports/snapshot.ts';
import type { Templates } from '#/server/templates.ts';
import { documentOf } from './documents/index.ts';
import { stylesheetOf } from './stylesheet.ts';
import { voiceOf } from './view/voice.ts';

/**
 * The same snapshot always gives the same text. Elements with `data-toc="<id>"` wait for the page number of the element
 * with that id.
 */
export function renderReportHtml(snapshot: ReportSnapshot, templates: Templates): string {
  const { locale } = snapshot;
  const voice = voiceOf(
    templates,
    locale,
    'client' in snapshot ? snapshot.client.timeZone : snapshot.timeZone,
  );
  const { template, view } = documentOf(snapshot, voice);
  const page = closeUp(templates.render(template, locale, view));
  // A function, because in a plain replacement text `$&` has a meaning.
  return page.replace('/*style*/', () => stylesheetOf(view, voice, page));
}

/** Text keeps its spaces in the PDF (`pre-wrap`), so the line breaks of the templates must not be among them. */
const closeUp = (html: string): string =>
  html
    .split('\n')
    .map((line) => line.trim())
    .join('');
