import {
  addSentinel,
  findSentinel,
  listSentinels,
  NewSentinel,
  removeSentinel,
  Sentinel,
} from '#/plans/sentinels.ts';
import { noun } from '../noun.ts';

export const sentinel = noun<Sentinel, NewSentinel>({
  name: 'sentinel',
  path: 'sentinels',
  tab: 'protection',
  titleOf: ({ assetName }) => assetName,
  fields: [{ name: 'asset', kind: 'reference', to: 'assets' }],
  told: [
    { name: 'plantedAt', kind: 'moment', optional: true },
    { name: 'isRefused', kind: 'tick', tone: 'danger' },
  ],
  columns: ['plantedAt', 'isRefused'],
  valuesOf: ({ refusal, ...item }) => ({ ...item, isRefused: refusal !== null }),
  item: Sentinel,
  input: NewSentinel,
  list: listSentinels,
  find: findSentinel,
  add: addSentinel,
  remove: removeSentinel,
  right: 'protection.change',
  notices: async (_, { refusal }) =>
    refusal ? [{ kind: 'danger', reason: { key: `finding.${refusal.code}`, params: refusal.params } }] : [],
});
