/** Running one of PostgreSQL's programs as a child: the password in its environment, its complaint kept short and clean. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from './postgresql-connection.ts';
import type { Program } from './postgresql-programs.ts';

// Enough for the reason at the end; a program that complains of every row must not fill our memory.
const COMPLAINT_CHARACTERS = 4000;

export interface Ended {
  /** Exit status, or null when a signal ended it. */
  status: number | null;
  /** The last of what it wrote on standard error, without any password. */
  complaint: string;
}

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

/**
 * Runs a program to its end. `signal` kills it and makes this throw the signal's reason. Throws as well when the program
 * cannot be started; a bad exit status is for the caller to judge.
 */
export async function runProgram(
  program: Program,
  args: string[],
  { password, signal, input }: RunOptions,
): Promise<Ended> {
  signal?.throwIfAborted();
  const child = spawn(program.path, args, {
    stdio: [input ? 'pipe' : 'ignore', 'ignore', 'pipe'],
    env: environment(password),
  });
  const fed = input && child.stdin ? pipeline(input, child.stdin).catch(ignoreBrokenPipe) : null;
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill);
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    complaint = (complaint + piece).slice(-COMPLAINT_CHARACTERS);
  });
  try {
    const [[status]] = await Promise.all([once(child, 'close'), fed]);
    signal?.throwIfAborted();
    return { status, complaint: hide(complaint.trim(), password) };
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}

// English words, because complaints are read by us too; no secret of the service goes along.
function environment(password: string): NodeJS.ProcessEnv {
  const { PATH, HOME, PGPASSFILE, PGSSLROOTCERT } = process.env;
  const ours = { PATH, HOME, PGPASSFILE, PGSSLROOTCERT, LC_ALL: 'C', PGCONNECT_TIMEOUT: '15' };
  return password === '' ? ours : { ...ours, PGPASSWORD: password };
}

function hide(text: string, password: string): string {
  if (password === '') return text;
  return text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***');
}

/** A program that has seen enough closes its input; its exit status tells what it thought. */
function ignoreBrokenPipe(error: unknown): void {
  if (!['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(codeOf(error) ?? '')) throw error;
}
