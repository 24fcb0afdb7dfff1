/** From a store's address to the store. Credentials are given, never read from the environment here. */
import { because } from '../recovery-points/finding-codes.ts';
import { openFolderStore } from './folder.ts';
import type { Patience } from './patience.ts';
import { type Checksums, type S3Credentials, type Store, StoreError } from './store.ts';

export interface OpenOptions {
  credentials?: S3Credentials | undefined;
  /** Makes the folder of a folder store when only that last folder is missing. */
  create?: boolean | undefined;
  /** What the probe found that the server checks. */
  checksums?: Checksums | undefined;
  patience?: Patience | undefined;
  /** Where people type in addresses: hosts that are not public and may be reached all the same. Absent: all may. */
  privateHosts?: readonly string[] | undefined;
}

/** Opens `file:///abs/dir` or `s3://bucket/prefix?endpoint=…&region=…`. Nothing is fetched yet. */
export async function openStore(
  address: string,
  { create = false, ...options }: OpenOptions = {},
): Promise<Store> {
  const url = parse(address);
  if (url.protocol === 'file:') return openFolderStore(url, { create });
  if (url.protocol === 's3:') {
    // The S3 client takes a fifth of a second to load, and most runs on a folder never need it.
    const { openS3Store } = await import('./s3.ts');
    return openS3Store(url, { credentials: undefined, ...options });
  }
  throw unknownAddress();
}

function parse(address: string): URL {
  if (!URL.canParse(address)) throw unknownAddress();
  return new URL(address);
}

function unknownAddress(): StoreError {
  return new StoreError(
    'wrong-address',
    because('store.bad-address', {}),
    'A store is file:///absolute/folder or s3://bucket/prefix?endpoint=https://…&region=….',
  );
}
