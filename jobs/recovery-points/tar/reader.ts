/** Reading tar piece by piece, as far as our own writer and GNU tar's sparse files go. Pieces begin and end on 512 bytes. */
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { BLOCK, type MemberSink, type MemberType, padding, type ReadMember, TYPES, XATTR } from './header.ts';

const TYPE_OF = new Map(Object.entries(TYPES).map(([type, flag]) => [flag as string, type as MemberType]));
const MAX_PAX = 1 << 20;

/** A tar reader that is fed. After the last piece `finish` says whether the stream was whole. */
export class TarReader {
  readonly #sink: MemberSink;
  #pax = new Map<string, Buffer>();
  #paxParts: Buffer[] = [];
  /** Bytes still to come of the member or pax header, and of its padding. */
  #left = 0;
  #pad = 0;
  #state: 'header' | 'pax' | 'data' = 'header';
  #zeroBlocks = 0;

  constructor(sink: MemberSink) {
    this.#sink = sink;
  }

  feed(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#state === 'header') {
        if (piece.length - at < BLOCK) throw broken('it is cut inside a header');
        this.#header(piece.subarray(at, at + BLOCK));
        at += BLOCK;
      } else at = this.#body(piece, at);
    }
  }

  finish({ needsEnd = true } = {}): void {
    if (this.#state !== 'header') throw broken('it ends inside a member');
    if (needsEnd && this.#zeroBlocks < 2) throw broken('its end is missing');
  }

  #body(piece: Buffer, at: number): number {
    const taken = Math.min(this.#left, piece.length - at);
    if (taken > 0) {
      const bytes = piece.subarray(at, at + taken);
      if (this.#state === 'pax') this.#paxParts.push(Buffer.from(bytes));
      else this.#sink.data(bytes);
      this.#left -= taken;
    }
    const skipped = this.#left === 0 ? Math.min(this.#pad, piece.length - at - taken) : 0;
    this.#pad -= skipped;
    if (this.#left === 0 && this.#pad === 0) this.#bodyEnds();
    return at + taken + skipped;
  }

  #bodyEnds(): void {
    if (this.#state === 'data') this.#sink.end();
    else this.#pax = readPax(Buffer.concat(this.#paxParts));
    this.#paxParts = [];
    this.#state = 'header';
  }

  #header(block: Buffer): void {
    if (isZero(block)) {
      this.#zeroBlocks++;
      return;
    }
    if (this.#zeroBlocks > 0) throw broken('something follows its end');
    checkSum(block);
    const flag = String.fromCharCode(block[156]!);
    if (flag === 'x') this.#paxBegins(readOctal(block, 124, 12));
    else this.#memberBegins(block, flag);
  }

  #paxBegins(size: number): void {
    if (size > MAX_PAX) throw broken('an extended header is too large');
    this.#state = 'pax';
    this.#left = size;
    this.#pad = padding(size);
  }

  #memberBegins(block: Buffer, flag: string): void {
    const type = TYPE_OF.get(flag);
    if (!type) throw broken(`it holds a member of unknown kind ${JSON.stringify(flag)}`);
    const member = readMember(block, type, this.#pax);
    this.#pax = new Map();
    this.#sink.begin(member);
    this.#left = member.size;
    this.#pad = padding(member.size);
    if (member.size === 0) this.#sink.end();
    else this.#state = 'data';
  }
}

function readMember(block: Buffer, type: MemberType, pax: Map<string, Buffer>): ReadMember {
  const number = (key: string, otherwise: number) => {
    const text = pax.get(key)?.toString('latin1');
    if (text !== undefined && !/^\d{1,15}$/.test(text))
      throw broken('a number in an extended header is malformed');
    return text === undefined ? otherwise : Number(text);
  };
  const isSparse = pax.has('GNU.sparse.realsize');
  const path = pax.get('GNU.sparse.name') ?? pax.get('path') ?? readText(block, 0, 100);
  const isLink = type === 'link' || type === 'symlink';
  const isDevice = type === 'character' || type === 'block';
  return {
    path: type === 'directory' && path.at(-1) === 0x2f ? path.subarray(0, -1) : path,
    type,
    mode: readOctal(block, 100, 8),
    uid: number('uid', readOctal(block, 108, 8)),
    gid: number('gid', readOctal(block, 116, 8)),
    mtime: readMtime(pax.get('mtime'), readOctal(block, 136, 12)),
    size: number('size', readOctal(block, 124, 12)),
    link: isLink ? (pax.get('linkpath') ?? readText(block, 157, 100)) : null,
    device: isDevice ? [readOctal(block, 329, 8), readOctal(block, 337, 8)] : null,
    xattrs: readXattrs(pax),
    sparse: isSparse ? { realSize: number('GNU.sparse.realsize', 0) } : null,
  };
}

function readXattrs(pax: Map<string, Buffer>): ReadMember['xattrs'] {
  if (pax.size === 0) return null;
  const found = [...pax].filter(([key]) => key.startsWith(XATTR));
  return found.length === 0 ? null : found.map(([key, value]) => [xattrOf(key), Buffer.from(value)]);
}

function xattrOf(key: string): string {
  return key.slice(XATTR.length).replaceAll('%3D', '=').replaceAll('%25', '%');
}

function readPax(body: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, space));
    const equals = body.indexOf(0x3d, space);
    if (space < 0 || equals < 0 || !(length > 0) || body[at + length - 1] !== 0x0a)
      throw broken('an extended header is malformed');
    records.set(body.toString('latin1', space + 1, equals), body.subarray(equals + 1, at + length - 1));
    at += length;
  }
  return records;
}

function readMtime(pax: Buffer | undefined, seconds: number): string {
  if (!pax) return seconds === 0 ? '0' : `${seconds}000000000`;
  const match = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(pax.toString('latin1'));
  if (!match) throw broken('a time is malformed');
  const ns = `${match[2]}${(match[3] ?? '').padEnd(9, '0')}`.replace(/^0+(?=\d)/, '');
  return match[1] && ns !== '0' ? `-${ns}` : ns;
}

function readText(block: Buffer, at: number, width: number): Buffer {
  let end = at;
  while (end < at + width && block[end] !== 0) end++;
  return block.subarray(at, end);
}

/** Octal digits, blanks before them allowed, up to a zero, a blank or the field's end. */
function readOctal(block: Buffer, at: number, width: number): number {
  let value = 0;
  let i = at;
  while (i < at + width && block[i] === 0x20) i++;
  for (; i < at + width; i++) {
    const digit = block[i]! - 0x30;
    if (digit === -0x30 || digit === -0x10) break;
    if (digit < 0 || digit > 7) throw broken('a number in a header is malformed');
    value = value * 8 + digit;
  }
  return value;
}

function checkSum(block: Buffer): void {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) sum += block[i]!;
  for (let i = 148; i < 156; i++) sum -= block[i]!;
  if (sum !== readOctal(block, 148, 8)) throw broken('a header does not add up');
}

function isZero(block: Buffer): boolean {
  if (block[0] !== 0) return false;
  for (let i = 0; i < block.length; i++) if (block[i] !== 0) return false;
  return true;
}

function broken(what: string): EngineError {
  return new EngineError('data', because('archive.damaged', {}), `The tar stream is damaged: ${what}.`);
}
