import { ROLE_GAPS } from '#/plans/crisis-role-gaps.ts';
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
  told: [
    { name: 'people', kind: 'lines' },
    { name: 'gap', kind: 'choice', values: ROLE_GAPS, words: 'crisis-role-gap' },
  ],
  apart: ['people', 'gap'],
  valuesOf: ({ holders, gaps }) => ({
    people: holders.map(({ name }) => name),
    gap: gaps[0]?.gap ?? null,
  }),
  columns: ['cell', 'people', 'gap', 'mayApprove'],
  item: CrisisRole,
  input: NewCrisisRole,
  list: listCrisisRoles,
  find: findCrisisRole,
  findForChange: findCrisisRoleForChange,
  add: addCrisisRole,
  change: changeCrisisRole,
  remove: removeCrisisRole,
  right: 'continuity.change',
  notices: async (_work, { name, gaps }) =>
    gaps.map(({ gap, contact }) => ({
      kind: gap === 'holder-left' ? 'danger' : 'warning',
      reason: { key: `crisis-role.${gap}`, params: { name, contact: contact ?? '' } },
    })),
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
