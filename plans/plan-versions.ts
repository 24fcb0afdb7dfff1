/**
 * Plan versions: what a plan says, written as a draft, frozen when it goes into review, and in force once somebody with authority
 * who did not write it has approved it and its day has come. One version of a plan is in force, and at most one is in work.
 */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { CallNode, insertCallNodes, readCallNodes } from './call-trees.ts';
import { findClient } from './clients.ts';
import { CELLS, holdersOn, listCrisisRoles } from './crisis-roles.ts';
import { todayIn } from './days.ts';
import { conflict, notFound } from './errors.ts';
import { PLAN_KINDS, SECTION_KINDS } from './facts.ts';
import { contentOf, type FrozenRole, hashOfVersion } from './plan-content.ts';
import { type Draft, lockDraft, lockVersion, signDraft } from './plan-drafts.ts';
import { insertSections, KeptSection, readSections, SECTIONS_OF, Section } from './plan-sections.ts';
import { PLAN_STATES, type PlanState } from './plan-states.ts';
import { findPlan, findPlanForChange, listPlans, type Plan } from './plans.ts';
import { insertSteps, placeholdersIn, readSteps, Step } from './runbooks.ts';
import { insertStarter } from './starter-plans.ts';
import { OptionalDate, OptionalText } from './text.ts';
import type { Work } from './work.ts';

/** `last`: from the version in force, else the newest one; `starter`: from the starting texts; `blank`: from nothing. */
export const STARTS = ['last', 'starter', 'blank'] as const;

export const DraftHead = z.object({
  changeSummary: OptionalText(2000).default(null).describe('What changes'),
  effectiveOn: OptionalDate.default(null).describe(
    'In force from this day on; at once when it is approved later, or left out',
  ),
});
export type DraftHead = z.infer<typeof DraftHead>;

export const NewPlanVersion = z.object({
  ...DraftHead.shape,
  start: z.enum(STARTS).default('last').describe('Which text it starts with'),
  sections: z
    .array(Section)
    .max(SECTION_KINDS.length)
    .refine((sections) => new Set(sections.map(({ kind }) => kind)).size === sections.length, {
      error: 'plan-version.section-twice',
    })
    .nullable()
    .default(null)
    .describe('In place of the sections of that text'),
});
export type NewPlanVersion = z.infer<typeof NewPlanVersion>;

export const Approval = z.object({
  by: z.string(),
  role: z.string(),
  crisisRole: z.string().nullable().describe('As whom, where crisis roles say who may approve'),
  decision: z.enum(['approved', 'refused']),
  comment: z.string().nullable(),
  sha256: z.string(),
  at: z.iso.datetime(),
});

const Role = z.object({
  name: z.string(),
  cell: z.enum(CELLS),
  mandate: z.string().nullable(),
  mayApprove: z.boolean(),
  holders: z.array(z.string()).describe('The holder, then the deputies'),
});

export const PlanVersion = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    plan: z.uuid(),
    kind: z.enum(PLAN_KINDS),
    title: z.string().describe('Of the plan; once frozen, as it was then'),
    number: z.int(),
    state: z.enum(PLAN_STATES),
    changeSummary: z.string().nullable(),
    effectiveOn: z.iso.date().nullable(),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    format: z.int().describe('Which content the hash is over'),
    sha256: z.string().nullable(),
    approvedAt: z.iso.datetime().nullable(),
    inForceAt: z.iso.datetime().nullable(),
    supersedes: z.uuid().nullable(),
    withdrawnReason: z.string().nullable(),
    sections: z.array(KeptSection),
    missing: z.array(z.enum(SECTION_KINDS)).describe('Sections without which it cannot go into review'),
    placeholders: z.int().describe('Questions of the starting texts that are still open'),
    steps: z.array(Step),
    callNodes: z.array(CallNode),
    roles: z.array(Role).describe('Crisis roles; once frozen, as they stood then'),
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
  const plan = await findPlanForChange(work, planId);
  refuseWhileOneIsInWork(plan);

  const draft = await insertDraft(work, plan, version, {
    created_by: work.actor.id ?? work.provider,
    created_by_name: work.actor.name,
    written_by: [work.actor.id ?? work.provider],
  });
  if (version.start === 'last') await copyLast(work, draft);
  if (version.start === 'starter') await insertStarter(work, draft);
  if (version.sections) {
    await work.db.deleteFrom('plan_sections').where('plan_version_id', '=', draft.id).execute();
    await insertSections(work, draft, version.sections);
  }
  return findVersion(work, draft.id);
}

