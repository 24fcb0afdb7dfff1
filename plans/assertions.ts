/** Assertions: questions a plan puts to a restored database, with the answers it must give. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { notFound } from './errors.ts';
import { findPlan } from './plans.ts';
import { Line, Text } from './text.ts';
import type { Work } from './work.ts';

const Scalar = z.union([z.string().max(1000), z.number(), z.boolean()]);

/** What one scalar answer must be. */
export const Expectation = z.discriminatedUnion('op', [
  z.object({ op: z.literal('='), value: Scalar }),
  z.object({ op: z.literal('>='), value: z.number() }),
  z.object({ op: z.literal('between'), low: z.number(), high: z.number() }),
  z.object({ op: z.literal('not-empty') }),
]);
export type Expectation = z.infer<typeof Expectation>;

export const NewAssertion = z.object({
  asset: z.uuid(),
  name: Line(200),
  query: Text(4000)
    .min(1)
    .describe('One SELECT that answers one value; it runs read-only in the scratch database'),
  expectation: Expectation,
});
export type NewAssertion = z.infer<typeof NewAssertion>;

export const Assertion = NewAssertion.extend({ id: z.uuid(), plan: z.uuid() }).meta({ id: 'Assertion' });
export type Assertion = z.infer<typeof Assertion>;

export async function addAssertion(work: Work, planId: string, assertion: NewAssertion): Promise<Assertion> {
  allow(work, 'plan.change');
  const plan = await findPlan(work, planId);
  const asset = await findAsset(work, assertion.asset);
  if (asset.client !== plan.client) throw notFound('asset');

  const { id } = await work.db
    .insertInto('assertions')
    .values({
      client_id: plan.client,
      plan_id: planId,
      asset_id: asset.id,
      name: assertion.name,
      query: assertion.query,
      expectation: JSON.stringify(assertion.expectation),
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'assertion.added', { kind: 'assertion', id, client: plan.client }, assertion);
  return { ...assertion, id, plan: planId };
}

export async function listAssertionsOfPlan({ db }: Work, planId: string): Promise<Assertion[]> {
  const rows = await db
    .selectFrom('assertions')
    .select(['id', 'asset_id', 'name', 'query', 'expectation'])
    .where('plan_id', '=', planId)
    .orderBy('name')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    plan: planId,
    asset: row.asset_id,
    name: row.name,
    query: row.query,
    expectation: row.expectation as Expectation,
  }));
}
