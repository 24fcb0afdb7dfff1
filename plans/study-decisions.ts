/** What is decided on a study that was handed in: it is approved with its analyses, sent back, or taken back. */
import { z } from 'zod';
import { allow } from './access.ts';
import { approveAnalysis, listActivities } from './activities.ts';
import { record } from './audit.ts';
import { findStudy, findStudyForChange, holdAnalyses, readStudy, type Study } from './bia-studies.ts';
import { canonical } from './canonical.ts';
import { conflict, Refusal } from './errors.ts';
import { studiedActivity } from './study-content.ts';
import { OptionalText, Text } from './text.ts';
import type { Work } from './work.ts';

/** However late the next review is set, an approved analysis holds for a year (ReCyF 1.3: one year). */
const ANALYSIS_VALID_MS = 365 * 86_400_000;

export const StudyApproval = z.object({ comment: OptionalText(2000).default(null) });

/**
 * Approves a study, and with it each analysis that still is as it was handed in. It takes the place of the one approved
 * before. Whoever handed it in does not approve it (rule 10 of the model).
 */
export async function approveStudy(
  work: Work,
  id: string,
  { comment }: z.infer<typeof StudyApproval>,
): Promise<Study> {
  const study = await lockForDecision(work, id);
  if (study.nextReviewOn < work.now.toISOString().slice(0, 10))
    throw conflict('study.review-passed', { on: study.nextReviewOn });
  await holdAnalyses(work, study.client);

  await work.db
    .updateTable('bia_studies')
    .set({ state: 'superseded' })
    .where('client_id', '=', study.client)
    .where('state', '=', 'approved')
    .execute();
  await decide(work, study, 'approved', comment);
  const approved = await approveUnchanged(work, study);
  await record(
    work,
    'study.approved',
    { kind: 'study', id, client: study.client },
    { sha256: study.sha256, approved },
  );
  return findStudy(work, id);
}

export const StudyReturn = z.object({
  comment: Text(2000).refine((text) => text.trim() !== '', { error: 'study.no-reason' }),
});

/** Sends a study back: what was said of it stays, and the analysis can be handed in anew. */
export async function sendStudyBack(
  work: Work,
  id: string,
  { comment }: z.infer<typeof StudyReturn>,
): Promise<Study> {
  const study = await lockForDecision(work, id);
  await decide(work, study, 'withdrawn', comment);
  await record(work, 'study.sent-back', { kind: 'study', id, client: study.client }, { comment });
  return findStudy(work, id);
}

/** Takes a study back before anybody has decided on it. */
export async function takeStudyBack(work: Work, id: string): Promise<Study> {
  allow(work, 'activity.change');
  const study = await findStudyForChange(work, id);
  if (study.state !== 'in-review') throw conflict('study.not-in-review');
  await decide(work, study, 'withdrawn', null);
  await record(work, 'study.taken-back', { kind: 'study', id, client: study.client });
  return findStudy(work, id);
}

async function approveUnchanged(work: Work, { id, client, number, sha256, nextReviewOn }: Study) {
  const frozen = new Map((await readStudy(work, id)).activities.map((one) => [one.id, canonical(one)]));
  const unchanged = (await listActivities(work, client)).filter(
    (activity) => canonical(studiedActivity(activity)) === frozen.get(activity.id),
  );
  const review = new Date(`${nextReviewOn}T23:59:59Z`).getTime();
  const validUntil = new Date(Math.min(review, work.now.getTime() + ANALYSIS_VALID_MS));
  for (const activity of unchanged)
    await approveAnalysis(work, activity, { validUntil, study: { id, number, sha256 } });
  return unchanged.map((activity) => activity.id);
}

/** People with authority decide, each after the other, and not on what they handed in themselves. */
async function lockForDecision(work: Work, id: string): Promise<Study> {
  allow(work, 'activity.approve');
  const study = await findStudyForChange(work, id);
  if (study.state !== 'in-review') throw conflict('study.not-in-review');
  if (work.actor.kind !== 'person' || work.actor.id === null || work.actor.role === 'service')
    throw new Refusal('forbidden', 'study.person-only');
  const { created_by } = await work.db
    .selectFrom('bia_studies')
    .select('created_by')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (created_by === work.actor.id) throw conflict('study.author-alone');
  return study;
}

const decide = (
  { db, actor, provider, now }: Work,
  { id }: { id: string },
  state: 'approved' | 'withdrawn',
  comment: string | null,
) =>
  db
    .updateTable('bia_studies')
    .set({
      state,
      comment,
      decided_by: actor.id ?? provider,
      decided_by_name: actor.name,
      decided_at: now,
    })
    .where('id', '=', id)
    .execute();
