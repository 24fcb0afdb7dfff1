import type { AccountView } from '#/server/views/account.ts';
import { form } from '#/server/views.ts';
import { at, shell } from './examples.ts';

const here = {
  id: '9f86d081884c7d65',
  isThisOne: true,
  address: '192.0.2.10',
  openedAt: at,
  seenAt: at,
};

export const account: AccountView & typeof shell = {
  ...shell,
  person: { name: 'Claire Desrosiers', email: 'claire@valmont.example' },
  sessions: [here, { ...here, id: 'a15ad015a3bf4f1b', isThisOne: false, address: '2001:db8::1' }],
  hasOthers: true,
  shortest: 12,
  longest: 200,
  done: null,
  form: form(),
};

export const accountDone = { ...account, sessions: [here], hasOthers: false, done: 'password' };

export const accountRefused = {
  ...account,
  form: {
    typed: {},
    refusal: 'This is not your current password.',
    errors: [{ field: 'current', detail: 'This is not your current password.' }],
  },
};
