/** Examples of a client's settings and of what the provider's clients share. */

import { coverPreview } from '#/server/charts/cover-preview.ts';
import { cellsOf } from '#/server/records/cells.ts';
import { fillForm } from '#/server/records/field.ts';
import { inputsOf } from '#/server/records/inputs.ts';
import { CLIENT_FIELDS } from '#/server/routes/client-settings.ts';
import { POOL_FIELDS } from '#/server/routes/technician-pools.ts';
import type { BrandView } from '#/server/views/brand.ts';
import type { ClientSettingsView } from '#/server/views/client-settings.ts';
import type { ContentionView, SharedView } from '#/server/views/contention.ts';
import type { PoolFormView, PoolListView, PoolView } from '#/server/views/technician-pools.ts';
import { form } from '#/server/views.ts';
import { changedMeanwhile, client, hash, part } from './examples.ts';

const pool = {
  id: '00000000-0000-4000-8000-00000000000b',
  name: 'Équipe de Lille',
  headCount: 3,
  skills: ['Hyper-V', 'PostgreSQL'],
  hours: [{ day: 1, from: '08:00', to: '18:00' }],
  clients: 12,
};
const choices = { technicianPools: [{ id: pool.id, name: pool.name }] };
const values = {
  ...client,
  businessHours: 'always',
  technicianPool: pool.id,
  'labels.rto': 'Délai de remise en route',
};
const writing = { zone: 'Europe/Paris', day: 'j', byte: 'o' } as const;
const settingsTyped = fillForm(CLIENT_FIELDS, values, writing);

export const clientSettings: ClientSettingsView = {
  client: { ...client, labels: { rto: 'Délai de remise en route' } },
  isSaved: true,
  mayChange: true,
  mayReadClosings: true,
  version: hash,
  facts: cellsOf(CLIENT_FIELDS, values, 'client', choices),
  inputs: inputsOf(CLIENT_FIELDS, { words: 'client', typed: settingsTyped, choices, errors: [] }),
  form: form(),
  differences: [],
};
export const clientSettingsRead: ClientSettingsView = { ...clientSettings, mayChange: false, isSaved: false };
export const clientSettingsTwice: ClientSettingsView = {
  ...clientSettings,
  form: form(settingsTyped, changedMeanwhile),
  differences: [{ label: 'client.field.name', recorded: 'Valmont', typed: 'Groupe Valmont' }],
};

const poolTyped = fillForm(POOL_FIELDS, pool, writing);
const inputs = inputsOf(POOL_FIELDS, {
  words: 'technician-pool',
  typed: poolTyped,
  choices: {},
  errors: [{ field: 'headCount', detail: 'Écrivez un nombre.' }],
});
export const poolList: PoolListView = { pools: [pool], mayChange: true };
export const poolShow: PoolView = {
  pool,
  facts: cellsOf(POOL_FIELDS, pool, 'technician-pool', {}),
  clients: [client],
  contentionHref: `/portfolio/contention/pool/${pool.id}`,
  mayChange: true,
  version: hash,
  isSaved: true,
  refusal: 'Des clients comptent dessus.',
};
export const poolEdit: PoolFormView = {
  pool,
  version: hash,
  inputs,
  form: form(poolTyped, changedMeanwhile),
  differences: [{ label: 'technician-pool.field.name', recorded: 'Équipe', typed: 'Équipe de Lille' }],
};
export const poolNew: PoolFormView = { pool: null, version: null, inputs, form: form(), differences: [] };

const id = (number: number) => `00000000-0000-4000-8000-0000000001${number}0`;
const shared: SharedView['shared'] = [
  { kind: 'pool', key: pool.id, name: pool.name, isByName: false, clients: 12, seen: 11 },
  { kind: 'supplier', key: '00ff', name: 'Hébergeur du Nord', isByName: true, clients: 2, seen: 2 },
];
export const sharedList: SharedView = { shared };
const late = {
  client: { id: client.id, name: client.name },
  activity: { id: id(1), name: 'Paie' },
  rtoSeconds: 28_800,
  aloneSeconds: 21_600,
  isDeclared: false,
};
const lost = { ...late, lostFrom: 3, togetherSeconds: 50_400, allSeconds: 60_000 };
export const contention: ContentionView = {
  shared: { ...shared[1]!, clients: 130 },
  considered: 100,
  lostFrom: 3,
  order: [
    { client: { id: client.id, name: client.name }, untimedActivities: 2 },
    { client: null, untimedActivities: 0 },
  ],
  losses: part([lost, { ...lost, activity: { id: id(2), name: 'Facturation' }, isDeclared: true }]),
  unseenLosses: 4,
  lateAlone: [{ ...late, aloneSeconds: 36_000, isDeclared: true }],
  unseenLateAlone: 2,
  unseen: 1,
};
export const noContention: ContentionView = {
  ...contention,
  shared: { ...shared[0]!, clients: 100 },
  lostFrom: null,
  losses: { items: [], total: 0, first: 0, last: 0, previous: null, next: null },
  unseenLosses: 0,
  lateAlone: [],
  unseenLateAlone: 0,
  unseen: 0,
};

const colours = { primary: '#5B1647', accent: '#F2C14E' };
export const brand: BrandView = {
  name: 'Amarante Continuité',
  brand: {
    ...{ legalName: 'Amarante Continuité SAS', address: '1 rue du Port, 59000 Lille', footer: null, colours },
    logo: { type: 'image/png', sha256: 'ab'.repeat(32), bytes: 2048 },
  },
  logo: 'data:image/png;base64,iVBORw0KGgo=',
  preview: coverPreview({
    colours,
    logo: null,
    name: 'Amarante',
    kicker: 'Rapport',
    title: 'Titre',
    desc: 'Aperçu',
  }),
  mostBytes: 200_000,
  version: 'v1',
  mayChange: true,
  form: form({ primary: '#5B1647' }),
  logoForm: form(),
};
