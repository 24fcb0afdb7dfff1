/** A store in a plain folder: on a disk, a mounted share or a removable drive. */
import { randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { because, type CodeWith } from '../recovery-points/finding-codes.ts';
import { checkKey, UNFINISHED } from './keys.ts';
import {
  type GetOptions,
  type Leftover,
  type Listed,
  type MeantLeftovers,
  type PutOptions,
  type PutStreamOptions,
  type Store,
  StoreError,
  type StoreFault,
} from './store.ts';

const READ_BYTES = 1 << 20;

/** Opens the folder of a `file:` address. It must be there, unless `create` is set and only its last part is missing. */
export async function openFolderStore(url: URL, { create }: { create: boolean }): Promise<Store> {
  if (url.search || url.hash || (url.host && url.host !== 'localhost'))
    throw new StoreError(
      'wrong-address',
      because('store.bad-address', {}),
      'A folder store is file:///absolute/folder, with nothing behind it.',
    );
  const root = path.resolve(fileURLToPath(url));
  if (create) await makeRoot(root);
  return new FolderStore(root, url.href);
}

class FolderStore implements Store {
  /** Whoever may write into the folder can remove what is there: it keeps nothing back. */
  readonly versions = null;
  readonly locks = null;
  readonly address: string;
  readonly #root: string;

  constructor(root: string, address: string) {
    this.#root = root;
    this.address = address;
  }

  put(key: string, body: Uint8Array, options: PutOptions = {}) {
    return this.putStream(key, inMemory(body), options);
  }

  async putStream(
    key: string,
    body: AsyncIterable<Uint8Array>,
    { ifAbsent = false, retention, signal }: PutStreamOptions = {},
  ) {
    const target = this.#pathOf(key);
    if (retention) throw this.#noLocks(key);
    // An error of the body is the caller's and no failure of the disk, whatever it is called.
    const failures: unknown[] = [];
    try {
      return await this.#write(target, watched(body, failures), { ifAbsent, signal });
    } catch (error) {
      if (failures.length > 0) throw failures[0];
      throw this.#explain('write', key, error);
    }
  }

  get(key: string, { into, signal }: GetOptions = {}): Promise<Buffer> {
    const file = this.#pathOf(key);
    return this.#guard('read', key, async () => {
      await this.#requireRoot();
      await using handle = await open(file);
      const { size } = await handle.stat();
      if (!into || size > into.length) return handle.readFile(signal ? { signal } : {});
      const room = Buffer.from(into.buffer, into.byteOffset, size);
      return room.subarray(0, await readFully(handle, room, 0, signal));
    });
  }

  async *stream(key: string, { signal }: { signal?: AbortSignal } = {}): AsyncIterable<Buffer> {
    const file = this.#pathOf(key);
    try {
      await this.#requireRoot();
      yield* createReadStream(file, { highWaterMark: READ_BYTES, ...(signal && { signal }) });
    } catch (error) {
      throw this.#explain('read', key, error);
    }
  }

  getRange(
    key: string,
    { start, bytes }: { start: number; bytes: number },
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Buffer> {
    const file = this.#pathOf(key);
    return this.#guard('read', key, async () => {
      await this.#requireRoot();
      await using handle = await open(file);
      const { size } = await handle.stat();
      const range = Buffer.alloc(Math.max(0, Math.min(bytes, size - start)));
      return range.subarray(0, await readFully(handle, range, start, signal));
    });
  }

  head(key: string) {
    const file = this.#pathOf(key);
    return this.#guard('look at', key, async () => {
      await this.#requireRoot();
      const found = await statOrNull(file);
      return found?.isFile() ? { bytes: found.size, modifiedAt: found.mtime } : null;
    });
  }

  async *list(prefix: string): AsyncIterable<Listed> {
    try {
      await this.#requireRoot();
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (folder) checkKey(folder.slice(0, -1));
      for await (const key of this.#walk(folder, prefix)) {
        const found = await statOrNull(path.join(this.#root, key));
        if (found) yield { key, bytes: found.size, modifiedAt: found.mtime };
      }
    } catch (error) {
      throw this.#explain('list', prefix, error);
    }
  }

  remove(key: string): Promise<void> {
    const file = this.#pathOf(key);
    return this.#guard('remove', key, async () => {
      await this.#requireRoot();
      await rm(file, { force: true });
    });
  }

  async *leftovers(before: Date, prefix = ''): AsyncIterable<Leftover> {
    yield* this.#unfinished(before, prefix);
  }

  async removeLeftovers(
    before: Date,
    { prefix = '', isMeant = () => true }: MeantLeftovers = {},
  ): Promise<Leftover[]> {
    const removed: Leftover[] = [];
    for await (const one of this.#unfinished(before, prefix)) {
      if (!isMeant(one.key)) continue;
      await this.#guard('remove', one.key, () => rm(path.join(this.#root, one.key), { force: true }));
      removed.push(one);
    }
    return removed;
  }

  async close(): Promise<void> {}

  async #write(
    target: string,
    body: AsyncIterable<Uint8Array>,
    { ifAbsent, signal }: { ifAbsent: boolean; signal: AbortSignal | undefined },
  ): Promise<'created' | 'exists'> {
    await this.#requireRoot();
    await makeFolders(this.#root, path.dirname(target));
    const unfinished = path.join(path.dirname(target), UNFINISHED + randomBytes(8).toString('hex'));
    try {
      await writeDurably(unfinished, body, signal);
      const outcome = ifAbsent ? await linkIfAbsent(unfinished, target) : await replace(unfinished, target);
      if (outcome === 'created') await syncFolder(path.dirname(target));
      return outcome;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** Files of writes that were begun before a time. One that goes on is touched all the while. */
  async *#unfinished(before: Date, prefix: string): AsyncGenerator<Leftover> {
    try {
      await this.#requireRoot();
      const begin = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (begin) checkKey(begin.slice(0, -1));
      const folders = [path.join(this.#root, begin)];
      for (let folder = folders.pop(); folder; folder = folders.pop())
        for (const entry of await readFolder(folder)) {
          const file = path.join(folder, entry.name);
          if (entry.isDirectory()) folders.push(file);
          if (!entry.isFile() || !entry.name.startsWith(UNFINISHED)) continue;
          const key = path.relative(this.#root, file);
          const found = key.startsWith(prefix) ? await statOrNull(file) : null;
          if (found && found.mtime < before) yield { key, startedAt: found.mtime, bytes: found.size };
        }
    } catch (error) {
      throw this.#explain('list', '', error);
    }
  }

  /** Keys in order: a folder sorts as its name with a slash, which is where its keys stand among the others. */
  async *#walk(folder: string, prefix: string): AsyncIterable<string> {
    const names: string[] = [];
    for (const entry of await readFolder(path.join(this.#root, folder))) {
      if (entry.name.startsWith(UNFINISHED) || (!entry.isFile() && !entry.isDirectory())) continue;
      names.push(folder + entry.name + (entry.isDirectory() ? '/' : ''));
    }
    for (const name of names.sort(byBytes)) {
      if (!name.endsWith('/')) {
        if (name.startsWith(prefix)) yield name;
      } else if (name.startsWith(prefix) || prefix.startsWith(name)) yield* this.#walk(name, prefix);
    }
  }

  #pathOf(key: string): string {
    checkKey(key);
    return path.join(this.#root, key);
  }

  /** A drive that is not mounted must not look like an empty store. */
  async #requireRoot(): Promise<void> {
    const found = await statOrNull(this.#root);
    if (found?.isDirectory()) return;
    throw new StoreError(
      'unreachable',
      because('store.folder-missing', { address: this.#root }),
      `The store's folder ${this.#root} is not there. Mount its disk, or create the folder.`,
    );
  }

  #noLocks(key: string): StoreError {
    return new StoreError(
      'refused',
      because('store.no-locks', { address: this.#root }),
      `Could not lock ${key}: a folder cannot hold what is in it. Use an S3 bucket with Object Lock.`,
      { key },
    );
  }

  async #guard<T>(verb: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#explain(verb, key, error);
    }
  }

  #explain(verb: string, key: string, error: unknown): unknown {
    if (error instanceof StoreError || !(error instanceof Error)) return error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (error.name === 'AbortError' && !FAULTS[code]) return error;
    const inTheWay = verb === 'write' && IN_THE_WAY.includes(code);
    const [fault, what, why] = inTheWay
      ? TAKEN
      : (FAULTS[code] ?? ['unreachable', 'store.failed', error.message]);
    return new StoreError(
      fault,
      because(what, { address: this.#root, object: key, original: error.message }),
      `Could not ${verb} ${key} in ${this.#root}: ${why}`,
      { key, cause: error },
    );
  }
}

type Meaning = [StoreFault, CodeWith<'address' | 'object' | 'original'>, string];

/** What a write meets where another key has its folder, or where a key has the name of a folder. */
const IN_THE_WAY = ['ENOTDIR', 'EISDIR', 'ENOTEMPTY'];
const TAKEN: Meaning = [
  'refused',
  'store.name-in-the-way',
  'a folder and a file would need the same name. Move the one that is there.',
];

const FAULTS: Record<string, Meaning> = {
  ENOSPC: ['full', 'store.full', 'the disk is full. Free some space, then run again.'],
  EDQUOT: ['full', 'store.quota-used', 'the disk quota is used up. Free some space, then run again.'],
  EACCES: ['denied', 'store.denied', 'this user may not. Check the rights on the folder.'],
  EPERM: ['denied', 'store.denied', 'this user may not. Check the rights on the folder.'],
  EROFS: [
    'denied',
    'store.read-only',
    'the disk is mounted read-only. Mount it for writing, then run again.',
  ],
  ENOENT: ['not-found', 'store.object-missing', 'there is no such object.'],
  ENOTDIR: ['not-found', 'store.object-missing', 'there is no such object.'],
  EISDIR: ['not-found', 'store.object-missing', 'there is no such object.'],
  ENAMETOOLONG: ['refused', 'store.name-too-long', 'the name is too long for this file system.'],
};

async function makeRoot(root: string): Promise<void> {
  try {
    await mkdir(root);
  } catch (error) {
    // A missing parent may be a disk that is not mounted; the first use will say so.
    if (!isErrno(error, 'EEXIST', 'ENOENT', 'EACCES', 'EROFS', 'EPERM')) throw error;
  }
}

/** Makes missing folders one by one and writes each down durably in its parent. */
async function makeFolders(root: string, folder: string): Promise<void> {
  if (folder === root || (await statOrNull(folder))?.isDirectory()) return;
  const parent = path.dirname(folder);
  await makeFolders(root, parent);
  try {
    await mkdir(folder);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  await syncFolder(parent);
}

async function writeDurably(
  file: string,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await using handle: FileHandle = await open(file, 'wx', 0o644);
  for await (const piece of body)
    for (let at = 0; at < piece.length; ) {
      signal?.throwIfAborted();
      at += (await handle.write(piece, at, Math.min(piece.length - at, 8 << 20))).bytesWritten;
    }
  signal?.throwIfAborted();
  await handle.sync();
}

async function readFully(
  handle: FileHandle,
  into: Buffer,
  start: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let filled = 0;
  for (let read = -1; read !== 0 && filled < into.length; filled += read) {
    signal?.throwIfAborted();
    read = (await handle.read(into, filled, into.length - filled, start + filled)).bytesRead;
  }
  return filled;
}

async function* inMemory(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** Passes a body on and remembers why it broke off. */
async function* watched(body: AsyncIterable<Uint8Array>, failures: unknown[]): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    failures.push(error);
    throw error;
  }
}

/** link(2) refuses when the name is taken, which rename(2) does not. */
async function linkIfAbsent(from: string, to: string): Promise<'created' | 'exists'> {
  try {
    await link(from, to);
    return 'created';
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    if ((await statOrNull(to))?.isDirectory()) throw Object.assign(new Error(to), { code: 'EISDIR' });
    return 'exists';
  }
}

async function replace(from: string, to: string): Promise<'created'> {
  await rename(from, to);
  return 'created';
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await handle.sync();
}

async function statOrNull(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

async function readFolder(folder: string) {
  try {
    return await Array.fromAsync(await opendir(folder));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
