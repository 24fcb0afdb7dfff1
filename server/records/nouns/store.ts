import {
  changeStore,
  findStore,
  findStoreForChange,
  listStores,
  Store,
  StoreChange,
} from '#/plans/stores.ts';
import { noun } from '../noun.ts';

/** Stores are added on the protection page, which takes their secret and never shows it. */
export const store = noun<Store, never, StoreChange>({
  name: 'store',
  path: 'stores',
  tab: 'protection',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'isOffsite', kind: 'tick' },
    { name: 'site', kind: 'reference', to: 'sites', optional: true },
    { name: 'account', kind: 'line', optional: true },
    { name: 'needs', kind: 'references', to: 'assets', optional: true },
    { name: 'egressPrice', kind: 'money', optional: true },
    { name: 'runsAtOnce', kind: 'number' },
  ],
  told: [
    { name: 'kind', kind: 'choice', values: ['folder', 's3'], words: 'store-kind' },
    { name: 'address', kind: 'line' },
  ],
  columns: ['kind', 'isOffsite', 'site', 'account'],
  item: Store,
  input: null,
  changeInput: StoreChange,
  list: listStores,
  find: findStore,
  findForChange: findStoreForChange,
  change: changeStore,
  right: 'protection.change',
});
