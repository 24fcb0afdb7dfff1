import type { NewPasswordView, ResetWishView, SecondFactorView, SignInView } from '#/server/views/sign-in.ts';
import { form } from '#/server/views.ts';
import { problem } from './examples.ts';

const door = { title: 'Reprise', viewer: null };

export const signIn: SignInView & typeof door = {
  ...door,
  email: 'claire@valmont.example',
  next: '/audit',
  problem,
  done: 'joined',
};

const asking: ResetWishView & typeof door = { ...door, isAsked: false, sendsMail: true, form: form() };
export const forgotten = {
  ...asking,
  form: { typed: { email: 'claire@' }, refusal: 'No address.', errors: [{ field: 'email', detail: 'No.' }] },
};
export const asked = { ...asking, isAsked: true };
export const withoutMail = { ...asking, sendsMail: false };

export const reset: NewPasswordView & typeof door = {
  ...door,
  person: { name: 'Claire Desrosiers', email: 'claire@valmont.example' },
  invitation: null,
  hasAccount: false,
  shortest: 12,
  longest: 200,
  form: form(),
};
export const linkOver = { ...reset, person: null };
export const invitation = { ...reset, invitation: { by: 'Yanis Morel', provider: 'Valmont Conseil' } };
export const joining = { ...invitation, hasAccount: true };

export const secondFactor: SecondFactorView & typeof door = {
  ...door,
  hasTotp: true,
  hasPasskey: true,
  next: '/',
  form: form(),
};
