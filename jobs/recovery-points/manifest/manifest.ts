/** The manifest: every file of a point, one line each. Sealed, since names and hashes tell much. */
import type { Inventory } from '../../sources/source.ts';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { openDecompressor } from '../native/zstd.ts';
import type { Pack } from '../packs/packer.ts';
import { checkPath } from '../paths.ts';
import { type Entry, isStored, type StoredEntry } from './entry.ts';
import { comparePaths } from './order.ts';
import { type Frame, SKIPPABLE_MAGIC } from './writer.ts';

export const MANIFEST_FORMAT = 'reprise-manifest-1';

/** A pack and the run that made it: a place in `runs`. */
export type RunPack = Pack & { run: number };

/** All of a manifest but its entries. */
export interface ManifestFacts {
  format: typeof MANIFEST_FORMAT;
  asset: string;
  pointId: string;
  startedAt: string;
  endedAt: string;
  dataTime: string;
  source: { kind: string; address: string };
  /** For points that store pieces of files or differences of dumps: what they are differences from. */
  base: null;
  tools: Record<string, string>;
  inventory: Inventory | null;
  /** What was left out on purpose. */
  rules: { include: string[]; exclude: string[] };
  /** How many lines follow. */
  entryCount: number;
  /** The points whose tar streams hold this one's files, oldest first; the last is this point itself. */
  runs: string[];
  /** All packs of all runs, run by run, each run's in the order of its tar stream. */
  packs: RunPack[];
}

const decompress = openDecompressor();

/** A manifest that can be read as often as wanted, a frame at a time. */
export class Manifest {
  readonly facts: ManifestFacts;
  readonly #bytes: Buffer;
  readonly #frames: Frame[];
  readonly #begin: number;

  /** Reads the facts, and checks that they are of this asset and point. */
  constructor(bytes: Buffer, { asset, pointId }: { asset: string; pointId: string }) {
    this.#bytes = bytes;
    const { frames, end } = readIndex(bytes);
    this.#frames = frames;
    this.#begin = end;
    this.facts = readFacts(this.#frame(0));
    if (this.facts.asset !== asset || this.facts.pointId !== pointId)
      throw bad(
        because('manifest.of-another-point', {
          point: `${asset} ${pointId}`,
          found: `${this.facts.asset} ${this.facts.pointId}`,
        }),
        `The manifest is of another recovery point: ${this.facts.asset} ${this.facts.pointId} in place of ${asset} ${pointId}.`,
      );
  }

  get packs(): RunPack[] {
    return this.facts.packs;
  }

  /** Every line as it stands. */
  *lines(): Generator<string> {
    for (let i = 1; i < this.#frames.length; i++)
      for (const line of this.#frame(i).split('\n'))
        if (line.startsWith('{')) yield line.endsWith(',') ? line.slice(0, -1) : line;
  }

  /** Every entry. Throws where one is impossible: out of order, twice, outside any folder, or without a sound place. */
  *entries(): Generator<Entry> {
    const folders = ['.'];
    let last: string | null = null;
    let count = 0;
    for (const line of this.lines()) {
      const entry = readEntry(line);
      const { path } = entry;
      checkPath(path);
      const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
      while (folders.length > 1 && folders.at(-1) !== parent) folders.pop();
      if ((last !== null && comparePaths(last, path) >= 0) || folders.at(-1) !== parent)
        throw badEntry(path, `The manifest lists ${path} twice, out of order, or outside any folder.`);
      if (isStored(entry) && !isPlaced(entry, this.packs.length))
        throw badEntry(path, `The manifest has no sound place or hash for ${path}.`);
      if (entry.type === 'directory' && path !== '.') folders.push(path);
      last = path;
      count++;
      yield entry;
    }
    if (count !== this.facts.entryCount) throw unreadable();
  }

  #frame(index: number): string {
    let at = this.#begin;
    for (let i = 0; i < index; i++) at += this.#frames[i]![0];
    const [length, plainLength] = this.#frames[index]!;
    const plain = Buffer.allocUnsafe(plainLength);
    if (decompress(this.#bytes.subarray(at, at + length), plain) !== plainLength) throw unreadable();
    return plain.toString('utf8');
  }
}

function readIndex(bytes: Buffer): { frames: Frame[]; end: number } {
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== SKIPPABLE_MAGIC) throw unreadable();
  const end = 8 + bytes.readUInt32LE(4);
  const { frames } = parse(bytes.toString('utf8', 8, end)) as { frames?: Frame[] };
  const isSound = (frame: Frame) => frame.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (!Array.isArray(frames) || frames.length === 0 || !frames.every(isSound)) throw unreadable();
  if (frames.reduce((sum, [length]) => sum + length, end) !== bytes.length) throw unreadable();
  return { frames, end };
}

function readFacts(text: string): ManifestFacts {
  const facts = parse(`${text}]}`) as ManifestFacts & { entries?: unknown };
  if (facts.format !== MANIFEST_FORMAT || !Array.isArray(facts.packs) || !Array.isArray(facts.runs))
    throw bad(
      because('manifest.unreadable', { point: '' }),
      `The manifest is not of the format ${MANIFEST_FORMAT}.`,
    );
  delete facts.entries;
  return facts;
}

function readEntry(line: string): Entry {
  return parse(line) as Entry;
}

function parse(text: string): object {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function isPlaced(
  { at: [pack, offset, span], type, sha256, size, mtime, mode }: StoredEntry,
  packs: number,
): boolean {
  const isFileSound = type !== 'file' || (/^[0-9a-f]{64}$/.test(sha256 ?? '') && (size ?? -1) >= 0);
  const isTimed = /^-?\d{1,20}$/.test(mtime ?? '') && /^[0-7]{1,4}$/.test(mode ?? '');
  return pack >= 0 && pack < packs && offset >= 0 && span > 0 && isFileSound && isTimed;
}

function badEntry(path: string, message: string): EngineError {
  return new EngineError('data', because('manifest.bad-entry', { path }), message, { where: path });
}

function unreadable(cause?: unknown): EngineError {
  return bad(because('manifest.unreadable', { point: '' }), 'The manifest is not readable.', cause);
}

function bad(why: ReturnType<typeof because>, message: string, cause?: unknown): EngineError {
  return new EngineError('data', why, message, { where: 'manifest.json.zst.age', cause });
}
