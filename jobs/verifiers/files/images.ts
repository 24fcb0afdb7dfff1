/** Pictures: PNG to its last pixel, JPEG and TIFF by their structure, which shows cuts and not every changed byte. */
import { crc32, inflateSync } from 'node:zlib';
import { Broken, Locked, MOST_UNPACKED } from './broken.ts';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function openPng(bytes: Buffer): void {
  if (!bytes.subarray(0, 8).equals(PNG)) throw new Broken('it does not begin as a PNG');
  const data: Buffer[] = [];
  let header: Buffer | null = null;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    if (at + 12 + length > bytes.length) throw new Broken('a chunk is cut');
    if (crc32(body) !== bytes.readUInt32BE(at + 8 + length)) throw new Broken('a chunk has another checksum');
    const kind = body.toString('latin1', 0, 4);
    if (kind === 'IHDR') header = body.subarray(4);
    if (kind === 'IDAT') data.push(body.subarray(4));
    if (kind === 'IEND') {
      checkPixels(header, Buffer.concat(data));
      return;
    }
    at += 12 + length;
  }
  throw new Broken('it ends too soon');
}

function checkPixels(header: Buffer | null, data: Buffer): void {
  if (!header || header.length < 13) throw new Broken('no header');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const bits = header[8]! * (SAMPLES[header[9]!] ?? 0);
  const expected = height * (1 + Math.ceil((width * bits) / 8));
  if (expected > MOST_UNPACKED) throw new Locked('more to unpack than the limit');
  const isInterlaced = header[12] === 1;
  let pixels: Buffer;
  try {
    pixels = inflateSync(data, { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    throw new Broken(`the pixels do not unpack: ${(error as Error).message}`);
  }
  if (!isInterlaced && pixels.length !== expected)
    throw new Broken('there are not as many pixels as it says');
}

const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda];
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

export function openJpeg(bytes: Buffer): void {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) throw new Broken('it does not begin as a JPEG');
  let hasFrame = false;
  let hasScan = false;
  for (let at = 2; at + 1 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Broken('a marker is missing');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at++;
    else if (marker === EOI) {
      if (hasFrame && hasScan) return;
      throw new Broken('no picture in it');
    } else if (isAlone(marker)) at += 2;
    else {
      const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0;
      if (length < 2 || at + 2 + length > bytes.length) throw new Broken('a segment is cut');
      if (isFrame(marker)) hasFrame ||= bytes.readUInt16BE(at + 7) > 0;
      at += 2 + length;
      if (marker !== SOS) continue;
      hasScan = true;
      at = endOfScan(bytes, at);
    }
  }
  throw new Broken('it ends too soon');
}

function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0 && !isAlone(next) && next !== 0xff) return at;
  }
  return bytes.length;
}

const WIDTHS: Record<number, number> = { 3: 2, 4: 4 };
const [STRIPS, STRIP_BYTES, TILES, TILE_BYTES] = [273, 279, 324, 325];

export function openTiff(bytes: Buffer): void {
  const order = bytes.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') throw new Broken('it does not begin as a TIFF');
  const read = (at: number, width: number): number => {
    if (at < 0 || at + width > bytes.length) throw new Broken('it is cut');
    return order === 'II' ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);
  };
  if (read(2, 2) !== 42) throw new Locked('a kind of TIFF that is not known here');
  let pages = 0;
  for (let at = read(4, 4); at !== 0; pages++) {
    if (pages > 10_000) throw new Broken('its pages go round');
    const count = read(at, 2);
    const fields = new Map<number, number[]>();
    for (let i = 0; i < count; i++) {
      const entry = at + 2 + 12 * i;
      const width = WIDTHS[read(entry + 2, 2)];
      const values = read(entry + 4, 4);
      if (!width || values * width > bytes.length) continue;
      const place = values * width <= 4 ? entry + 8 : read(entry + 8, 4);
      fields.set(
        read(entry, 2),
        Array.from({ length: values }, (_, n) => read(place + n * width, width)),
      );
    }
    checkStrips(bytes, fields);
    at = read(at + 2 + 12 * count, 4);
  }
  if (pages === 0) throw new Broken('no page in it');
}

function checkStrips(bytes: Buffer, fields: Map<number, number[]>): void {
  const places = fields.get(STRIPS) ?? fields.get(TILES) ?? [];
  const lengths = fields.get(STRIP_BYTES) ?? fields.get(TILE_BYTES) ?? [];
  if (places.length === 0 || places.length !== lengths.length) throw new Broken('a page without a picture');
  if (places.some((place, i) => place + lengths[i]! > bytes.length)) throw new Broken('a picture is cut');
}
