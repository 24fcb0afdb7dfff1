/** A bucket, or a prefix in it, as a source: every current object as a file, and what else it needs beside them. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { because } from '../recovery-points/finding-codes.ts';
import type { S3Connection } from '../stores/s3-connection.ts';
import { type S3Credentials, StoreError } from '../stores/store.ts';
import { pathOfKey } from './s3-keys.ts';
import type { Fetched, Listed } from './s3-objects.ts';
import {
  type BucketInventory,
  type PreparedSource,
  type Source,
  SourceError,
  type SourceReservation,
} from './source.ts';

/** Objects fetched at once: most are small, and most of the time is waiting. */
const AT_ONCE = 8;
/** What a file takes at least on a disk, with its entry. */
const BYTES_A_FILE = 4608;
/** Below the root: the objects, and one line of JSON for each of them. */
const OBJECTS = 'objects';
const SIDECAR = 'objects.jsonl';

/**
 * Makes a source of `s3://key:secret@bucket/prefix?endpoint=…&region=…`, or of an address without keys and the keys
 * themselves. Throws `SourceError` when it is no such address. The bucket is staged in full in the scratch folder.
 */
export function s3Source(
  text: string,
  given: S3Credentials | null = null,
  privateHosts?: readonly string[],
): Source {
  const { url, credentials } = readAddress(text, given);
  const address = url.href;
  return {
    kind: 's3',
    address,
    async prepare({ scratchDir, signal = new AbortController().signal, now }) {
      signal.throwIfAborted();
      if (!credentials) throw noCredentials(address);
      // The S3 client takes a fifth of a second to load, and most runs never need it.
      const { connectS3 } = await import('../stores/s3.ts');
      try {
        const connection = connectS3(url, { credentials, privateHosts });
        try {
          return await stage(connection, { address, scratchDir, signal, now });
        } finally {
          connection.client.destroy();
        }
      } catch (error) {
        signal.throwIfAborted();
        throw explain(error, address);
      }
    },
  };
}

interface Staging {
  address: string;
  scratchDir: string;
  signal: AbortSignal;
  now: () => Date;
}

