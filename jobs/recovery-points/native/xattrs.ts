/** Extended attributes, ACLs among them, for which Node has no calls. */
import { addressOf, loadCalls } from './library.ts';

const LIST_BYTES = 64 << 10;
const VALUE_BYTES = 64 << 10;
const PATH_BYTES = 16 << 10;

const calls = loadCalls({
  flistxattr: { arguments: ['i32', 'pointer', 'u64'], return: 'i64' },
  fgetxattr: { arguments: ['i32', 'buffer', 'buffer', 'u64'], return: 'i64' },
  llistxattr: { arguments: ['pointer', 'pointer', 'u64'], return: 'i64' },
  lgetxattr: { arguments: ['pointer', 'buffer', 'buffer', 'u64'], return: 'i64' },
  lsetxattr: { arguments: ['buffer', 'buffer', 'buffer', 'u64', 'i32'], return: 'i32' },
});

const list = Buffer.alloc(LIST_BYTES);
const value = Buffer.alloc(VALUE_BYTES);
const path = Buffer.alloc(PATH_BYTES);
const at = calls && { list: addressOf(list), path: addressOf(path) };

/** By name; a name is bytes, read as latin-1. */
export type Xattrs = [name: string, value: Buffer][];

/** What a file's attributes may take together. Of more, no more than a little over is read. */
const MOST_BYTES = 512 << 10;

export function isTooMuch(xattrs: Xattrs): boolean {
  return sizeOf(xattrs) > MOST_BYTES;
}

/** Whether attributes can be read and set here. Where not, a backup and a proof say so. */
export const hasXattrs = calls !== null;

/** Attributes of an open file. */
export function readXattrsOf(fd: number): Xattrs | null {
  if (!calls || !at) return null;
  const length = Number(calls.flistxattr(fd, at.list, BigInt(LIST_BYTES)));
  return length > 0 ? collect(length, (name) => calls.fgetxattr(fd, name, value, BigInt(VALUE_BYTES))) : null;
}

/** Attributes of anything by its path; a symlink is not followed. */
export function readXattrs(full: Buffer): Xattrs | null {
  if (!calls || !at || full.length >= PATH_BYTES) return null;
  full.copy(path);
  path[full.length] = 0;
  const length = Number(calls.llistxattr(at.path, at.list, BigInt(LIST_BYTES)));
  return length > 0
    ? collect(length, (name) => calls.lgetxattr(at.path, name, value, BigInt(VALUE_BYTES)))
    : null;
}

/** Sets one attribute. Answers false when this user or file system cannot. */
export function setXattr(full: Buffer, name: string, content: Buffer): boolean {
  if (!calls) return false;
  // An empty buffer has no address.
  const bytes = content.length === 0 ? Buffer.alloc(1) : content;
  const zero = Buffer.alloc(1);
  const size = BigInt(content.length);
  return (
    calls.lsetxattr(Buffer.concat([full, zero]), Buffer.from(`${name}\0`, 'latin1'), bytes, size, 0) === 0
  );
}

function sizeOf(xattrs: Xattrs): number {
  return xattrs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

function collect(length: number, get: (name: Buffer) => number | bigint): Xattrs | null {
  const names = list
    .toString('latin1', 0, length)
    .split('\0')
    .filter((name) => name !== '');
  const found: Xattrs = [];
  for (const name of names) {
    if (isTooMuch(found)) break;
    const bytes = Number(get(Buffer.from(`${name}\0`, 'latin1')));
    if (bytes >= 0) found.push([name, Buffer.from(value.subarray(0, bytes))]);
  }
  return found.length === 0 ? null : found;
}
