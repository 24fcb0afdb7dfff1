/** What a request asks for, in S3's terms. */
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { Refusal } from './refusal.ts';

export interface Asked {
  request: IncomingMessage;
  bucket: string;
  /** Empty when it is about the bucket. */
  key: string;
  query: URLSearchParams;
}

/** Reads a path-style address. Bucket and key become names of files, and must not lead elsewhere. */
export function readAsked(request: IncomingMessage): Asked {
  const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
  const [bucket = '', ...key] = decodeURIComponent(pathname).slice(1).split('/');
  const asked = { request, bucket, key: key.join('/'), query: searchParams };
  if (!bucket || path.join('/', bucket, asked.key) !== path.join('/', bucket) + suffix(asked.key))
    throw new Refusal('InvalidArgument');
  return asked;
}

const suffix = (key: string) => (key ? `/${key}` : '');