async function stage(
  connection: S3Connection,
  { address, scratchDir, signal, now }: Staging,
): Promise<PreparedSource> {
  const { countOtherVersions, listObjects } = await import('./s3-objects.ts');
  const dataTime = now();
  const listed = await Array.fromAsync(listObjects(connection, signal));
  const otherVersions = await countOtherVersions(connection, signal);
  await refuseLackOfRoom(listed, { scratchDir, address });

  const root = await mkdtemp(join(scratchDir, 's3-'));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    const fetched = await fetchAll(connection, { listed, root, signal });
    await writeSidecar(join(root, SIDECAR), fetched);
    const whole = fetched.flatMap(({ got }) => (got.outcome === 'whole' ? [got.facts.bytes] : []));
    return {
      root,
      dataTime,
      inventory: {
        kind: 's3',
        bucket: connection.bucket,
        objects: whole.length,
        bytes: whole.reduce((sum, bytes) => sum + bytes, 0),
        otherVersions,
      },
      reservations: [...fetched.flatMap(reservationOf), ...notKept(otherVersions, address)],
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** One object, its place below the root, and what came of it. */
interface Staged {
  key: string;
  path: string;
  got: Fetched;
}

async function fetchAll(
  connection: S3Connection,
  { listed, root, signal }: { listed: Listed[]; root: string; signal: AbortSignal },
): Promise<Staged[]> {
  const { fetchObject } = await import('./s3-objects.ts');
  const folders = foldersAmong(listed);
  const made = new Set<string>();
  const staged: Staged[] = [];
  const left = listed.entries();
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    for (const [index, object] of left) {
      const key = object.key.slice(connection.prefix.length);
      const path = join(OBJECTS, pathOfKey(key, folders.has(object.key)));
      const file = join(root, path);
      await makeFolder(dirname(file), made);
      const got = await fetchObject(connection, object, file, either);
      await settle(file, got);
      staged[index] = { key: object.key, path, got };
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } catch (error) {
    failed.abort();
    throw error;
  }
  return staged;
}

/** Keys that are an object and also what other keys have before a slash. */
function foldersAmong(listed: Listed[]): Set<string> {
  const keys = new Set(listed.map(({ key }) => key));
  const folders = new Set<string>();
  for (const key of keys)
    for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      const before = key.slice(0, slash);
      if (keys.has(before)) folders.add(before);
    }
  return folders;
}

async function makeFolder(folder: string, made: Set<string>): Promise<void> {
  if (made.has(folder)) return;
  await mkdir(folder, { recursive: true });
  made.add(folder);
}

/** A file has the time of its object; of an object that was not had, nothing stays. */
async function settle(file: string, got: Fetched): Promise<void> {
  if (got.outcome !== 'whole') return rm(file, { force: true });
  const { lastModified } = got.facts;
  if (lastModified) await utimes(file, new Date(lastModified), new Date(lastModified));
}

async function writeSidecar(file: string, staged: Staged[]): Promise<void> {
  const lines = staged
    .values()
    .flatMap(({ key, path, got }) =>
      got.outcome === 'whole' ? [`${JSON.stringify({ key, path, ...got.facts })}\n`] : [],
    );
  await pipeline(Readable.from(lines), createWriteStream(file, { mode: 0o600 }));
}

function reservationOf({ key, got }: Staged): SourceReservation[] {
  if (got.outcome === 'vanished')
    return [
      {
        kind: 'vanished',
        path: key,
        ...because('capture.vanished', {}),
        reason: 'it was removed before it could be read',
      },
    ];
  if (got.outcome === 'unreadable')
    return [
      {
        kind: 'unreadable',
        path: key,
        ...because('capture.object-unreadable', { cause: got.cause }),
        reason: `the object could not be read (${got.cause})`,
      },
    ];
  if (!got.isChanged) return [];
  return [
    {
      kind: 'torn',
      path: key,
      ...because('capture.object-changed', {}),
      reason: 'it changed after it was listed; the newer one is kept',
    },
  ];
}

function notKept(others: BucketInventory['otherVersions'], address: string): SourceReservation[] {
  if (!others || others.versions + others.deleteMarkers === 0) return [];
  return [
    {
      kind: 'skipped',
      path: address,
      ...because('capture.older-versions', { versions: others.versions, markers: others.deleteMarkers }),
      reason: `${others.versions} older versions and ${others.deleteMarkers} delete markers are not kept`,
    },
  ];
}

async function refuseLackOfRoom(
  listed: Listed[],
  { scratchDir, address }: { scratchDir: string; address: string },
): Promise<void> {
  const needed = listed.reduce((sum, { bytes }) => sum + bytes + BYTES_A_FILE, 0);
  const { bavail, bsize } = await statfs(scratchDir);
  if (bavail * bsize < needed) throw noRoom(address);
}

function readAddress(
  text: string,
  given: S3Credentials | null,
): { url: URL; credentials: S3Credentials | null } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 's3:' || !url.hostname) throw badAddress();
  const [accessKeyId, secretAccessKey] = [decoded(url.username), decoded(url.password)];
  url.username = '';
  url.password = '';
  if (accessKeyId && secretAccessKey) return { url, credentials: { accessKeyId, secretAccessKey } };
  return { url, credentials: given };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badAddress();
  }
}

/** The store's words, as those of a source. */
function explain(error: unknown, address: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return noRoom(address);
  if (!(error instanceof StoreError)) return error;
  const { fault, because: why, message: original } = error;
  const say = (kind: SourceError['fault'], what: SourceError['because']) =>
    new SourceError(kind, what, original, { cause: error });
  if (fault === 'wrong-address' && why.code === 'store.bad-address') return badAddress();
  if (why.code === 'store.host-not-allowed') return say('failed', why);
  if (why.code === 'store.no-bucket') return say('not-found', because('source.no-bucket', { address }));
  if (fault === 'denied') return say('denied', because('source.credentials-refused', { address }));
  if (fault === 'unreachable')
    return say(
      'unreachable',
      because('source.unreachable', { address, cause: String(why.params.cause ?? 'ETIMEDOUT') }),
    );
  return say('failed', because('source.bucket-failed', { address, original }));
}

function noRoom(address: string): SourceError {
  return new SourceError(
    'full',
    because('source.no-room', { address }),
    `There is no room for the objects of ${address}: they are staged in the working folder before they are packed.`,
  );
}

function noCredentials(address: string): SourceError {
  return new SourceError(
    'denied',
    because('source.no-credentials', { address }),
    `No keys for ${address}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write s3://key:secret@bucket/prefix.`,
  );
}

/** The message must not repeat the address: it may hold a secret. */
function badAddress(): SourceError {
  return new SourceError(
    'not-found',
    because('source.bad-address', {}),
    'This is not an address of the form s3://key:secret@bucket/prefix?endpoint=https://host&region=name, with %2F for a slash in the secret.',
  );
}
