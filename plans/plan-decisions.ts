/** What becomes of a plan version: it goes into review, is approved or sent back, comes into force, and is taken back. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { todayIn } from './days.ts';
import { conflict, Refusal } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import type { Reason } from './facts.ts';
import { approvingRole } from './plan-approvers.ts';
import { FORMAT, hashOfVersion } from './plan-content.ts';
import { lockVersion } from './plan-drafts.ts';
import { refuseCourse } from './plan-states.ts';
import { findVersion, frozenOf, type PlanVersion, reopenVersion } from './plan-versions.ts';
import type { Plan } from './plans.ts';
import { OptionalText, Text } from './text.ts';
import type { Work } from './work.ts';

/** Freezes a draft that says all that a plan of its kind must: from here on its content and hash stay as they are. */
export async function submitVersion(work: Work, id: string): Promise<PlanVersion> {
  allow(work, 'plan.change');
  const { row } = await lockVersion(work, id);
  refuseCourse(row.state, 'in-review');
  refuseUnfinished(await findVersion(work, id));

  await freezeNames(work, id);
  const version = await findVersion(work, id);
  const hash = hashOfVersion({ ...frozenOf(version), format: FORMAT });
  await work.db
    .updateTable('plan_versions')
    .set({
      state: 'in-review',
      format: FORMAT,
      plan_title: version.title,
      roles: JSON.stringify(version.roles),
      sha256: hash,
    })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'plan-version.submitted',
    { kind: 'plan-version', id, client: version.client },
    { sha256: hash },
  );
  return findVersion(work, id);
}

export const Decision = z
  .object({
    decision: z.enum(['approved', 'refused']).default('approved'),
    comment: OptionalText(2000).default(null),
  })
  .refine(({ decision, comment }) => decision === 'approved' || (comment ?? '').trim() !== '', {
    error: 'plan-version.no-reason',
    path: ['comment'],
  });

/**
 * Approves a version in review, or sends it back: then it stays as it was refused, and the next version is a draft of the same
 * text. People with authority decide, and none of those who wrote it (rule 10 of the model).
 */
