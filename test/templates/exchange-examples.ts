import type { CameWith } from '#/server/views/came-with.ts';
import type { ExchangeView, NewClientView, UploadView } from '#/server/views/exchange.ts';
import * as views from '#/server/views.ts';
import { client, hash, part } from './examples.ts';

const id = '00000000-0000-4000-8000-000000000007';
const none = { items: [], total: 0, first: 0, last: 0, previous: null, next: null };
const refusedWith = (detail: string) =>
  views.form({}, { type: 'about:blank', title: 'Conflict', status: 409, detail, key: 'x', errors: [] });

export const overview: ExchangeView = {
  client,
  languages: ['fr', 'en', 'nl'].map((locale) => ({ locale, href: `/workbook?language=${locale}` })),
  sheets: [{ name: 'Actifs', href: '/tables/assets' }],
  mayTake: true,
  cameFromFile: true,
  mayTakeAll: true,
  mostBytes: 16_000_000,
  form: refusedWith('Ce classeur est abîmé.'),
};

export const upload: UploadView = {
  client,
  upload: {
    id,
    client: client.id,
    name: 'inventaire.xlsx',
    kind: 'tables',
    sha256: hash,
    sentBy: 'Claire Desrosiers',
    sentAt: '2026-11-20T09:30:00.000Z',
    takenAt: null,
  },
  version: hash,
  counts: [{ sheet: 'activities', name: 'Activités', add: 1, change: 1, remove: 1, none: 4 }],
  isIdle: false,
  problems: none,
  changes: part([
    {
      sheet: 'Activités',
      where: 'Activités!2',
      what: 'change',
      name: 'Facturation',
      differences: [
        { label: 'RTO', before: '4 h', after: '8 h' },
        { label: 'Responsable', before: 'Anne', after: '' },
        { label: 'PDMA', before: '', after: '1 h' },
      ],
    },
    { sheet: 'Actifs', where: 'Actifs!7', what: 'remove', name: 'Vieux serveur', differences: [] },
  ]),
  notes: ['13 lignes ne sont pas reprises.'],
  mayTake: true,
  form: refusedWith('Le client a changé.'),
};

export const wrongUpload: UploadView = {
  ...upload,
  mayTake: false,
  problems: part([{ where: 'Actifs!C4', key: 'exchange.empty', detail: 'Remplissez-la.' }]),
  form: views.form(),
};

export const idleUpload: UploadView = { ...upload, isIdle: true, counts: [], changes: none };

export const takenUpload: UploadView = {
  ...upload,
  upload: { ...upload.upload, takenAt: '2026-11-20T09:40:00.000Z' },
};

export const cameWith: CameWith = {
  came: [
    { words: 'asset.many', taken: 12, told: 0 },
    { words: 'incident.many', taken: 0, told: 3 },
    { words: 'exchange.evidence', taken: 3, told: 0 },
  ],
  left: [
    { words: 'exchange.rows.trail', count: 340, reason: 'chained', names: [] },
    { words: 'told.plan-versions', count: 1, reason: 'altered', names: ['PRA', 'PCA'] },
  ],
};

export const newClient: NewClientView = {
  mayAdd: true,
  mostBytes: 16_000_000,
  outlook: { name: 'Groupe Valmont Distribution', ...cameWith },
  form: refusedWith('Ce fichier a été modifié.'),
};
