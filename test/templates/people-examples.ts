import type { PeopleView } from '#/server/views/people.ts';

const claire = {
  id: '00000000-0000-4000-8000-000000000001',
  email: 'claire@valmont.example',
  name: 'Claire Desrosiers',
  role: 'owner' as const,
  seesAllClients: true,
  validUntil: null,
  isOneself: true,
  endHref: '/people/00000000-0000-4000-8000-000000000001/end',
};

export const people: PeopleView = {
  people: [
    claire,
    {
      ...claire,
      id: '00000000-0000-4000-8000-000000000002',
      name: 'Yanis Morel',
      role: 'auditor',
      seesAllClients: false,
      validUntil: '2026-12-20T09:30:00.000Z',
      isOneself: false,
      endHref: '/people/00000000-0000-4000-8000-000000000002/end',
    },
  ],
  done: 'ended',
};
