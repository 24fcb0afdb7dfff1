import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rootsIn, type Verification, verifyReport } from '../pdf/verify.ts';
import { readSettings } from '../settings.ts';
import { usage as batchUsage, run as runBatch } from './report-batch.ts';

const VERIFY_USAGE = `reprise report verify FILE.pdf [--root FILE.pem] [--data DIR] [--json]
  Says whether a report is as it was sealed: 0 intact, 1 altered or not ours, 2 the call is wrong, 4 no root is known.
  Roots are those of --root, else those that this installation keeps in keys/report-roots of its data folder.`;

export const usage = `${VERIFY_USAGE}\n\n${batchUsage}`;

const INTACT = 0;
const REFUSED = 1;
const CALL_WRONG = 2;
const NO_ROOT = 4;

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
  if (given.roots.length === 0) {
    console.error('No root certificate is known to compare with. Name one with --root.');
    return NO_ROOT;
  }
  const found = verifyReport(given.pdf, { roots: given.roots });
  console.log(call.json ? JSON.stringify({ file: call.file, ...found }) : told(call.file, found));
  return found.verdict === 'intact' ? INTACT : REFUSED;
}

interface Call {
  file: string;
  root: string[] | undefined;
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
        data: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [verb, file, ...more] = positionals;
    if (verb !== 'verify' || file === undefined || more.length > 0) return null;
    return { file, root: values.root, data: values.data, json: values.json };
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

function told(file: string, { verdict, reason, signer }: Verification): string {
  const by = signer === null ? '' : ` Sealed by “${signer}”.`;
  return `${file}: ${verdict.replace('-', ' ')}. ${reason}${by}`;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
