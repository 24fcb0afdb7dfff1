/** Crisis roles: who leads what in a crisis, who holds each, and who stands in, in which order. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { gapsOf, ROLE_GAPS } from './crisis-role-gaps.ts';
import { dayBefore, todayIn } from './days.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { refuseForeign } from './own.ts';
import { Holder, readAssignments } from './role-assignments.ts';
import { Line, OptionalDate, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const CELLS = ['decision', 'operations', 'communication', 'support'] as const;
const MOST_HOLDERS = 10;

const NewHolder = z
  .object({
    contact: z.uuid(),
    from: OptionalDate.default(null).describe('Today, unless said'),
    until: OptionalDate.default(null).describe('Last day; null: as long as nothing else is said'),
  })
  .refine(({ from, until }) => from === null || until === null || until >= from, {
    error: 'crisis-role.ends-before',
    path: ['until'],
  });

export const NewCrisisRole = z.object({
  name: Line(200),
  cell: z.enum(CELLS),
  mandate: OptionalText(4000).default(null).describe('What they decide without asking anybody'),
  mayApprove: z.boolean().default(false).describe('Whoever holds it may approve plans'),
  holders: z
    .array(NewHolder)
    .max(MOST_HOLDERS)
    .default([])
    .describe('The holder, then the deputies in their order'),
});
export type NewCrisisRole = z.infer<typeof NewCrisisRole>;

export const CrisisRole = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewCrisisRole.shape,
    holders: z.array(Holder),
    former: z.array(Holder).describe('Those whose time is over, the latest first'),
    gaps: z
      .array(z.object({ gap: z.enum(ROLE_GAPS), contact: z.string().nullable() }))
      .describe('What is wrong with who holds it today, the worst first'),
  })
  .meta({ id: 'CrisisRole' });
export type CrisisRole = z.infer<typeof CrisisRole>;

export async function addCrisisRole(work: Work, client: string, role: NewCrisisRole): Promise<CrisisRole> {
  allow(work, 'continuity.change');
  const today = await todayOf(work, client);
  await refuseUnsound(work, client, role);
  await refuseTakenName(work, client, role.name);

  const { id } = await work.db
    .insertInto('crisis_roles')
    .values({ client_id: client, ...columns(role), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await replaceHolders(work, { id, client, holders: [] }, role.holders, today);
  await record(work, 'crisis-role.added', { kind: 'crisis-role', id, client }, role);
  return findCrisisRole(work, id);
}

/** Who held it until now and is named no more, held it until yesterday: who led when stays known. */
export async function changeCrisisRole(work: Work, id: string, role: NewCrisisRole): Promise<CrisisRole> {
  allow(work, 'continuity.change');
  const before = await findCrisisRoleForChange(work, id);
  const today = await todayOf(work, before.client);
  await refuseUnsound(work, before.client, role);
  if (role.name !== before.name) await refuseTakenName(work, before.client, role.name);

  await work.db
    .updateTable('crisis_roles')
    .set({ ...columns(role), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await replaceHolders(work, before, role.holders, today);
  await record(
    work,
    'crisis-role.changed',
    { kind: 'crisis-role', id, client: before.client },
    { before, after: role },
  );
  return findCrisisRole(work, id);
}

/** Takes a role out. While a version that counts, or will, names it, it stays. */
export async function removeCrisisRole(work: Work, id: string): Promise<CrisisRole> {
  allow(work, 'continuity.change');
  const before = await findCrisisRoleForChange(work, id);
  const plans = await plansNaming(work, id);
  if (plans.length > 0) throw conflict('crisis-role.in-use', { name: before.name, plans: plans.join(', ') });

  await work.db.deleteFrom('crisis_roles').where('id', '=', id).execute();
  await record(work, 'crisis-role.removed', { kind: 'crisis-role', id, client: before.client }, { before });
  return before;
}

export async function findCrisisRole(work: Work, id: string): Promise<CrisisRole> {
  const [role] = await present(
    work,
    await work.db.selectFrom('crisis_roles').selectAll().where('id', '=', id).execute(),
  );
  if (!role) throw notFound('crisis-role');
  return role;
}

/** The same, and nobody else changes it until this work has ended. */
export async function findCrisisRoleForChange(work: Work, id: string): Promise<CrisisRole> {
  await work.db.selectFrom('crisis_roles').select('id').where('id', '=', id).forUpdate().execute();
  return findCrisisRole(work, id);
}

export async function listCrisisRoles(work: Work, client: string): Promise<CrisisRole[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('crisis_roles')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(1000)
    .execute();
  return present(work, rows);
}

/** Those of them whose time has come: first the holder, then the deputies. */
export const holdersOn = ({ holders }: Pick<CrisisRole, 'holders'>, day: string) =>
  holders.filter(({ from, until }) => from <= day && (until === null || until >= day));

async function todayOf(work: Work, client: string): Promise<string> {
  return todayIn((await findClient(work, client)).timeZone, work.now);
}

async function refuseUnsound(work: Work, client: string, { holders }: NewCrisisRole) {
  const contacts = holders.map(({ contact }) => contact);
  const twice = contacts.findIndex((contact, place) => contacts.indexOf(contact) < place);
  if (twice !== -1) throw invalid(`holders.${twice}.contact`, 'crisis-role.holder-twice');
  await refuseForeign(work, client, 'contact', contacts);
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('crisis_roles')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('crisis-role.name-taken', { name });
}

/**
 * Puts holders in place of those there are. Whoever is named no more held it until yesterday; whoever began today never did.
 */
async function replaceHolders(
  { db }: Work,
  { id, client, holders: before }: Pick<CrisisRole, 'id' | 'client' | 'holders'>,
  holders: NewCrisisRole['holders'],
  today: string,
) {
  const live = before.map((holder, rank) => ({ ...holder, rank }));
  const ended = live
    .filter(({ contact, from }) => from < today && !holders.some((one) => one.contact === contact))
    .map((holder) => ({ ...holder, until: dayBefore(today) }));
  const named = holders.map(({ contact, from, until }, rank) => ({
    contact,
    from: from ?? live.find((one) => one.contact === contact)?.from ?? today,
    until,
    rank,
  }));
  await db
    .deleteFrom('role_assignments')
    .where('role_id', '=', id)
    .where((row) => row.or([row('valid_until', 'is', null), row('valid_until', '>=', today)]))
    .execute();
  const rows = [...ended, ...named].map(({ contact, from, until, rank }) => ({
    client_id: client,
    role_id: id,
    contact_id: contact,
    rank,
    valid_from: from,
    valid_until: until,
  }));
  if (rows.length > 0) await db.insertInto('role_assignments').values(rows).execute();
}

/** Titles of plans whose version in work or in force has a step or a call for the role. */
async function plansNaming({ db }: Work, role: string): Promise<string[]> {
  const rows = await db
    .selectFrom('plan_versions as version')
    .innerJoin('plans as plan', (join) =>
      join.onRef('plan.client_id', '=', 'version.client_id').onRef('plan.id', '=', 'version.plan_id'),
    )
    .select('plan.title')
    .distinct()
    .where('version.state', 'not in', ['superseded', 'withdrawn'])
    .where(({ or, exists, selectFrom }) =>
      or([
        exists(
          selectFrom('runbook_steps')
            .select('id')
            .whereRef('plan_version_id', '=', 'version.id')
            .where('role_id', '=', role),
        ),
        exists(
          selectFrom('call_nodes')
            .select('id')
            .whereRef('plan_version_id', '=', 'version.id')
            .where('role_id', '=', role),
        ),
      ]),
    )
    .orderBy('plan.title')
    .limit(20)
    .execute();
  return rows.map(({ title }) => title);
}

const columns = ({ name, cell, mandate, mayApprove }: NewCrisisRole) => ({
  name,
  cell,
  mandate,
  may_approve: mayApprove,
});

interface Row {
  id: string;
  client_id: string;
  name: string;
  cell: string;
  mandate: string | null;
  may_approve: boolean;
}

/** All of one client. */
async function present(work: Work, rows: Row[]): Promise<CrisisRole[]> {
  const client = rows[0]?.client_id;
  if (client === undefined) return [];
  const today = await todayOf(work, client);
  const assigned = await readAssignments(work, client, today);
  const of = (role: string) => assigned.get(role) ?? { holders: [], former: [] };
  const all = await work.db
    .selectFrom('crisis_roles')
    .select(['id', 'cell'])
    .where('client_id', '=', client)
    .limit(1000)
    .execute();
  const heldOf = ({ id, cell }: Pick<Row, 'id' | 'cell'>) => ({ cell, holders: holdersOn(of(id), today) });
  const held = all.map(heldOf);
  return rows.map((row) => ({
    id: row.id,
    client,
    name: row.name,
    cell: row.cell as CrisisRole['cell'],
    mandate: row.mandate,
    mayApprove: row.may_approve,
    ...of(row.id),
    gaps: gapsOf(heldOf(row), held),
  }));
}
