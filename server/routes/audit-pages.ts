import { z } from 'zod';
import { AuditSearch, listAuditEvents, verifyChain } from '#/plans/audit.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import type { AuditListView } from '../views.ts';

const PAGE = 100;
/** A form sends what was left empty as an empty text. */
const Asked = z.preprocess(
  (query) => Object.fromEntries(Object.entries(query as object).filter(([, value]) => value !== '')),
  AuditSearch.extend({
    cursor: z.coerce.number().int().positive().optional(),
    verify: z.string().optional(),
  }),
);

const NOTHING_ASKED: AuditListView['asked'] = {
  client: null,
  actor: null,
  action: null,
  kind: null,
  object: null,
  from: null,
  until: null,
  text: null,
};

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

async function list(
  work: Work,
  { cursor, verify, ...search }: z.output<typeof Asked>,
): Promise<AuditListView> {
  const events = await listAuditEvents(work, { ...search, before: cursor ?? null });
  const clients = await work.db.selectFrom('clients').select(['client_id', 'name']).limit(10_000).execute();
  const names = new Map(clients.map(({ client_id, name }) => [client_id, name]));
  const last = events.at(-1);
  const asked = Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
  return {
    events: events.map((event) => ({
      event,
      client: event.client === null ? null : (names.get(event.client) ?? null),
    })),
    next:
      last && events.length >= PAGE
        ? `/audit?${new URLSearchParams({ ...asked, cursor: String(last.seq) })}`
        : null,
    asked: { ...NOTHING_ASKED, ...asked },
    isSearch: Object.keys(asked).length > 0,
    clients: clients.map(({ client_id: id, name }) => ({ id, name })),
    mayVerify: work.clients === 'all',
    chain: verify === undefined || work.clients !== 'all' ? null : await verifyChain(work),
  };
}
