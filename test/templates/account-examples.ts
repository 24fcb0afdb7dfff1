import { qr } from '#/server/charts/qr.ts';
import type { AccountView, RecoveryCodesView, TotpView } from '#/server/views/account.ts';
import type { ConfirmView } from '#/server/views/sign-in.ts';
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
  person: { name: 'Claire Desrosiers', email: 'claire@valmont.example', locale: 'nl' },
  factors: {
    hasTotp: true,
    passkeys: [
      { id: 'a'.repeat(22), name: 'Portable', createdAt: at, usedAt: at },
      { id: 'b'.repeat(22), name: 'Téléphone', createdAt: at, usedAt: null },
    ],
    codesLeft: 9,
  },
  hasFactor: true,
  passkeyForm: form(),
  sessions: [here, { ...here, id: 'a15ad015a3bf4f1b', isThisOne: false, address: '2001:db8::1' }],
  hasOthers: true,
  shortest: 12,
  longest: 200,
  done: null,
  form: form(),
};

export const accountDone = {
  ...account,
  factors: { hasTotp: false, passkeys: [], codesLeft: 0 },
  sessions: [here],
  hasOthers: false,
  done: 'password',
};

export const accountRefused = {
  ...account,
  form: {
    typed: {},
    refusal: 'This is not your current password.',
    errors: [{ field: 'current', detail: 'This is not your current password.' }],
  },
};

export const accountWithoutCodes = { ...account, factors: { ...account.factors, codesLeft: 0 } };

export const totp: TotpView & typeof shell = {
  ...shell,
  secret: 'JBSW Y3DP EHPK 3PXP',
  picture: qr('otpauth://totp/x', 'QR'),
  form: form(),
};

export const codes: RecoveryCodesView & typeof shell = { ...shell, codes: ['abcd-efgh-ijkl-mnop'] };

export const confirm: ConfirmView & typeof shell = {
  ...shell,
  next: '/account',
  organisation: 'claire@valmont.example',
  form: form(),
};
