/** A PNG with nothing but its picture: read whole, checked, and written anew without notes or what follows its end. */
import { crc32, inflateSync } from 'node:zlib';
import { invalid } from '#/plans/errors.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const KEPT = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'];
const MOST_PIXELS_A_SIDE = 2000;
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(SIGNATURE);

export function safePng(bytes: Buffer): Buffer {
  const chunks = chunksOf(bytes);
  const [header, ...rest] = chunks;
  if (header?.type !== 'IHDR' || header.data.length !== 13 || rest.some(({ type }) => type === 'IHDR'))
    throw broken();
  const { width, height } = sidesOf(header.data);
  checkPicture(chunks, bytesOf(header.data, width, height));
  return Buffer.concat([
    SIGNATURE,
    ...chunks.filter(({ type }) => KEPT.includes(type)).map(({ whole }) => whole),
  ]);
}

interface Chunk {
  type: string;
  data: Buffer;
  whole: Buffer;
}

/** Up to the end of the picture. Every checksum has to be right. */
function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw broken();
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) throw broken();
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    if (type === 'IEND') return chunks;
    at = end;
  }
  throw broken();
}

function sidesOf(header: Buffer): { width: number; height: number } {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (width === 0 || height === 0) throw broken();
  if (Math.max(width, height) > MOST_PIXELS_A_SIDE)
    throw invalid('logo', 'brand.logo-pixels', { most: MOST_PIXELS_A_SIDE });
  return { width, height };
}

/** What the picture takes when it is unpacked, with some room for the passes of an interlaced one. */
function bytesOf(header: Buffer, width: number, height: number): number {
  const channels = CHANNELS[header[9]!];
  if (channels === undefined || header[8]! > 16) throw broken();
  return (Math.ceil((width * channels * header[8]!) / 8) + 1) * height * 2 + 1024;
}

/** A small file that would unpack to far more than its picture is refused unread. */
function checkPicture(chunks: Chunk[], mostBytes: number): void {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  try {
    inflateSync(packed, { maxOutputLength: mostBytes });
  } catch {
    throw broken();
  }
}

const broken = () => invalid('logo', 'brand.logo-broken');
