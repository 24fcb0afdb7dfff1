import {
  addCrisisRole,
  CELLS,
  CrisisRole,
  changeCrisisRole,
  findCrisisRole,
  findCrisisRoleForChange,
  listCrisisRoles,
  NewCrisisRole,
  removeCrisisRole,
} from '#/plans/crisis-roles.ts';
import { noun, type SubList } from '../noun.ts';

export const crisisRole = noun<CrisisRole, NewCrisisRole>({
  name: 'crisis-role',
  path: 'crisis-roles',
  tab: 'plans',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line' },
    { name: 'cell', kind: 'choice', values: CELLS, words: 'crisis-cell' },
    { name: 'mandate', kind: 'text', optional: true },
    { name: 'mayApprove', kind: 'tick' },
    {
      name: 'holders',
      kind: 'rows',
      fields: [
        { name: 'contact', kind: 'reference', to: 'contacts' },
        { name: 'from', kind: 'date', optional: true },
        { name: 'until', kind: 'date', optional: true },
      ],
    },
  ],
  told: [{ name: 'people', kind: 'lines' }],
  apart: ['people'],
  valuesOf: ({ holders }) => ({ people: holders.map(({ name }) => name) }),
  columns: ['cell', 'people', 'mayApprove'],
  item: CrisisRole,
  input: NewCrisisRole,
  list: listCrisisRoles,
  find: findCrisisRole,
  findForChange: findCrisisRoleForChange,
  add: addCrisisRole,
  change: changeCrisisRole,
  remove: removeCrisisRole,
  right: 'continuity.change',
  notices: async (_work, { holders }) =>
    holders.length === 0
      ? [{ kind: 'warning', reason: { key: 'crisis-role.nobody', params: {} } }]
      : holders.length === 1
        ? [{ kind: 'warning', reason: { key: 'crisis-role.no-deputy', params: {} } }]
        : [],
  parts: async (_work, one) => [formerPart(one)],
});

const formerPart = ({ former }: CrisisRole): SubList => ({
  name: 'crisis-role.former',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'from', kind: 'date' },
    { name: 'until', kind: 'date' },
  ],
  rows: former.map(({ contact, ...values }) => ({ href: `/contacts/${contact}`, values })),
});
