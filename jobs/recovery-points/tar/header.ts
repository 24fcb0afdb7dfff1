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

/** What a tar header says of one member. `size` is that of the stored bytes, `sparse` the size of the file they stand for. */
export interface Member {
  path: Buffer;
  type: MemberType;
  mode: number;
  uid: number;
  gid: number;
  user: string;
  group: string;
  mtimeNs: bigint;
  size: number;
  link: Buffer | null;
  device: [number, number] | null;
  sparse: { realSize: number } | null;
}

/** Told of each member as it goes by. `data` gets stored bytes in order, without padding. */
export interface MemberSink {
  begin(member: Member): void;
  data(bytes: Buffer): void;
  end(): void;
}

/** The blocks that stand before a member's bytes. */
export function memberHeader(member: Member): Buffer {
  const pax = paxRecords(member);
  const main = ustar(member, TYPES[member.type]);
  if (pax.length === 0) return main;
  const body = Buffer.concat(pax);
  const intro = ustar(
    { ...member, path: Buffer.from('PaxHeader'), size: body.length, link: null, mode: 0o644 },
    'x',
  );
  return Buffer.concat([intro, body, Buffer.alloc(padding(body.length)), main]);
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

function paxRecords({ path, type, uid, gid, mtimeNs, size, link, sparse }: Member): Buffer[] {
  const records: Buffer[] = [];
  const add = (key: string, value: string | Buffer) => records.push(paxRecord(key, value));
  const name = type === 'directory' ? Buffer.concat([path, Buffer.from('/')]) : path;
  // Told to readers that would otherwise translate names; GNU tar keeps the bytes either way.
  if (!isUtf8(name) || (link && !isUtf8(link))) add('hdrcharset', 'BINARY');
  if (!sparse && needsPax(name)) add('path', name);
  if (link && needsPax(link)) add('linkpath', link);
  if (mtimeNs < 0n || mtimeNs % 1_000_000_000n !== 0n || mtimeNs >= 8_589_934_592_000_000_000n)
    add('mtime', decimalSeconds(mtimeNs));
  if (size > 0o77777777777) add('size', String(size));
  if (uid > 0o7777777) add('uid', String(uid));
  if (gid > 0o7777777) add('gid', String(gid));
  if (sparse) {
    add('GNU.sparse.major', '1');
    add('GNU.sparse.minor', '0');
    add('GNU.sparse.name', name);
    add('GNU.sparse.realsize', String(sparse.realSize));
  }
  return records;
}

function paxRecord(key: string, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const rest = key.length + bytes.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), bytes, Buffer.from('\n')]);
}

function needsPax(name: Buffer): boolean {
  return name.length > 100 || name.some((byte) => byte > 126 || byte < 32);
}

function decimalSeconds(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0');
  return `${ns < 0n ? '-' : ''}${size / 1_000_000_000n}.${fraction}`;
}

function ustar(member: Member, type: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  const isFolder = type === TYPES.directory;
  const name = isFolder ? Buffer.concat([member.path, Buffer.from('/')]) : member.path;
  (member.sparse && type !== 'x' ? Buffer.from('GNUSparseFile.0/sparse') : name).copy(header, 0, 0, 100);
  octal(header, 100, 8, member.mode & 0o7777);
  octal(header, 108, 8, Math.min(member.uid, 0o7777777));
  octal(header, 116, 8, Math.min(member.gid, 0o7777777));
  octal(header, 124, 12, member.size > 0o77777777777 ? 0 : member.size);
  octal(header, 136, 12, clampSeconds(member.mtimeNs));
  header.write(type, 156, 'latin1');
  member.link?.copy(header, 157, 0, 100);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(shortName(member.user), 265, 'latin1');
  header.write(shortName(member.group), 297, 'latin1');
  octal(header, 329, 8, member.device?.[0] ?? 0);
  octal(header, 337, 8, member.device?.[1] ?? 0);
  header.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function octal(header: Buffer, at: number, width: number, value: number): void {
  header.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1');
}

function clampSeconds(ns: bigint): number {
  const seconds = ns / 1_000_000_000n;
  return seconds < 0n ? 0 : Number(seconds > 0o77777777777n ? 0o77777777777n : seconds);
}

function shortName(name: string): string {
  return /^[\x20-\x7e]{0,31}$/.test(name) ? name : '';
}
