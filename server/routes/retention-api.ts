import { z } from 'zod';
import { Expiry, findExpiry, requestExpiry } from '#/plans/retention/expiries.ts';
import { RemovingPoint, removePointByHand } from '#/plans/retention/point-removals.ts';
import { RemovalRequest } from '#/plans/retention/removal-requests.ts';
import {
  findRetention,
  findRetentionForChange,
  listRetentions,
  NewRetention,
  Retention,
  setRetention,
} from '#/plans/retention/retentions.ts';
import { Simulating, Simulation, simulate } from '#/plans/retention/simulations.ts';
import { api } from '../http/route.ts';
import { listOf, One, whole } from '../http/shapes.ts';

const Asked = z.object({
  asked: RemovalRequest.nullable().describe('What another person has to grant first; null: it is done'),
});

/** How long points are kept, what that would do, and what it did. */
export const retentionApi = [
  api({
    method: 'get',
    path: '/backup-policies/:id/retention',
    summary: 'How long the points of a policy are kept',
    params: One,
    output: Retention,
    run: ({ work, params: { id } }) => findRetention(work, id),
  }),
  api({
    method: 'get',
    path: '/backup-policies/:id/retentions',
    summary: 'Every retention that a policy had, the newest first',
    params: One,
    output: listOf(Retention),
    run: async ({ work, params: { id } }) => whole(await listRetentions(work, id)),
  }),
  api({
    method: 'put',
    path: '/backup-policies/:id/retention',
    summary: 'Set how long points are kept; shortening it is asked of another person',
    params: One,
    body: NewRetention,
    output: Asked.extend({ retention: Retention }),
    current: ({ work, params: { id } }) => findRetentionForChange(work, id),
    run: ({ work, params: { id }, body }) => setRetention(work, id, body),
  }),
  api({
    method: 'post',
    path: '/backup-policies/:id/retention/simulation',
    summary: 'What rules would do: why each point stays or may go, and a year ahead',
    params: One,
    body: Simulating,
    output: Simulation,
    run: ({ work, params: { id }, body }) => simulate(work, id, body),
  }),
  api({
    method: 'get',
    path: '/backup-policies/:id/expiry',
    summary: 'What retention removed last, and what the store did not let go',
    params: One,
    output: Expiry,
    run: ({ work, params: { id } }) => findExpiry(work, id),
  }),
  api({
    method: 'post',
    path: '/backup-policies/:id/expiries',
    summary: 'Let points go now that may',
    params: One,
    output: Expiry,
    status: 202,
    startsWork: true,
    run: ({ work, params: { id } }) => requestExpiry(work, id),
  }),
  api({
    method: 'post',
    path: '/recovery-points/:id/removal',
    summary: 'Delete a point before its time; another person grants it where the policy says so',
    params: One,
    body: RemovingPoint,
    output: Asked,
    status: 202,
    run: async ({ work, params: { id }, body }) => ({ asked: await removePointByHand(work, id, body) }),
  }),
];
