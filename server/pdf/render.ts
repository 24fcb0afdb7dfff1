/** Turns HTML into a PDF with right page numbers in its table of contents, the same bytes for the same HTML. */
import { isDeepStrictEqual } from 'node:util';
import type { Printer } from './closed-browser.ts';
import { destinations, pageIds, readObjects } from './pdf-objects.ts';
import { pdfDate } from './pdf-text.ts';
import type { Print } from './press.ts';

/** Elements with this attribute show on which page the element of that id stands, if something links to it. */
const CONTENTS = 'data-toc';

// The first print tells the numbers, the second shows them; more only if showing them moved something.
const MOST_PRINTS = 4;

export interface RenderedPdf {
  pdf: Buffer;
  pages: number;
  /** As the HTML says it. */
  title: string;
  /** Which Chromium drew it: another version may write other bytes. */
  chromium: string;
}

/** Draws the HTML. `date` is written as the date of the PDF, in place of the time of drawing. */
export async function renderPdf(
  html: string,
  { date, print }: { date: Date; print: Print },
): Promise<RenderedPdf> {
  const { printed, title, chromium } = await print(async (printer, version) => {
    await printer.load(html);
    return { printed: await printWithContents(printer), title: await printer.title(), chromium: version };
  });
  const objects = readObjects(printed);
  return {
    pdf: withDate(printed, objects.placeOf(objects.infoId), date),
    pages: pageIds(objects).length,
    title,
    chromium,
  };
}

async function printWithContents(printer: Printer): Promise<Buffer> {
  const wanted = await printer.valuesOf(CONTENTS);
  if (wanted.length === 0) return printer.print({ tagged: true });

  // Tags cost half of the time and move nothing.
  let shown = pagesOf(await printer.print({ tagged: false }), wanted);
  for (let prints = 2; prints <= MOST_PRINTS; prints++) {
    await printer.fill(CONTENTS, shown);
    const pdf = await printer.print({ tagged: true });
    const found = pagesOf(pdf, wanted);
    if (isDeepStrictEqual(found, shown)) return pdf;
    shown = found;
  }
  throw new Error('The table of contents moves the pages that it names.');
}

function pagesOf(pdf: Buffer, wanted: string[]): Record<string, string> {
  const found = destinations(readObjects(pdf));
  const missing = wanted.filter((id) => found[id] === undefined);
  if (missing.length > 0)
    throw new Error(`The table of contents names what is not linked to or not there: ${missing.join(', ')}.`);
  return Object.fromEntries(wanted.map((id) => [id, String(found[id])]));
}

/** Writes over the dates, which have a fixed length, so that nothing else moves. */
function withDate(pdf: Buffer, infoAt: number, date: Date): Buffer {
  const dated = Buffer.from(pdf);
  for (const key of ['/CreationDate ', '/ModDate ']) {
    const at = pdf.indexOf(`${key}(D:`, infoAt, 'latin1');
    if (at < 0) throw new Error(`Chromium wrote a PDF without ${key.trim()}.`);
    dated.write(pdfDate(date), at + key.length, 'latin1');
  }
  return dated;
}
