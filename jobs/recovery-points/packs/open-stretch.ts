/** A stretch of a pack's tar bytes, fetched and opened without the rest of the pack. */
import { hash } from 'node:crypto';
import { type Store, StoreError } from '../../stores/store.ts';
import type { Identity } from '../age/keys.ts';
import { beginOfChunks, openChunks, openHeader } from '../age/open.ts';
import { CHUNK } from '../age/seal.ts';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { TAG } from '../native/chacha.ts';
import { openDecompressor } from '../native/zstd.ts';
import { getOrNull } from '../points.ts';
import type { Pack } from './packer.ts';

const decompress = openDecompressor();

/** A pack in its store. */
export interface PackAt {
  store: Pick<Store, 'get' | 'getRange'>;
  key: string;
  pack: Pack;
  signal?: AbortSignal | undefined;
}

/**
 * Opens the frames that hold some of a pack's tar bytes. Each chunk authenticates itself under its own number, so that
 * the pack's hash is not needed; what the bytes are is for the caller to compare with the manifest.
 */
export async function openStretch(
  at: PackAt,
  identities: Identity[],
  [from, to]: [number, number],
): Promise<{ plain: Buffer; fetched: number }> {
  const { key, pack } = at;
  const frames = framesOf(pack, from, to);
  const begin = beginOfChunks(pack.bytes, frames.total);
  const first = Math.floor(frames.from / CHUNK);
  const end = Math.ceil(frames.to / CHUNK);
  const placeOf = (chunk: number) => Math.min(pack.bytes, begin + chunk * (CHUNK + TAG));
  if (begin <= 0) throw unreadable(key, 'its size is not the one on record');
  const [header, body] = await fetchBoth(at, begin, [placeOf(first), placeOf(end)]);
  const fetched = header.length + body.length;
  try {
    const opened = openHeader(header, identities);
    if (opened.begin !== begin) throw unreadable(key, 'its header has another length');
    const hasLast = placeOf(end) === pack.bytes;
    const compressed = openChunks(body, opened.key, { first, hasLast });
    const plain = inflate(compressed.subarray(frames.from - first * CHUNK), frames.lengths, key);
    return { plain: plain.subarray(from - frames.plainFrom, to - frames.plainFrom), fetched };
  } catch (error) {
    throw await explain(error, at);
  }
}

/** Frames that hold a stretch: where they lie among the compressed bytes, and where the first one's content begins. */
function framesOf({ frames }: Pack, from: number, to: number) {
  const found = { from: 0, to: 0, plainFrom: 0, total: 0, lengths: [] as [number, number][] };
  let plainAt = 0;
  for (const [bytes, plainBytes] of frames) {
    if (plainAt + plainBytes > from && plainAt < to) {
      if (found.lengths.length === 0) Object.assign(found, { from: found.total, plainFrom: plainAt });
      found.lengths.push([bytes, plainBytes]);
      found.to = found.total + bytes;
    }
    found.total += bytes;
    plainAt += plainBytes;
  }
  return found;
}

/** The header and the chunks; in one request where nothing much lies between. */
async function fetchBoth(
  at: PackAt,
  begin: number,
  [from, to]: [number, number],
): Promise<[header: Buffer, body: Buffer]> {
  if (from - begin <= CHUNK) {
    const bytes = await fetchRange(at, 0, to);
    return [bytes.subarray(0, begin), bytes.subarray(from)];
  }
  return Promise.all([fetchRange(at, 0, begin), fetchRange(at, from, to)]);
}

async function fetchRange({ store, key, signal }: PackAt, start: number, end: number): Promise<Buffer> {
  const bytes = end - start;
  try {
    const found = await store.getRange(key, { start, bytes }, { ...(signal && { signal }) });
    if (found.length === bytes) return found;
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault !== 'not-found') throw error;
    throw new EngineError('data', because('pack.missing', { object: key }), `Pack ${key} is missing.`, {
      where: key,
    });
  }
  throw unreadable(key, 'it ends early');
}

function inflate(compressed: Buffer, frames: [number, number][], key: string): Buffer {
  const plain = Buffer.allocUnsafeSlow(frames.reduce((sum, [, bytes]) => sum + bytes, 0));
  let [from, to] = [0, 0];
  for (const [bytes, plainBytes] of frames) {
    const frame = compressed.subarray(from, from + bytes);
    const isWhole =
      frame.length === bytes && decompress(frame, plain.subarray(to, to + plainBytes)) === plainBytes;
    if (!isWhole) throw unreadable(key, 'a frame does not have the length on record');
    from += bytes;
    to += plainBytes;
  }
  return plain;
}

/** A damaged recipient line looks like a key that does not fit. Only the whole pack's hash can tell the two apart. */
async function explain(error: unknown, { store, key, pack, signal }: PackAt): Promise<unknown> {
  if (!(error instanceof EngineError)) return error;
  if (error.kind === 'data') return error.where === null ? unreadable(key, error.message, error) : error;
  const whole = await getOrNull(store, key, { signal });
  if (whole && hash('sha256', whole) === pack.sha256) return error;
  return unreadable(key, 'its SHA-256 is not the one on record', error);
}

function unreadable(key: string, what: string, cause?: unknown): EngineError {
  const message = `Pack ${key} is damaged: ${what}`;
  return new EngineError('data', because('pack.damaged', { object: key }), message.replace(/\.?$/, '.'), {
    where: key,
    cause,
  });
}
