import { openStore } from '../stores/open.ts';
import type { Store } from '../stores/store.ts';
import type { RepositorySecrets } from './repository.ts';

/** The objects of a repository as they lie there, past its tool. What may be reached was looked at by `request.ts`. */
export const storeOf = (
  address: string,
  { accessKeyId, secretAccessKey }: RepositorySecrets,
): Promise<Store> =>
  openStore(address, {
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
  });
