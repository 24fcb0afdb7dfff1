/** ZIP archives from strangers: opened against a budget, entry by entry, as counted and not as declared. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { Refusal } from '#/plans/errors.ts';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const MOST_ENTRIES = 2000;
const MiB = 1024 * 1024;

export interface Archive {
  names: string[];
  /** Null where there is no such entry. */
  read(name: string): Buffer | null;
}

interface Entry {
  method: number;
  isEncrypted: boolean;
  packedSize: number;
  size: number;
  crc: number;
  at: number;
}

const broken = () => new Refusal('invalid', 'exchange.broken-archive');
const bomb = () => new Refusal('invalid', 'exchange.larger-than-declared');

/** Entries are opened when they are read; all of them together give no more than `mostBytes`. */
export function openArchive(file: Buffer, { mostBytes = 64 * MiB } = {}): Archive {
  const entries = listEntries(file);
  const declared = [...entries.values()].reduce((sum, { size }) => sum + size, 0);
  if (declared > mostBytes) throw tooLarge(mostBytes);
  let left = mostBytes;
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (!entry) return null;
      const content = inflate(file, entry, left);
      left -= content.length;
      return content;
    },
  };
}

const tooLarge = (mostBytes: number) => new Refusal('invalid', 'exchange.bomb', { mostBytes });

function listEntries(file: Buffer): Map<string, Entry> {
  const end = findEnd(file);
  const count = file.readUInt16LE(end + 10);
  if (count > MOST_ENTRIES) throw broken();
  const entries = new Map<string, Entry>();
  let at = file.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== CENTRAL) throw broken();
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    if (entries.has(name)) throw broken();
    entries.set(name, {
      method: file.readUInt16LE(at + 10),
      isEncrypted: (file.readUInt16LE(at + 8) & 1) === 1,
      crc: file.readUInt32LE(at + 16),
      packedSize: file.readUInt32LE(at + 20),
      size: file.readUInt32LE(at + 24),
      at: file.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

/** The end stands in the last 64 KiB: a comment may follow it. */
function findEnd(file: Buffer): number {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 0xffff); at -= 1)
    if (file.readUInt32LE(at) === END) return at;
  throw broken();
}

function inflate(
  file: Buffer,
  { method, isEncrypted, packedSize, size, crc, at }: Entry,
  left: number,
): Buffer {
  if (isEncrypted) throw new Refusal('invalid', 'exchange.encrypted');
  if (at + 30 > file.length || file.readUInt32LE(at) !== LOCAL) throw broken();
  const start = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
  const packed = file.subarray(start, start + packedSize);
  if (packed.length !== packedSize || (method !== STORED && method !== DEFLATED)) throw broken();
  if (size > left) throw tooLarge(left);
  const content = method === STORED ? packed : inflateAtMost(packed, size);
  if (content.length !== size || crc32(content) !== crc) throw broken();
  return content;
}

/** One byte more than was declared is already too many. */
function inflateAtMost(packed: Buffer, size: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    if (error instanceof RangeError) throw bomb();
    throw new Refusal('invalid', 'exchange.broken-archive', {}, { cause: error });
  }
}

/** An archive that is the same for the same content: its entries bear no time. */
export function makeArchive(files: [name: string, content: string | Buffer][]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, text] of files) {
    const content = typeof text === 'string' ? Buffer.from(text) : text;
    const packed = deflateRawSync(content);
    const title = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x0800, 2); // the name is UTF-8
    shared.writeUInt16LE(DEFLATED, 4);
    shared.writeUInt16LE(0x21, 8); // 1 January 1980
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(title.length, 22);
    parts.push(uint32(LOCAL), shared, title, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    central.push(uint32(CENTRAL), Buffer.from([20, 0]), shared, tail, title);
    at += 30 + title.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
