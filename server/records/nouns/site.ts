import { listAssets } from '#/plans/assets.ts';
import { SITE_KINDS } from '#/plans/continuity-facts.ts';
import { ASSET_KINDS } from '#/plans/facts.ts';
import {
  addSite,
  changeSite,
  findSite,
  findSiteForChange,
  listSites,
  NewSite,
  removeSite,
  Site,
} from '#/plans/sites.ts';
import { noun } from '../noun.ts';

export const site = noun<Site, NewSite>({
  name: 'site',
  path: 'sites',
  tab: 'inventory',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line' },
    { name: 'kind', kind: 'choice', values: SITE_KINDS, words: 'site-kind' },
    { name: 'address', kind: 'text', optional: true, max: 1000, rows: 3 },
    { name: 'latitude', kind: 'number', optional: true },
    { name: 'longitude', kind: 'number', optional: true },
    { name: 'power', kind: 'text', optional: true, max: 2000 },
    { name: 'telecom', kind: 'text', optional: true, max: 2000 },
  ],
  columns: ['kind', 'address'],
  item: Site,
  input: NewSite,
  list: listSites,
  find: findSite,
  findForChange: findSiteForChange,
  add: addSite,
  change: changeSite,
  remove: removeSite,
  right: 'inventory.change',
  parts: async (work, { id, client }) => [
    {
      name: 'site.assets',
      columns: [
        { name: 'name', kind: 'line' },
        { name: 'kind', kind: 'choice', values: ASSET_KINDS, words: 'asset-kind' },
      ],
      rows: (await listAssets(work, client))
        .filter((asset) => asset.site === id)
        .map(({ id: asset, name, kind }) => ({ href: `/assets/${asset}`, values: { name, kind } })),
    },
  ],
});
