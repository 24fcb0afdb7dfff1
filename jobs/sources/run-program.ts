/** Running a program as a child: what it may know of us is named, and its complaint is kept short and without secrets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

// Enough for the reason at the end; a program that complains of every row must not fill our memory.
const COMPLAINT_CHARACTERS = 4000;

export interface Ended {
  /** Exit status, or null when a signal ended it. */
  status: number | null;
  /** The last of what it wrote on standard error, without any password. */
  complaint: string;
}

export interface Running {
  /** The whole environment of the child. */
  env: NodeJS.ProcessEnv;
  /** Never told on, whatever the program says; may be empty. */
  password: string;
  signal?: AbortSignal | undefined;
  /** What the program reads on standard input; nothing when absent. */
  input?: Readable | undefined;
  /** Where its standard output goes; nowhere when absent. */
  output?: Writable | undefined;
}

/**
 * Runs a program to its end. `signal` kills it and makes this throw the signal's reason. Throws as well when the program
 * cannot be started or its output cannot be written; a bad exit status is for the caller to judge.
 */
export async function runToEnd(
  path: string,
  args: string[],
  { env, password, signal, input, output }: Running,
): Promise<Ended> {
  signal?.throwIfAborted();
  const child = spawn(path, args, {
    stdio: [input ? 'pipe' : 'ignore', output ? 'pipe' : 'ignore', 'pipe'],
    env,
  });
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill);
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    complaint = (complaint + piece).slice(-COMPLAINT_CHARACTERS);
  });
  try {
    const [[status]] = await Promise.all([
      once(child, 'close'),
      input && child.stdin ? pipeline(input, child.stdin).catch(ignoreBrokenPipe) : null,
      output && child.stdout ? pipeline(child.stdout, output) : null,
    ]);
    signal?.throwIfAborted();
    return { status, complaint: hide(complaint.trim(), password) };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    child.kill();
    signal?.removeEventListener('abort', kill);
  }
}

function hide(text: string, password: string): string {
  if (password === '') return text;
  return text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***');
}

/** A program that has seen enough closes its input; its exit status tells what it thought. */
function ignoreBrokenPipe(error: unknown): void {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)) throw error;
}
