/** What the source asks of a bucket: what is there, what else is there, and the objects themselves. Keys are taken as they are. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import type { S3Connection } from '../stores/s3-connection.ts';
import { StoreError } from '../stores/store.ts';

/** Readings of one object that break off, before it is given up. */
const READINGS = 5;

/** An object as it was listed. The key is the whole one, the prefix of the address included. */
export interface Listed {
  key: string;
  bytes: number;
  etag: string;
}

/** An object as it was fetched. */
export type Fetched =
  | { outcome: 'whole'; facts: Facts; isChanged: boolean }
  | { outcome: 'vanished' }
  | { outcome: 'unreadable'; cause: string };

/** What an object needs besides its content to be put back. */
export interface Facts {
  bytes: number;
  etag: string;
  versionId: string | null;
  lastModified: string | null;
  storageClass: string | null;
  headers: Record<string, string>;
  metadata: Record<string, string>;
  /** How many tags it has. They are not kept. */
  tags: number;
}

/** Lists every object below the address's prefix, in key order. A page that fails is asked for again, and not the pages before it. */
export async function* listObjects(connection: S3Connection, signal: AbortSignal): AsyncGenerator<Listed> {
  let token: string | undefined;
  do {
    const page = await connection.ask({ verb: 'list', key: '', signal }, (options) =>
      connection.client.send(
        new ListObjectsV2Command({
          Bucket: connection.bucket,
          Prefix: connection.prefix,
          EncodingType: 'url',
          ...(token && { ContinuationToken: token }),
        }),
        options,
      ),
    );
    const isEncoded = page.EncodingType === 'url';
    for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? [])
      yield { key: isEncoded ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key, bytes: Size, etag: ETag };
    if (page.IsTruncated && (!page.NextContinuationToken || page.NextContinuationToken === token))
      throw new Error('The server says that there are more objects and not which.');
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
}

/** Counts what lies under the keys besides the current versions. Null where that may not be asked. */
export async function countOtherVersions(
  connection: S3Connection,
  signal: AbortSignal,
): Promise<{ versions: number; deleteMarkers: number } | null> {
  const found = { versions: 0, deleteMarkers: 0 };
  try {
    if (!(await keepsVersions(connection, signal))) return found;
    let from: { KeyMarker: string; VersionIdMarker: string | undefined } | undefined;
    do {
      const page = await connection.ask({ verb: 'list', key: '', signal }, (options) =>
        connection.client.send(
          new ListObjectVersionsCommand({
            Bucket: connection.bucket,
            Prefix: connection.prefix,
            ...from,
          }),
          options,
        ),
      );
      found.versions += (page.Versions ?? []).filter(({ IsLatest }) => !IsLatest).length;
      found.deleteMarkers += page.DeleteMarkers?.length ?? 0;
      from =
        page.IsTruncated && page.NextKeyMarker
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
    } while (from);
    return found;
  } catch (error) {
    if (error instanceof StoreError && ['denied', 'refused', 'not-found'].includes(error.fault)) return null;
    throw error;
  }
}

async function keepsVersions(connection: S3Connection, signal: AbortSignal): Promise<boolean> {
  const { Status } = await connection.ask({ verb: 'look at', key: '', signal }, (options) =>
    connection.client.send(new GetBucketVersioningCommand({ Bucket: connection.bucket }), options),
  );
  return Status !== undefined;
}

/**
 * Writes an object into a file, and goes on where a broken connection stopped, on the same version of it. One that is no
 * more as it was listed is taken as it is now. Throws only where the whole bucket is out of reach.
 */
