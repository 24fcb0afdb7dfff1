import { expect } from 'chai';
import type { ReportKind } from '#/plans/reports/snapshot.ts';
import { destinations, readObjects } from '#/server/pdf/pdf-objects.ts';
import { renderPdf } from '#/server/pdf/render.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { loadTemplates } from '#/server/templates.ts';
import { DATE, PRINT, runProgram, withFile } from '../pdf/support.ts';
import { documentOf } from './documents.ts';
import { ATELIERS, HOSTILE } from './examples.ts';

/** Kinds, facts and languages that between them have every part of a page: contents, charts, long tables, other alphabets. */
const DRAWN = [
  ['readiness', ATELIERS, 'fr'],
  ['coverage', ATELIERS, 'nl'],
  ['plan', HOSTILE, 'en'],
] as const;

describe('a report that was drawn', function () {
  this.timeout(60_000);
  const templates = loadTemplates();

  for (const [kind, facts, locale] of DRAWN)
    it(`of the kind ${kind} shows every figure, and in its contents the pages where things are`, async () => {
      const html = htmlOf(kind, facts, locale);
      const { pdf, pages } = await renderPdf(html, { print: PRINT, date: DATE });
      await withFile(pdf, async (file) => {
        // In the order in which it was painted: what stands in one cell stays together.
        const { output } = await runProgram('pdftotext', '-raw', file, '-');
        const shown = bare(output);
        const lost = figuresIn(html).filter((figure) => !shown.includes(bare(figure)));
        expect(lost, 'figures of the document that its pages do not show').to.deep.equal([]);

        const places = destinations(readObjects(pdf));
        const entries = contentsOf(html);
        expect(entries.length, 'entries of the contents').to.be.greaterThan(3);
        const texts = output.split('\f');
        for (const { id, name, line } of entries) {
          const page = places[id]!;
          expect(page, name).to.be.within(1, pages);
          expect(shown, 'the page that is printed').to.include(bare(`${line}${page}`));
          expect(bare(texts[page - 1]!), `${name} on page ${page}`).to.include(bare(name));
        }
        expect((await runProgram('pdfinfo', file)).output).to.match(/Tagged: +yes/);
        expect((await runProgram('pdffonts', file)).output.split('\n').slice(2).join('\n')).to.not.match(
          /\bno +(yes|no) +(yes|no) +\d+ +0$/m,
        );
      });
    });

  const htmlOf = (kind: ReportKind, facts: typeof ATELIERS, locale: 'fr' | 'en' | 'nl') =>
    renderReportHtml(documentOf(kind, facts, locale)!, templates);
});

/** What a reader sees of it: neither its head nor what only says in words what a picture shows. */
const seenOf = (html: string): string =>
  html.replace(/^[\s\S]*?<body[^>]*>/, '').replace(/<(style|title|desc|script)\b[\s\S]*?<\/\1>/g, ' ');

const SIGNS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

const plain = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (all, name) => SIGNS[name] ?? all);

/** Every piece of text that holds a figure, with what stands beside it. */
const figuresIn = (html: string): string[] =>
  seenOf(html)
    .split(/<[^>]+>/)
    .map(plain)
    .filter((piece) => /\d/.test(piece));

/** Of each entry: where it leads, its name, and all that stands in its line before the page. */
const contentsOf = (html: string): { id: string; name: string; line: string }[] =>
  [...html.matchAll(/<a href="#([^"]+)">(<span class="toc-number">.*?)<span class="toc-page"/gs)].map(
    ([, id = '', line = '']) => ({
      id,
      name: textIn(line.replace(/<span class="toc-(number|note)">.*?<\/span>/gs, '')),
      line: textIn(line),
    }),
  );

const textIn = (html: string): string => plain(html.replace(/<[^>]+>/g, ''));

/** Without spaces, and without the hyphens at which a word may be broken. */
const bare = (text: string): string =>
  text.replace(/[\s\u00ad\u2010\u2066-\u2069\u200e\u200f-]+/g, '').toLowerCase();
