/** Running another backup tool: its complaint is short, and without the secrets that it was given. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { because } from '../recovery-points/finding-codes.ts';
import { SourceError } from '../sources/source.ts';
import type { RepositorySecrets } from './repository.ts';

const COMPLAINT_CHARACTERS = 4000;

export interface Call {
  program: string;
  args: string[];
  /** Added to PATH and the words' language; nothing of the service goes along. */
  env: Record<string, string>;
  /** What it was given in files; none of it is ever repeated. */
  secrets: RepositorySecrets | null;
  cwd?: string;
  /** Ends it as soon as its complaint says so: what follows is of no interest. */
  enough?: RegExp | undefined;
  signal: AbortSignal;
}

export interface Ended {
  status: number | null;
  complaint: string;
}

/** Runs it to its end, and hands on each line that it says. Throws when it is not there, or the signal's reason. */
export async function runTool(
  { program, args, env, secrets, cwd, enough, signal }: Call,
  eachLine: (line: string) => void = () => {},
): Promise<Ended> {
  signal.throwIfAborted();
  const { PATH } = process.env;
  const child = spawn(program, args, {
    env: { PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
  });
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    complaint = (complaint + piece).slice(-COMPLAINT_CHARACTERS);
    if (enough?.test(complaint)) stop();
  });
  createInterface({ input: child.stdout }).on('line', eachLine);
  try {
    const [status] = (await Promise.race([
      once(child, 'close'),
      once(child, 'error').then(([error]) => Promise.reject(error)),
    ])) as [number | null];
    signal.throwIfAborted();
    return { status, complaint: hide(plain(complaint.trim()), secrets) };
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw missing(program);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The same, where anything but success is an answer of its own. `what` is what could not be done. */
export async function succeed(call: Call, eachLine?: (line: string) => void): Promise<void> {
  const { status, complaint } = await runTool(call, eachLine);
  if (status !== 0) throw refused(call.program, complaint || `it ended with ${status ?? 'a signal'}`);
}

export const refused = (program: string, original: string): SourceError =>
  new SourceError(
    'failed',
    because('repository.tool-refused', { program, original }),
    `${program} could not do it: ${original}`,
  );

const missing = (program: string): SourceError =>
  new SourceError(
    'missing-program',
    because('repository.tool-missing', { program }),
    `${program} is not on this machine. On Debian: apt-get install ${PACKAGES[program] ?? program}.`,
  );

const PACKAGES: Record<string, string> = { borg: 'borgbackup' };

/** Of a stumble inside a tool written in Python, what it stumbled over; not where. */
function plain(complaint: string): string {
  const [before = '', ...traces] = complaint.split('Traceback (most recent call last):');
  if (traces.length === 0) return complaint;
  const said = traces
    .at(-1)!
    .split('\n')
    .find((line) => /^\S/.test(line));
  return `${before.trim()} ${said ?? ''}`.trim();
}

const hide = (text: string, secrets: RepositorySecrets | null): string =>
  [secrets?.password, secrets?.secretAccessKey]
    .filter((secret) => secret !== undefined && secret.length > 3)
    .reduce((told: string, secret) => told.replaceAll(secret!, '***'), text);
