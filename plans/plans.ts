/** Plans: how a client stays at work (PCA, `bcp`) and comes back (PRA, `drp`). Their text lives in versions. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findActivity } from './activities.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { notFound } from './errors.ts';
import { PLAN_KINDS } from './facts.ts';
import { Line, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const NewPlan = z.object({
  kind: z.enum(PLAN_KINDS),
  title: Line(200),
  owner: OptionalLine(200).default(null),
  reviewIntervalDays: z.coerce.number().int().min(1).max(3650).default(365),
  activities: z.array(z.uuid()).max(500).default([]).describe('Activities the plan covers'),
});
export type NewPlan = z.infer<typeof NewPlan>;

export const Plan = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    kind: z.enum(PLAN_KINDS),
    title: z.string(),
    owner: z.string().nullable(),
    reviewIntervalDays: z.int(),
    activities: z.array(z.uuid()),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof Plan>;

export async function createPlan(work: Work, client: string, plan: NewPlan): Promise<Plan> {
  allow(work, 'plan.change');
  await findClient(work, client);
  for (const activity of plan.activities)
    if ((await findActivity(work, activity)).client !== client) throw notFound('activity');

  const { id } = await work.db
    .insertInto('plans')
    .values({
      client_id: client,
      kind: plan.kind,
      title: plan.title,
      owner: plan.owner,
      review_interval_days: plan.reviewIntervalDays,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await coverActivities(work, client, id, plan.activities);
  await record(work, 'plan.created', { kind: 'plan', id, client }, { title: plan.title, kind: plan.kind });
  return findPlan(work, id);
}

export async function findPlan({ db }: Work, id: string): Promise<Plan> {
  const row = await db.selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('plan');
  const covered = await db
    .selectFrom('plan_activities')
    .select('activity_id')
    .where('plan_id', '=', id)
    .orderBy('activity_id')
    .limit(500)
    .execute();
  return present(
    row,
    covered.map(({ activity_id }) => activity_id),
  );
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
  const covered = await work.db
    .selectFrom('plan_activities')
    .select(['plan_id', 'activity_id'])
    .where('client_id', '=', client)
    .orderBy('activity_id')
    .limit(10_000)
    .execute();
  const byPlan = Map.groupBy(covered, ({ plan_id }) => plan_id);
  return rows.map((row) =>
    present(
      row,
      (byPlan.get(row.id) ?? []).map(({ activity_id }) => activity_id),
    ),
  );
}

async function coverActivities({ db }: Work, client: string, plan: string, activities: string[]) {
  if (activities.length === 0) return;
  const rows = [...new Set(activities)].map((activity_id) => ({
    client_id: client,
    plan_id: plan,
    activity_id,
  }));
  await db.insertInto('plan_activities').values(rows).execute();
}

const present = (
  row: {
    id: string;
    client_id: string;
    kind: Plan['kind'];
    title: string;
    owner: string | null;
    review_interval_days: number;
  },
  activities: string[],
): Plan => ({
  id: row.id,
  client: row.client_id,
  kind: row.kind,
  title: row.title,
  owner: row.owner,
  reviewIntervalDays: row.review_interval_days,
  activities,
});
