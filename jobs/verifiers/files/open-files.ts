/**
 * Opens every file of a restored folder in a process behind walls: no network, no file written, so much memory, so much time for
 * each. A file that ends the process is told as such, and the next process goes on behind it.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { kindOf } from './open-file.ts';
import { type Isolation, SYSTEM_PATH, walls } from './walls.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const HEAP_MIB = 768;
const FILE_MS = 60_000;
/** Files that end the process; then the folder is not one to open here. */
const MOST_DEATHS = 50;
const FAILED_TOLD = 1000;
const LEAST_SAMPLE = 64;

export interface KindCount {
  opened: number;
  failed: number;
  /** It asks for a password, or is past what this place may hold. */
  locked: number;
}

export interface FailedFile {
  path: string;
  kind: string;
  sha256: string;
  why: string;
}

export interface OpenedFiles {
  kinds: Record<string, KindCount>;
  /** Files of a kind that no reader here knows. */
  unknown: number;
  failed: FailedFile[];
  /** Of each kind one that opened, with content: the smallest. */
  samples: Record<string, { path: string; bytes: number }>;
  /** `namespaces`: without a network. */
  isolation: Isolation;
}

interface Told {
  begins?: string;
  path: string;
  kind: string;
  state: 'opened' | 'failed' | 'locked';
  why?: string;
  sha256: string | null;
  bytes: number;
}

export interface OpenOptions {
  signal?: AbortSignal;
  onProgress?: (files: number) => void;
  fileMs?: number;
}

export async function openFiles(folder: string, options: OpenOptions = {}): Promise<OpenedFiles> {
  const paths: string[] = [];
  let unknown = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    if (kindOf(entry.name) === null) unknown++;
    else paths.push(join(entry.parentPath, entry.name));
  }
  const opened: OpenedFiles = { kinds: {}, unknown, failed: [], samples: {}, isolation: walls().isolation };
  let deaths = 0;
  for (let next = 0; next < paths.length; ) {
    const { done, stuck } = await runChild(paths.slice(next), opened, { folder, ...options });
    next += done;
    if (!stuck) break;
    // What ended it says nothing of the file but that it could not be opened within the limits.
    count(opened, kindOf(paths[next]!)!, 'locked');
    next++;
    if (++deaths >= MOST_DEATHS) throw new Error('The process that opens files ends again and again.');
  }
  return opened;
}

/** Opens until all is done or the process ends. `stuck`: the file behind those that are done ended it. */
async function runChild(
  paths: string[],
  opened: OpenedFiles,
  { folder, signal, onProgress, fileMs = FILE_MS }: OpenOptions & { folder: string },
): Promise<{ done: number; stuck: boolean }> {
  signal?.throwIfAborted();
  const [program = '', ...args] = [
    ...walls().command,
    process.execPath,
    `--max-old-space-size=${HEAP_MIB}`,
    CHILD,
  ];
  const child = spawn(program, args, { env: { PATH: SYSTEM_PATH }, stdio: ['pipe', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  let late = setTimeout(kill, fileMs);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  // One that ended hears no more; its end is told below.
  child.stdin.on('error', () => {});
  child.stdin.end(paths.map((path) => `${JSON.stringify(path)}\n`).join(''));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  let done = 0;
  let hasBegun = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as Told;
    clearTimeout(late);
    late = setTimeout(kill, fileMs);
    if (told.begins !== undefined) {
      hasBegun = true;
      continue;
    }
    done++;
    count(opened, told.kind, told.state);
    if (told.state === 'failed' && opened.failed.length < FAILED_TOLD)
      opened.failed.push({
        path: relative(folder, told.path),
        kind: told.kind,
        sha256: told.sha256 ?? '',
        why: told.why ?? '',
      });
    if (told.state === 'opened') sample(opened, told, folder);
    onProgress?.(done);
  }
  await ended;
  clearTimeout(late);
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  if (!hasBegun) throw new Error(`The process that opens files could not begin: ${said}`);
  return { done, stuck: done < paths.length };
}

/** The smallest with something in it. */
function sample({ samples }: OpenedFiles, { kind, path, bytes }: Told, folder: string): void {
  if (bytes < LEAST_SAMPLE || bytes >= (samples[kind]?.bytes ?? Number.POSITIVE_INFINITY)) return;
  samples[kind] = { path: relative(folder, path), bytes };
}

function count({ kinds }: OpenedFiles, kind: string, state: keyof KindCount): void {
  kinds[kind] ??= { opened: 0, failed: 0, locked: 0 };
  kinds[kind][state]++;
}
