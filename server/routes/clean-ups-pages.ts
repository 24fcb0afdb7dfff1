import { may } from '#/plans/access.ts';
import { findCleanUp, requestCleanUp } from '#/plans/clean-ups.ts';
import { findClient } from '#/plans/clients.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import { type CleanUpView, type Form, form } from '../views.ts';

/** What a store holds that no recovery point needs, and the order to remove it. */
export const cleanUpsPages = [
  page({
    method: 'get',
    path: '/backup-policies/:id/clean-up',
    summary: 'What would be cleaned up',
    params: One,
    run: async ({ work, params: { id } }) => ({ show: 'protection/clean-up', data: await show(work, id) }),
  }),
  page({
    method: 'post',
    path: '/backup-policies/:id/clean-ups',
    summary: 'Clean up now',
    params: One,
    run: async ({ work, params: { id } }) => ({
      goTo: `/backup-policies/${(await requestCleanUp(work, id)).policy}/clean-up`,
    }),
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'protection/clean-up',
      data: await show(work, id, form(typed, problem)),
    }),
  }),
];

async function show(work: Work, id: string, refused: Form = form()): Promise<CleanUpView> {
  const cleanUp = await findCleanUp(work, id);
  return {
    client: await findClient(work, cleanUp.client),
    cleanUp,
    items: cleanUp.items.map((item) => ({ item, isDue: new Date(item.goesAt) <= work.now })),
    isCut: cleanUp.left.count > cleanUp.items.length,
    isUnderWay: cleanUp.standing === 'queued' || cleanUp.standing === 'running',
    mayCleanUp: may(work, 'protection.change'),
    form: refused,
  };
}
