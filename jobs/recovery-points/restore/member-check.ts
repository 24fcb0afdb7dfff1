/** Compares each member of a tar stream with its entry in the manifest, and hashes its content on the way. */
import { createHash, type Hash, hash } from 'node:crypto';
import type { ContentTally } from '../content/tally.ts';
import { EngineError } from '../contract.ts';
import { because, type CodeWith } from '../finding-codes.ts';
import type { Entry } from '../manifest/entry.ts';
import { decodePath } from '../paths.ts';
import type { MemberSink, ReadMember } from '../tar/header.ts';
import type { Foreign } from './plan.ts';

const ZEROS = Buffer.alloc(1 << 16);

/** Told of each entry that goes by. `data` gets the content's bytes with their place in the file, holes left out. */
export interface EntrySink {
  begin(entry: Entry): void;
  data(bytes: Buffer, position: number): void;
  /** The content was whole and, unless it is hashed when it is read back, its hash right. */
  end(): void;
}

export interface CheckOptions {
  sink?: EntrySink | null;
  /** Whether the sink's files are hashed afterwards: to hash the same bytes before would show nothing more. */
  isReadBack?: boolean;
  /** Looks at what files begin with, and counts them. */
  tally?: ContentTally | null;
}

/** Feeds on members in the manifest's order. Throws `data`, naming the path, at the first that differs. */
export class MemberCheck implements MemberSink {
  readonly #expected: Iterator<Entry>;
  readonly #sink: EntrySink | null;
  readonly #isReadBack: boolean;
  readonly #tally: ContentTally | null;
  #entry: Entry | null = null;
  #hash: Hash | null = null;
  #oneShot: string | null = null;
  #hashed = 0;
  /** Stretches of the file still to come, and how many bytes of a sparse map come before them. */
  #segments: [number, number][] = [];
  #segment = 0;
  #done = 0;
  #mapLeft = 0;
  files = 0;
  bytes = 0;

  constructor(
    entries: Iterable<Entry>,
    { sink = null, isReadBack = false, tally = null }: CheckOptions = {},
  ) {
    this.#expected = entries[Symbol.iterator]();
    this.#sink = sink;
    this.#isReadBack = isReadBack;
    this.#tally = tally;
  }

  begin(member: ReadMember): void {
    const next = this.#expected.next();
    if (next.done)
      throw new EngineError(
        'data',
        because('archive.extra-entry', { path: member.path.toString('utf8') }),
        `The packs hold ${shown(member.path)}, which the manifest does not list.`,
      );
    const entry = next.value;
    const difference = compareMember(member, entry);
    if (difference) throw bad(entry, difference);
    this.#entry = entry;
    this.#hash = null;
    this.#oneShot = null;
    this.#hashed = 0;
    this.#segment = 0;
    this.#done = 0;
    this.#segments = entry.type === 'file' ? (entry.sparse ?? [[0, entry.size ?? 0]]) : [];
    this.#mapLeft = member.size - this.#segments.reduce((sum, [, length]) => sum + length, 0);
    if (this.#mapLeft < 0 || (!member.sparse && this.#mapLeft > 0)) throw bad(entry, 'has another size');
    this.#sink?.begin(named(entry));
  }

  data(bytes: Buffer): void {
    // The map repeats what the manifest says; it stands there for GNU tar.
    const skipped = Math.min(this.#mapLeft, bytes.length);
    this.#mapLeft -= skipped;
    for (let at = skipped; at < bytes.length; ) at += this.#content(bytes.subarray(at));
  }

  end(): void {
    const entry = this.#entry!;
    if (entry.type === 'file') this.#endFile(entry);
    this.#sink?.end();
  }

  /** After the last member: everything that should be there went by. */
  finish(): void {
    const next = this.#expected.next();
    if (!next.done) throw bad(next.value, 'is not in the packs', 'entry.missing');
  }

  #content(bytes: Buffer): number {
    while (this.#done === this.#segments[this.#segment]![1]) {
      this.#segment++;
      this.#done = 0;
    }
    const [offset, length] = this.#segments[this.#segment]!;
    const piece = bytes.subarray(0, length - this.#done);
    const position = offset + this.#done;
    if (!this.#isReadBack) this.#hashBytes(piece, position);
    this.#done += piece.length;
    this.#sink?.data(piece, position);
    if (position === 0) this.#tally?.look(named(this.#entry!), piece);
    return piece.length;
  }

  #hashBytes(piece: Buffer, position: number): void {
    this.#hashZeros(position - this.#hashed);
    if (piece.length === this.#entry!.size) this.#oneShot = hash('sha256', piece);
    else this.#openHash().update(piece);
    this.#hashed += piece.length;
  }

  #endFile(entry: Entry): void {
    if (!this.#isReadBack && this.#sha256Of(entry) !== entry.sha256)
      throw bad(entry, 'has another SHA-256', 'entry.content-differs');
    this.files++;
    this.bytes += entry.size ?? 0;
    this.#tally?.count(named(entry));
  }

  #sha256Of({ size = 0 }: Entry): string {
    this.#hashZeros(size - this.#hashed);
    return this.#oneShot ?? this.#openHash().digest('hex');
  }

  #hashZeros(count: number): void {
    this.#hashed += count;
    for (let left = count; left > 0; left -= ZEROS.length)
      this.#openHash().update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }

  #openHash(): Hash {
    this.#hash ??= createHash('sha256');
    return this.#hash;
  }
}

function compareMember(member: ReadMember, entry: Entry): string | null {
  if (!member.path.equals(decodePath(entry.path))) return `stands where the packs hold ${shown(member.path)}`;
  if (member.type !== entry.type)
    return `is a ${member.type} in the packs and a ${entry.type} in the manifest`;
  if (isForeign(entry))
    return member.sparse && member.sparse.realSize !== entry.size ? 'has another size' : null;
  if (member.mode !== Number.parseInt(entry.mode ?? '0', 8)) return 'has another mode';
  if (member.uid !== entry.uid || member.gid !== entry.gid) return 'has another owner';
  if (member.mtime !== entry.mtime) return 'has another time';
  if (member.link && !member.link.equals(decodePath(entry.link ?? ''))) return 'points elsewhere';
  if (member.sparse && member.sparse.realSize !== entry.size) return 'has another size';
  return compareXattrs(member.xattrs, entry.xattrs);
}

function compareXattrs(member: ReadMember['xattrs'], listed: Entry['xattrs']): string | null {
  if (!member && !listed) return null;
  const [found, expected] = [member ?? [], Object.entries(listed ?? {})];
  const isSame =
    found.length === expected.length &&
    found.every(([name, value], i) => {
      const [listedName = '', listedValue] = expected[i]!;
      return decodePath(listedName).toString('latin1') === name && value.toString('base64') === listedValue;
    });
  return isSame ? null : 'has other attributes';
}

/** The entry that a member is read for. */
const named = (entry: Entry): Entry => (isForeign(entry) ? entry.as : entry);

function isForeign(entry: Entry): entry is Foreign {
  return 'foreign' in entry;
}

function bad({ path }: Entry, what: string, code: CodeWith<'path'> = 'entry.differs'): EngineError {
  return new EngineError('data', because(code, { path }), `${path} ${what}.`, { where: path });
}

function shown(path: Buffer): string {
  return JSON.stringify(path.toString('utf8'));
}
