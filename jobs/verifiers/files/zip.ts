/** A zip archive, read by its directory: every member is unpacked and its CRC compared. Office documents are such archives. */
import { crc32, inflateRawSync } from 'node:zlib';
import { Broken, Locked, MOST_UNPACKED } from './broken.ts';
import { checkXml } from './xml.ts';

const END = 0x06054b50;
const END_64 = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const ENCRYPTED = 1;
const [STORED, DEFLATED] = [0, 8];
const WIDE = 0xffffffff;

interface Member {
  name: string;
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
  at: number;
}

/** Unpacks all of it. Throws where a member is not as the directory says. */
export function openZip(bytes: Buffer, look: (name: string, content: Buffer) => void = () => {}): string[] {
  const members = [...directoryOf(bytes)];
  let left = MOST_UNPACKED;
  let locked = 0;
  for (const member of members) {
    if (member.flags & ENCRYPTED) {
      locked++;
      continue;
    }
    left -= member.size;
    if (left < 0) throw new Locked('more to unpack than the limit');
    look(member.name, unpack(bytes, member));
  }
  if (locked > 0) throw new Locked('members ask for a password');
  return members.map(({ name }) => name);
}

/** A document of Word, Excel or PowerPoint. */
export function openOffice(bytes: Buffer): void {
  const names = openZip(bytes, (name, content) => {
    if (/\.(xml|rels)$/i.test(name)) checkXml(content, name);
  });
  if (!names.includes('[Content_Types].xml')) throw new Broken('no [Content_Types].xml');
  if (!names.some((name) => /^(word\/document|xl\/workbook|ppt\/presentation)\w*\.xml$/.test(name)))
    throw new Broken('no document in it');
}

/** A document of LibreOffice. */
export function openOpenDocument(bytes: Buffer): void {
  const names = openZip(bytes, (name, content) => {
    if (name.endsWith('.xml')) checkXml(content, name);
  });
  if (!names.includes('content.xml')) throw new Broken('no content.xml');
}

function* directoryOf(bytes: Buffer): Generator<Member> {
  let { at, count } = findDirectory(bytes);
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new Broken(`entry ${i + 1} of the directory is not one`);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) =>
      bytes.readUInt16LE(at + place),
    ) as [number, number, number];
    const extra = bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    yield widened(
      {
        name: bytes.toString('utf8', at + 46, at + 46 + nameBytes),
        flags: bytes.readUInt16LE(at + 8),
        method: bytes.readUInt16LE(at + 10),
        crc: bytes.readUInt32LE(at + 16),
        packed: bytes.readUInt32LE(at + 20),
        size: bytes.readUInt32LE(at + 24),
        at: bytes.readUInt32LE(at + 42),
      },
      extra,
    );
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
}

function findDirectory(bytes: Buffer): { at: number; count: number } {
  const from = Math.max(0, bytes.length - END_BYTES - 0xffff);
  const sign = Buffer.alloc(4);
  sign.writeUInt32LE(END);
  const end = bytes.lastIndexOf(sign);
  if (end < from || end + END_BYTES > bytes.length) throw new Broken('no directory at its end');
  const [count, at] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16)];
  if (at !== WIDE && count !== 0xffff) return { at, count };
  const place = Number(bytes.readBigUInt64LE(end - 20 + 8));
  if (place + 56 > bytes.length || bytes.readUInt32LE(place) !== END_64)
    throw new Broken('no wide directory');
  return { at: Number(bytes.readBigUInt64LE(place + 48)), count: Number(bytes.readBigUInt64LE(place + 32)) };
}

/** Numbers too wide for the directory stand in a field of their own. */
function widened(member: Member, extra: Buffer): Member {
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    let place = at + 4;
    if (id === 1)
      for (const key of ['size', 'packed', 'at'] as const)
        if (member[key] === WIDE && place + 8 <= extra.length) {
          member[key] = Number(extra.readBigUInt64LE(place));
          place += 8;
        }
    at += 4 + length;
  }
  return member;
}

function unpack(bytes: Buffer, { name, method, crc, packed, size, at }: Member): Buffer {
  if (at + 30 > bytes.length || bytes.readUInt32LE(at) !== LOCAL_HEADER)
    throw new Broken(`${name} is not there`);
  const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const content = bytes.subarray(from, from + packed);
  if (content.length !== packed) throw new Broken(`${name} is cut`);
  const plain = method === STORED ? content : inflated(name, content, { method, size });
  if (plain.length !== size || crc32(plain) !== crc) throw new Broken(`${name} has another checksum`);
  return plain;
}

function inflated(name: string, content: Buffer, { method, size }: Pick<Member, 'method' | 'size'>): Buffer {
  if (method !== DEFLATED) throw new Locked(`method ${method} is not known here`);
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new Broken(`${name} does not unpack: ${(error as Error).message}`);
  }
}
