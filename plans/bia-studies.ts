/**
 * Studies: a client's business impact analysis (BIA), frozen when it is handed in, and approved by somebody else with
 * authority. One is approved at a time, and at most one waits for a decision.
 */
import { z } from 'zod';
import { allow } from './access.ts';
import { listActivities } from './activities.ts';
import { record } from './audit.ts';
import { canonical, sha256 } from './canonical.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { listImpactCategories } from './impact-categories.ts';
import { compareStudies, isSameStudied, type StudyDifference } from './study-comparison.ts';
import { gapsOf, type Studied, StudyContent, studied } from './study-content.ts';
import { Line, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const STUDY_STATES = ['in-review', 'approved', 'superseded', 'withdrawn'] as const;

const DAY_MS = 86_400_000;
const LATEST_REVIEW_DAYS = 3 * 366;

export const NewStudy = z.object({
  title: Line(200),
  perimeter: OptionalText(4000).default(null),
  method: OptionalText(4000).default(null),
  nextReviewOn: z.iso.date(),
});
export type NewStudy = z.infer<typeof NewStudy>;

export const Study = z
  .object({
    ...NewStudy.shape,
    id: z.uuid(),
    client: z.uuid(),
    number: z.int(),
    state: z.enum(STUDY_STATES),
    sha256: z.string().describe('Of its content, as it was handed in'),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    decidedBy: z.string().nullable(),
    decidedAt: z.iso.datetime().nullable(),
    comment: z.string().nullable(),
    isOutOfDate: z
      .boolean()
      .describe('In review or approved, and something was changed since it was handed in'),
    isReviewOverdue: z.boolean(),
  })
  .meta({ id: 'BiaStudy' });
export type Study = z.infer<typeof Study>;

/** Freezes the scales and every activity with its analysis, when nothing is missing. */
export async function handInStudy(work: Work, client: string, study: NewStudy): Promise<Study> {
  allow(work, 'activity.change');
  const { name } = await findClient(work, client);
  refuseReviewDate(work, study);
  await holdAnalyses(work, client);
  await takeTurn(work, client);
  await refuseWhileOneIsInReview(work, client);
  const found = await readStudied(work, client);
  const gaps = gapsOf(found);
  if (gaps.length > 0) throw conflict('study.incomplete', { count: gaps.length }, gaps);

  const number = await nextNumber(work, client);
  const content = canonical({
    format: 1,
    client: { id: client, name },
    number,
    ...study,
    handedInBy: work.actor.name,
    handedInAt: work.now.toISOString(),
    ...found,
  } satisfies StudyContent);
  const hash = sha256(content);
  const { id } = await work.db
    .insertInto('bia_studies')
    .values({
      client_id: client,
      number,
      title: study.title,
      perimeter: study.perimeter,
      method: study.method,
      state: 'in-review',
      content,
      sha256: hash,
      created_by: work.actor.id ?? work.provider,
      created_by_name: work.actor.name,
      created_at: work.now,
      next_review_on: study.nextReviewOn,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'study.handed-in', { kind: 'study', id, client }, { number, sha256: hash });
  return findStudy(work, id);
}

export async function findStudy(work: Work, id: string): Promise<Study> {
  const row = await select(work).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('study');
  return present(work, row, await outOfDate(work, [row]));
}

/** The same, and nobody else decides on it until this work has ended. */
export async function findStudyForChange(work: Work, id: string): Promise<Study> {
  await work.db.selectFrom('bia_studies').select('id').where('id', '=', id).forUpdate().execute();
  return findStudy(work, id);
}

/** Newest first. */
export async function listStudies(work: Work, client: string): Promise<Study[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('client_id', '=', client)
    .orderBy('number', 'desc')
    .limit(1000)
    .execute();
  const isOutOfDate = await outOfDate(work, rows);
  return rows.map((row) => present(work, row, isOutOfDate));
}

/** What was frozen, as the text that was hashed. */
export async function readStudyText(work: Work, id: string): Promise<{ content: string; sha256: string }> {
  const row = await work.db
    .selectFrom('bia_studies')
    .select(['client_id', 'content', 'sha256'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('study');
  await findClient(work, row.client_id);
  return { content: row.content, sha256: row.sha256 };
}

export const readStudy = async (work: Work, id: string): Promise<StudyContent> =>
  StudyContent.parse(JSON.parse((await readStudyText(work, id)).content));

/** A study beside another one of the same client: the one asked for, or the last that was approved before it. Null when there is none. */
export async function compareStudy(
  work: Work,
  id: string,
  against: string | null = null,
): Promise<{ against: { id: string; number: number } | null; differences: StudyDifference[] }> {
  const study = await findStudy(work, id);
  const other = against ? await findStudy(work, against) : await findStudyBefore(work, study);
  if (!other) return { against: null, differences: [] };
  if (other.client !== study.client) throw notFound('study');
  const [before, after] = [await readStudy(work, other.id), await readStudy(work, id)];
  return { against: { id: other.id, number: other.number }, differences: compareStudies(before, after) };
}

/** What changed in the analyses since a study was handed in. */
export async function changesSince(work: Work, { id, client }: Study): Promise<StudyDifference[]> {
  return compareStudies(await readStudy(work, id), await readStudied(work, client));
}

/** Nobody changes an analysis or a scale of the client until this work has ended. */
export async function holdAnalyses({ db }: Work, client: string) {
  await db
    .selectFrom('activities')
    .select('id')
    .where('client_id', '=', client)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  await db
    .selectFrom('impact_categories')
    .select('id')
    .where('client_id', '=', client)
    .orderBy('id')
    .forShare()
    .execute();
}

async function findStudyBefore(work: Work, { client, number }: Study): Promise<Study | null> {
  const row = await select(work)
    .where('client_id', '=', client)
    .where('number', '<', number)
    .where('state', 'in', ['approved', 'superseded'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? present(work, row, new Set()) : null;
}

const readStudied = async (work: Work, client: string): Promise<Studied> =>
  studied(await listActivities(work, client), await listImpactCategories(work, client));

/** Of a client, one study is handed in after the other. */
const takeTurn = ({ db }: Work, client: string) =>
  db.selectFrom('clients').select('client_id').where('client_id', '=', client).forNoKeyUpdate().execute();

function refuseReviewDate(work: Work, { nextReviewOn }: NewStudy) {
  const latest = new Date(work.now.getTime() + LATEST_REVIEW_DAYS * DAY_MS).toISOString().slice(0, 10);
  if (nextReviewOn <= today(work)) throw invalid('nextReviewOn', 'study.review-not-ahead');
  if (nextReviewOn > latest) throw invalid('nextReviewOn', 'study.review-too-late');
}

async function refuseWhileOneIsInReview({ db }: Work, client: string) {
  const open = await db
    .selectFrom('bia_studies')
    .select('number')
    .where('client_id', '=', client)
    .where('state', '=', 'in-review')
    .executeTakeFirst();
  if (open) throw conflict('study.one-in-review', { number: open.number });
}

async function nextNumber({ db }: Work, client: string): Promise<number> {
  const { last } = await db
    .selectFrom('bia_studies')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('client_id', '=', client)
    .executeTakeFirstOrThrow();
  return (last ?? 0) + 1;
}

/** Ids of those that still count, and do not say any more what is. */
async function outOfDate(work: Work, rows: Row[]): Promise<Set<string>> {
  const open = rows.filter(({ state }) => state === 'in-review' || state === 'approved');
  const clients = new Map<string, Studied>();
  const stale = new Set<string>();
  for (const { id, client_id } of open) {
    const now = clients.get(client_id) ?? (await readStudied(work, client_id));
    clients.set(client_id, now);
    if (!isSameStudied(await readStudy(work, id), now)) stale.add(id);
  }
  return stale;
}

const today = ({ now }: Work) => now.toISOString().slice(0, 10);

const select = ({ db }: Work) =>
  db
    .selectFrom('bia_studies')
    .select([
      'id',
      'client_id',
      'number',
      'title',
      'perimeter',
      'method',
      'state',
      'sha256',
      'created_by_name',
      'created_at',
      'decided_by_name',
      'decided_at',
      'comment',
      'next_review_on',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const present = (work: Work, row: Row, isOutOfDate: Set<string>): Study => ({
  id: row.id,
  client: row.client_id,
  number: row.number,
  title: row.title,
  perimeter: row.perimeter,
  method: row.method,
  state: row.state,
  sha256: row.sha256,
  createdBy: row.created_by_name,
  createdAt: row.created_at.toISOString(),
  decidedBy: row.decided_by_name,
  decidedAt: row.decided_at?.toISOString() ?? null,
  comment: row.comment,
  nextReviewOn: row.next_review_on,
  isOutOfDate: isOutOfDate.has(row.id),
  isReviewOverdue: row.state === 'approved' && row.next_review_on < today(work),
});
