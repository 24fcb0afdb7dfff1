/** Running one of PostgreSQL's programs, with the password in its environment and never on its command line. */
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
export function runProgram(program: Program, args: string[], options: RunOptions): Promise<Ended> {
  return runToEnd(program.path, args, { ...options, env: environment(options.password) });
}

// English words, because complaints are read by us too; no secret of the service goes along.
function environment(password: string): NodeJS.ProcessEnv {
  const { PATH, HOME, PGPASSFILE, PGSSLROOTCERT } = process.env;
  const ours = { PATH, HOME, PGPASSFILE, PGSSLROOTCERT, LC_ALL: 'C', PGCONNECT_TIMEOUT: '15' };
  return password === '' ? ours : { ...ours, PGPASSWORD: password };
}
