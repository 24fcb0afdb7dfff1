import { cellsOf } from '#/server/records/cells.ts';
import { incident } from '#/server/records/nouns/incident.ts';
import type { ToldListView, ToldView } from '#/server/views/told.ts';
import { at, client, hash } from './examples.ts';

const id = '00000000-0000-4000-8000-000000000007';

export const list: ToldListView = {
  client,
  taking: {
    sha256: hash,
    name: 'Valmont',
    madeBy: 'Hugo Ferrand',
    madeAt: at,
    takenBy: 'Claire Desrosiers',
    takenAt: at,
  },
  kinds: [{ words: 'incident.many', href: `/clients/${client.id}/incidents#told`, count: 3 }],
};

export const nothing: ToldListView = { client, taking: null, kinds: [] };

export const show: ToldView = {
  client,
  noun: 'incident',
  tab: 'life',
  listHref: `/clients/${client.id}/incidents`,
  title: 'Panne de la baie',
  facts: cellsOf(incident.fields, { title: 'Panne de la baie', class: 'hardware' }, 'incident', {}),
  figures: [],
  parts: [
    {
      name: 'log',
      columns: ['log.field.text'],
      rows: [
        {
          href: null,
          cells: cellsOf([{ name: 'text', kind: 'text' }], { text: 'Tout est revenu.' }, 'log', {}),
        },
      ],
      addHref: null,
    },
    { name: 'activations', columns: [], rows: [], addHref: null },
  ],
  record: {
    id,
    client: client.id,
    noun: 'incident',
    title: 'Panne de la baie',
    origin: id,
    sha256: hash,
    told: [
      { by: 'Hugo Ferrand', at, sha256: hash },
      { by: 'Claire Desrosiers', at, sha256: hash },
    ],
  },
  last: { by: 'Claire Desrosiers', at, sha256: hash },
  links: [{ href: `/told/${id}`, title: 'Retour d’expérience', words: 'review.one' }],
};