/** Starts the next version from one that was sent back, for those who wrote it to go on. */
export async function reopenVersion(work: Work, plan: Plan, id: string): Promise<void> {
  const from = await work.db
    .selectFrom('plan_versions')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const { created_by, created_by_name, written_by } = from;
  const draft = await insertDraft(
    work,
    plan,
    { changeSummary: from.change_summary, effectiveOn: from.effective_on },
    { created_by, created_by_name, written_by },
  );
  await copyParts(work, id, draft);
}

/** Changes what is said about a draft as a whole. */
export async function changeDraft(work: Work, id: string, head: DraftHead): Promise<PlanVersion> {
  const draft = await lockDraft(work, id);
  await work.db
    .updateTable('plan_versions')
    .set({ change_summary: head.changeSummary, effective_on: head.effectiveOn })
    .where('id', '=', id)
    .execute();
  await signDraft(work, draft);
  await record(work, 'plan-version.changed', { kind: 'plan-version', id, client: draft.client }, head);
  return findVersion(work, id);
}

/** Fills what is empty in a draft with the starting texts. What somebody wrote stays. */
export async function takeStarter(work: Work, id: string): Promise<PlanVersion> {
  const draft = await lockDraft(work, id);
  await insertStarter(work, draft);
  await signDraft(work, draft);
  await record(work, 'plan-version.started', { kind: 'plan-version', id, client: draft.client });
  return findVersion(work, id);
}

export async function findVersion(work: Work, id: string): Promise<PlanVersion> {
  const row = await work.db.selectFrom('plan_versions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('plan-version');
  const plan = await findPlan(work, row.plan_id);
  const sections = await readSections(work, id);
  const steps = await readSteps(work, id);
  const written = new Set(sections.filter(({ body }) => body.trim() !== '').map(({ kind }) => kind));
  return {
    id,
    client: plan.client,
    plan: plan.id,
    kind: plan.kind,
    title: row.plan_title ?? plan.title,
    number: row.number,
    state: row.state,
    changeSummary: row.change_summary,
    effectiveOn: row.effective_on,
    createdBy: row.created_by_name,
    createdAt: row.created_at.toISOString(),
    format: row.format,
    sha256: row.sha256,
    approvedAt: row.approved_at?.toISOString() ?? null,
    inForceAt: row.in_force_at?.toISOString() ?? null,
    supersedes: row.supersedes,
    withdrawnReason: row.withdrawn_reason,
    sections,
    missing: SECTIONS_OF[plan.kind].filter((kind) => !written.has(kind)),
    placeholders: placeholdersIn(steps) + sections.reduce((sum, { placeholders }) => sum + placeholders, 0),
    steps,
    callNodes: await readCallNodes(work, id),
    roles: row.state === 'draft' ? await rolesNow(work, plan.client) : ((row.roles ?? []) as FrozenRole[]),
    approvals: await readApprovals(work, id),
  };
}

/** The same, and nobody else writes in it or decides on it until this work has ended. */
export async function findVersionForChange(work: Work, id: string): Promise<PlanVersion> {
  await lockVersion(work, id);
  return findVersion(work, id);
}

/** Versions of all plans of a client that are not over, by plan. */
export async function listOpenVersions(work: Work, client: string): Promise<PlanVersion[]> {
  const plans = await listPlans(work, client);
  const open = plans
    .flatMap(({ inForce, inWork }) => [inForce, inWork])
    .filter((version) => version !== null);
  const versions: PlanVersion[] = [];
  for (const { id } of open) versions.push(await findVersion(work, id));
  return versions;
}

/** Those that are over as well. */
export async function listEveryVersion(work: Work, client: string): Promise<PlanVersion[]> {
  const versions: PlanVersion[] = [];
  for (const { id } of await listPlans(work, client))
    for (const version of await listVersions(work, id)) versions.push(await findVersion(work, version.id));
  return versions;
}

/** Versions of a plan, newest first, without their text. */
export async function listVersions(work: Work, planId: string) {
  await findPlan(work, planId);
  const rows = await work.db
    .selectFrom('plan_versions')
    .select([
      'id',
      'number',
      'state',
      'sha256',
      'created_by_name',
      'created_at',
      'effective_on',
      'in_force_at',
    ])
    .where('plan_id', '=', planId)
    .orderBy('number', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    state: row.state satisfies PlanState,
    sha256: row.sha256,
    createdBy: row.created_by_name,
    createdAt: row.created_at.toISOString(),
    effectiveOn: row.effective_on,
    inForceAt: row.in_force_at?.toISOString() ?? null,
  }));
}

