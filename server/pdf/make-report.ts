/** From a snapshot to a sealed PDF. Nothing but the snapshot and the seal goes in. */
import { canonical, sha256 } from '#/plans/canonical.ts';
import type { ReportSnapshot } from '#/plans/reports/snapshot.ts';
import type { Templates } from '../templates.ts';
import type { Print } from './press.ts';
import { renderPdf } from './render.ts';
import { renderReportHtml } from './report-html.ts';
import { sealPdf } from './seal.ts';
import type { SealIdentity } from './seal-identity.ts';

export interface SealedReport {
  pdf: Buffer;
  /** Of the sealed file, in hexadecimal. */
  sha256: string;
  pages: number;
}

/** Draws a report, attaches its snapshot as evidence, and seals it on the snapshot's date. */
export async function makeReportPdf({
  snapshot,
  identity,
  print,
  templates,
}: {
  snapshot: ReportSnapshot;
  identity: SealIdentity;
  print: Print;
  templates: Templates;
}): Promise<SealedReport> {
  const date = new Date(snapshot.madeAt);
  const html = await renderReportHtml(snapshot, templates);
  const drawn = await renderPdf(html, { print, date });
  const pdf = sealPdf(drawn.pdf, {
    identity,
    evidence: canonical(snapshot),
    title: drawn.title,
    author: snapshot.provider.name,
    reference: snapshot.reference,
    locale: snapshot.locale,
    date,
  });
  return { pdf, sha256: sha256(pdf), pages: drawn.pages };
}
