import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listActivities } from '#/plans/activities.ts';
import {
  type Asset,
  AssetChange,
  changeAsset,
  findAsset,
  findAssetForChange,
  listAssets,
  retireAsset,
} from '#/plans/assets.ts';
import { findClient } from '#/plans/clients.ts';
import { listDependencies } from '#/plans/dependencies.ts';
import type { Work } from '#/plans/work.ts';
import type { Problem } from '../http/problems.ts';
import { etagOf, page, type Typed } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import { type AssetView, form } from '../views.ts';
import { differencesOf, filledFrom } from './edited.ts';

/** One asset: reading, changing and taking it out. */
export const assetsPages = [
  page({
    method: 'get',
    path: '/assets/:id',
    summary: 'One asset',
    params: One,
    query: z.object({ saved: z.string().optional() }),
    run: async ({ work, params: { id }, query: { saved } }) => {
      const asset = await findAsset(work, id);
      return { show: 'clients/asset', data: { ...(await show(work, asset)), isSaved: saved !== undefined } };
    },
  }),
  page({
    method: 'post',
    path: '/assets/:id',
    summary: 'Change an asset',
    params: One,
    body: AssetChange,
    current: ({ work, params: { id } }) => findAssetForChange(work, id),
    run: async ({ work, params: { id }, body }) => {
      await changeAsset(work, id, body);
      return { goTo: `/assets/${id}?saved` };
    },
    again: ({ work, params: { id }, typed, problem }) => showAgain(work, id, typed, problem),
  }),
  page({
    method: 'post',
    path: '/assets/:id/retirement',
    summary: 'Take an asset out of the inventory',
    params: One,
    current: ({ work, params: { id } }) => findAssetForChange(work, id),
    run: async ({ work, params: { id } }) => ({
      goTo: `/clients/${(await retireAsset(work, id)).client}/inventory`,
    }),
    again: ({ work, params: { id }, problem }) => showRefused(work, id, problem),
  }),
];

const FIELDS = {
  name: { term: 'term.name', kind: 'text' },
  kind: { term: 'term.kind', kind: 'asset-kind' },
  owner: { term: 'term.owner', kind: 'text' },
  location: { term: 'term.location', kind: 'text' },
  description: { term: 'term.description', kind: 'text' },
} as const;

async function show(work: Work, asset: Asset): Promise<AssetView> {
  const activities = await listActivities(work, asset.client);
  const assets = await listAssets(work, asset.client);
  const names = new Map([...activities, ...assets].map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? '–';
  const dependencies = await listDependencies(work, asset.client, { of: asset.id });
  return {
    client: await findClient(work, asset.client),
    asset,
    version: etagOf(asset),
    isSaved: false,
    differences: [],
    needs: dependencies
      .filter(({ from }) => from.id === asset.id)
      .map((dependency) => ({ dependency, to: nameOf(dependency.to) })),
    neededBy: dependencies
      .filter(({ to }) => to === asset.id)
      .map((dependency) => ({ dependency, from: nameOf(dependency.from.id) })),
    mayChange: may(work, 'inventory.change'),
    form: form(filledFrom(AssetChange.parse(asset))),
  };
}

/** What was typed, beside what somebody else has recorded meanwhile. Sent again, it replaces that knowingly. */
async function showAgain(work: Work, id: string, typed: Typed, problem: Problem) {
  const asset = await findAsset(work, id);
  const wanted = AssetChange.safeParse(typed);
  const differences = problem.key === 'http.changed-meanwhile' && wanted.success;
  return {
    show: 'clients/asset',
    data: {
      ...(await show(work, asset)),
      differences: differences ? differencesOf(FIELDS, asset, wanted.data) : [],
      form: form(typed, problem),
    } satisfies AssetView,
  };
}

async function showRefused(work: Work, id: string, problem: Problem) {
  const shown = await show(work, await findAsset(work, id));
  return { show: 'clients/asset', data: { ...shown, form: form(shown.form.typed, problem) } };
}
