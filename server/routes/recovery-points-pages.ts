import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listTestingAgents } from '#/plans/agent-tests.ts';
import { findClient } from '#/plans/clients.ts';
import { rankOf, TEST_LEVELS } from '#/plans/facts.ts';
import { listClientKeys } from '#/plans/keys.ts';
import { GivingUp, giveUpPoint } from '#/plans/point-losses.ts';
import { findRecoveryPoint, type RecoveryPoint } from '#/plans/recovery-points.ts';
import { highestLevel, RestoreTestRequest, requestRestoreTest } from '#/plans/restore-test-requests.ts';
import { listRestoreTests } from '#/plans/restore-tests.ts';
import { RemovingPoint, removePointByHand } from '#/plans/retention/point-removals.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import { type Form, form, type PointView } from '../views.ts';

/** One recovery point, and asking for a test of it. */
export const recoveryPointsPages = [
  page({
    method: 'get',
    path: '/recovery-points/:id',
    summary: 'One recovery point',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'protection/point',
      data: await show(work, id, form()),
    }),
  }),
  page({
    method: 'post',
    path: '/restore-tests',
    summary: 'Test that a recovery point comes back',
    body: RestoreTestRequest,
    run: async ({ work, body }) => ({ goTo: `/restore-tests/${(await requestRestoreTest(work, body)).id}` }),
    again: async ({ work, typed, problem }) => ({
      show: 'protection/point',
      data: await show(work, z.uuid().parse(typed.recoveryPoint), form(typed, problem)),
    }),
  }),
  page({
    method: 'post',
    path: '/recovery-points/:id/giving-up',
    summary: 'Wait no more for a point that is gone',
    params: One,
    body: GivingUp,
    run: async ({ work, params: { id }, body }) => {
      await findRecoveryPoint(work, id);
      await giveUpPoint(work, id, body);
      return { goTo: `/recovery-points/${id}` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'protection/point',
      data: { ...(await show(work, id, form())), givingUp: form(typed, problem) },
    }),
  }),
  page({
    method: 'post',
    path: '/recovery-points/:id/removal',
    summary: 'Delete a point before its time',
    params: One,
    body: RemovingPoint,
    run: async ({ work, params: { id }, body }) => {
      const asked = await removePointByHand(work, id, body);
      return { goTo: asked ? `/removal-requests/${asked.id}` : `/recovery-points/${id}` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'protection/point',
      data: { ...(await show(work, id, form())), removal: form(typed, problem) },
    }),
  }),
];

const isGone = ({ expiry }: RecoveryPoint) => expiry !== null && expiry.state !== 'kept';

export const reservationsOf = ({ counts }: RecoveryPoint): number =>
  counts.torn + counts.vanished + counts.unreadable;

async function show(work: Work, id: string, shown: Form): Promise<PointView> {
  const point = await findRecoveryPoint(work, id);
  const keys = await listClientKeys(work, point.client);
  const highest = await highestLevel(work, point);
  return {
    client: await findClient(work, point.client),
    point,
    reservations: reservationsOf(point),
    tests: await listRestoreTests(work, point.client, { recoveryPoint: id }),
    highest,
    levels: TEST_LEVELS.filter((level) => rankOf(level) <= rankOf(highest)),
    sealedTo: point.sealedTo.map((fingerprint) => ({
      fingerprint,
      key: keys.find((key) => key.fingerprint === fingerprint) ?? null,
    })),
    mayTest: may(work, 'restore-test.request') && !isGone(point),
    mayGiveUp: may(work, 'protection.change') && point.loss?.kind === 'gone' && !point.loss.givenUp,
    agents: may(work, 'restore-test.request') ? await listTestingAgents(work, point.client) : [],
    givingUp: form(),
    mayRemove: may(work, 'protection.change') && !point.loss && !isGone(point),
    removal: form(),
    form: shown,
  };
}
