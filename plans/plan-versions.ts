/**
 * Plan versions: the text of a plan, frozen when it goes into review and in force once somebody with authority
 * who is not its author has approved it. One version of a plan is in force, and at most one is in work.
 */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { canonical, sha256 } from './canonical.ts';
import { findClient } from './clients.ts';
import { conflict, notFound, Refusal } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { SECTION_KINDS } from './facts.ts';
import { findPlan, type Plan } from './plans.ts';
import { Line, Text } from './text.ts';
import type { Work } from './work.ts';

export const Section = z.object({
  kind: z.enum(SECTION_KINDS),
  title: Line(200),
  body: Text(100_000).describe('Markdown'),
});
export type Section = z.infer<typeof Section>;

export const NewPlanVersion = z.object({
  changeSummary: Text(2000).nullable().default(null),
  sections: z
    .array(Section)
    .max(SECTION_KINDS.length)
    .refine((sections) => new Set(sections.map(({ kind }) => kind)).size === sections.length, {
      error: 'plan-version.section-twice',
    }),
});
export type NewPlanVersion = z.infer<typeof NewPlanVersion>;

export const Approval = z.object({
  by: z.string(),
  role: z.string(),
  decision: z.enum(['approved', 'refused']),
  comment: z.string().nullable(),
  sha256: z.string(),
  at: z.iso.datetime(),
});

export const PlanVersion = z
  .object({
    id: z.uuid(),
    plan: z.uuid(),
    number: z.int(),
    state: z.enum(['draft', 'in-review', 'approved', 'in-force', 'superseded', 'withdrawn']),
    changeSummary: z.string().nullable(),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    sha256: z.string().nullable(),
    inForceAt: z.iso.datetime().nullable(),
    sections: z.array(Section),
    approvals: z.array(Approval),
  })
  .meta({ id: 'PlanVersion' });
export type PlanVersion = z.infer<typeof PlanVersion>;

/** Starts the next version as a draft. */
export async function draftVersion(
  work: Work,
  planId: string,
  version: NewPlanVersion,
): Promise<PlanVersion> {
  allow(work, 'plan.change');
  const plan = await lockPlan(work, planId);
  await refuseWhileOneIsInWork(work, planId);

  const { id, number } = await work.db
    .insertInto('plan_versions')
    .values({
      client_id: plan.client,
      plan_id: planId,
      number: await nextNumber(work, planId),
      change_summary: version.changeSummary,
      created_by: work.actor.id ?? work.provider,
      created_by_name: work.actor.name,
      created_at: work.now,
    })
    .returning(['id', 'number'])
    .executeTakeFirstOrThrow();
  await writeSections(work, plan.client, id, version.sections);
  await record(
    work,
    'plan-version.drafted',
    { kind: 'plan-version', id, client: plan.client },
    { planId, number },
  );
  return findVersion(work, id);
}

/** Freezes a draft: from here on its text and hash stay as they are. */
export async function submitVersion(work: Work, id: string): Promise<PlanVersion> {
  allow(work, 'plan.change');
  const { row, plan } = await lockVersion(work, id);
  if (row.state !== 'draft') throw conflict('plan-version.not-draft');

  const { sections } = await findVersion(work, id);
  if (!sections.some(({ body }) => body.trim() !== '')) throw conflict('plan-version.empty');
  const hash = hashOfVersion(plan, row.number, sections);
  await work.db
    .updateTable('plan_versions')
    .set({ state: 'in-review', sha256: hash })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'plan-version.submitted',
    { kind: 'plan-version', id, client: plan.client },
    { sha256: hash },
  );
  return findVersion(work, id);
}

export const Decision = z.object({
  decision: z.enum(['approved', 'refused']).default('approved'),
  comment: Text(2000).nullable().default(null),
});

/**
 * Approves a version in review and puts it in force, or sends it back. The author alone does not approve
 * (rule 10 of the model).
 */
export async function decideVersion(work: Work, id: string, { decision, comment }: z.infer<typeof Decision>) {
  allow(work, 'plan.approve');
  const { row, plan } = await lockVersion(work, id);
  if (row.state !== 'in-review' || row.sha256 === null) throw conflict('plan-version.not-in-review');
  if (work.actor.kind !== 'person' || work.actor.id === null || work.actor.role === 'service')
    throw new Refusal('forbidden', 'plan-version.person-only');
  if (row.created_by === work.actor.id) throw conflict('plan-version.author-alone');

  await work.db
    .insertInto('approvals')
    .values({
      client_id: plan.client,
      plan_version_id: id,
      person_id: work.actor.id,
      person_name: work.actor.name,
      role: work.actor.role,
      decision,
      comment,
      sha256: row.sha256,
      at: work.now,
    })
    .execute();
  await record(
    work,
    `plan-version.${decision}`,
    { kind: 'plan-version', id, client: plan.client },
    { sha256: row.sha256 },
  );
  if (decision === 'approved') await putInForce(work, plan, { id, number: row.number, sha256: row.sha256 });
  else await work.db.updateTable('plan_versions').set({ state: 'withdrawn' }).where('id', '=', id).execute();
  return findVersion(work, id);
}

