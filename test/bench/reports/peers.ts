/** Programs that draw the same HTML, each turn measured by its wall time. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One program. A turn answers its seconds and the pages it made. */
export interface Peer extends AsyncDisposable {
  version: string;
  draw(html: string, pdf: string): Promise<number>;
}

/** One Python that has everything loaded and draws file after file, as a service would keep it. */
const WEASYPRINT = `
import sys, time, logging, weasyprint
logging.disable(logging.CRITICAL)
print(weasyprint.VERSION, flush=True)
for line in sys.stdin:
    html, pdf = line.strip().split("\\t")
    begun = time.monotonic()
    weasyprint.HTML(filename=html).write_pdf(pdf)
    print(time.monotonic() - begun, flush=True)
`;

export async function weasyprint(): Promise<Peer> {
  const python = spawn('/usr/bin/python3', ['-c', WEASYPRINT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('WeasyPrint is missing or ended. On Debian: apt-get install weasyprint');
    return value;
  };
  return {
    version: `WeasyPrint ${await answer()}`,
    draw: async (html, pdf) => {
      python.stdin.write(`${html}\t${pdf}\n`);
      return Number(await answer());
    },
    [Symbol.asyncDispose]: async () => void python.kill(),
  };
}

/** It knows no other way than a start for each file, which takes it some tenth of a second. */
export async function wkhtmltopdf(): Promise<Peer> {
  const { stdout } = spawnSync('wkhtmltopdf', ['--version'], { encoding: 'utf8' });
  if (!stdout) throw new Error('wkhtmltopdf is missing. On Debian: apt-get install wkhtmltopdf');
  return {
    version: stdout.trim(),
    draw: async (html, pdf) => {
      const begun = performance.now();
      const { status, stderr } = spawnSync('wkhtmltopdf', ['--quiet', html, pdf], {
        env: { ...process.env, QT_QPA_PLATFORM: 'offscreen' },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`wkhtmltopdf ended with ${status}. ${stderr}`);
      return (performance.now() - begun) / 1000;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

export function pagesOf(pdf: string): number {
  const { stdout } = spawnSync('pdfinfo', [pdf], { encoding: 'utf8' });
  return Number(/^Pages: +(\d+)/m.exec(stdout)?.[1] ?? Number.NaN);
}
