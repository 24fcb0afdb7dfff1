/** Uploads in parts: a few at once, checked one by one and as a whole, and taken back when they fail. */
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type MultipartUpload,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { because } from '../recovery-points/finding-codes.ts';
import { eachAtOnce } from './parts.ts';
import type { S3Connection } from './s3-connection.ts';
import { etagOfParts, PART_BYTES, WRITE } from './s3-content.ts';
import { isAbsent, isTaken } from './s3-errors.ts';
import { explainLock, held, isOurs, lookAt, type Writing } from './s3-writing.ts';
import { StoreError } from './store.ts';

const AT_ONCE = 4;
export const PARTS_AT_MOST = 10_000;

export interface Parts {
  parts: AsyncGenerator<Buffer>;
  /** Size of all but the last. */
  partBytes: number;
}

/** An upload as the server lists it. */
export interface Upload {
  key: string;
  startedAt: Date;
  uploadId: string;
}

interface SentPart {
  number: number;
  etag: string;
  md5: Buffer;
  sha256: string | null;
  bytes: number;
}

/** Writes an object in parts. When that fails nothing of it is there, or, if not even that can be said, a leftover. */
export async function uploadParts(
  connection: S3Connection,
  writing: Writing,
  { parts, partBytes }: Parts,
): Promise<'created' | 'exists'> {
  if (writing.ifAbsent && (await lookAt(connection, writing.key, writing.signal))) return 'exists';
  const upload = new Uploading(connection, writing);
  try {
    const first = await parts.next();
    await upload.begin(first.value, partBytes);
    await eachAtOnce(parts, AT_ONCE, (part, number) => upload.send(part, number + 1));
    return await upload.complete();
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** Uploads below a prefix that began before a time and were neither completed nor aborted. */
export async function* listUploads(
  connection: S3Connection,
  before: Date,
  prefix: string,
): AsyncGenerator<Upload> {
  let from: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
  while (from) {
    const list: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: connection.bucket,
      Prefix: connection.prefix + prefix,
      ...from,
    });
    const page = await connection.ask({ verb: 'list', key: prefix }, (options) =>
      connection.client.send(list, options),
    );
    for (const upload of page.Uploads ?? []) {
      const left = asUpload(connection, upload);
      if (left.startedAt < before) yield left;
    }
    from =
      page.IsTruncated && page.NextKeyMarker
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker ?? '' }
        : null;
  }
}

