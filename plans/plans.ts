/**
 * Plans: how a client stays at work (PCA, `bcp`), comes back (PRA, `drp`, with its parts, `it-recovery`), and leads and speaks in
 * a crisis. Their text lives in versions.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { notFound } from './errors.ts';
import { PLAN_KINDS } from './facts.ts';
import { refuseForeign } from './own.ts';
import { PLAN_STATES } from './plan-states.ts';
import { Line, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const PlanChange = z.object({
  title: Line(200),
  owner: OptionalLine(200).default(null),
  reviewIntervalDays: z.coerce.number().int().min(1).max(3650).default(365),
  activities: z.array(z.uuid()).max(500).default([]).describe('Activities the plan covers'),
  scenarios: z.array(z.uuid()).max(200).default([]).describe('Scenarios the plan answers'),
  keptIn: z.array(z.uuid()).max(50).default([]).describe('Assets from which it is read in a crisis'),
});
export type PlanChange = z.infer<typeof PlanChange>;

export const NewPlan = z.object({ kind: z.enum(PLAN_KINDS), ...PlanChange.shape });
export type NewPlan = z.infer<typeof NewPlan>;

const VersionInIt = z.object({
  id: z.uuid(),
  number: z.int(),
  state: z.enum(PLAN_STATES),
  inForceAt: z.iso.datetime().nullable(),
});

export const Plan = z.object({
  id: z.uuid(),
  client: z.uuid(),
  ...NewPlan.shape,
  inForce: VersionInIt.nullable(),
  inWork: VersionInIt.nullable().describe(
    'The newest draft, version in review, or approved one whose day is to come',
  ),
});
export type Plan = z.infer<typeof Plan>;

export async function createPlan(work: Work, client: string, plan: NewPlan): Promise<Plan> {
  allow(work, 'plan.change');
  await findClient(work, client);
  await refuseForeignTies(work, client, plan);

  const { id } = await work.db
    .insertInto('plans')
    .values({
      client_id: client,
      kind: plan.kind,
      ...columns(plan),
      created_at: work.now,
      changed_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tie(work, { id, client }, plan);
  await record(work, 'plan.created', { kind: 'plan', id, client }, plan);
  return findPlan(work, id);
}

/** Changes what a plan is about. What its versions say stays; their title stays as it was approved. */
export async function changePlan(work: Work, id: string, plan: PlanChange): Promise<Plan> {
  allow(work, 'plan.change');
  const before = await findPlanForChange(work, id);
  await refuseForeignTies(work, before.client, plan);

  await work.db
    .updateTable('plans')
    .set({ ...columns(plan), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await tie(work, before, plan);
  await record(work, 'plan.changed', { kind: 'plan', id, client: before.client }, { before, after: plan });
  return findPlan(work, id);
}

export async function findPlan(work: Work, id: string): Promise<Plan> {
  const rows = await work.db.selectFrom('plans').selectAll().where('id', '=', id).execute();
  const [plan] = await present(work, rows);
  if (!plan) throw notFound('plan');
  return plan;
}

/** The same, and nobody else changes it or decides on its versions until this work has ended. */
export async function findPlanForChange(work: Work, id: string): Promise<Plan> {
  await work.db.selectFrom('plans').select('id').where('id', '=', id).forUpdate().execute();
  return findPlan(work, id);
}

export async function listPlans(work: Work, client: string): Promise<Plan[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('plans')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('kind')
    .orderBy('title')
    .limit(200)
    .execute();
  return present(work, rows);
}

async function refuseForeignTies(work: Work, client: string, { activities, scenarios, keptIn }: PlanChange) {
  await refuseForeign(work, client, 'activity', activities);
  await refuseForeign(work, client, 'scenario', scenarios);
  await refuseForeign(work, client, 'asset', keptIn);
}

/** Activities and scenarios, in place of those it was tied to before. */
async function tie(
  { db }: Work,
  { id, client }: { id: string; client: string },
  { activities, scenarios }: PlanChange,
) {
  const of = { client_id: client, plan_id: id };
  await db.deleteFrom('plan_activities').where('plan_id', '=', id).execute();
  await db.deleteFrom('plan_scenarios').where('plan_id', '=', id).execute();
  const covered = [...new Set(activities)].map((activity_id) => ({ ...of, activity_id }));
  const answered = [...new Set(scenarios)].map((scenario_id) => ({ ...of, scenario_id }));
  if (covered.length > 0) await db.insertInto('plan_activities').values(covered).execute();
  if (answered.length > 0) await db.insertInto('plan_scenarios').values(answered).execute();
}

const columns = ({ title, owner, reviewIntervalDays, keptIn }: PlanChange) => ({
  title,
  owner,
  review_interval_days: reviewIntervalDays,
  kept_in: [...new Set(keptIn)],
});

interface Row {
  id: string;
  client_id: string;
  kind: Plan['kind'];
  title: string;
  owner: string | null;
  review_interval_days: number;
  kept_in: string[];
}

async function present(work: Work, rows: Row[]): Promise<Plan[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const activities = await readTies(work, 'plan_activities', 'activity_id', ids);
  const scenarios = await readTies(work, 'plan_scenarios', 'scenario_id', ids);
  const versions = await readOpenVersions(work, ids);
  return rows.map((row) => {
    const open = versions.get(row.id) ?? [];
    return {
      id: row.id,
      client: row.client_id,
      kind: row.kind,
      title: row.title,
      owner: row.owner,
      reviewIntervalDays: row.review_interval_days,
      activities: activities.get(row.id) ?? [],
      scenarios: scenarios.get(row.id) ?? [],
      keptIn: row.kept_in,
      inForce: open.find(({ state }) => state === 'in-force') ?? null,
      inWork: open.toReversed().find(({ state }) => state !== 'in-force') ?? null,
    };
  });
}

async function readTies(
  { db }: Work,
  table: 'plan_activities' | 'plan_scenarios',
  column: 'activity_id' | 'scenario_id',
  plans: string[],
): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ plan_id: string; of: string }>`
    select plan_id, ${sql.ref(column)} as of from ${sql.table(table)}
    where plan_id = any (${plans}) order by plan_id, of limit 100000`.execute(db);
  return new Map(
    [...Map.groupBy(rows, ({ plan_id }) => plan_id)].map(([plan, own]) => [plan, own.map(({ of }) => of)]),
  );
}

/** Whatever is not over, oldest first: the newest one is the one in work. */
async function readOpenVersions({ db }: Work, plans: string[]) {
  const rows = await db
    .selectFrom('plan_versions')
    .select(['id', 'plan_id', 'number', 'state', 'in_force_at'])
    .where('plan_id', 'in', plans)
    .where('state', 'in', ['draft', 'in-review', 'approved', 'in-force'])
    .orderBy('number')
    .limit(1000)
    .execute();
  return new Map(
    [...Map.groupBy(rows, ({ plan_id }) => plan_id)].map(([plan, own]) => [
      plan,
      own.map(({ id, number, state, in_force_at }) => ({
        id,
        number,
        state,
        inForceAt: in_force_at?.toISOString() ?? null,
      })),
    ]),
  );
}
