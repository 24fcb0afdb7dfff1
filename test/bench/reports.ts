/**
 * How fast reports are drawn and sealed, beside WeasyPrint and wkhtmltopdf on the same HTML in one run, and whether a batch
 * grows: `npm run bench:reports -- [--rounds 5] [--batch 500]`. Fails when a target is missed.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { canonical } from '#/plans/canonical.ts';
import { openPress } from '#/server/pdf/press.ts';
import { renderPdf } from '#/server/pdf/render.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { sealPdf } from '#/server/pdf/seal.ts';
import { createSealIdentity } from '#/server/pdf/seal-identity.ts';
import { loadTemplates } from '#/server/templates.ts';
import { PLACES } from '../pdf/support.ts';
import { drawBatch } from './reports/batch.ts';
import { aClient } from './reports/client.ts';
import { pagesOf, weasyprint, wkhtmltopdf } from './reports/peers.ts';

/** How often the client of the examples stands in a report of so many pages, and what we want to be beside WeasyPrint. */
const SIZES = [
  { pages: 30, times: 3, target: 0.12 },
  { pages: 200, times: 47, target: 0.09 },
];
const SEAL_MS = 60;
/** What the last fifth of a batch may hold more than the second: sizes of heaps vary. */
const GROWTH = 1.1;
const DATE = new Date('2026-11-22T12:00:00Z');

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, batch: { type: 'string', default: '500' } },
});
const rounds = Number(values.rounds);
let isMissed = false;

await using press = openPress(PLACES);
const print = press.printFor('bench');
{
  const folder = await mkdtemp(join(tmpdir(), 'reprise-bench-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const peers = { weasyprint: stack.use(await weasyprint()), wkhtmltopdf: stack.use(await wkhtmltopdf()) };
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${await print(async (_, version) => version)}, ${peers.weasyprint.version}, ${peers.wkhtmltopdf.version}; p50 of ${rounds} rounds, warm\n`,
  );
  console.log('| | seconds | × WeasyPrint | target | pages |\n| --- | --- | --- | --- | --- |');
  for (const size of SIZES) await compare(size, folder, peers);
}
console.log(
  '\n| batch: reports done | s each | peak MiB, with browser | own MiB |\n| --- | --- | --- | --- |',
);
const legs = await drawBatch(press, { reports: Number(values.batch), legs: 5 });
for (const [place, { reports, seconds, peakMib, ownMib }] of legs.entries()) {
  const count = reports - (legs[place - 1]?.reports ?? 0);
  console.log(
    `| ${reports} | ${(seconds / count).toFixed(2)} | ${peakMib.toFixed(0)} | ${ownMib.toFixed(0)} |`,
  );
}
judge('memory of the batch', legs.at(-1)!.peakMib / legs[1]!.peakMib, GROWTH);
process.exitCode = isMissed ? 1 : 0;

async function compare(
  { pages, times, target }: (typeof SIZES)[number],
  folder: string,
  peers: Record<'weasyprint' | 'wkhtmltopdf', Awaited<ReturnType<typeof weasyprint>>>,
) {
  const snapshot = aClient(times);
  const html = renderReportHtml(snapshot, loadTemplates());
  const files = { html: join(folder, `${pages}.html`), pdf: join(folder, `${pages}.pdf`) };
  await writeFile(files.html, html);
  const draw = () => renderPdf(html, { print, date: DATE });
  const drawn = await draw();
  const seconds: Record<string, number[]> = {
    once: [],
    whole: [],
    weasyprint: [],
    wkhtmltopdf: [],
    seal: [],
  };
  const drawnBy: Record<string, number> = { once: drawn.pages, whole: drawn.pages };
  const identity = await createSealIdentity({ name: 'Bench', country: 'FR', now: DATE });
  const evidence = canonical(snapshot);
  for (let round = 0; round < rounds; round++) {
    seconds.once!.push(
      await timed(() =>
        print(async (printer) => {
          await printer.load(html);
          await printer.print({ tagged: true });
        }),
      ),
    );
    seconds.whole!.push(await timed(draw));
    seconds.seal!.push(
      processorTime(() =>
        sealPdf(drawn.pdf, {
          ...{ identity, evidence, title: drawn.title, author: 'Bench', date: DATE },
          ...{ reference: snapshot.reference, locale: 'fr' },
        }),
      ),
    );
    for (const [name, peer] of Object.entries(peers)) {
      seconds[name]!.push(await peer.draw(files.html, files.pdf));
      drawnBy[name] = pagesOf(files.pdf);
    }
  }
  const middle = Object.fromEntries(Object.entries(seconds).map(([name, all]) => [name, median(all)]));
  const tell = (name: string, what: string, most: number | null) => {
    const times = middle[name]! / middle.weasyprint!;
    console.log(
      `| ${pages} pages, ${what} | ${middle[name]!.toFixed(2)} | ${times.toFixed(3)} | ${most === null ? '' : `${most}${times <= most ? ' ✓' : ' ✗'}`} | ${drawnBy[name]} |`,
    );
    if (most !== null && times > most) isMissed = true;
  };
  tell('once', 'reprise, one print', target);
  tell('whole', 'reprise, with its contents', 2 * target);
  tell('weasyprint', 'WeasyPrint', null);
  tell('wkhtmltopdf', 'wkhtmltopdf', null);
  judge(
    `sealing ${pages} pages (${(drawn.pdf.length / 1e6).toFixed(1)} MB), ms`,
    middle.seal! * 1000,
    SEAL_MS,
  );
}

function judge(what: string, found: number, most: number) {
  console.log(`| ${what} | ${found.toFixed(2)} | | ${most} ${found <= most ? '✓' : '✗'} | |`);
  if (found > most) isMissed = true;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return (performance.now() - begun) / 1000;
}

/** For what runs alone on one core: others on the machine do not count. */
function processorTime(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function median(all: number[]): number {
  return all.toSorted((left, right) => left - right)[Math.floor(all.length / 2)]!;
}
