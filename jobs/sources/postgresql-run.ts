/** Running one of PostgreSQL's programs, with the password in a private file, and never in its environment or on its command line. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Program } from './postgresql-programs.ts';
import { type Ended, runToEnd } from './run-program.ts';

/** An address with the password taken out, to stand on a command line. */
export interface Target {
  address: string;
  password: string;
}

export interface RunOptions {
  password: string;
  signal?: AbortSignal | undefined;
  /** What the program reads on standard input; nothing when absent. */
  input?: Readable;
}

/** Parts an address `postgresql://user:password@host:port/database` from its password. */
export function splitPassword(url: string): Target {
  const parsed = new URL(url);
  const password = decodeURIComponent(parsed.password) || (parsed.searchParams.get('password') ?? '');
  parsed.password = '';
  parsed.searchParams.delete('password');
  return { address: parsed.href, password };
}

/** Runs a program to its end; see `runToEnd`. */
export async function runProgram(program: Program, args: string[], options: RunOptions): Promise<Ended> {
  if (options.password === '') return runToEnd(program.path, args, { ...options, env: environment() });
  const folder = await mkdtemp(join(tmpdir(), 'reprise-password-'));
  try {
    const file = join(folder, 'pgpass');
    await writeFile(file, `*:*:*:*:${escaped(options.password)}\n`, { mode: 0o600, flag: 'wx' });
    return await runToEnd(program.path, args, { ...options, env: { ...environment(), PGPASSFILE: file } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const escaped = (password: string) => password.replaceAll(/[\\:]/g, '\\$&');

// English words, because complaints are read by us too; no secret of the service goes along.
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, PGPASSFILE, PGSSLROOTCERT } = process.env;
  return { PATH, HOME, PGPASSFILE, PGSSLROOTCERT, LC_ALL: 'C', PGCONNECT_TIMEOUT: '15' };
}
