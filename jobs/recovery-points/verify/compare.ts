/** L3: compares a restored tree with the manifest, both ways: by their names here, all the rest in threads. */
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { pathOf } from '../manifest/entry.ts';
import { LineBuffer } from '../manifest/line-buffer.ts';
import { comparePaths } from '../manifest/order.ts';
import type { Compared } from '../packs/read-order.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import { encodePath } from '../paths.ts';
import { type CompareOptions, findingOf } from './compare-entries.ts';
import type { Finding } from './ledger.ts';

const LINES_A_BATCH = 500;
const BATCHES_AHEAD = 6;

export interface TreeComparison {
  root: string;
  /** Lines of the entries that must be there, in the manifest's order. */
  lines: Iterable<string>;
  options: CompareOptions;
  pool: Pick<ReadPool, 'compare'>;
  onProgress?: ((files: number, bytes: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Names everything that is missing, too much, or different. An empty answer means: exactly the manifest. */
export async function compareTree(request: TreeComparison): Promise<Finding[]> {
  const { root, lines, options, pool, onProgress, signal } = request;
  const findings: Finding[] = [];
  const closed: string[] = [];
  const names = namesBelow(Buffer.from(root), (path) => {
    closed.push(path);
    findings.push(findingOf('tree-unreadable', path, 'readable', 'EACCES'));
  });
  let found = names.next();
  let [files, bytes] = [0, 0];
  const ahead: Promise<Compared>[] = [];
  const batch = new LineBuffer();
  let count = 0;

  const take = async () => {
    const answer = await ahead.shift()!;
    findings.push(...answer.findings);
    files += answer.files;
    bytes += answer.bytes;
    onProgress?.(files, bytes);
  };
  const send = async () => {
    const next = pool.compare({ kind: 'compare', root, lines: batch.copy(), options });
    batch.clear();
    // Looked at in turn; without this an early end would leave a rejection unheard.
    next.catch(() => {});
    ahead.push(next);
    count = 0;
    if (ahead.length > BATCHES_AHEAD) await take();
    else await setImmediate();
    signal?.throwIfAborted();
  };
  for (const line of lines) {
    const path = pathOf(line);
    if (closed.some((folder) => isBelow(path, folder))) continue;
    while (!found.done && comparePaths(found.value, path) < 0) {
      findings.push(nameFinding('tree-extra', found.value));
      found = names.next();
    }
    if (!found.done && found.value === path) found = names.next();
    else findings.push(nameFinding('tree-missing', path));
    batch.add(line);
    if (++count === LINES_A_BATCH) await send();
  }
  for (; !found.done; found = names.next()) findings.push(nameFinding('tree-extra', found.value));
  if (count > 0) await send();
  while (ahead.length > 0) await take();
  return findings;
}

function nameFinding(name: 'tree-extra' | 'tree-missing', where: string): Finding {
  const [expected, observed] =
    name === 'tree-extra'
      ? ['nothing', 'something that the manifest does not list']
      : ['something', 'nothing'];
  return findingOf(name, where, expected, observed);
}

/** Every path below a folder, `.` first, in the manifest's order. Tells of folders that this user may not look into. */
function* namesBelow(root: Buffer, onClosed: (path: string) => void): Generator<string> {
  yield '.';
  yield* visit(root, Buffer.alloc(0), onClosed);
}

function* visit(full: Buffer, prefix: Buffer, onClosed: (path: string) => void): Generator<string> {
  const found = namesIn(full);
  if (!found) {
    onClosed(prefix.length === 0 ? '.' : encodePath(prefix.subarray(0, -1)));
    return;
  }
  found.sort((a, b) => Buffer.compare(a.name, b.name));
  for (const one of found) {
    const path = Buffer.concat([prefix, one.name]);
    yield encodePath(path);
    if (one.isDirectory())
      yield* visit(
        Buffer.concat([full, Buffer.from('/'), one.name]),
        Buffer.concat([path, Buffer.from('/')]),
        onClosed,
      );
  }
}

function namesIn(folder: Buffer) {
  try {
    return readdirSync(folder, { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return null;
    throw error;
  }
}

function isBelow(path: string, folder: string): boolean {
  return folder === '.' ? path !== '.' : path.startsWith(`${folder}/`);
}
