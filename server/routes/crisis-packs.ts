import { may } from '#/plans/access.ts';
import { sha256 } from '#/plans/canonical.ts';
import { findClient } from '#/plans/clients.ts';
import {
  CrisisPack,
  findCrisisPack,
  listCrisisPacks,
  MEDIA,
  NewHandover,
  noteHandover,
  packStanding,
} from '#/plans/crisis-pack-list.ts';
import {
  CrisisPackSettings,
  CrisisPackSettingsChange,
  findPackSettings,
  setPackSettings,
} from '#/plans/crisis-pack-settings.ts';
import { NewCrisisPack, openCrisisPack, requestCrisisPack } from '#/plans/crisis-packs.ts';
import { listStores } from '#/plans/stores.ts';
import type { Work } from '#/plans/work.ts';
import { api, page, type Route, type Typed } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { listOf, OfClient, One, whole } from '../http/shapes.ts';
import { VERSIONS } from '../versions.ts';
import type { CrisisPacksView } from '../views/crisis-packs.ts';
import { type Form, form } from '../views.ts';

/** Crisis packs by the JSON interface. */
export const crisisPacksApi = [
  api({
    method: 'get',
    path: '/clients/:client/crisis-packs',
    summary: 'Crisis packs of a client, newest first',
    params: OfClient,
    output: listOf(CrisisPack),
    run: async ({ work, params: { client } }) => whole(await listCrisisPacks(work, client)),
  }),
  api({
    method: 'post',
    path: '/clients/:client/crisis-packs',
    summary: 'Make a crisis pack of the plans in force',
    params: OfClient,
    body: NewCrisisPack,
    output: CrisisPack,
    status: 202,
    startsWork: true,
    run: async ({ work, params: { client }, body }) =>
      findCrisisPack(work, await requestCrisisPack(work, client, body, VERSIONS)),
  }),
  api({
    method: 'get',
    path: '/crisis-packs/:id',
    summary: 'One crisis pack; its sealed file is at /crisis-packs/{id}/file',
    params: One,
    output: CrisisPack,
    run: ({ work, params: { id } }) => findCrisisPack(work, id),
  }),
  api({
    method: 'post',
    path: '/crisis-packs/:id/handovers',
    summary: 'Note that a crisis pack was handed out',
    params: One,
    body: NewHandover,
    output: CrisisPack,
    status: 201,
    run: ({ work, params: { id }, body }) => noteHandover(work, id, body),
  }),
  api({
    method: 'get',
    path: '/clients/:client/crisis-pack-settings',
    summary: 'Where crisis packs are copied to, and whether they make themselves',
    params: OfClient,
    output: CrisisPackSettings,
    run: ({ work, params: { client } }) => findPackSettings(work, client),
  }),
  api({
    method: 'put',
    path: '/clients/:client/crisis-pack-settings',
    summary: 'Set where crisis packs are copied to, and whether they make themselves',
    params: OfClient,
    body: CrisisPackSettingsChange,
    output: CrisisPackSettings,
    run: ({ work, params: { client }, body }) => setPackSettings(work, client, body),
  }),
];

/** The page of a client's crisis packs, and the sealed file. */
export const crisisPacksPages = ({ documents }: Pick<Services, 'documents'>): Route[] => [
  page({
    method: 'get',
    path: '/clients/:client/crisis-packs',
    summary: 'Crisis packs of a client',
    params: OfClient,
    run: async ({ work, params: { client } }) => ({
      show: 'reports/crisis-packs',
      data: await show(work, client),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/crisis-packs',
    summary: 'Make a crisis pack',
    params: OfClient,
    body: NewCrisisPack,
    run: async ({ work, params: { client }, body }) => {
      await requestCrisisPack(work, client, body, VERSIONS);
      return { goTo: `/clients/${client}/crisis-packs` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'reports/crisis-packs',
      data: await show(work, client, { make: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/crisis-pack-settings',
    summary: 'Set where crisis packs are copied to',
    params: OfClient,
    body: CrisisPackSettingsChange,
    run: async ({ work, params: { client }, body }) => {
      await setPackSettings(work, client, body);
      return { goTo: `/clients/${client}/crisis-packs` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'reports/crisis-packs',
      data: await show(work, client, { settings: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/crisis-packs/:id/handovers',
    summary: 'Note that a crisis pack was handed out',
    params: One,
    body: NewHandover,
    run: async ({ work, params: { id }, body }) => ({
      goTo: `/clients/${(await noteHandover(work, id, body)).client}/crisis-packs`,
    }),
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'reports/crisis-packs',
      data: await show(work, (await findCrisisPack(work, id)).client, { handover: form(typed, problem) }),
    }),
  }),
  ...['/crisis-packs/:id/file', '/api/v1/crisis-packs/:id/file'].map((path) =>
    page({
      method: 'get',
      path,
      summary: 'The sealed file of a crisis pack',
      params: One,
      run: async ({ work, params: { id } }) => {
        const { key, name, sha256: recorded } = await openCrisisPack(work, id);
        const read = async () => {
          const body = await documents.get(key);
          if (sha256(body) !== recorded)
            throw new Error(`The stored crisis pack ${key} is not the one that was recorded.`);
          return body;
        };
        return { download: { name, type: 'application/octet-stream', read } };
      },
    }),
  ),
];

type Forms = Partial<Record<'make' | 'settings' | 'handover', Form>>;

async function show(work: Work, clientId: string, forms: Forms = {}): Promise<CrisisPacksView> {
  const packs = await listCrisisPacks(work, clientId);
  const settings = await findPackSettings(work, clientId);
  const maySet = may(work, 'protection.change');
  const isUnderWay = ({ state }: CrisisPack) => state === 'queued' || state === 'running';
  return {
    client: await findClient(work, clientId),
    standing: await packStanding(work, clientId),
    packs: packs.map((pack) => ({ pack, isUnderWay: isUnderWay(pack) })),
    isUnderWay: packs.some(isUnderWay),
    newest: packs.find(({ state }) => state === 'done') ?? null,
    stores: maySet ? (await listStores(work, clientId)).map(({ id, name }) => ({ id, name })) : [],
    media: [...MEDIA],
    mayMake: may(work, 'report.request'),
    maySet,
    mayNote: may(work, 'receipt.note'),
    make: forms.make ?? form(),
    change: forms.settings ?? form(typedOf(settings)),
    handover: forms.handover ?? form(),
  };
}

/** The settings as the form would send them. */
const typedOf = ({ store, holdDays, isAutomatic }: CrisisPackSettings): Typed => ({
  store: store?.id ?? '',
  holdDays: String(holdDays),
  ...(isAutomatic && { isAutomatic: 'on' }),
});
