import {
  ASSET_STATES,
  Asset,
  AssetChange,
  addAsset,
  changeAsset,
  findAsset,
  findAssetForChange,
  listAssets,
  NewAsset,
  RECOVERY_RESOURCES,
  retireAsset,
} from '#/plans/assets.ts';
import { ASSET_KINDS } from '#/plans/facts.ts';
import type { Work } from '#/plans/work.ts';
import { noun, type SubList } from '../noun.ts';
import { neededByPart, needsPart } from './need-parts.ts';

export const asset = noun<Asset, NewAsset, AssetChange>({
  name: 'asset',
  path: 'assets',
  tab: 'inventory',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line' },
    { name: 'kind', kind: 'choice', values: ASSET_KINDS, words: 'asset-kind' },
    { name: 'label', kind: 'line', optional: true, once: true, max: 100 },
    { name: 'state', kind: 'choice', values: ASSET_STATES, words: 'asset-state' },
    { name: 'description', kind: 'text', optional: true },
    { name: 'owner', kind: 'line', optional: true },
    { name: 'holder', kind: 'reference', to: 'contacts', optional: true },
    { name: 'deputy', kind: 'reference', to: 'contacts', optional: true },
    { name: 'site', kind: 'reference', to: 'sites', optional: true },
    { name: 'location', kind: 'line', optional: true },
    { name: 'isRemoteWorkPossible', kind: 'tick' },
    { name: 'supplier', kind: 'reference', to: 'suppliers', optional: true },
    { name: 'volumeBytes', kind: 'bytes', optional: true },
    { name: 'changeBytesPerDay', kind: 'bytes', optional: true },
    { name: 'endOfSupportOn', kind: 'date', optional: true },
    { name: 'declaredRecoverySeconds', kind: 'duration', optional: true },
    { name: 'recoveryResource', kind: 'choice', values: RECOVERY_RESOURCES, words: 'recovery-resource' },
    { name: 'externalSource', kind: 'line', optional: true, max: 100 },
    { name: 'externalId', kind: 'line', optional: true, max: 300 },
  ],
  columns: ['kind', 'label', 'owner', 'site', 'state'],
  item: Asset,
  input: NewAsset,
  changeInput: AssetChange,
  list: listAssets,
  find: findAsset,
  findForChange: findAssetForChange,
  add: addAsset,
  change: changeAsset,
  remove: retireAsset,
  right: 'inventory.change',
  start: async () => ({ state: 'in-service', recoveryResource: 'technician' }),
  parts: async (work, one) => [
    await neededByPart(work, { ...one, kind: 'asset' }),
    await needsPart(work, { ...one, kind: 'asset' }),
    ...(one.kind === 'supplier' ? [await providesPart(work, one)] : []),
  ],
});

/** What a supplier provides. */
const providesPart = async (work: Work, { id, client }: Asset): Promise<SubList> => ({
  name: 'provides',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'kind', kind: 'choice', values: ASSET_KINDS, words: 'asset-kind' },
  ],
  rows: (await listAssets(work, client))
    .filter(({ supplier }) => supplier === id)
    .map(({ id: of, name, kind }) => ({ href: `/assets/${of}`, values: { name, kind } })),
});
