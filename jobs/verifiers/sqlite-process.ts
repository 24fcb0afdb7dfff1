/** SQLite in a process of its own: it blocks whoever calls it, and only the end of the process ends a question. */
import { type ChildProcess, fork } from 'node:child_process';
import type { TableCount } from '../sources/source.ts';

/** What is looked at in a file. */
export interface Seen {
  /** What SQLite says against the file; null when it is sound. Else nothing more is known of it. */
  damage: string | null;
  tables: TableCount[];
  brokenReferences: number;
}

export type Order =
  | { kind: 'inspect'; file: string }
  | { kind: 'ask'; file: string; query: string }
  | { kind: 'change'; file: string; sql: string };

export type Reply = { answer: unknown } | { refusal: string };

interface Limits {
  signal?: AbortSignal | undefined;
  longestMs?: number;
}

/** Looks at a file: is it sound, and what is in it? */
export function inspect(file: string, limits: Limits = {}): Promise<Seen> {
  return order({ kind: 'inspect', file }, limits) as Promise<Seen>;
}

/** Puts one question to a file that cannot be changed by it. Throws what SQLite says against it, or that it took too long. */
export function ask(file: string, query: string, limits: Limits = {}): Promise<(string | null)[][]> {
  return order({ kind: 'ask', file, query }, limits) as Promise<(string | null)[][]>;
}

/** Runs one statement that changes a file, and answers how many rows. */
export function change(file: string, sql: string, limits: Limits = {}): Promise<number> {
  return order({ kind: 'change', file, sql }, limits) as Promise<number>;
}

async function order(asked: Order, { signal, longestMs }: Limits): Promise<unknown> {
  signal?.throwIfAborted();
  const { PATH, HOME } = process.env;
  const child = fork(new URL('./sqlite-child.ts', import.meta.url), { execArgv: [], env: { PATH, HOME } });
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  const late = longestMs === undefined ? null : setTimeout(kill, longestMs);
  try {
    const reply = await converse(child, asked);
    if ('answer' in reply) return reply.answer;
    throw new Error(reply.refusal);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    if (late) clearTimeout(late);
    signal?.removeEventListener('abort', kill);
  }
}

function converse(child: ChildProcess, asked: Order): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  child.on('message', resolve);
  child.on('error', reject);
  child.on('exit', (_code, signal) =>
    reject(new Error(signal ? 'it took too long, or was stopped' : 'SQLite ended without an answer')),
  );
  child.send(asked, (error) => error && reject(error));
  return promise;
}