export async function fetchObject(
  connection: S3Connection,
  { key, etag }: Listed,
  file: string,
  signal: AbortSignal,
): Promise<Fetched> {
  let [expected, isChanged] = [etag, false];
  for (let reading = 1; ; reading++) {
    try {
      const facts = await readInto(connection, { key, etag: expected, file, signal });
      if (facts) return { outcome: 'whole', facts, isChanged };
      if (reading >= READINGS) return { outcome: 'unreadable', cause: 'EBADMSG' };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.fault === 'not-found') return { outcome: 'vanished' };
      if (error.fault === 'denied') return { outcome: 'unreadable', cause: 'EACCES' };
      const isReplaced = error.because.code === 'store.object-replaced';
      if (error.fault === 'refused' && !isReplaced) return { outcome: 'unreadable', cause: 'EIO' };
      if (!isReplaced || reading >= READINGS) throw error;
      [expected, isChanged] = ['', true];
    }
  }
}

interface Reading {
  key: string;
  /** Empty: whatever is there now. */
  etag: string;
  file: string;
  signal: AbortSignal;
}

/** Null when the bytes are not those of which the ETag is the MD5. */
async function readInto(
  connection: S3Connection,
  { key, etag, file, signal }: Reading,
): Promise<Facts | null> {
  await using handle = await open(file, 'w', 0o600);
  const md5 = createHash('md5');
  let [first, received]: [GetObjectCommandOutput | null, number] = [null, 0];
  for (let breaks = 0; first === null || received < (first.ContentLength ?? 0); breaks++) {
    const match = first?.ETag ?? etag;
    const answer: GetObjectCommandOutput = await connection.ask({ verb: 'read', key, signal }, (options) =>
      connection.client.send(
        new GetObjectCommand({
          Bucket: connection.bucket,
          Key: key,
          ...(match && { IfMatch: match }),
          ...(received > 0 && { Range: `bytes=${received}-` }),
        }),
        options,
      ),
    );
    if (received > 0 && !answer.ContentRange?.startsWith(`bytes ${received}-`)) return null;
    first ??= answer;
    try {
      for await (const piece of answer.Body as unknown as AsyncIterable<Buffer>) {
        signal.throwIfAborted();
        await handle.write(piece);
        md5.update(piece);
        received += piece.length;
      }
      if (received < (first.ContentLength ?? 0)) throw new Error('the connection was cut');
    } catch (error) {
      if (isOfDisk(error)) throw error;
      if (breaks >= connection.patience.attempts || !(await connection.mayReadOn(breaks + 1, error, signal)))
        throw connection.explain({ verb: 'read', key }, error);
    }
  }
  const isSame = received === (first.ContentLength ?? 0) && isOfEtag(md5.digest('hex'), first);
  return isSame ? factsOf(first) : null;
}

function isOfDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** An ETag is the MD5 of an object that went in one part and was not encrypted with a key of somebody's own. */
function isOfEtag(
  md5: string,
  { ETag = '', ServerSideEncryption, SSECustomerAlgorithm }: GetObjectCommandOutput,
) {
  const plain = /^"?([0-9a-f]{32})"?$/.exec(ETag)?.[1];
  const isEncrypted = SSECustomerAlgorithm !== undefined || /kms/.test(ServerSideEncryption ?? '');
  return plain === undefined || isEncrypted || plain === md5;
}

const HEADERS = {
  'content-type': 'ContentType',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-disposition': 'ContentDisposition',
  'cache-control': 'CacheControl',
  expires: 'ExpiresString',
  'x-amz-website-redirect-location': 'WebsiteRedirectLocation',
} as const;

function factsOf(answer: GetObjectCommandOutput): Facts {
  const headers = Object.entries(HEADERS).flatMap(([header, name]) => {
    const value = answer[name];
    return value === undefined ? [] : [[header, value]];
  });
  return {
    bytes: answer.ContentLength ?? 0,
    etag: answer.ETag ?? '',
    versionId: answer.VersionId ?? null,
    lastModified: answer.LastModified?.toISOString() ?? null,
    storageClass: answer.StorageClass ?? null,
    headers: Object.fromEntries(headers),
    metadata: answer.Metadata ?? {},
    tags: answer.TagCount ?? 0,
  };
}
