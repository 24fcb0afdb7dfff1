import { z } from 'zod';
import { listClientNames } from '#/plans/clients.ts';
import { conflict } from '#/plans/errors.ts';
import { Invitation, invite, listInvitations, withdrawInvitation } from '#/plans/invitations.ts';
import { endMembership, endSessionsOfMember } from '#/plans/member-endings.ts';
import { listMemberFactors, resetSecondFactors } from '#/plans/member-factors.ts';
import { listMembers, NewMember } from '#/plans/people.ts';
import { changeSignInRules, findSignInRules, SignInRules } from '#/plans/sign-in-rules.ts';
import { personOf, ROLES, type Work } from '#/plans/work.ts';
import { api, etagOf, page, type Typed } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { listOf, Nothing, One, whole } from '../http/shapes.ts';
import { isOperator } from '../own-backup/standing.ts';
import type { PeopleView } from '../views/people.ts';
import { type Form, form } from '../views.ts';

type Settled = Pick<Services, 'settings'>;

const Done = z
  .enum(['sessions', 'ended', 'invited', 'withdrawn', 'factors', 'rules'])
  .nullable()
  .catch(null)
  .default(null);

/** As a form sends it: nobody picked is everybody's clients only where that was picked too, and a day ends when it is over. */
const TypedInvitation = z
  .object({
    email: z.string(),
    name: z.string(),
    locale: z.string(),
    role: z.string(),
    clients: z.union([z.string(), z.array(z.string())]).default([]),
    until: z.union([z.literal(''), z.iso.date()]).default(''),
  })
  .transform(({ clients, until, ...typed }) => ({
    ...typed,
    clients: [clients].flat().includes('all') ? ('all' as const) : [clients].flat(),
    validUntil: until === '' ? null : `${until}T23:59:59.999Z`,
  }));

const TypedRules = z
  .object({
    staffNeedsFactor: z.literal('on').optional(),
    graceDays: z.coerce.number(),
    idleMinutes: z.coerce.number(),
    sessionHours: z.coerce.number(),
  })
  .transform(({ staffNeedsFactor, ...typed }) => ({ ...typed, staffNeedsFactor: staffNeedsFactor === 'on' }))
  .pipe(SignInRules);

const typedRules = ({ staffNeedsFactor, ...rules }: SignInRules): Typed => ({
  ...(staffNeedsFactor ? { staffNeedsFactor: 'on' } : {}),
  graceDays: String(rules.graceDays),
  idleMinutes: String(rules.idleMinutes),
  sessionHours: String(rules.sessionHours),
});

export const peopleApi = (services: Settled) => [
  api({
    method: 'delete',
    path: '/members/:id/second-factors',
    summary: 'Take the second factors from a person who lost them, who is signed out and told by mail',
    params: One,
    output: Nothing,
    status: 204,
    needsConfirming: true,
    run: async ({ work, params: { id } }) => {
      await resetSecondFactors(work, id);
      return {};
    },
  }),
  api({
    method: 'get',
    path: '/sign-in-rules',
    summary: 'What the provider asks of everybody’s sign-in',
    output: SignInRules,
    run: ({ work }) => findSignInRules(work),
  }),
  api({
    method: 'put',
    path: '/sign-in-rules',
    summary: 'Change what the provider asks of everybody’s sign-in',
    body: SignInRules,
    output: SignInRules,
    needsConfirming: true,
    current: ({ work }) => findSignInRules(work),
    run: ({ work, body }) => changeSignInRules(work, body),
  }),
  api({
    method: 'get',
    path: '/invitations',
    summary: 'Invitations that nobody accepted yet',
    output: listOf(Invitation),
    run: async ({ work }) => whole(await listInvitations(work)),
  }),
  api({
    method: 'post',
    path: '/invitations',
    summary: 'Invite a person by mail, who joins with a password of their own; good for seven days',
    body: NewMember,
    output: Invitation,
    status: 201,
    run: ({ work, body }) => {
      refuseWithoutMail(services);
      return invite(work, body);
    },
  }),
  api({
    method: 'delete',
    path: '/invitations/:id',
    summary: 'Withdraw an invitation, whose link then opens nothing',
    params: One,
    output: Nothing,
    status: 204,
    run: async ({ work, params: { id } }) => {
      await withdrawInvitation(work, id);
      return {};
    },
  }),
  api({
    method: 'delete',
    path: '/members/:id',
    summary: 'End the access of a person, who is signed out everywhere',
    params: One,
    output: Nothing,
    status: 204,
    run: async ({ work, params: { id } }) => {
      await endMembership(work, id);
      return {};
    },
  }),
  api({
    method: 'delete',
    path: '/members/:id/sessions',
    summary: 'Sign a person out everywhere',
    params: One,
    output: Nothing,
    status: 204,
    run: async ({ work, params: { id } }) => {
      await endSessionsOfMember(work, id);
      return {};
    },
  }),
];

