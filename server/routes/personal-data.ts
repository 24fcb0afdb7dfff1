/** Personal data: handed to whom they are of, taken out where they ask for it, and how long the rest stays. */
import { z } from 'zod';
import { ContactFile, exportContact } from '#/plans/personal-data/contact-file.ts';
import { Erasure } from '#/plans/personal-data/erase-contact.ts';
import { eraseMember, FormerMember, listFormerMembers } from '#/plans/personal-data/erase-member.ts';
import { exportOneself, OwnFile } from '#/plans/personal-data/own-file.ts';
import { RETENTION } from '#/plans/personal-data/retention.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { listOf, Nothing, One, whole } from '../http/shapes.ts';
import type { PersonalDataView } from '../views/personal-data.ts';
import { type Form, form } from '../views.ts';

const Done = z.enum(['erased']).nullable().catch(null).default(null);

export const personalDataApi = [
  api({
    method: 'get',
    path: '/contacts/:id/personal-data',
    summary: 'All that is held of a contact',
    params: One,
    output: ContactFile,
    run: ({ work, params: { id } }) => exportContact(work, id),
  }),
  api({
    method: 'get',
    path: '/members/former',
    summary: 'People whose access ended, and who were not taken out yet',
    output: listOf(FormerMember),
    run: async ({ work }) => whole(await listFormerMembers(work)),
  }),
  api({
    method: 'post',
    path: '/members/:id/erasure',
    summary: 'Take out what is held of a person whose access has ended; what they did stays in the trail',
    params: One,
    body: Erasure,
    output: Nothing,
    status: 204,
    needsConfirming: true,
    run: async ({ work, params: { id }, body }) => {
      await eraseMember(work, id, body);
      return {};
    },
  }),
];

export const personalDataPages = [
  page({
    method: 'get',
    path: '/contacts/:id/personal-data',
    summary: 'Download: all that is held of a contact',
    params: One,
    run: async ({ work, params: { id } }) => download(ContactFile.parse(await exportContact(work, id))),
  }),
  page({
    method: 'get',
    path: '/account/personal-data',
    summary: 'Download: all that is held of oneself',
    run: async ({ work }) => download(OwnFile.parse(await exportOneself(work))),
  }),
  page({
    method: 'get',
    path: '/people/personal-data',
    summary: 'Personal data',
    query: z.object({ done: Done }),
    run: async ({ work, query: { done } }) => ({
      show: 'personal-data',
      data: await view(work, { done }),
    }),
  }),
  page({
    method: 'post',
    path: '/people/:id/erasure',
    summary: 'Take out what is held of a person whose access has ended',
    params: One,
    body: Erasure,
    needsConfirming: true,
    run: async ({ work, params: { id }, body }) => {
      await eraseMember(work, id, body);
      return { goTo: '/people/personal-data?done=erased' };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'personal-data',
      data: await view(work, { form: form(typed, problem) }),
      status: problem.status,
    }),
  }),
];

const download = (file: object) => ({
  download: {
    name: 'personal-data.json',
    type: 'application/json',
    read: async () => Buffer.from(`${JSON.stringify(file, null, 2)}\n`),
  },
});

async function view(
  work: Work,
  { done = null, form: shown = form() }: { done?: 'erased' | null; form?: Form },
): Promise<PersonalDataView> {
  return {
    former: (await listFormerMembers(work)).map((one) => ({ ...one, href: `/people/${one.id}/erasure` })),
    retention: RETENTION,
    form: shown,
    done,
  };
}
