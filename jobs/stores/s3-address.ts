/** Reading `s3://bucket/prefix?endpoint=…&region=…`. */
import { because } from '../recovery-points/finding-codes.ts';
import { checkKey } from './keys.ts';
import { StoreError } from './store.ts';

export interface S3Address {
  href: string;
  bucket: string;
  /** Ends with a slash, or is empty. */
  prefix: string;
  endpoint: string | null;
  region: string;
}

/** Refuses an address that holds keys, and one without a bucket. */
export function readS3Address(url: URL): S3Address {
  const bucket = url.hostname;
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|(?<!\/)\/+$/g, '');
  const endpoint = url.searchParams.get('endpoint');
  if (!bucket || url.username || url.password || (endpoint !== null && !isHttp(endpoint)))
    throw new StoreError(
      'wrong-address',
      because('store.bad-address', {}),
      'An S3 store is s3://bucket/prefix?endpoint=https://host&region=name, without keys in the address.',
    );
  if (prefix) checkKey(prefix);
  return {
    href: url.href,
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