/** Who has a sign-in at the provider, and how they are shown out. */
export const peoplePages = (services: Settled) => [
  page({
    method: 'get',
    path: '/people',
    summary: 'People of the provider',
    query: z.object({ done: Done }),
    run: async ({ work, query: { done } }) => {
      return { show: 'people', data: await peopleView(services, work, { done }) };
    },
  }),
  page({
    method: 'post',
    path: '/people/:id/sessions/end',
    summary: 'Sign a person out everywhere',
    params: One,
    run: async ({ work, params: { id } }) => {
      await endSessionsOfMember(work, id);
      return { goTo: '/people?done=sessions' };
    },
  }),
  page({
    method: 'post',
    path: '/people/:id/end',
    summary: 'End the access of a person',
    params: One,
    run: async ({ work, params: { id } }) => {
      await endMembership(work, id);
      return { goTo: '/people?done=ended' };
    },
  }),
  page({
    method: 'post',
    path: '/people/rules',
    summary: 'Change what the provider asks of everybody’s sign-in',
    body: TypedRules,
    needsConfirming: true,
    current: ({ work }) => findSignInRules(work),
    run: async ({ work, body }) => {
      await changeSignInRules(work, body);
      return { goTo: '/people?done=rules' };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'people',
      data: await peopleView(services, work, { rulesForm: form(typed, problem) }),
      status: problem.status,
    }),
  }),
  page({
    method: 'post',
    path: '/people/:id/second-factors/reset',
    summary: 'Take the second factors from a person who lost them',
    params: One,
    needsConfirming: true,
    run: async ({ work, params: { id } }) => {
      await resetSecondFactors(work, id);
      return { goTo: '/people?done=factors' };
    },
  }),
  page({
    method: 'post',
    path: '/people/invitations',
    summary: 'Invite a person',
    body: TypedInvitation,
    run: async ({ work, body }) => {
      refuseWithoutMail(services);
      await invite(work, NewMember.parse(body));
      return { goTo: '/people?done=invited' };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'people',
      data: await peopleView(services, work, { form: form(typed, problem) }),
      status: problem.status,
    }),
  }),
  page({
    method: 'post',
    path: '/people/invitations/:id/withdrawal',
    summary: 'Withdraw an invitation',
    params: One,
    run: async ({ work, params: { id } }) => {
      await withdrawInvitation(work, id);
      return { goTo: '/people?done=withdrawn' };
    },
  }),
];

async function peopleView(
  { settings }: Settled,
  work: Work,
  {
    done = null,
    form: shown = form(),
    rulesForm = null,
  }: { done?: PeopleView['done']; form?: Form; rulesForm?: Form | null },
): Promise<PeopleView> {
  const members = await listMembers(work);
  const chosen = [shown.typed.clients ?? []].flat();
  const clients = await listClientNames(work);
  const oneself = personOf(work.actor);
  const factors = await listMemberFactors(work);
  const rules = await findSignInRules(work);
  return {
    people: members.map((member) => ({
      ...member,
      isOneself: member.id === oneself,
      factors: factors.find(({ person }) => person === member.id) ?? null,
      endHref: `/people/${member.id}/end`,
      resetHref: `/people/${member.id}/second-factors/reset`,
    })),
    invitations: await listInvitations(work),
    roles: ROLES,
    clients: clients.map((client) => ({ ...client, isChosen: chosen.includes(client.id) })),
    isForAll: chosen.includes('all'),
    sendsMail: settings.mail !== null,
    isOperator: await isOperator(work, settings),
    done,
    form: shown,
    version: etagOf(rules),
    rulesForm: rulesForm ?? form(typedRules(rules)),
  };
}

/** Without a relay the link would reach nobody. */
function refuseWithoutMail({ settings }: Settled) {
  if (!settings.mail) throw conflict('invitation.no-relay');
}
