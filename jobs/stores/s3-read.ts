/** Reading objects from S3: going on after a break, and never handing over other bytes than were written. */
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { because } from '../recovery-points/finding-codes.ts';
import type { InPlaceOptions, Place } from './http-in-place.ts';
import { limits, Pace } from './patience.ts';
import type { S3Connection } from './s3-connection.ts';
import { ContentCheck, WrongContent } from './s3-content.ts';
import { DamagedObject, StoreError } from './store.ts';

/** Readings of an object whose bytes are wrong, before the way to it is given up. */
const READINGS = 3;
/** So many bytes earn one more break of the connection. */
const BREAK_EVERY_BYTES = 64 << 20;

export interface ReadOptions {
  versionId?: string;
  /** Memory that a whole object may lie in. */
  into?: Uint8Array | undefined;
  /** Whether the content is compared with what was written. */
  isChecked?: boolean;
  signal?: AbortSignal | undefined;
}

/** Reads a whole object. Wrong bytes are read again: when they come twice the same, they lie there so. */
export async function readWhole(
  connection: S3Connection,
  key: string,
  options: ReadOptions = {},
): Promise<Buffer> {
  const inPlace = options.into ? await readInPlace(connection, key, options.into, options) : null;
  if (inPlace) return inPlace;
  let before: string | null = null;
  for (let reading = 1; ; reading++) {
    const whole = new Gathered(options.into);
    try {
      for await (const piece of readPieces(connection, key, options)) whole.add(piece);
      return whole.bytes;
    } catch (error) {
      if (!(error instanceof WrongContent)) throw error;
      if (error.found === before) throw new DamagedObject(connection.address, key, whole.bytes);
      if (reading >= READINGS) throw error;
      before = error.found;
    }
  }
}

/**
 * Reads a whole object straight into memory, in one try. Null when anything is in the way, from an object that is not
 * there to a broken connection: the usual way then finds out, tries again and says.
 */
async function readInPlace(
  connection: S3Connection,
  key: string,
  into: Uint8Array,
  { isChecked = true, signal }: ReadOptions,
): Promise<Buffer | null> {
  const get = new GetObjectCommand(connection.at(key));
  const late = AbortSignal.timeout(Math.ceil(limits(connection.patience, into.length).oneMs));
  const place: Place = { into, bytes: 0 };
  try {
    const options: InPlaceOptions = { abortSignal: signal ? AbortSignal.any([late, signal]) : late, place };
    const answer = await connection.client.send(get, options);
    const read = Buffer.from(into.buffer, into.byteOffset, place.bytes);
    if (isChecked) checkWhole(answer, read, connection, key);
    return read;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

function checkWhole(
  answer: GetObjectCommandOutput,
  read: Buffer,
  { address }: S3Connection,
  key: string,
): void {
  const check = new ContentCheck(answer);
  check.update(read);
  check.end(address, key);
}

/** Pieces put together: in the memory given as long as they fit there. */
class Gathered {
  readonly #into: Buffer;
  #filled = 0;
  readonly #pieces: Buffer[] = [];

  constructor(into: Uint8Array | undefined) {
    this.#into = into ? Buffer.from(into.buffer, into.byteOffset, into.length) : Buffer.alloc(0);
  }

  add(piece: Buffer): void {
    if (this.#pieces.length === 0 && this.#filled + piece.length <= this.#into.length) {
      piece.copy(this.#into, this.#filled);
      this.#filled += piece.length;
    } else this.#pieces.push(piece);
  }

  get bytes(): Buffer {
    const filled = this.#into.subarray(0, this.#filled);
    return this.#pieces.length === 0 ? filled : Buffer.concat([filled, ...this.#pieces]);
  }
}

/** Reads an object piece by piece, and goes on where a broken connection stopped, on the same version of it. */
export async function* readPieces(
  connection: S3Connection,
  key: string,
  { versionId, isChecked = true, signal }: ReadOptions = {},
): AsyncGenerator<Buffer> {
  const ask = { verb: 'read', key, signal };
  const pace = new Pace(connection.patience);
  let check: ContentCheck | null = null;
  let [received, total, etag] = [0, 0, ''];
  for (let breaks = 1; check === null || received < total; breaks++) {
    const rest = received > 0 && { Range: `bytes=${received}-`, IfMatch: etag };
    const get = new GetObjectCommand({
      ...connection.at(key),
      ...rest,
      ...(versionId && { VersionId: versionId }),
    });
    const answer = await connection.ask(ask, (options) => connection.client.send(get, options));
    if (check === null || received === 0) {
      check = new ContentCheck(answer);
      [total, etag] = [answer.ContentLength ?? 0, answer.ETag ?? ''];
    } else if (!answer.ContentRange?.startsWith(`bytes ${received}-`)) throw noRanges(connection, key);
    try {
      for await (const piece of pace.watch(answer.Body as unknown as AsyncIterable<Buffer>)) {
        signal?.throwIfAborted();
        received += piece.length;
        if (isChecked) check.update(piece);
        yield piece;
      }
      if (received < total) throw new Error('the connection was cut');
    } catch (error) {
      const isEnough = breaks >= connection.patience.attempts + received / BREAK_EVERY_BYTES;
      if (pace.leftMs <= 0) throw connection.tooSlow(ask);
      if (isEnough || !(await connection.mayReadOn(breaks, error, signal)))
        throw connection.explain(ask, error);
    }
  }
  if (isChecked) check.end(connection.address, key);
}

/** Reads some bytes; none where the object has ended before. */
export async function readRange(
  connection: S3Connection,
  key: string,
  { start, bytes }: { start: number; bytes: number },
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  const get = new GetObjectCommand({
    ...connection.at(key),
    Range: `bytes=${start}-${start + bytes - 1}`,
  });
  return connection.ask({ verb: 'read', key, bytes, signal }, async (options) => {
    const answer = await connection.client.send(get, options).catch(nullPastTheEnd);
    if (answer === null) return Buffer.alloc(0);
    if (!answer.ContentRange?.startsWith(`bytes ${start}-`)) throw noRanges(connection, key);
    const body = new Pace(connection.patience).watch(answer.Body as unknown as AsyncIterable<Buffer>);
    const found = Buffer.concat(await Array.fromAsync(body));
    if (found.length !== answer.ContentLength) throw new Error('the connection was cut');
    return found;
  });
}

function nullPastTheEnd(error: unknown): null {
  if ((error as Error).name === 'InvalidRange') return null;
  throw error;
}

function noRanges({ address, bucket }: S3Connection, key: string): StoreError {
  return new StoreError(
    'refused',
    because('store.garbled', { address, object: key }),
    `Could not read ${key} in bucket ${bucket}: the server sends other bytes than those asked for.`,
    { key },
  );
}
