import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  changeOwnLanguage,
  endOtherSessions,
  endOwnSession,
  findOwnAccount,
  listOwnSessions,
  SessionId,
} from '#/plans/account.ts';
import { invalid } from '#/plans/errors.ts';
import {
  confirmTotp,
  findStartedTotp,
  listOwnFactors,
  RECOVERY_CODES,
  removePasskey,
  removeTotp,
  replaceRecoveryCodes,
  startTotp,
} from '#/plans/factors.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { qr } from '../charts/qr.ts';
import { page } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../password-strength.ts';
import { newTotpSecret, stepOfCode, toBase32, totpAddress } from '../totp.ts';
import type { AccountView, RecoveryCodesView, TotpView } from '../views/account.ts';
import { type Form, form } from '../views.ts';

type Door = Pick<Services, 'doorVault'>;

const Done = z
  .enum(['password', 'language', 'session', 'others', 'passkey', 'passkey-removed', 'totp', 'totp-removed'])
  .nullable()
  .catch(null)
  .default(null);

/** What people keep of their own sign-in. `http/password-change.ts` and `http/passkey-setup.ts` take what needs a cookie. */
export const accountPages = (services: Door) => [
  page({
    method: 'get',
    path: '/account',
    summary: 'Own account',
    query: z.object({ done: Done }),
    run: async ({ work, session, query: { done } }) => ({
      show: 'account',
      data: await accountView(work, session, { done }),
    }),
  }),
  page({
    method: 'post',
    path: '/account/language',
    summary: 'Choose the language of one’s own mails',
    body: z.object({ locale: z.enum(LOCALES) }),
    run: async ({ work, body: { locale } }) => {
      await changeOwnLanguage(work, locale);
      return { goTo: '/account?done=language' };
    },
  }),
  page({
    method: 'post',
    path: '/account/sessions/others/end',
    summary: 'End all other sessions of one’s own',
    run: async ({ work, session }) => {
      await endOtherSessions(work, session);
      return { goTo: '/account?done=others' };
    },
  }),
  page({
    method: 'post',
    path: '/account/sessions/:session/end',
    summary: 'End a session of one’s own',
    params: z.object({ session: SessionId }),
    run: async ({ work, params }) => {
      await endOwnSession(work, params.session);
      return { goTo: '/account?done=session' };
    },
  }),
  page({
    method: 'post',
    path: '/account/passkeys/:id/removal',
    summary: 'Remove a passkey of one’s own',
    params: z.object({ id: z.string().regex(/^[\w-]{16,1400}$/) }),
    needsConfirming: true,
    run: async ({ work, params: { id } }) => {
      await removePasskey(work, id);
      return { goTo: '/account?done=passkey-removed' };
    },
  }),
  page({
    method: 'get',
    path: '/account/totp',
    summary: 'Set up one-time codes',
    needsConfirming: true,
    run: async ({ work }) => ({ show: 'totp', data: await totpView(services, work, form()) }),
  }),
  page({
    method: 'post',
    path: '/account/totp',
    summary: 'Show the first one-time code',
    body: z.object({ code: z.string().trim().min(1).max(20) }),
    needsConfirming: true,
    run: async ({ work, session, body: { code } }) => {
      const secret = await startedSecret(services, work);
      const step = secret === null ? null : stepOfCode(secret, code, work.now);
      if (step === null) throw invalid('code', 'second-factor.wrong');
      await confirmTotp(work, { step, session });
      return { goTo: '/account?done=totp' };
    },
    again: async ({ work, problem }) => ({
      show: 'totp',
      data: await totpView(services, work, form({}, problem)),
      status: problem.status,
    }),
  }),
  page({
    method: 'post',
    path: '/account/totp/removal',
    summary: 'Remove one’s one-time codes',
    needsConfirming: true,
    run: async ({ work }) => {
      await removeTotp(work);
      return { goTo: '/account?done=totp-removed' };
    },
  }),
  page({
    method: 'post',
    path: '/account/recovery-codes',
    summary: 'Make recovery codes, in the place of all former ones',
    needsConfirming: true,
    run: async ({ work }) => {
      const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
      await replaceRecoveryCodes(work, codes);
      const data: RecoveryCodesView = { codes };
      return { show: 'recovery-codes', data };
    },
  }),
];

/** The secret that waits for its first code; a new one where none does. */
async function totpView({ doorVault }: Door, work: Work, shown: Form): Promise<TotpView> {
  let secret = await startedSecret({ doorVault }, work);
  if (secret === null) {
    secret = newTotpSecret();
    await startTotp(work, doorVault.seal(work.provider, 'totp', secret));
  }
  const { email } = await findOwnAccount(work);
  return {
    secret: secret.match(/.{4}/g)?.join(' ') ?? secret,
    picture: qr(totpAddress(secret, { email, issuer: 'Reprise' }), 'QR'),
    form: shown,
  };
}

async function startedSecret({ doorVault }: Door, work: Work): Promise<string | null> {
  const started = await findStartedTotp(work);
  return started && doorVault.open(started.provider, 'totp', started.sealed);
}

/** Eighty bits, in four groups that can be read aloud. */
const newRecoveryCode = () => toBase32(randomBytes(10)).toLowerCase().match(/.{4}/g)!.join('-');

export async function accountView(
  work: Work,
  session: string | null,
  {
    done = null,
    form: shown = form(),
    passkeyForm = form(),
  }: Partial<Pick<AccountView, 'done' | 'form' | 'passkeyForm'>>,
): Promise<AccountView> {
  const sessions = await listOwnSessions(work, session);
  const factors = await listOwnFactors(work);
  return {
    person: await findOwnAccount(work),
    factors,
    hasFactor: factors.hasTotp || factors.passkeys.length > 0,
    sessions,
    hasOthers: sessions.some(({ isThisOne }) => !isThisOne),
    shortest: SHORTEST_PASSWORD,
    longest: LONGEST_PASSWORD,
    done,
    form: shown,
    passkeyForm,
  };
}
