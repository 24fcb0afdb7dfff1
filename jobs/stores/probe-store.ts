/** Probing a store of any kind. */
import { type OpenOptions, openStore } from './open.ts';
import type { Probe } from './probe.ts';
import { probeFolder } from './probe-folder.ts';

export interface ProbeOptions extends Pick<OpenOptions, 'credentials' | 'patience' | 'privateHosts'> {
  /** How long canaries are locked; half a minute when not said. */
  lockMs?: number;
}

/**
 * Finds out what a store can do. A missing ability is an answer; `StoreError` only when the address is wrong or the
 * store cannot be reached and written at all, so that nothing can be said.
 */
export async function probeStore(
  address: string,
  { credentials, patience, privateHosts, lockMs }: ProbeOptions = {},
): Promise<Probe> {
  await using opened = new AsyncDisposableStack();
  const store = await openStore(address, { credentials, patience, privateHosts });
  opened.defer(() => store.close());
  if (store.versions === null) return probeFolder(store);
  const { probeS3 } = await import('./s3-probe.ts');
  return probeS3(new URL(address), { credentials, patience, privateHosts, lockMs });
}
