/** Who leads in a crisis, and whether they were reached. */
import type { CrisisRoleFacts } from '../continuity-facts.ts';
import type { Work } from '../work.ts';
import { byClient, since, todayAt } from './rows.ts';

export async function loadCrisisRoles({ db, now }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('crisis_roles')
    .select(['client_id', 'id', 'name', 'cell', 'may_approve'])
    .where('client_id', 'in', ids)
    .orderBy('name')
    .limit(100_000)
    .execute();
  const today = todayAt('client', now);
  const assignments = await db
    .selectFrom('role_assignments as assignment')
    .innerJoin('clients as client', 'client.client_id', 'assignment.client_id')
    .select(['role_id', 'contact_id', 'rank', 'valid_from'])
    .where('assignment.client_id', 'in', ids)
    .where('valid_from', '<=', today)
    .where((row) => row.or([row('valid_until', 'is', null), row('valid_until', '>=', today)]))
    .orderBy('rank')
    .limit(500_000)
    .execute();
  const holdersOf = Map.groupBy(assignments, ({ role_id }) => role_id);
  return byClient(
    rows,
    (row): CrisisRoleFacts => ({
      id: row.id,
      name: row.name,
      cell: row.cell as CrisisRoleFacts['cell'],
      mayApprove: row.may_approve,
      holders: (holdersOf.get(row.id) ?? []).map(({ contact_id, rank, valid_from }) => ({
        contact: contact_id,
        rank,
        since: valid_from,
      })),
    }),
  );
}

export async function loadContactTests(work: Work, ids: string[]) {
  const rows = await work.db
    .selectFrom('contact_tests')
    .select(['client_id', 'id', 'contact_id', 'at', 'is_reached', 'answer_seconds'])
    .where('client_id', 'in', ids)
    .where('at', '>', since(work))
    .orderBy('at', 'desc')
    .limit(200_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    contact: row.contact_id,
    at: row.at.toISOString(),
    isReached: row.is_reached,
    answerSeconds: row.answer_seconds,
  }));
}
