import type { ReasonCode } from '#/server/pdf/verify.ts';
import type { ReportCheckView } from '#/server/views/report-check.ts';
import type { NewPasswordView, ResetWishView, SecondFactorView, SignInView } from '#/server/views/sign-in.ts';
import { form } from '#/server/views.ts';
import { problem } from './examples.ts';

const hash = '7f'.repeat(32);
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

export const reportCheck: ReportCheckView & typeof door = {
  ...door,
  printed: { reference: 'RPR-2026-7F3A9C2100', fingerprint: '7f3a9c217f3a9c21' },
  isPaperOfFile: false,
  problem: null,
  checked: {
    verdict: 'issued',
    code: 'intact',
    signer: 'Valmont Conseil',
    sha256: hash,
    says: { reference: 'RPR-2026-7F3A9C2100', kind: 'readiness', madeAt: '2026-11-20T09:00:00.000Z' },
    fingerprint: '8f3a9c217f3a9c21',
    record: {
      reference: 'RPR-2026-7F3A9C2100',
      askedAt: '2026-11-20T09:00:00.000Z',
      isInPack: false,
      newer: { reference: 'RPR-2026-8E11200033', askedAt: '2026-11-23T09:00:00.000Z' },
    },
  },
};
export const reportCheckInPack: ReportCheckView & typeof door = {
  ...reportCheck,
  printed: null,
  isPaperOfFile: null,
  checked: {
    ...reportCheck.checked!,
    record: { reference: '2026-11-20', askedAt: '2026-11-20T09:00:00.000Z', isInPack: true, newer: null },
  },
};
export const reportCheckSealed: ReportCheckView & typeof door = {
  ...reportCheckInPack,
  checked: { ...reportCheck.checked!, verdict: 'sealed', record: null },
};
const strangers = { ...reportCheck.checked!, says: null, fingerprint: null, record: null };
export const reportCheckAltered = (code: ReasonCode): ReportCheckView & typeof door => ({
  ...reportCheckInPack,
  checked: { ...strangers, verdict: 'altered', code },
});
export const reportCheckForeign: ReportCheckView & typeof door = {
  ...reportCheckInPack,
  checked: { ...strangers, verdict: 'not-ours', code: 'somebody-else', signer: null },
};
export const reportCheckAsked: ReportCheckView & typeof door = {
  ...reportCheckInPack,
  checked: null,
  problem,
};

export const secondFactor: SecondFactorView & typeof door = {
  ...door,
  hasTotp: true,
  hasPasskey: true,
  next: '/',
  form: form(),
};
