import { may } from '#/plans/access.ts';
import { type ContactUse, listContactUses } from '#/plans/contact-uses.ts';
import {
  addContact,
  Contact,
  changeContact,
  findContact,
  findContactForChange,
  hasLeft,
  listContacts,
  NewContact,
  removeContact,
  Verification,
  verifyContactPoint,
} from '#/plans/contacts.ts';
import { CONTACT_POINT_KINDS } from '#/plans/continuity-facts.ts';
import { Erasure, eraseContact, isErased } from '#/plans/personal-data/erase-contact.ts';
import type { Field } from '../field.ts';
import { noun } from '../noun.ts';

const POINT: Field[] = [
  { name: 'kind', kind: 'choice', values: CONTACT_POINT_KINDS, words: 'contact-point-kind' },
  { name: 'value', kind: 'line', max: 300 },
  { name: 'isOutOfBand', kind: 'tick' },
  { name: 'needsAsset', kind: 'reference', to: 'assets', optional: true },
];

const PAGE_OF: Record<ContactUse['as'], string> = {
  holder: 'assets',
  deputy: 'assets',
  'supplier-contact': 'suppliers',
  'role-holder': 'crisis-roles',
  'key-holder': 'key-holders',
  'call-tree': 'plans',
};

export const contact = noun<Contact, NewContact>({
  name: 'contact',
  path: 'contacts',
  tab: 'inventory',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line' },
    { name: 'employer', kind: 'line', optional: true },
    { name: 'jobTitle', kind: 'line', optional: true },
    { name: 'languages', kind: 'lines', optional: true },
    { name: 'points', kind: 'rows', fields: POINT },
    { name: 'person', kind: 'reference', to: 'signIns', optional: true },
    { name: 'leftOn', kind: 'date', optional: true },
  ],
  told: [
    { name: 'first', kind: 'line' },
    {
      name: 'reach',
      kind: 'rows',
      fields: [...POINT, { name: 'verifiedAt', kind: 'moment' }, { name: 'verifiedBy', kind: 'line' }],
    },
  ],
  apart: ['points', 'first'],
  valuesOf: ({ points }) => ({
    reach: points,
    first: points[0]?.value ?? null,
  }),
  columns: ['jobTitle', 'employer', 'first', 'leftOn'],
  item: Contact,
  input: NewContact,
  list: listContacts,
  find: findContact,
  findForChange: findContactForChange,
  add: addContact,
  change: changeContact,
  remove: removeContact,
  right: 'inventory.change',
  actions: [
    {
      name: 'verification',
      fields: ({ points }) => [
        {
          name: 'point',
          kind: 'reference',
          to: 'contactPoints',
          only: points.map(({ id }) => id),
        },
      ],
      input: Verification,
      right: 'inventory.change',
      isOffered: (item, { now }) => item.points.length > 0 && !hasLeft(item, now),
      run: verifyContactPoint,
    },
    {
      name: 'erasure',
      fields: [{ name: 'reason', kind: 'line', max: 500 }],
      input: Erasure,
      right: 'personal-data.handle',
      isOffered: (item) => !isErased(item),
      run: eraseContact,
      isFinal: true,
    },
  ],
  parts: async (work, { id }) => [
    {
      name: 'contact.uses',
      columns: [
        { name: 'name', kind: 'line' },
        {
          name: 'as',
          kind: 'choice',
          values: Object.keys(PAGE_OF),
          words: 'contact-use',
        },
      ],
      rows: (await listContactUses(work, id)).map(({ as, id: of, name }) => ({
        href: `/${PAGE_OF[as]}/${of}`,
        values: { name, as },
      })),
    },
  ],
  figures: async (work, { id }) =>
    may(work, 'personal-data.handle')
      ? [{ partial: 'partials/personal-data', data: { href: `/contacts/${id}/personal-data` } }]
      : [],
  notices: async (work, item) => {
    const isMissed = hasLeft(item, work.now) && (await listContactUses(work, item.id)).length > 0;
    if (isErased(item)) return [{ kind: 'warning', reason: { key: 'contact.erased', params: {} } }];
    return isMissed
      ? [{ kind: 'warning', reason: { key: 'contact.left-holding', params: { name: item.name } } }]
      : [];
  },
});