/** What the parts of an upload take up. Null where our account may not ask, or the server does not tell. */
export async function bytesSent(
  connection: S3Connection,
  key: string,
  uploadId: string,
): Promise<number | null> {
  let bytes = 0;
  let after: string | undefined;
  try {
    do {
      const page = await listParts(connection, key, { uploadId, after });
      for (const { Size = 0 } of page.Parts ?? []) bytes += Size;
      if (page.IsTruncated && page.NextPartNumberMarker === after) return null;
      after = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (after);
  } catch (error) {
    if (error instanceof StoreError && ['not-found', 'denied', 'refused'].includes(error.fault)) return null;
    throw error;
  }
  return bytes;
}

function listParts(
  connection: S3Connection,
  key: string,
  { uploadId, after }: { uploadId: string; after: string | undefined },
): Promise<ListPartsCommandOutput> {
  const list = new ListPartsCommand({
    ...connection.at(key),
    UploadId: uploadId,
    ...(after && { PartNumberMarker: after }),
  });
  return connection.ask({ verb: 'list', key }, (options) => connection.client.send(list, options));
}

/** Gives up an upload. One that is not there any more is as good. */
export async function abortUpload(connection: S3Connection, key: string, uploadId: string): Promise<void> {
  const abort = new AbortMultipartUploadCommand({ ...connection.at(key), UploadId: uploadId });
  await connection.ask({ verb: 'give up', key }, (options) =>
    connection.client.send(abort, options).catch((error: unknown) => {
      if (!isAbsent(error)) throw error;
    }),
  );
}

class Uploading {
  readonly #connection: S3Connection;
  readonly #writing: Writing;
  readonly #sent: SentPart[] = [];
  #uploadId = '';
  #partBytes = 0;

  constructor(connection: S3Connection, writing: Writing) {
    this.#connection = connection;
    this.#writing = writing;
  }

  /**
   * Starts it with its first part, whose answer tells how the server makes ETags. Where they are MD5, readers can check
   * the whole by them, and are told the size of the parts for it.
   */
  async begin(first: Buffer, partBytes: number): Promise<void> {
    this.#partBytes = partBytes;
    await this.#create({ [PART_BYTES]: String(partBytes) });
    await this.send(first, 1);
    if (this.#etagsAreMd5()) return;
    await this.abort();
    this.#sent.length = 0;
    await this.#create({});
    await this.send(first, 1);
  }

  async send(part: Buffer, number: number): Promise<void> {
    const { key, signal } = this.#writing;
    if (number > PARTS_AT_MOST) throw this.#tooLarge();
    const md5 = createHash('md5').update(part).digest();
    const sha256 =
      this.#connection.checksums === 'sha256' ? createHash('sha256').update(part).digest('base64') : null;
    const upload = new UploadPartCommand({
      ...this.#connection.at(key),
      UploadId: this.#uploadId,
      PartNumber: number,
      Body: part,
      ContentLength: part.length,
      ...(sha256 === null ? { ContentMD5: md5.toString('base64') } : { ChecksumSHA256: sha256 }),
    });
    const { ETag = '' } = await this.#connection.ask(
      { verb: 'write', key, bytes: part.length, signal },
      (options) => this.#connection.client.send(upload, options),
    );
    this.#sent.push({ number, etag: ETag, md5, sha256, bytes: part.length });
  }

  /** Joins the parts, and looks at what came of it: not every server tells when it has less than it was sent. */
  async complete(): Promise<'created' | 'exists'> {
    const { key, ifAbsent = false, signal } = this.#writing;
    this.#sent.sort((a, b) => a.number - b.number);
    const complete = new CompleteMultipartUploadCommand({
      ...this.#connection.at(key),
      UploadId: this.#uploadId,
      ...(ifAbsent && { IfNoneMatch: '*' }),
      MultipartUpload: {
        Parts: this.#sent.map(({ number, etag, sha256 }) => ({
          PartNumber: number,
          ETag: etag,
          ...(sha256 !== null && { ChecksumSHA256: sha256 }),
        })),
      },
    });
    if (ifAbsent && (await this.#look())) return this.#leave();
    // Joining takes a server longer the more there is, yet no time of a line.
    const bytes = this.#bytes() / 64;
    const isDone = await this.#connection.ask({ verb: 'write', key, bytes, signal }, (options) =>
      this.#connection.client.send(complete, options).then(
        () => true,
        (error: unknown) => {
          // Asked again after a lost answer, the upload is over or the name taken: perhaps by us.
          if (isAbsent(error) || isTaken(error)) return false;
          throw error;
        },
      ),
    );
    if (!isDone && !(await isOurs(this.#connection, this.#writing))) {
      if (ifAbsent && (await this.#look())) return this.#leave();
      throw this.#incomplete();
    }
    await this.#checkWhole();
    return 'created';
  }

  /** Takes the parts back as well as it can. What it cannot reach stays as a leftover, and is removed by its age. */
  async abort(): Promise<void> {
    if (this.#uploadId === '') return;
    await abortUpload(this.#connection, this.#writing.key, this.#uploadId).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
    });
  }

  async #create(metadata: Record<string, string>): Promise<void> {
    const { key, id, retention, signal } = this.#writing;
    const create = new CreateMultipartUploadCommand({
      ...this.#connection.at(key),
      ...held(retention),
      Metadata: { [WRITE]: id, ...metadata },
      ...(this.#connection.checksums === 'sha256' && { ChecksumAlgorithm: 'SHA256' }),
    });
    const { UploadId } = await this.#connection.ask({ verb: 'write', key, signal }, (options) =>
      this.#connection.client.send(create, options).catch((error: unknown) => {
        throw retention ? explainLock(this.#connection, key, error) : error;
      }),
    );
    if (!UploadId) throw this.#incomplete();
    this.#uploadId = UploadId;
  }

  #bytes(): number {
    return this.#sent.reduce((sum, part) => sum + part.bytes, 0);
  }

  #etagsAreMd5(): boolean {
    return this.#sent.every(({ etag, md5 }) => etag.replaceAll('"', '') === md5.toString('hex'));
  }

  #look() {
    return lookAt(this.#connection, this.#writing.key, this.#writing.signal);
  }

  async #leave(): Promise<'exists'> {
    await this.abort();
    return 'exists';
  }

  async #checkWhole(): Promise<void> {
    const found = await this.#look();
    const etag = this.#etagsAreMd5() ? etagOfParts(this.#sent.map(({ md5 }) => md5)) : null;
    const isWhole = found?.ContentLength === this.#bytes() && (etag === null || found.ETag === `"${etag}"`);
    if (!isWhole) throw this.#incomplete();
  }

  #incomplete(): StoreError {
    const { key } = this.#writing;
    return new StoreError(
      'refused',
      because('store.object-incomplete', { address: this.#connection.address, object: key }),
      `The store took ${key} and does not have it in full. Check the store.`,
      { key },
    );
  }

  #tooLarge(): StoreError {
    const { key } = this.#writing;
    return new StoreError(
      'refused',
      because('store.too-large', { address: this.#connection.address, object: key }),
      `Could not write ${key}: it is larger than the ${PARTS_AT_MOST} parts of ${this.#partBytes} bytes that S3 takes.`,
      { key },
    );
  }
}

function asUpload(connection: S3Connection, { Key = '', UploadId = '', Initiated }: MultipartUpload): Upload {
  const key = Key.slice(connection.prefix.length);
  return { key, startedAt: Initiated ?? new Date(0), uploadId: UploadId };
}
