import type { Tools } from './job.ts';
import type { StoreAddress } from './recovery-points/in-child.ts';

/** A store on record, its credentials sealed. */
interface SealedStore {
  address: string;
  sealedCredentials: Buffer | null;
  checksums: 'none' | 'sha256';
  /** Recovery points are on record there. */
  isInUse: boolean;
}

/** A store as the engine takes it: its credentials opened, and told which machines it may stand on. */
export const storeOf = (
  { address, sealedCredentials, checksums, isInUse }: SealedStore,
  provider: string,
  { open, privateHosts }: Pick<Tools, 'open' | 'privateHosts'>,
): StoreAddress => ({
  address,
  credentials: sealedCredentials ? JSON.parse(open(provider, 'store', sealedCredentials)) : null,
  checksums,
  privateHosts,
  isInUse,
});
