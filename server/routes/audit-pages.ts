import { z } from 'zod';
import { listAuditEvents, verifyChain } from '#/plans/audit.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import type { AuditListView } from '../views.ts';

const PAGE = 100;
const Asked = z.object({
  cursor: z.coerce.number().int().positive().optional(),
  verify: z.string().optional(),
});

/** The audit trail; with `?verify`, its whole chain is computed again. */
export const auditPages = [
  page({
    method: 'get',
    path: '/audit',
    summary: 'The audit trail',
    query: Asked,
    run: async ({ work, query }) => ({ show: 'audit/list', data: await list(work, query) }),
  }),
];

async function list(work: Work, { cursor, verify }: z.output<typeof Asked>): Promise<AuditListView> {
  const events = await listAuditEvents(work, { client: null, before: cursor ?? null });
  const clients = await work.db.selectFrom('clients').select(['client_id', 'name']).limit(10_000).execute();
  const names = new Map(clients.map(({ client_id, name }) => [client_id, name]));
  const last = events.at(-1);
  return {
    events: events.map((event) => ({
      event,
      client: event.client === null ? null : (names.get(event.client) ?? null),
    })),
    next: last && events.length >= PAGE ? `/audit?cursor=${last.seq}` : null,
    mayVerify: work.clients === 'all',
    chain: verify === undefined || work.clients !== 'all' ? null : await verifyChain(work),
  };
}
