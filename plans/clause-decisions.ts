/** Decisions on clauses: a named person accepts until a day that one is not met, or says why it does not apply. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { CATALOGUE } from './coverage/catalogue.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { OptionalDate, Text } from './text.ts';
import type { Work } from './work.ts';

/** What is accepted for longer than this is not accepted but given up. */
const LONGEST_WAIVER_DAYS = 731;

export const CLAUSE_DECISIONS = ['waived', 'not-applicable'] as const;

export const NewClauseDecision = z.object({
  framework: z.string().min(1).max(60),
  ref: z.string().trim().min(1).max(60).describe('The clause'),
  decision: z.enum(CLAUSE_DECISIONS),
  reason: Text(2000).refine((text) => text.trim() !== '', { error: 'decision.no-reason' }),
  until: OptionalDate.default(null).describe('Last day of a waiver'),
});
export type NewClauseDecision = z.infer<typeof NewClauseDecision>;

export const ClauseDecision = z
  .object({
    ...NewClauseDecision.shape,
    id: z.uuid(),
    client: z.uuid(),
    by: z.string(),
    at: z.iso.datetime(),
    isInForce: z.boolean(),
    endedAt: z.iso.datetime().nullable(),
    endedBy: z.string().nullable(),
  })
  .meta({ id: 'ClauseDecision' });
export type ClauseDecision = z.infer<typeof ClauseDecision>;

/** Decides on a clause. An earlier decision on it ends: there is one at a time, and the trail keeps all. */
export async function decideClause(
  work: Work,
  client: string,
  decision: NewClauseDecision,
): Promise<ClauseDecision> {
  allow(work, 'clause.decide');
  await findClient(work, client);
  refuseUnknown(decision);
  refuseWrongEnd(work, decision);

  await work.db
    .updateTable('clause_decisions')
    .set({ ended_at: work.now, ended_by: work.actor.name })
    .where('client_id', '=', client)
    .where('framework', '=', decision.framework)
    .where('ref', '=', decision.ref)
    .where('ended_at', 'is', null)
    .execute();
  const { id } = await work.db
    .insertInto('clause_decisions')
    .values({ client_id: client, ...decision, decided_by: work.actor.name, decided_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'clause.decided', { kind: 'clause-decision', id, client }, decision);
  return findClauseDecision(work, id);
}

export async function endClauseDecision(work: Work, id: string): Promise<ClauseDecision> {
  allow(work, 'clause.decide');
  const before = await findClauseDecision(work, id);
  if (before.endedAt) throw conflict('decision.ended');
  await work.db
    .updateTable('clause_decisions')
    .set({ ended_at: work.now, ended_by: work.actor.name })
    .where('id', '=', id)
    .execute();
  await record(work, 'clause.decision-ended', { kind: 'clause-decision', id, client: before.client });
  return findClauseDecision(work, id);
}

export async function findClauseDecision(work: Work, id: string): Promise<ClauseDecision> {
  const row = await work.db
    .selectFrom('clause_decisions')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('decision');
  return present(row, work);
}

/** Those in force first. */
export async function listClauseDecisions(work: Work, client: string): Promise<ClauseDecision[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('clause_decisions')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('ended_at', (order) => order.desc().nullsFirst())
    .orderBy('framework')
    .orderBy('ref')
    .limit(2000)
    .execute();
  return rows.map((row) => present(row, work));
}

function refuseUnknown({ framework, ref }: NewClauseDecision) {
  const known = CATALOGUE.get(framework);
  if (!known) throw invalid('framework', 'framework.unknown', { framework });
  if (!known.rows.some((row) => row.ref === ref))
    throw invalid('ref', 'decision.no-such-clause', { framework, ref });
}

function refuseWrongEnd({ now }: Work, { decision, until }: NewClauseDecision) {
  if (decision === 'not-applicable') return;
  const last = new Date(now.getTime() + LONGEST_WAIVER_DAYS * 86_400_000).toISOString().slice(0, 10);
  if (until === null || until < now.toISOString().slice(0, 10) || until > last)
    throw invalid('until', 'decision.no-end', { lastDate: last });
}

const present = (
  row: {
    id: string;
    client_id: string;
    framework: string;
    ref: string;
    decision: string;
    reason: string;
    decided_by: string;
    decided_at: Date;
    until: string | null;
    ended_at: Date | null;
    ended_by: string | null;
  },
  { now }: Work,
): ClauseDecision => ({
  id: row.id,
  client: row.client_id,
  framework: row.framework,
  ref: row.ref,
  decision: row.decision as ClauseDecision['decision'],
  reason: row.reason,
  until: row.until,
  by: row.decided_by,
  at: row.decided_at.toISOString(),
  isInForce: row.ended_at === null && (row.until === null || row.until >= now.toISOString().slice(0, 10)),
  endedAt: row.ended_at?.toISOString() ?? null,
  endedBy: row.ended_by,
});
