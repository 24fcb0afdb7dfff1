import { z } from 'zod';
import {
  endOtherSessions,
  endOwnSession,
  findOwnAccount,
  listOwnSessions,
  SessionId,
} from '#/plans/account.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../password-strength.ts';
import type { AccountView } from '../views/account.ts';
import { form } from '../views.ts';

const Done = z.enum(['password', 'session', 'others']).nullable().catch(null).default(null);

/** What people keep of their own sign-in. The form for the password is taken by `http/password-change.ts`. */
export const accountPages = [
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
];

export async function accountView(
  work: Work,
  session: string | null,
  { done = null, form: shown = form() }: Partial<Pick<AccountView, 'done' | 'form'>>,
): Promise<AccountView> {
  const sessions = await listOwnSessions(work, session);
  return {
    person: await findOwnAccount(work),
    sessions,
    hasOthers: sessions.some(({ isThisOne }) => !isThisOne),
    shortest: SHORTEST_PASSWORD,
    longest: LONGEST_PASSWORD,
    done,
    form: shown,
  };
}
