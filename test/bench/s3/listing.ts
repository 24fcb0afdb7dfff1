/** Lists of objects, version 2 and version 1. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import type { Asked } from './asked.ts';
import { etagOf, type Files } from './files.ts';
import { element, sendXml } from './xml.ts';

const MOST = 1000;

interface Entry {
  name: string;
  /** Stands for all keys that begin so. */
  isPrefix: boolean;
}

export function listObjects(files: Files, asked: Asked, response: ServerResponse): void {
  const { query, bucket } = asked;
  const isVersion2 = query.get('list-type') === '2';
  const prefix = query.get('prefix') ?? '';
  const most = Math.min(Number(query.get('max-keys') ?? MOST), MOST);
  const from = isVersion2 ? startOf(query) : query.get('marker');
  const folder = files.bucket(asked);
  const rest = entriesOf(keysOf(folder, prefix), prefix, query.get('delimiter') ?? '').filter(
    ({ name }) => from === null || byBytes(name, from) > 0,
  );
  const page = rest.slice(0, most);
  const isCut = rest.length > page.length;
  const write = query.get('encoding-type') === 'url' ? inUrl : String;
  const last = page.at(-1)?.name ?? '';
  const next = isVersion2
    ? element('NextContinuationToken', Buffer.from(last).toString('base64url'))
    : element('NextMarker', write(last));
  sendXml(
    response,
    200,
    element('ListBucketResult', [
      element('Name', bucket),
      element('Prefix', write(prefix)),
      element('KeyCount', page.length),
      element('MaxKeys', most),
      element('IsTruncated', isCut),
      ...(isCut ? [next] : []),
      ...(write === inUrl ? [element('EncodingType', 'url')] : []),
      ...page.map((entry) => describe(folder, entry, write)),
    ]),
  );
}

/** A token is the last name in letters that need no writing of any kind. */
function startOf(query: URLSearchParams): string | null {
  const token = query.get('continuation-token');
  return token === null ? query.get('start-after') : String(Buffer.from(token, 'base64url'));
}

/** All keys with this prefix, in S3's order. */
function keysOf(bucket: string, prefix: string): string[] {
  const folder = path.join(bucket, prefix.slice(0, prefix.lastIndexOf('/') + 1));
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(bucket, path.join(entry.parentPath, entry.name)))
    .filter((key) => key.startsWith(prefix))
    .sort(byBytes);
}

/** Keys, or what stands for those that go on after a delimiter. */
function entriesOf(keys: string[], prefix: string, delimiter: string): Entry[] {
  const names = keys.map((key) => {
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    return end < 0 ? key : key.slice(0, end + delimiter.length);
  });
  return [...new Set(names)].map((name) => ({
    name,
    isPrefix: delimiter !== '' && name.endsWith(delimiter),
  }));
}

function describe(bucket: string, { name, isPrefix }: Entry, write: (name: string) => string): string {
  if (isPrefix) return element('CommonPrefixes', [element('Prefix', write(name))]);
  const stats = statSync(path.join(bucket, name), { bigint: true });
  return element('Contents', [
    element('Key', write(name)),
    element('LastModified', stats.mtime.toISOString()),
    element('ETag', etagOf(stats)),
    element('Size', String(stats.size)),
    element('StorageClass', 'STANDARD'),
  ]);
}

const inUrl = (name: string) => encodeURIComponent(name).replaceAll('%2F', '/');
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