/** What was hashed, and whether what stands there now still has that hash. A draft has none. */
export async function checkVersion(work: Work, id: string) {
  const version = await findVersion(work, id);
  if (version.sha256 === null) throw conflict('plan-version.no-hash');
  const frozen = frozenOf(version);
  return {
    content: contentOf(frozen),
    sha256: version.sha256,
    isIntact: hashOfVersion(frozen) === version.sha256,
  };
}

export const frozenOf = ({ plan, kind, title, ...version }: PlanVersion) => ({
  ...version,
  plan: { id: plan, kind, title },
});

/** Crisis roles with who holds them today. */
export async function rolesNow(work: Work, client: string): Promise<FrozenRole[]> {
  const today = todayIn((await findClient(work, client)).timeZone, work.now);
  return (await listCrisisRoles(work, client)).map((role) => ({
    name: role.name,
    cell: role.cell,
    mandate: role.mandate,
    mayApprove: role.mayApprove,
    holders: holdersOn(role, today).map(({ name }) => name),
  }));
}

async function insertDraft(
  work: Work,
  plan: Plan,
  { changeSummary, effectiveOn }: DraftHead,
  authors: { created_by: string; created_by_name: string; written_by: string[] },
): Promise<Draft> {
  const { id, number } = await work.db
    .insertInto('plan_versions')
    .values({
      client_id: plan.client,
      plan_id: plan.id,
      number: await nextNumber(work, plan.id),
      change_summary: changeSummary,
      effective_on: effectiveOn,
      created_at: work.now,
      changed_at: work.now,
      ...authors,
    })
    .returning(['id', 'number'])
    .executeTakeFirstOrThrow();
  await record(
    work,
    'plan-version.drafted',
    { kind: 'plan-version', id, client: plan.client },
    { planId: plan.id, number },
  );
  return { id, number, plan, client: plan.client };
}

async function copyLast(work: Work, draft: Draft) {
  const versions = await listVersions(work, draft.plan.id);
  const from =
    versions.find(({ state }) => state === 'in-force') ?? versions.find(({ id }) => id !== draft.id);
  if (from) await copyParts(work, from.id, draft);
}

async function copyParts(work: Work, from: string, draft: Draft) {
  await insertSections(work, draft, await readSections(work, from));
  await insertSteps(work, draft, await readSteps(work, from));
  await insertCallNodes(work, draft, await readCallNodes(work, from));
}

async function readApprovals({ db }: Work, version: string): Promise<PlanVersion['approvals']> {
  const rows = await db
    .selectFrom('approvals')
    .selectAll()
    .where('plan_version_id', '=', version)
    .orderBy('at')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    by: row.person_name,
    role: row.role,
    crisisRole: row.crisis_role,
    decision: row.decision as 'approved' | 'refused',
    comment: row.comment,
    sha256: row.sha256,
    at: row.at.toISOString(),
  }));
}

function refuseWhileOneIsInWork({ inWork }: Plan) {
  if (inWork && inWork.state !== 'approved')
    throw conflict('plan-version.one-in-work', { number: inWork.number });
}

async function nextNumber({ db }: Work, planId: string) {
  const { last } = await db
    .selectFrom('plan_versions')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('plan_id', '=', planId)
    .executeTakeFirstOrThrow();
  return (last ?? 0) + 1;
}