export async function findVersion({ db }: Work, id: string): Promise<PlanVersion> {
  const row = await db.selectFrom('plan_versions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('plan-version');
  const sections = await db
    .selectFrom('plan_sections')
    .select(['kind', 'title', 'body'])
    .where('plan_version_id', '=', id)
    .orderBy('position')
    .limit(SECTION_KINDS.length)
    .execute();
  const approvals = await db
    .selectFrom('approvals')
    .selectAll()
    .where('plan_version_id', '=', id)
    .orderBy('at')
    .limit(100)
    .execute();
  return {
    id,
    plan: row.plan_id,
    number: row.number,
    state: row.state,
    changeSummary: row.change_summary,
    createdBy: row.created_by_name,
    createdAt: row.created_at.toISOString(),
    sha256: row.sha256,
    inForceAt: row.in_force_at?.toISOString() ?? null,
    sections,
    approvals: approvals.map((one) => ({
      by: one.person_name,
      role: one.role,
      decision: one.decision as 'approved' | 'refused',
      comment: one.comment,
      sha256: one.sha256,
      at: one.at.toISOString(),
    })),
  };
}

/** Versions of a plan, newest first, without their text. */
export async function listVersions(work: Work, planId: string) {
  await findPlan(work, planId);
  const rows = await work.db
    .selectFrom('plan_versions')
    .select(['id', 'number', 'state', 'sha256', 'created_by_name', 'created_at', 'in_force_at'])
    .where('plan_id', '=', planId)
    .orderBy('number', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    state: row.state,
    sha256: row.sha256,
    createdBy: row.created_by_name,
    createdAt: row.created_at.toISOString(),
    inForceAt: row.in_force_at?.toISOString() ?? null,
  }));
}

/** Of each plan of a client the version in force and the one in work. */
export async function listOpenVersions(work: Work, client: string) {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('plan_versions')
    .select(['plan_id', 'number', 'state', 'in_force_at'])
    .where('client_id', '=', client)
    .where('state', 'in', ['draft', 'in-review', 'in-force'])
    .orderBy('number')
    .limit(1000)
    .execute();
  return rows.map(({ plan_id, number, state, in_force_at }) => ({
    plan: plan_id,
    number,
    state,
    inForceAt: in_force_at?.toISOString() ?? null,
  }));
}

/** The hash that approvals sign: plan, number and every section as it reads. */
export const hashOfVersion = (
  plan: Pick<Plan, 'id' | 'kind' | 'title'>,
  number: number,
  sections: Section[],
) => sha256(canonical({ plan: plan.id, kind: plan.kind, title: plan.title, number, sections }));

async function putInForce(work: Work, plan: Plan, version: { id: string; number: number; sha256: string }) {
  await work.db
    .updateTable('plan_versions')
    .set({ state: 'superseded' })
    .where('plan_id', '=', plan.id)
    .where('state', '=', 'in-force')
    .execute();
  await work.db
    .updateTable('plan_versions')
    .set({ state: 'in-force', in_force_at: work.now })
    .where('id', '=', version.id)
    .execute();
  await record(work, 'plan-version.in-force', { kind: 'plan-version', id: version.id, client: plan.client });
  await recordEvidence(work, {
    client: plan.client,
    code: 'PLN',
    subject: { kind: 'plan', id: plan.id, name: plan.title },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: new Date(work.now.getTime() + plan.reviewIntervalDays * 86_400_000),
    content: {
      version: version.id,
      number: version.number,
      sha256: version.sha256,
      approvedBy: work.actor.name,
    },
  });
}

async function writeSections({ db }: Work, client: string, version: string, sections: Section[]) {
  if (sections.length === 0) return;
  const rows = sections.map((section, position) => ({
    client_id: client,
    plan_version_id: version,
    position,
    ...section,
  }));
  await db.insertInto('plan_sections').values(rows).execute();
}

/** Whoever decides on a plan's versions does so one after the other. */
async function lockPlan(work: Work, id: string): Promise<Plan> {
  await work.db.selectFrom('plans').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  return findPlan(work, id);
}

async function lockVersion(work: Work, id: string) {
  const row = await work.db
    .selectFrom('plan_versions')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('plan-version');
  return { row, plan: await lockPlan(work, row.plan_id) };
}

async function refuseWhileOneIsInWork({ db }: Work, planId: string) {
  const open = await db
    .selectFrom('plan_versions')
    .select('number')
    .where('plan_id', '=', planId)
    .where('state', 'in', ['draft', 'in-review'])
    .executeTakeFirst();
  if (open) throw conflict('plan-version.one-in-work', { number: open.number });
}

async function nextNumber({ db }: Work, planId: string) {
  const { last } = await db
    .selectFrom('plan_versions')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('plan_id', '=', planId)
    .executeTakeFirstOrThrow();
  return (last ?? 0) + 1;
}
