import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CheckedReport } from '../pdf/check-report.ts';
import { rootsIn, type Verification, verifyReport } from '../pdf/verify.ts';
import { readSettings } from '../settings.ts';
import { askService } from './ask-service.ts';
import { usage as batchUsage, run as runBatch } from './report-batch.ts';

const VERIFY_USAGE = `reprise report verify FILE.pdf [--root FILE.pem] [--service URL] [--data DIR] [--json]
  Says whether a report is as it was sealed: 0 intact, 1 altered or not ours, 2 the call is wrong, 4 no root is known, 5 the service
  does not answer.
  Roots are those of --root, else those that this installation keeps in keys/report-roots of its data folder. With --service
  the service is asked as well whether it issued the file, and whether a newer one replaces it: 1 too where it did not.`;

export const usage = `${VERIFY_USAGE}\n\n${batchUsage}`;

const INTACT = 0;
const REFUSED = 1;
const CALL_WRONG = 2;
const NO_ROOT = 4;
const NO_ANSWER = 5;

export function run(args: string[]): Promise<number> {
  return args[0] === 'batch' ? runBatch(args) : verify(args);
}

async function verify(args: string[]): Promise<number> {
  const call = readCall(args);
  if (!call) {
    console.error(usage);
    return CALL_WRONG;
  }
  const given = await readGiven(call);
  if (!given) return CALL_WRONG;
  if (given.roots.length === 0 && call.service === undefined) {
    console.error(
      'No root certificate is known to compare with. Name one with --root, or a service with --service.',
    );
    return NO_ROOT;
  }
  const found = given.roots.length > 0 ? verifyReport(given.pdf, { roots: given.roots }) : null;
  const service =
    call.service === undefined ? null : await askService(call.service, given.pdf).catch(messageOf);
  if (typeof service === 'string') {
    console.error(service);
    return NO_ANSWER;
  }
  if (call.json) console.log(JSON.stringify({ file: call.file, ...found, ...(service && { service }) }));
  else for (const line of told(call.file, found, service)) console.log(line);
  const isFine = (found?.verdict ?? 'intact') === 'intact' && (service?.verdict ?? 'issued') === 'issued';
  return isFine ? INTACT : REFUSED;
}

interface Call {
  file: string;
  root: string[] | undefined;
  service: string | undefined;
  data: string | undefined;
  json: boolean;
}

function readCall(args: string[]): Call | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        root: { type: 'string', multiple: true },
        service: { type: 'string' },
        data: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [verb, file, ...more] = positionals;
    if (verb !== 'verify' || file === undefined || more.length > 0) return null;
    return { file, root: values.root, service: values.service, data: values.data, json: values.json };
  } catch (error) {
    console.error(messageOf(error));
    return null;
  }
}

/** Null, and the reason told, when a file cannot be read or is no certificate. */
async function readGiven({ file, root, data }: Call): Promise<{ pdf: Buffer; roots: string[] } | null> {
  try {
    const files = root ?? (await keptRoots(readSettings({ DATA_DIR: data }).dataDir));
    const texts = await Promise.all(files.map((name) => readFile(name, 'utf8')));
    const roots = texts.filter((text) => rootsIn(text).length > 0);
    return { pdf: await readFile(file), roots };
  } catch (error) {
    console.error(messageOf(error));
    return null;
  }
}

async function keptRoots(dataDir: string): Promise<string[]> {
  const folder = join(dataDir, 'keys', 'report-roots');
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.pem')).map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // no report was ever sealed here
    throw error;
  }
}

function told(file: string, found: Verification | null, service: CheckedReport | null): string[] {
  const lines: string[] = [];
  if (found) {
    const by = found.signer === null ? '' : ` Sealed by “${found.signer}”.`;
    lines.push(`${file}: ${found.verdict.replace('-', ' ')}. ${found.reason}${by}`);
  }
  if (service) lines.push(`${file}: ${TOLD_BY_SERVICE[service.verdict]}`);
  const newer = service?.record?.newer;
  if (newer) lines.push(`${file}: a newer one replaces it: ${newer.reference}, of ${newer.askedAt}.`);
  return lines;
}

const TOLD_BY_SERVICE: Record<CheckedReport['verdict'], string> = {
  issued: 'the service issued exactly this file.',
  sealed: 'a key of the service sealed it, but the service has no record of having issued it.',
  altered: 'the service says that it is altered.',
  'not-ours': 'no provider of the service sealed it.',
};

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
