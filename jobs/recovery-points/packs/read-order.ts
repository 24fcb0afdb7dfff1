/** What reading threads do: check a fetched pack, compare what is in it with the manifest, write files; or read files back. */
import { hash } from 'node:crypto';
import { type Identity, parseIdentities } from '../age/keys.ts';
import type { ContentProfile, LookOrder } from '../content/profile.ts';
import { ContentTally } from '../content/tally.ts';
import { EngineError } from '../contract.ts';
import type { Because } from '../finding-codes.ts';
import { entriesIn } from '../manifest/line-buffer.ts';
import { FileWriter, type Shortfall } from '../restore/file-writer.ts';
import { MemberCheck } from '../restore/member-check.ts';
import { TarReader } from '../tar/reader.ts';
import { type CompareOptions, compareEntries } from '../verify/compare-entries.ts';
import type { Finding } from '../verify/ledger.ts';
import { PackOpener } from './open-pack.ts';
import type { Pack } from './packer.ts';

/** A pack to look at. `sealed` is copied unless it lies in shared memory. */
export interface OpenOrder {
  kind: 'open';
  sealed: Uint8Array;
  sha256: string;
  /** Absent: only the hash is compared. */
  open?: {
    identity: string;
    pack: Pick<Pack, 'plainBytes' | 'frames'>;
    /** Members that lie in this pack as a whole: lines of the manifest put together, and the stretches of tar that hold them. */
    lines: Uint8Array<ArrayBuffer>;
    stretches: [number, number][];
    /** Stretches to hand back: parts of members that lie in several packs. */
    pieces: [number, number][];
    /** Folder to write files into; its folders are there. Null: nothing is written. */
    into: string | null;
    /** Whether what is written is hashed when it is read back, and not here. */
    isReadBack?: boolean;
    /** What to look at in the content. Absent: nothing. */
    look?: LookOrder | undefined;
  };
}

/** Entries of a restored tree as lines put together, to be compared with what is on disk. */
export interface CompareOrder {
  kind: 'compare';
  root: string;
  lines: Uint8Array<ArrayBuffer>;
  options: CompareOptions;
}

export type Order = (OpenOrder | CompareOrder) & { id: number };

/** Why a pack could not be opened, or what in it is not as it should be. */
export interface PackFailure {
  kind: EngineError['kind'];
  because: Because;
  message: string;
  where: string | null;
}

export interface Opened {
  /** SHA-256 of what was fetched. */
  sha256: string;
  failure: PackFailure | null;
  /** `pack` when it did not open, `content` when it did and holds something else. */
  failed: 'pack' | 'content' | null;
  files: number;
  content: number;
  pieces: Uint8Array[];
  shortfalls: Shortfall[];
  /** What the content looks like, where that was asked. */
  profile: ContentProfile | null;
}

export interface Compared {
  findings: Finding[];
  files: number;
  bytes: number;
}

/** An answer to an order, or an error that is none of the data's: a full disk, a bug. */
export type Answer = { id: number } & (
  | { result: Opened | Compared }
  | { error: { message: string; code: string | undefined; stack: string | undefined } }
);

let opener: PackOpener | null = null;
let known: { text: string; identities: Identity[] } = { text: '', identities: [] };

/** Memory of an order's own lines, which is handed over with it. */
export function linesIn(order: OpenOrder | CompareOrder): ArrayBuffer | undefined {
  return order.kind === 'compare' ? order.lines.buffer : order.open?.lines.buffer;
}

/** Does an order where it is called. */
export function carryOut(order: Order): Answer {
  try {
    return { id: order.id, result: order.kind === 'open' ? open(order) : compareEntries(order) };
  } catch (error) {
    const { message, code, stack } = error as NodeJS.ErrnoException;
    return { id: order.id, error: { message, code, stack } };
  }
}

function open({ sealed, sha256: expected, open: wanted }: OpenOrder): Opened {
  const buffer = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
  const sha256 = hash('sha256', buffer);
  const nothing: Opened = {
    sha256,
    failure: null,
    failed: null,
    files: 0,
    content: 0,
    pieces: [],
    shortfalls: [],
    profile: null,
  };
  if (sha256 !== expected || !wanted) return nothing;
  let plain: Buffer;
  try {
    opener ??= new PackOpener();
    plain = opener.open(buffer, wanted.pack, identitiesOf(wanted.identity));
  } catch (error) {
    return { ...nothing, failure: failureOf(error), failed: 'pack' };
  }
  const pieces = wanted.pieces.map(([from, to]) => new Uint8Array(plain.subarray(from, to)));
  const writer = wanted.into === null ? null : new FileWriter(wanted.into);
  const tally = wanted.look ? new ContentTally(wanted.look) : null;
  const check = new MemberCheck(entriesIn(wanted.lines), {
    sink: writer,
    isReadBack: wanted.isReadBack ?? false,
    tally,
  });
  try {
    const reader = new TarReader(check);
    for (const [from, to] of wanted.stretches) reader.feed(plain.subarray(from, to));
    reader.finish({ needsEnd: false });
    check.finish();
    const { files, bytes: content } = check;
    const shortfalls = writer?.shortfalls ?? [];
    return { ...nothing, files, content, pieces, shortfalls, profile: tally?.profile ?? null };
  } catch (error) {
    writer?.abandon();
    return { ...nothing, failure: failureOf(error), failed: 'content' };
  }
}

/** Only what is said of the data is an answer. */
function failureOf(error: unknown): PackFailure {
  if (!(error instanceof EngineError)) throw error;
  const { kind, because, message, where } = error;
  return { kind, because, message, where };
}

function identitiesOf(text: string): Identity[] {
  if (known.text !== text) known = { text, identities: parseIdentities(text) };
  return known.identities;
}
