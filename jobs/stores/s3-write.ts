/** Writing objects to S3: small ones in one request, large ones in parts. */
import { createHash, hash, randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { inParts, sliced } from './parts.ts';
import type { S3Connection } from './s3-connection.ts';
import { SHA256, WRITE } from './s3-content.ts';
import { isTaken } from './s3-errors.ts';
import { PARTS_AT_MOST, uploadParts } from './s3-upload.ts';
import { explainLock, held, isOurs, lookAt, type Writing } from './s3-writing.ts';
import type { PutOptions, PutStreamOptions } from './store.ts';

/** The largest object that goes in one request: it is created as a whole, under a condition that all servers keep. */
const ONE_REQUEST_BYTES = 128 << 20;
const PART_BYTES = 16 << 20;

/** Writes bytes that are in memory. */
export async function putBytes(
  connection: S3Connection,
  key: string,
  body: Uint8Array,
  options: PutOptions,
): Promise<'created' | 'exists'> {
  const writing = { ...options, key, id: randomUUID() };
  if (body.length <= ONE_REQUEST_BYTES) return putAtOnce(connection, writing, body);
  const partBytes = partBytesFor(body.length);
  return uploadParts(connection, writing, { parts: sliced(body, partBytes), partBytes });
}

/** Writes a stream: the first part alone when nothing follows it, else part after part. */
export async function putPieces(
  connection: S3Connection,
  key: string,
  body: AsyncIterable<Uint8Array>,
  { bytes = 0, ...options }: PutStreamOptions,
): Promise<'created' | 'exists'> {
  const writing = { ...options, key, id: randomUUID() };
  const partBytes = partBytesFor(bytes);
  const parts = inParts(body, partBytes);
  try {
    const first = await parts.next();
    if (first.done || first.value.length < partBytes)
      return await putAtOnce(connection, writing, first.value ?? Buffer.alloc(0));
    return await uploadParts(connection, writing, { parts: after(first.value, parts), partBytes });
  } finally {
    await parts.return(undefined);
  }
}

async function putAtOnce(
  connection: S3Connection,
  writing: Writing,
  body: Uint8Array,
): Promise<'created' | 'exists'> {
  const { key, id, ifAbsent = false, retention, signal } = writing;
  // Some servers forget the condition in buckets that keep versions. This leaves only a race.
  if (ifAbsent && (await lookAt(connection, key, signal))) return 'exists';
  const sha256 = Buffer.from(writing.sha256 ?? hash('sha256', body), 'hex');
  const put = new PutObjectCommand({
    ...connection.at(key),
    ...held(retention),
    Body: body,
    ContentLength: body.length,
    Metadata: { [SHA256]: sha256.toString('hex'), [WRITE]: id },
    ...(ifAbsent && { IfNoneMatch: '*' }),
    ...(connection.checksums === 'sha256' && { ChecksumSHA256: sha256.toString('base64') }),
    // S3 wants a checksum with every lock, and MD5 is the one that all servers know.
    ...(retention && connection.checksums === 'none' && { ContentMD5: md5Of(body) }),
  });
  sign(put, sha256.toString('hex'));
  const isFree = await connection.ask({ verb: 'write', key, bytes: body.length, signal }, (options) =>
    connection.client.send(put, options).then(
      () => true,
      (error: unknown) => {
        if (ifAbsent && isTaken(error)) return false;
        throw retention ? explainLock(connection, key, error) : error;
      },
    ),
  );
  return isFree || (await isOurs(connection, writing)) ? 'created' : 'exists';
}

/** The signature covers the body by its SHA-256, which would otherwise be computed once more. */
function sign(put: PutObjectCommand, sha256: string): void {
  put.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-amz-content-sha256'] = sha256;
      return next(args);
    },
    { step: 'build' },
  );
}

/** S3 takes ten thousand parts. Some servers want all but the last of one size, so the size is chosen at the start. */
function partBytesFor(bytes: number): number {
  const needed = Math.ceil(bytes / PARTS_AT_MOST / (1 << 20)) * (1 << 20);
  return Math.max(PART_BYTES, needed);
}

const md5Of = (body: Uint8Array) => createHash('md5').update(body).digest('base64');

async function* after(first: Buffer, parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* parts;
}
