/** A bucket that is backed up into itself would grow with every run. */
import type { Source } from '../sources/source.ts';
import type { Store } from '../stores/store.ts';
import { EngineError } from './contract.ts';
import { because } from './finding-codes.ts';

/** Refuses a source and a store of which one lies in the other. */
export function refuseSharedBucket({ address: source }: Source, { address: store }: Store): void {
  if (!source.startsWith('s3:') || !store.startsWith('s3:')) return;
  const [one, other] = [placeOf(source), placeOf(store)];
  if (!one.startsWith(other) && !other.startsWith(one)) return;
  throw new EngineError(
    'call',
    because('ask.store-inside-source', { folder: store }),
    `The store ${store} shares its place with the bucket to back up. Choose another bucket or prefix for it.`,
  );
}

/** Server, bucket and prefix, with a slash behind each. */
function placeOf(address: string): string {
  const { hostname, pathname, searchParams } = new URL(address);
  const prefix = pathname.replace(/^\/+|(?<!\/)\/+$/g, '');
  return `${searchParams.get('endpoint') ?? ''} ${hostname}/${prefix && `${prefix}/`}`;
}
