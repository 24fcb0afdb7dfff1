/** Archives that no honest program makes. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface TarMember {
  name: string;
  /** As ustar has it: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 folder, 6 FIFO, L and K long names, x and g extended headers. */
  kind?: string;
  content?: string | Buffer;
  link?: string;
  /** What the header says, where that is not how long the content is. */
  size?: string;
}

const BLOCK = 512;

export const tarOf = (members: TarMember[]): Buffer =>
  Buffer.concat([...members.flatMap(partsOf), Buffer.alloc(2 * BLOCK)]);

function partsOf({ name, kind = '0', content = '', link = '', size }: TarMember): Buffer[] {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, 'latin1');
  header.write('0000777\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(size ?? bytes.length.toString(8).padStart(11, '0'), 124, 12, 'latin1');
  header.write('00000000000\0', 136);
  header.write(kind, 156);
  header.write(link, 157, 100, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
}

/** An extended header: records that count their own length. */
export function extended(records: Record<string, string>, kind: 'x' | 'g' = 'x'): TarMember {
  const content = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const length = rest.length + String(rest.length + 2).length;
      return `${length}${rest}`;
    })
    .join('');
  return { name: 'PaxHeader', kind, content };
}

export interface ZipMember {
  name: string;
  content?: string | Buffer;
  flags?: number;
  method?: number;
  /** What the directory says, where that is not so. */
  size?: number;
  packedSize?: number;
  crc?: number;
  at?: number;
  /** Unix mode, such as 0o120777 for a symbolic link. */
  mode?: number;
}

export function zipOf(members: ZipMember[], { count = members.length }: { count?: number } = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const plain = Buffer.from(member.content ?? '');
    const method = member.method ?? 8;
    const packed = method === 8 ? deflateRawSync(plain) : plain;
    const name = Buffer.from(member.name, 'utf8');
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(member.flags ?? 0x0800, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(member.crc ?? crc32(plain), 10);
    shared.writeUInt32LE(member.packedSize ?? packed.length, 14);
    shared.writeUInt32LE(member.size ?? plain.length, 18);
    shared.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), shared, name, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((member.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(member.at ?? at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, tail, name);
    at += 30 + name.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}
