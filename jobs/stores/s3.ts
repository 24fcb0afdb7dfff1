/** A store in an S3 bucket, on AWS or any server that speaks S3. */
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { because } from '../recovery-points/finding-codes.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { Reach } from './reach.ts';
import { readS3Address } from './s3-address.ts';
import { S3Connection } from './s3-connection.ts';
import { isAbsent } from './s3-errors.ts';
import { readPieces, readRange, readWhole } from './s3-read.ts';
import { abortUpload, bytesSent, listUploads, type Upload } from './s3-upload.ts';
import { S3Locks, S3Versions } from './s3-versions.ts';
import { putBytes, putPieces } from './s3-write.ts';
import { lookAt } from './s3-writing.ts';
import {
  type Checksums,
  type GetOptions,
  type Leftover,
  type Listed,
  type MeantLeftovers,
  type PutOptions,
  type PutStreamOptions,
  type S3Credentials,
  type Store,
  StoreError,
} from './store.ts';

export interface S3StoreOptions {
  credentials: S3Credentials | undefined;
  checksums?: Checksums | undefined;
  patience?: Patience | undefined;
  privateHosts?: readonly string[] | undefined;
}

/** Opens the bucket of an `s3:` address. Credentials are needed; the address must not hold any. */
export function openS3Store(url: URL, options: S3StoreOptions): Store {
  return new S3Store(connectS3(url, options));
}

/** The way to the bucket alone, for what looks at the server itself. */
export function connectS3(
  url: URL,
  { credentials, checksums = 'none', patience = PATIENCE, privateHosts }: S3StoreOptions,
): S3Connection {
  const address = readS3Address(url);
  if (!credentials?.accessKeyId || !credentials.secretAccessKey)
    throw new StoreError(
      'denied',
      because('store.no-credentials', { address: url.href }),
      `No credentials for ${address.bucket}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give them with the store.`,
    );
  const reach = privateHosts ? new Reach(privateHosts) : null;
  return new S3Connection(address, { credentials, checksums, patience, reach });
}

class S3Store implements Store {
  readonly address: string;
  readonly locks: S3Locks;
  readonly versions: S3Versions;
  readonly #connection: S3Connection;

  constructor(connection: S3Connection) {
    this.#connection = connection;
    this.address = connection.address;
    this.locks = new S3Locks(connection);
    this.versions = new S3Versions(connection, this.locks);
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}) {
    return this.#hold(key, options, await putBytes(this.#connection, key, body, options));
  }

  async putStream(key: string, body: AsyncIterable<Uint8Array>, options: PutStreamOptions = {}) {
    return this.#hold(key, options, await putPieces(this.#connection, key, body, options));
  }

  async get(key: string, options: GetOptions = {}): Promise<Buffer> {
    return readWhole(this.#connection, key, options);
  }

  stream(key: string, options: { signal?: AbortSignal } = {}): AsyncIterable<Buffer> {
    return readPieces(this.#connection, key, options);
  }

  async getRange(
    key: string,
    range: { start: number; bytes: number },
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Buffer> {
    return readRange(this.#connection, key, range, signal);
  }

  async head(key: string) {
    const found = await lookAt(this.#connection, key);
    if (!found) return null;
    const { ContentLength = 0, LastModified = new Date(0), ChecksumSHA256, ChecksumType } = found;
    // That of an object in parts is made of theirs, and is no SHA-256 of the whole.
    const isWhole = ChecksumSHA256 && ChecksumType !== 'COMPOSITE' && !ChecksumSHA256.includes('-');
    return {
      bytes: ContentLength,
      modifiedAt: LastModified,
      ...(isWhole && { storeSha256: Buffer.from(ChecksumSHA256, 'base64').toString('hex') }),
    };
  }

  async *list(prefix: string): AsyncIterable<Listed> {
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token);
      for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? [])
        yield { key: Key.slice(this.#connection.prefix.length), bytes: Size, modifiedAt: LastModified };
      if (page.IsTruncated && page.NextContinuationToken === token) throw this.#endless(prefix);
      token = page.NextContinuationToken;
    } while (token);
  }

  async remove(key: string): Promise<void> {
    const remove = new DeleteObjectCommand(this.#connection.at(key));
    await this.#connection.ask({ verb: 'remove', key }, (options) =>
      this.#connection.client.send(remove, options).catch((error: unknown) => {
        if (!isAbsent(error)) throw error;
      }),
    );
  }

  async *leftovers(before: Date, prefix = ''): AsyncIterable<Leftover> {
    for await (const one of listUploads(this.#connection, before, prefix)) yield this.#sized(one);
  }

  async removeLeftovers(
    before: Date,
    { prefix = '', isMeant = () => true }: MeantLeftovers = {},
  ): Promise<Leftover[]> {
    const found = await Array.fromAsync(listUploads(this.#connection, before, prefix));
    const removed: Leftover[] = [];
    for (const one of found.filter(({ key }) => isMeant(key))) {
      const leftover = await this.#sized(one);
      await abortUpload(this.#connection, one.key, one.uploadId);
      removed.push(leftover);
    }
    return removed;
  }

  async close(): Promise<void> {
    this.#connection.client.destroy();
  }

  async #sized({ key, startedAt, uploadId }: Upload): Promise<Leftover> {
    return { key, startedAt, bytes: await bytesSent(this.#connection, key, uploadId) };
  }

  /** Some servers take the lock that comes with an object and forget it, as Ceph does with parts: it is looked at. */
  async #hold(key: string, { retention }: PutOptions, outcome: 'created' | 'exists') {
    if (retention && outcome === 'created') await this.locks.extendRetention(key, retention.until, retention);
    return outcome;
  }

  #page(prefix: string, token: string | undefined): Promise<ListObjectsV2CommandOutput> {
    const { client, bucket, prefix: root } = this.#connection;
    const list = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: root + prefix,
      ...(token && { ContinuationToken: token }),
    });
    return this.#connection.ask({ verb: 'list', key: prefix }, (options) => client.send(list, options));
  }

  /** More is there and the server does not say how to get it: a short list must not pass for a whole one. */
  #endless(prefix: string): StoreError {
    return new StoreError(
      'unreachable',
      because('store.garbled', { address: this.address, object: prefix }),
      `Could not list ${prefix || 'the objects'}: the server says that there are more and not which.`,
      { key: prefix },
    );
  }
}
