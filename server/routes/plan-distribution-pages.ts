import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import { hasLeft, listContacts } from '#/plans/contacts.ts';
import { listOutdatedCopies, listWithoutCopy } from '#/plans/distribution-gaps.ts';
import {
  acknowledge,
  CHANNELS,
  distribute,
  findDistribution,
  listDistributions,
  NewDistribution,
  receiptsOf,
} from '#/plans/distributions.ts';
import { findVersion } from '#/plans/plan-versions.ts';
import { findPlan } from '#/plans/plans.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import type { DistributionView } from '../views/distribution.ts';
import { type Form, form } from '../views.ts';

/** To whom a version was handed out: who has it, who read it, who still holds an older one. */
export const planDistributionPages = [
  page({
    method: 'get',
    path: '/plan-versions/:id/distributions',
    summary: 'To whom a version was handed out',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'plans/distributions',
      data: await show(work, id, form()),
    }),
  }),
  page({
    method: 'post',
    path: '/plan-versions/:id/distributions',
    summary: 'Note that it was handed out',
    params: One,
    body: NewDistribution,
    run: async ({ work, params: { id }, body }) => {
      await distribute(work, id, body);
      return { goTo: `/plan-versions/${id}/distributions?saved` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'plans/distributions',
      data: await show(work, id, form(typed, problem)),
    }),
  }),
  page({
    method: 'post',
    path: '/distributions/:id/receipt',
    summary: 'Say that somebody read their copy',
    params: One,
    run: async ({ work, params: { id } }) => ({
      goTo: `/plan-versions/${(await acknowledge(work, id)).version}/distributions?saved`,
    }),
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'plans/distributions',
      data: await show(work, (await findDistribution(work, id)).version, form(typed, problem)),
    }),
  }),
];

async function show(work: Work, id: string, shown: Form): Promise<DistributionView> {
  const version = await findVersion(work, id);
  const copies = (await listDistributions(work, id)).toSorted(
    (left, right) => left.sentAt.localeCompare(right.sentAt) || left.name.localeCompare(right.name, 'fr'),
  );
  const receipts = await receiptsOf(work, copies);
  const ticked = [shown.typed.contacts ?? []].flat();
  const contacts = (await listContacts(work, version.client)).filter((one) => !hasLeft(one, work.now));
  return {
    client: await findClient(work, version.client),
    plan: await findPlan(work, version.plan),
    version,
    copies: copies.map((copy) => ({
      ...copy,
      state: copy.read ? (copy.read.isSelf ? 'done' : 'declared') : 'waiting',
      receipt: receipts.get(copy.id) ?? null,
    })),
    outdated: await listOutdatedCopies(work, id),
    lacking: version.state === 'in-force' ? await listWithoutCopy(work, id) : [],
    contacts: contacts.map(({ id: contact, name, jobTitle }) => ({
      id: contact,
      name,
      jobTitle,
      isTicked: ticked.includes(contact),
    })),
    channels: CHANNELS,
    mayHandOut: may(work, 'plan.change') && version.state === 'in-force',
    form: shown,
  };
}
