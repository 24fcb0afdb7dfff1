import { RETENTION } from '#/plans/personal-data/retention.ts';
import { MAPPED_ROLES } from '#/plans/single-sign-on/settings.ts';
import type { OwnContinuityView } from '#/server/views/own-continuity.ts';
import type { PeopleView } from '#/server/views/people.ts';
import type { PersonalDataView } from '#/server/views/personal-data.ts';
import type { ElsewhereView, SingleSignOnView } from '#/server/views/single-sign-on.ts';
import { form } from '#/server/views.ts';
import { shell } from './examples.ts';

const claire = {
  id: '00000000-0000-4000-8000-000000000001',
  email: 'claire@valmont.example',
  name: 'Claire Desrosiers',
  role: 'owner' as const,
  seesAllClients: true,
  validUntil: null,
  isOneself: true,
  factors: null,
  endHref: '/people/00000000-0000-4000-8000-000000000001/end',
  resetHref: '/people/00000000-0000-4000-8000-000000000001/second-factors/reset',
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
      factors: { person: '00000000-0000-4000-8000-000000000002', hasTotp: true, passkeys: 2 },
      endHref: '/people/00000000-0000-4000-8000-000000000002/end',
      resetHref: '/people/00000000-0000-4000-8000-000000000002/second-factors/reset',
    },
  ],
  invitations: [
    {
      id: '00000000-0000-4000-8000-000000000003',
      email: 'lea@valmont.example',
      name: 'Léa Roussel',
      role: 'technician',
      seesAllClients: true,
      invitedBy: 'Claire Desrosiers',
      expiresAt: '2026-11-20T09:30:00.000Z',
      isExpired: true,
      isUndelivered: true,
    },
  ],
  roles: ['owner', 'consultant'],
  clients: [
    { id: '00000000-0000-4000-8000-000000000004', name: 'Groupe Valmont Distribution', isChosen: false },
  ],
  isForAll: false,
  sendsMail: true,
  isOperator: true,
  done: 'ended',
  form: form(),
  version: '"v"',
  rulesForm: form({ staffNeedsFactor: 'on', graceDays: '14', idleMinutes: '720', sessionHours: '168' }),
};

export const peopleRefused: PeopleView = {
  ...people,
  clients: people.clients.map((client) => ({ ...client, isChosen: true })),
  isForAll: true,
  form: {
    typed: { email: 'lea@valmont.example', name: 'Léa Roussel', role: 'client-reader' },
    refusal: 'Choose clients.',
    errors: [{ field: 'clients', detail: 'Choose clients.' }],
  },
};

export const peopleWithoutMail: PeopleView = { ...people, invitations: [], sendsMail: false };

export const singleSignOn: SingleSignOnView & typeof shell = {
  ...shell,
  isSet: true,
  back: 'https://reprise.example/sign-in/organisation/back',
  roles: MAPPED_ROLES,
  version: '"v"',
  form: form({
    ...{
      name: 'Compte Valmont',
      issuer: 'https://login.example',
      oidcClient: 'reprise',
      domains: 'valmont.example',
    },
    ...{ groupClaim: 'groups', groups: 'Admins = owner', trustsFactor: 'on' },
  }),
  tried: { isReached: true, gaps: ['no-pkce'], authorization: 'https://login.example/authorize' },
  done: 'saved',
};

export const singleSignOnNew: SingleSignOnView & typeof shell = {
  ...singleSignOn,
  isSet: false,
  form: form(),
  tried: null,
  done: null,
};

export const elsewhere: ElsewhereView & typeof shell = {
  ...shell,
  viewer: null,
  // A place on the page itself: the test's browser stays where it is.
  address: '#content',
  host: 'login.example',
};

export const personalData: PersonalDataView & typeof shell = {
  ...shell,
  former: [
    {
      id: '9f86d081-884c-4d65-9a2f-eaa0c55ad015',
      name: 'Jean Petit',
      email: 'jean@valmont.example',
      endedAt: '2026-11-01T09:30:00.000Z',
      href: '/people/x/erasure',
    },
  ],
  retention: RETENTION,
  form: form(),
  done: 'erased',
};

export const ownContinuity: OwnContinuityView & typeof shell = {
  ...shell,
  state: 'stale',
  isRed: true,
  provedAt: '2026-11-20T02:00:00.000Z',
  secondsSinceProved: 345_600,
  everySeconds: 86_400,
  store: 's3://valmont-reprise/own?endpoint=https://s3.example',
  recipients: ['age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq'],
  holdsMasterKey: false,
  runs: [
    {
      startedAt: '2026-11-23T02:00:00.000Z',
      endedAt: '2026-11-23T02:00:04.000Z',
      state: 'failed',
      databasePoint: null,
      filesPoint: null,
      storedBytes: 0,
      finding: {
        code: 'own-backup.process-died',
        params: {},
        message: 'The process that made it ended before it did.',
      },
      seconds: 4,
    },
    {
      startedAt: '2026-11-20T02:00:00.000Z',
      endedAt: '2026-11-20T02:01:10.000Z',
      state: 'proved',
      databasePoint: '20261120T020000Z-aaaaaa',
      filesPoint: '20261120T020040Z-bbbbbb',
      storedBytes: 48_000_000,
      finding: null,
      seconds: 70,
    },
  ],
};

export const ownContinuityNone: OwnContinuityView & typeof shell = {
  ...ownContinuity,
  state: 'none',
  provedAt: null,
  secondsSinceProved: null,
  everySeconds: null,
  store: null,
  recipients: [],
  runs: [],
};
