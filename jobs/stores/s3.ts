/** A store in an S3 bucket, on AWS or any server that speaks S3. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { because } from '../recovery-points/finding-codes.ts';
import { checkKey } from './keys.ts';
import { explainS3, isAbsent, isTaken, mayPass } from './s3-errors.ts';
import { type Listed, type PutOptions, type S3Credentials, type Store, StoreError } from './store.ts';

const ATTEMPTS = 4;
const CONNECT_MS = 5_000;
/** Silence on a connection, not the time a whole pack takes. */
const SILENCE_MS = 60_000;

/** Opens the bucket of an `s3:` address. Credentials are needed; the address must not hold any. */
export function openS3Store(url: URL, credentials: S3Credentials | undefined): Store {
  const { bucket, prefix, endpoint, region } = readAddress(url);
  if (!credentials?.accessKeyId || !credentials.secretAccessKey)
    throw new StoreError(
      'denied',
      because('store.no-credentials', { address: url.href }),
      `No credentials for ${bucket}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give them with the store.`,
    );
  const client = new S3Client({
    region,
    ...(endpoint && { endpoint }),
    credentials,
    forcePathStyle: true,
    // The SDK's default checksum headers break R2, B2 and Ceph; our own SHA-256 covers every byte end to end.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
  });
  return new S3Store(client, bucket, prefix, url.href);
}

class S3Store implements Store {
  readonly address: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(client: S3Client, bucket: string, prefix: string, address: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.address = address;
  }

  async put(key: string, body: Uint8Array, { ifAbsent = false, signal }: PutOptions = {}) {
    const put = new PutObjectCommand({
      ...this.#at(key),
      Body: body,
      ContentLength: body.length,
      ...(ifAbsent && { IfNoneMatch: '*' }),
    });
    try {
      await this.#client.send(put, { ...(signal && { abortSignal: signal }) });
      return 'created' as const;
    } catch (error) {
      if (ifAbsent && isTaken(error)) return 'exists' as const;
      throw this.#explain('write', key, error);
    }
  }

  /** Reads again from the start when the connection breaks half-way, a bounded number of times. */
  async get(key: string, { signal }: { signal?: AbortSignal } = {}): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.stream(key, { ...(signal && { signal }) })) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** Goes on where a broken connection stopped, on the same version of the object. */
  async *stream(key: string, { signal }: { signal?: AbortSignal } = {}): AsyncIterable<Buffer> {
    let received = 0;
    let total: number | null = null;
    let etag: string | undefined;
    for (let attempt = 1; total === null || received < total; attempt++) {
      try {
        const range = received > 0 && { Range: `bytes=${received}-`, IfMatch: etag };
        const get = new GetObjectCommand({ ...this.#at(key), ...range });
        const answer = await this.#client.send(get, { ...(signal && { abortSignal: signal }) });
        total ??= answer.ContentLength ?? 0;
        etag ??= answer.ETag;
        for await (const piece of answer.Body as unknown as AsyncIterable<Buffer>) {
          received += piece.length;
          yield piece;
        }
        if (received < total) throw new Error('the connection was cut');
      } catch (error) {
        if (signal?.aborted || attempt >= ATTEMPTS || !mayPass(error))
          throw this.#explain('read', key, error);
      }
    }
  }

  async head(key: string) {
    try {
      const found = await this.#client.send(new HeadObjectCommand(this.#at(key)));
      return { bytes: found.ContentLength ?? 0, modifiedAt: found.LastModified ?? new Date(0) };
    } catch (error) {
      if (isAbsent(error)) return null;
      throw this.#explain('look at', key, error);
    }
  }

  async *list(prefix: string): AsyncIterable<Listed> {
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token);
      for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? [])
        yield { key: Key.slice(this.#prefix.length), bytes: Size, modifiedAt: LastModified };
      token = page.NextContinuationToken;
    } while (token);
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand(this.#at(key)));
    } catch (error) {
      if (!isAbsent(error)) throw this.#explain('remove', key, error);
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #page(prefix: string, token: string | undefined) {
    try {
      return await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: this.#prefix + prefix,
          ...(token && { ContinuationToken: token }),
        }),
      );
    } catch (error) {
      throw this.#explain('list', prefix, error);
    }
  }

  #at(key: string) {
    checkKey(key);
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  #explain(verb: string, key: string, error: unknown): unknown {
    return explainS3(error, { verb, key, bucket: this.#bucket, address: this.address });
  }
}

function readAddress(url: URL) {
  const bucket = url.hostname;
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  const endpoint = url.searchParams.get('endpoint');
  if (!bucket || url.username || url.password || (endpoint !== null && !isHttp(endpoint)))
    throw new StoreError(
      'wrong-address',
      because('store.bad-address', {}),
      'An S3 store is s3://bucket/prefix?endpoint=https://host&region=name, without keys in the address.',
    );
  if (prefix) checkKey(prefix);
  return {
    bucket,
    prefix: prefix && `${prefix}/`,
    endpoint,
    region: url.searchParams.get('region') ?? 'us-east-1',
  };
}

function isHttp(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password;
}