export async function decideVersion(
  work: Work,
  id: string,
  { decision, comment }: z.infer<typeof Decision>,
): Promise<PlanVersion> {
  allow(work, 'plan.approve');
  const { row, plan } = await lockVersion(work, id);
  refuseCourse(row.state, decision === 'approved' ? 'approved' : 'withdrawn');
  if (row.state !== 'in-review' || row.sha256 === null) throw conflict('plan-version.not-in-review');
  const { actor } = work;
  if (actor.kind !== 'person' || actor.id === null || actor.role === 'service' || actor.role === 'agent')
    throw new Refusal('forbidden', 'plan-version.person-only');
  if (row.created_by === actor.id || row.written_by.includes(actor.id))
    throw conflict('plan-version.author-alone');
  const crisisRole = await approvingRole(work, plan.client);

  await work.db
    .insertInto('approvals')
    .values({
      client_id: plan.client,
      plan_version_id: id,
      person_id: actor.id,
      person_name: actor.name,
      role: actor.role,
      crisis_role: crisisRole,
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
    { sha256: row.sha256, crisisRole, comment },
  );
  if (decision === 'approved') await approve(work, plan, row);
  else await sendBack(work, plan, id, comment!);
  return findVersion(work, id);
}

export const Withdrawal = z.object({
  reason: Text(2000).refine((text) => text.trim() !== '', { error: 'plan-version.no-reason' }),
});

/** Takes a version back, whatever became of it so far. What was approved is taken back by whoever may approve. */
export async function withdrawVersion(
  work: Work,
  id: string,
  { reason }: z.infer<typeof Withdrawal>,
): Promise<PlanVersion> {
  const { row, plan } = await lockVersion(work, id);
  allow(work, row.state === 'draft' || row.state === 'in-review' ? 'plan.change' : 'plan.approve');
  refuseCourse(row.state, 'withdrawn');

  await withdraw(work, id, reason);
  await record(
    work,
    'plan-version.withdrawn',
    { kind: 'plan-version', id, client: plan.client },
    { from: row.state, reason },
  );
  return findVersion(work, id);
}

/** So many at a time; the next tick does the rest. */
const BATCH = 50;

/** Puts in force what was approved and whose day has come, where the client is. Done twice, the second finds nothing. */
export async function putDueVersionsInForce(work: Work): Promise<void> {
  const due = await work.db
    .selectFrom('plan_versions as version')
    .innerJoin('clients as client', 'client.client_id', 'version.client_id')
    .select('version.id')
    .where('version.effective_on', 'is not', null)
    .where('version.in_force_at', 'is', null)
    .where('version.state', '=', 'approved')
    .where('client.closed_at', 'is', null)
    .where(
      sql<boolean>`version.effective_on <= (${work.now}::timestamptz at time zone client.time_zone)::date`,
    )
    .orderBy('version.effective_on')
    .orderBy('version.number')
    .limit(BATCH)
    .execute();
  for (const { id } of due) {
    const { row, plan } = await lockVersion(work, id);
    if (row.state === 'approved') await putInForce(work, plan, row);
  }
}

/** A version that says too little, or leaves questions open, with all that it lacks. */
function refuseUnfinished({ number, changeSummary, missing, placeholders, sections }: PlanVersion) {
  if (missing.length > 0)
    throw conflict(
      'plan-version.sections-missing',
      { count: missing.length },
      missing.map((kind): Reason => ({ key: `section.${kind}`, params: {} })),
    );
  if (number > 1 && (changeSummary ?? '').trim() === '') throw conflict('plan-version.no-summary');
  if (placeholders === 0) return;
  const open = sections.filter((section) => section.placeholders > 0);
  const inSteps = placeholders - open.reduce((sum, section) => sum + section.placeholders, 0);
  throw conflict('plan-version.placeholders', { count: placeholders }, [
    ...open.map(
      ({ title, placeholders: count }): Reason => ({
        key: 'plan-version.placeholders-in-section',
        params: { title, count },
      }),
    ),
    ...(inSteps > 0 ? [{ key: 'plan-version.placeholders-in-runbook', params: { count: inSteps } }] : []),
  ]);
}

/** Steps and calls name contacts and crisis roles as these are called on the day. */
async function freezeNames({ db }: Work, version: string) {
  await sql`
    update runbook_steps step set role = role.name from crisis_roles role
    where step.plan_version_id = ${version} and role.client_id = step.client_id and role.id = step.role_id`.execute(
    db,
  );
  await sql`
    update call_nodes node set name = role.name from crisis_roles role
    where node.plan_version_id = ${version} and role.client_id = node.client_id and role.id = node.role_id`.execute(
    db,
  );
  await sql`
    update call_nodes node set name = contact.name from contacts contact
    where node.plan_version_id = ${version} and contact.client_id = node.client_id and contact.id = node.contact_id`.execute(
    db,
  );
}

interface Approved {
  id: string;
  number: number;
  sha256: string | null;
  effective_on: string | null;
}

/** In force at once, unless its day is still to come. */
async function approve(work: Work, plan: Plan, version: Approved) {
  await work.db
    .updateTable('plan_versions')
    .set({ state: 'approved', approved_at: work.now })
    .where('id', '=', version.id)
    .execute();
  const { timeZone } = await findClient(work, plan.client);
  if (version.effective_on === null || version.effective_on <= todayIn(timeZone, work.now))
    await putInForce(work, plan, version);
}

async function sendBack(work: Work, plan: Plan, id: string, comment: string) {
  await withdraw(work, id, comment);
  await reopenVersion(work, plan, id);
}

const withdraw = ({ db }: Work, id: string, reason: string) =>
  db
    .updateTable('plan_versions')
    .set({ state: 'withdrawn', withdrawn_reason: reason })
    .where('id', '=', id)
    .execute();

/** It takes the place of the one in force, and of approved ones before it whose day was still to come. */
async function putInForce(work: Work, plan: Plan, { id, number, sha256 }: Approved) {
  await work.db
    .updateTable('plan_versions')
    .set({ state: 'superseded' })
    .where('plan_id', '=', plan.id)
    .where('number', '<', number)
    .where('state', 'in', ['in-force', 'approved'])
    .execute();
  await work.db
    .updateTable('plan_versions')
    .set({ state: 'in-force', in_force_at: work.now, supersedes: plan.inForce?.id ?? null })
    .where('id', '=', id)
    .execute();
  await record(work, 'plan-version.in-force', { kind: 'plan-version', id, client: plan.client });
  await work.enqueue('pack-after-approval', { client: plan.client });
  const { approvals } = await findVersion(work, id);
  await recordEvidence(work, {
    client: plan.client,
    code: 'PLN',
    subject: { kind: 'plan', id: plan.id, name: plan.title },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: new Date(work.now.getTime() + plan.reviewIntervalDays * 86_400_000),
    content: {
      version: id,
      number,
      sha256,
      approvedBy: approvals
        .filter(({ decision }) => decision === 'approved')
        .map(({ by }) => by)
        .join(', '),
    },
  });
}
