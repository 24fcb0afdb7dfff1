/** Writing tar: one ustar header for each member, with a pax header before it for all that ustar cannot say. */
import { isUtf8 } from 'node:buffer';

export const BLOCK = 512;
export const TYPES = {
  file: '0',
  link: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
} as const;
export type MemberType = keyof typeof TYPES;
/** Before the name of an extended attribute in a pax header. */
export const XATTR = 'SCHILY.xattr.';

/** What a tar header says of one member. `size` is that of the stored bytes, `sparse` the size of the file they stand for. */
export interface Member {
  path: Buffer;
  type: MemberType;
  mode: number;
  uid: number;
  gid: number;
  user: string;
  group: string;
  /** Nanoseconds since 1970, as decimal text. */
  mtime: string;
  size: number;
  link: Buffer | null;
  device: [number, number] | null;
  sparse: { realSize: number } | null;
  /** Extended attributes by name, ACLs among them. */
  xattrs: [string, Buffer][] | null;
}

/** Names of users and groups are for people, and no reader looks at them. */
export type ReadMember = Omit<Member, 'user' | 'group'>;

/** Told of each member as it goes by: its bytes are valid during the call. `data` gets stored bytes in order, without padding. */
export interface MemberSink {
  begin(member: ReadMember): void;
  data(bytes: Buffer): void;
  end(): void;
}

/** The most that a header can take, long names and links and attributes aside. */
const USUAL_BYTES = 4 * BLOCK;
let scratch = Buffer.alloc(USUAL_BYTES);
const PAX_INTRO = {
  path: Buffer.from('PaxHeader'),
  mode: 0o644,
  uid: 0,
  gid: 0,
  user: '',
  group: '',
  mtime: '0',
  link: null,
  device: null,
  sparse: null,
  xattrs: null,
};

/** The blocks that stand before a member's bytes. They are valid until the next call. */
export function memberHeader(member: Member): Buffer {
  const pax = paxRecords(member);
  const paxBlocks = pax.length === 0 ? 0 : BLOCK + pax.length + padding(pax.length);
  const total = paxBlocks + BLOCK;
  if (scratch.length < total) scratch = Buffer.alloc(total);
  scratch.fill(0, 0, total);
  if (pax.length > 0) {
    const intro = { ...PAX_INTRO, size: pax.length };
    ustar(scratch, 0, intro, 'x');
    scratch.write(pax, BLOCK, 'latin1');
  }
  ustar(scratch, paxBlocks, member, TYPES[member.type]);
  return scratch.subarray(0, total);
}

/** Bytes that fill the last block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The map of a sparse file as GNU's format 1.0 stores it before the data. */
export function sparseMap(segments: [number, number][]): Buffer {
  const text = `${segments.length}\n${segments.map(([offset, length]) => `${offset}\n${length}\n`).join('')}`;
  return Buffer.concat([Buffer.from(text), Buffer.alloc(padding(text.length))]);
}

/** Bytes as latin-1 text, which is quicker to put together than buffers. */
function paxRecords({ path, type, uid, gid, mtime, size, link, sparse, xattrs }: Member): string {
  let records = '';
  const add = (key: string, value: string | Buffer) => {
    records += paxRecord(key, typeof value === 'string' ? value : value.toString('latin1'));
  };
  const name = type === 'directory' ? Buffer.concat([path, Buffer.from('/')]) : path;
  const isOdd = needsPax(name) || (link !== null && needsPax(link));
  // Told to readers that would otherwise translate names; GNU tar keeps the bytes either way.
  if (isOdd && (!isUtf8(name) || (link && !isUtf8(link)))) add('hdrcharset', 'BINARY');
  if (!sparse && needsPax(name)) add('path', name);
  if (link && needsPax(link)) add('linkpath', link);
  const isWhole = mtime === '0' || /^\d{1,10}0{9}$/.test(mtime);
  if (!isWhole || Number(mtime) >= 8_589_934_592_000_000_000) add('mtime', decimalSeconds(mtime));
  if (size > 0o77777777777) add('size', String(size));
  if (uid > 0o7777777) add('uid', String(uid));
  if (gid > 0o7777777) add('gid', String(gid));
  for (const [name, value] of xattrs ?? []) add(`${XATTR}${paxKeyOf(name)}`, value);
  if (sparse) {
    add('GNU.sparse.major', '1');
    add('GNU.sparse.minor', '0');
    add('GNU.sparse.name', name);
    add('GNU.sparse.realsize', String(sparse.realSize));
  }
  return records;
}

/** A record begins with its own length in decimal, itself included. */
function paxRecord(key: string, value: string): string {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** An attribute's name as GNU tar writes it: a pax keyword ends at the first `=`. */
function paxKeyOf(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('=', '%3D');
}

function needsPax(name: Buffer): boolean {
  if (name.length > 100) return true;
  for (let i = 0; i < name.length; i++) if (name[i]! > 126 || name[i]! < 32) return true;
  return false;
}

/** Nanoseconds as seconds with a fraction. */
function decimalSeconds(ns: string): string {
  const isNegative = ns.startsWith('-');
  const digits = (isNegative ? ns.slice(1) : ns).padStart(10, '0');
  return `${isNegative ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function ustar(out: Buffer, at: number, member: Omit<Member, 'type'>, type: string): void {
  const isFolder = type === TYPES.directory;
  const { path, size, user, group, device } = member;
  if (member.sparse && type !== 'x') out.write('GNUSparseFile.0/sparse', at, 'latin1');
  else {
    path.copy(out, at, 0, Math.min(path.length, 100));
    if (isFolder && path.length < 100) out[at + path.length] = 0x2f;
  }
  octal(out, at + 100, 7, member.mode & 0o7777);
  octal(out, at + 108, 7, Math.min(member.uid, 0o7777777));
  octal(out, at + 116, 7, Math.min(member.gid, 0o7777777));
  octal(out, at + 124, 11, size > 0o77777777777 ? 0 : size);
  octal(out, at + 136, 11, clampSeconds(member.mtime));
  out[at + 156] = type.charCodeAt(0);
  member.link?.copy(out, at + 157, 0, Math.min(member.link.length, 100));
  out.write('ustar\x0000', at + 257, 'latin1');
  out.write(shortName(user), at + 265, 'latin1');
  out.write(shortName(group), at + 297, 'latin1');
  octal(out, at + 329, 7, device?.[0] ?? 0);
  octal(out, at + 337, 7, device?.[1] ?? 0);
  // The sum counts its own field as eight blanks.
  let sum = 8 * 0x20;
  for (let i = at; i < at + BLOCK; i++) sum += out[i]!;
  octal(out, at + 148, 6, sum);
  out[at + 155] = 0x20;
}

/** So many octal digits, the last first; a zero byte or the caller's ends the field. */
function octal(out: Buffer, at: number, digits: number, value: number): void {
  for (let i = at + digits - 1, left = value; i >= at; i--) {
    out[i] = 0x30 + (left % 8);
    left = Math.floor(left / 8);
  }
}

function clampSeconds(ns: string): number {
  if (ns.startsWith('-')) return 0;
  return Math.min(Number(ns.slice(0, -9) || '0'), 0o77777777777);
}

function shortName(name: string): string {
  return /^[\x20-\x7e]{0,31}$/.test(name) ? name : '';
}
