import { z } from 'zod';
import { endMembership, endSessionsOfMember } from '#/plans/member-endings.ts';
import { listMembers } from '#/plans/people.ts';
import { personOf } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { Nothing, One } from '../http/shapes.ts';
import type { PeopleView } from '../views/people.ts';

const Done = z.enum(['sessions', 'ended']).nullable().catch(null).default(null);

export const peopleApi = [
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
export const peoplePages = [
  page({
    method: 'get',
    path: '/people',
    summary: 'People of the provider',
    query: z.object({ done: Done }),
    run: async ({ work, query: { done } }) => {
      const members = await listMembers(work);
      const oneself = personOf(work.actor);
      const data: PeopleView = {
        people: members.map((member) => ({
          ...member,
          isOneself: member.id === oneself,
          endHref: `/people/${member.id}/end`,
        })),
        done,
      };
      return { show: 'people', data };
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
];
