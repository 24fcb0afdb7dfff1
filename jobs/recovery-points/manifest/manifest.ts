/** The manifest: every file of a point, one line each. Sealed, since names and hashes tell much. */
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { openDecompressor } from '../native/zstd.ts';
import { checkPath } from '../paths.ts';
import type { Entry } from './entry.ts';
import {
  type Checked,
  type Frame,
  MANIFEST_FORMAT,
  type ManifestFacts,
  type RunPack,
  type Scanned,
  SKIPPABLE_MAGIC,
} from './facts.ts';
import { comparePaths } from './order.ts';
import { areSoundFacts, isSoundFrame, readSound } from './sound.ts';

const decompress = openDecompressor();
const [NEWLINE, COMMA, BRACE] = [0x0a, 0x2c, 0x7b];

/** A manifest that can be read as often as wanted, a frame at a time. */
export class Manifest {
  readonly facts: ManifestFacts;
  readonly #frames: Frame[];
  /** Of each frame; empty once it was let go of. */
  #compressed: Buffer[];

  /** Reads the facts, and checks that they are of this asset and point. */
  constructor(bytes: Buffer, { asset, pointId }: { asset: string; pointId: string }) {
    const { frames, end } = readIndex(bytes);
    this.#frames = frames;
    let at = end;
    this.#compressed = frames.map(([length]) => {
      at += length;
      return bytes.subarray(at - length, at);
    });
    this.facts = readFacts(this.#plain(0).toString('utf8'));
    if (this.facts.asset !== asset || this.facts.pointId !== pointId)
      throw bad(
        because('manifest.of-another-point', {
          point: `${asset} ${pointId}`,
          found: `${this.facts.asset} ${this.facts.pointId}`,
        }),
        `The manifest is of another recovery point: ${this.facts.asset} ${this.facts.pointId} in place of ${asset} ${pointId}.`,
      );
  }

  /** Every line, once: the memory of a frame is given back after its last one. The facts stay. */
  *lastLines(): Generator<string> {
    this.#compressed = this.#compressed.map((frame) => Buffer.from(frame));
    yield* this.#read((i) => {
      this.#compressed[i] = Buffer.alloc(0);
    });
  }

  get packs(): RunPack[] {
    return this.facts.packs;
  }

  /** Whether some text stands in any line. */
  includes(text: string): boolean {
    const memory = this.#roomForOne();
    for (let i = 1; i < this.#frames.length; i++) if (this.#plain(i, memory).includes(text)) return true;
    return false;
  }

  /** Every line as it stands. */
  lines(): Generator<string> {
    return this.#read();
  }

  *#read(onRead?: (frame: number) => void): Generator<string> {
    // The same memory for each frame, and a string for each line: larger ones would wait long to be collected.
    const memory = this.#roomForOne();
    for (let i = 1; i < this.#frames.length; i++) {
      const plain = this.#plain(i, memory);
      for (let at = 0; at < plain.length; ) {
        const found = plain.indexOf(NEWLINE, at);
        const end = found < 0 ? plain.length : found;
        const last = plain[end - 1] === COMMA ? end - 1 : end;
        if (plain[at] === BRACE) yield plain.toString('utf8', at, last);
        at = end + 1;
      }
      onRead?.(i);
    }
  }

  /** Every entry, as `scan` gives them. */
  *entries(): Generator<Entry> {
    for (const { line } of this.scan()) yield parse(line) as Entry;
  }

  /**
   * Every line, with what can be told without reading it whole. Throws where an entry is impossible: out of order, twice,
   * outside any folder, or without a sound place and hash.
   */
  *scan(): Generator<Checked> {
    const folders = ['.'];
    let last: string | null = null;
    let count = 0;
    for (const line of this.lines()) {
      const checked = readSound(line, this.packs.length);
      const { path } = checked ?? scanLine(line);
      checkPath(path);
      const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
      while (folders.length > 1 && folders.at(-1) !== parent) folders.pop();
      if ((last !== null && comparePaths(last, path) >= 0) || folders.at(-1) !== parent)
        throw badEntry(path, `The manifest lists ${path} twice, out of order, or outside any folder.`);
      if (!checked) throw badEntry(path, `The manifest has no sound place or hash for ${path}.`);
      if (checked.type === 'directory' && path !== '.') folders.push(path);
      last = path;
      count++;
      yield checked;
    }
    if (count !== this.facts.entryCount || count === 0) throw unreadable();
  }

  #roomForOne(): Buffer {
    return Buffer.allocUnsafeSlow(this.#frames.reduce((most, [, bytes]) => Math.max(most, bytes), 0));
  }

  #plain(index: number, memory: Buffer | null = null): Buffer {
    const [, plainLength] = this.#frames[index]!;
    const plain = memory?.subarray(0, plainLength) ?? Buffer.allocUnsafe(plainLength);
    if (decompress(this.#compressed[index]!, plain) !== plainLength) throw unreadable();
    return plain;
  }
}

function readIndex(bytes: Buffer): { frames: Frame[]; end: number } {
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== SKIPPABLE_MAGIC) throw unreadable();
  const end = 8 + bytes.readUInt32LE(4);
  const { frames } = parse(bytes.toString('utf8', 8, end)) as { frames?: Frame[] };
  if (!Array.isArray(frames) || frames.length === 0 || !frames.every(isSoundFrame)) throw unreadable();
  if (frames.reduce((sum, [length]) => sum + length, end) !== bytes.length) throw unreadable();
  return { frames, end };
}

function readFacts(text: string): ManifestFacts {
  const facts = parse(`${text}]}`) as ManifestFacts & { entries?: unknown };
  if (facts.format !== MANIFEST_FORMAT || !areSoundFacts(facts))
    throw bad(
      because('manifest.unreadable', { point: '' }),
      `The manifest is not of the format ${MANIFEST_FORMAT}.`,
    );
  // What is a difference from something else would come back as a part of itself.
  if (facts.base !== null)
    throw bad(
      because('manifest.unreadable', { point: facts.pointId }),
      'The manifest needs another one beside it, which this program does not know.',
    );
  delete facts.entries;
  return facts;
}

const HEAD = /^","type":"([a-z]+)",(?:"sha256":"[0-9a-f]{64}",)?(?:"at":\[(\d+),(\d+),(\d+)\](,"copy":)?)?/;
const PATH_AT = '{"path":"'.length;
const HEAD_CHARS = 170;

/** Reads the beginning of a line, where path, kind and place stand. */
export function scanLine(line: string): Scanned {
  const pathEnd = line.indexOf('"', PATH_AT);
  const match = HEAD.exec(line.slice(pathEnd, pathEnd + HEAD_CHARS));
  if (!match || !line.endsWith('}')) throw unreadable();
  const [, type = '', pack, offset, span, copy] = match;
  const at: Scanned['at'] = pack === undefined ? null : [Number(pack), Number(offset), Number(span)];
  return { line, path: line.slice(PATH_AT, pathEnd), type, at, isCopy: copy !== undefined };
}

function parse(text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw unreadable(cause);
  }
  if (typeof parsed !== 'object' || parsed === null) throw unreadable();
  return parsed;
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
