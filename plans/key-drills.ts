/**
 * Key drills: an answer is sealed to a recovery key, and whoever holds the key opens it and gives it back within a time. With a
 * recovery point the holder restores that as well, with other people's programs, and tells what came of it.
 */
import { z } from 'zod';
import { allow, may } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound, Refusal } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { Finding, findingColumns, findingOfRow } from './findings.ts';
import { type ForeignResult, readForeignResult } from './foreign-results.ts';
import { hashOfAnswer, readAnswer } from './key-answers.ts';
import { dueAfter, findKeyHolder, type KeyHolder } from './key-holders.ts';
import { listPublicKeys, listSealedVerifiers } from './keys.ts';
import { findRecoveryPoint, type RecoveryPoint } from './recovery-points.ts';
import { checksumsOf } from './store-probes.ts';
import { personOf, type Work } from './work.ts';

const MOST_WRONG = 5;
/** After a wrong answer nobody answers for so long. */
const PAUSE_MS = 60_000;
/** A year, as for every restore test. */
const PROOF_VALID_MS = 365 * 86_400_000;

export const DRILL_STATES = ['open', 'judging', 'passed', 'failed', 'inconclusive', 'expired'] as const;

export const NewKeyDrill = z.object({
  holder: z.uuid(),
  recoveryPoint: z
    .uuid()
    .nullable()
    .default(null)
    .describe('What the holder restores with the key; null: they only open the sealed answer'),
  answerWithinSeconds: z
    .int()
    .min(600)
    .max(31 * 86_400)
    .default(7 * 86_400),
});
export type NewKeyDrill = z.infer<typeof NewKeyDrill>;

export const DrillAnswer = z.object({ answer: z.string().trim().min(1).max(60) });
export const DrillResult = z.object({ result: z.string().trim().min(1).max(8000) });

export const KeyDrill = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    holder: z.uuid(),
    name: z.string(),
    person: z.uuid().nullable().describe("The holder's sign-in, where they have one"),
    fingerprint: z.string(),
    recoveryPoint: z.uuid().nullable(),
    point: z.string().nullable(),
    asset: z.object({ id: z.uuid(), name: z.string(), label: z.string() }).nullable(),
    state: z.enum(DRILL_STATES),
    sealed: z.string().describe('Armoured age text: its first line is the answer'),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    answerUntil: z.iso.datetime(),
    wrongAnswers: z.int(),
    openedAt: z.iso.datetime().nullable(),
    openedBy: z.string().nullable(),
    isByHolder: z
      .boolean()
      .nullable()
      .describe('Whether the holder typed it themselves, or somebody for them'),
    seconds: z.number().nullable().describe('How long the restore took on their machine, as it told'),
    isolation: z.string().nullable(),
    source: z.string().nullable(),
    tools: z.string().nullable(),
    files: z.int().nullable(),
    bytes: z.int().nullable(),
    endedAt: z.iso.datetime().nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'KeyDrill' });
export type KeyDrill = z.infer<typeof KeyDrill>;

/** What the edge makes: the answer sealed to the key, and what it is recognised by. */
export interface SealedAnswer {
  sealed: string;
  salt: string;
  answerSha256: string;
  challenge: string;
}

/** What is sealed beside the answer, where something is to be restored: so only who opens it can tell the right fingerprint. */
export interface DrillOrder {
  drill: string;
  asset: string;
  point: string;
}

/** Asks a holder to show the key. `sealFor` seals a new answer to its recipient. */
export async function addKeyDrill(
  work: Work,
  client: string,
  { holder, recoveryPoint, answerWithinSeconds }: NewKeyDrill,
  sealFor: (recipient: string, order: DrillOrder | null) => SealedAnswer,
): Promise<KeyDrill> {
  allow(work, 'key-drill.request');
  await findClient(work, client);
  const held = await findKeyHolder(work, holder);
  if (held.client !== client) throw notFound('key-holder');
  if (held.endedAt !== null) throw conflict('key-holder.ended');
  const point = recoveryPoint === null ? null : await pointFor(work, { client, recoveryPoint, held });
  await refuseWhileOneRuns(work, holder);

  const id = crypto.randomUUID();
  const order = point && { drill: id, asset: point.asset.label, point: point.point };
  const { sealed, salt, answerSha256, challenge } = sealFor(await recipientOf(work, held.key), order);
  await work.db
    .insertInto('key_drills')
    .values({
      id,
      client_id: client,
      holder_id: holder,
      recovery_point_id: recoveryPoint,
      sealed,
      salt,
      answer_sha256: answerSha256,
      challenge,
      asked_by: work.actor.name,
      asked_at: work.now,
      answer_until: new Date(work.now.getTime() + answerWithinSeconds * 1000),
    })
    .execute();
  await record(
    work,
    'key-drill.requested',
    { kind: 'key-drill', id, client },
    { holder: held.name, fingerprint: held.fingerprint, recoveryPoint },
  );
  return findKeyDrill(work, id);
}

/** Takes an answer. A wrong one is counted, and not refused: a refusal would take the count back. */
export async function answerKeyDrill(work: Work, id: string, { answer }: z.infer<typeof DrillAnswer>) {
  const drill = await findAnswerable(work, id);
  if (drill.recoveryPoint) throw invalid('answer', 'key-drill.result-wanted');
  if (!(await take(work, drill, answer))) return findKeyDrill(work, id);
  await end(work, drill, 'passed', null);
  return findKeyDrill(work, id);
}

/** Takes what the holder's machine told of a restore. The answer in it is proof of the key; a job compares the rest. */
export async function giveDrillResult(work: Work, id: string, { result }: z.infer<typeof DrillResult>) {
  const drill = await findAnswerable(work, id);
  if (!drill.recoveryPoint) throw invalid('result', 'key-drill.answer-wanted');
  const told = readForeignResult(result);
  if (!told) throw invalid('result', 'key-drill.unreadable-result');
  if (told.drill !== id || told.point !== drill.point) throw invalid('result', 'key-drill.other-result');
  if (!(await take(work, drill, told.answer, 'result'))) return findKeyDrill(work, id);
  const { answer: _, ...kept } = told;
  await work.db
    .updateTable('key_drills')
    .set({ state: 'judging', told: JSON.stringify(kept) })
    .where('id', '=', id)
    .execute();
  await work.enqueue('judge-foreign-restore', { drillId: id });
  return findKeyDrill(work, id);
}

/** What the job needs to restore the same point and compare; null when the drill has ended already. */
export async function startJudging(work: Work, id: string) {
  const drill = await findKeyDrill(work, id);
  if (drill.state !== 'judging' || !drill.recoveryPoint) return null;
  const point = await findRecoveryPoint(work, drill.recoveryPoint);
  const [store, { told, challenge }] = [
    await work.db
      .selectFrom('stores')
      .select(['address', 'sealed_credentials', 'probe'])
      .where('id', '=', point.store.id)
      .executeTakeFirstOrThrow(),
    await work.db
      .selectFrom('key_drills')
      .select(['told', 'challenge'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow(),
  ];
  return {
    point,
    challenge,
    told: told as Omit<ForeignResult, 'answer'>,
    store: {
      address: store.address,
      sealedCredentials: store.sealed_credentials,
      checksums: checksumsOf(store.probe),
    },
    sealedIdentities: await listSealedVerifiers(work, drill.client),
    trust: await listPublicKeys(work, 'point-signing'),
  };
}

/** Writes down what came of comparing, once. The key was shown by the answer, whatever is found here. */
export async function finishJudging(
  work: Work,
  id: string,
  {
    verdict,
    finding,
    compared,
  }: { verdict: 'passed' | 'failed' | 'inconclusive'; finding: Finding | null; compared: object },
) {
  allow(work, 'work.finish');
  const drill = await findKeyDrill(work, id);
  if (drill.state !== 'judging' || !drill.asset) return;
  await work.db
    .updateTable('key_drills')
    .set({ result: JSON.stringify(compared) })
    .where('id', '=', id)
    .execute();
  await end(work, drill, verdict, finding);
  if (verdict === 'inconclusive') return;
  // That foreign programs did it is what the holder's machine says; that the data came back is compared here.
  await recordEvidence(work, {
    client: drill.client,
    code: 'RST',
    subject: { kind: 'asset', id: drill.asset.id, name: drill.asset.name },
    finding: verdict === 'passed' ? 'supports' : 'contradicts',
    assertedBy: 'system',
    validUntil: verdict === 'passed' ? new Date(work.now.getTime() + PROOF_VALID_MS) : null,
    content: {
      drill: id,
      holder: drill.name,
      fingerprint: drill.fingerprint,
      point: drill.point,
      compared,
      finding,
    },
  });
}

export async function findKeyDrill(work: Work, id: string): Promise<KeyDrill> {
  allow(work, 'client.read');
  const row = await select(work).where('drill.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('key-drill');
  return present(row, work.now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findKeyDrillForChange(work: Work, id: string): Promise<KeyDrill> {
  await work.db.selectFrom('key_drills').select('id').where('id', '=', id).forUpdate().execute();
  return findKeyDrill(work, id);
}

/** Newest first. */
export async function listKeyDrills(work: Work, client: string): Promise<KeyDrill[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('drill.client_id', '=', client)
    .orderBy('drill.asked_at', 'desc')
    .orderBy('drill.id')
    .limit(1000)
    .execute();
  return rows.map((row) => present(row, work.now));
}

export const KeyDrillInterval = z.object({ days: z.coerce.number().int().min(1).max(3650) });

/** How long what a drill showed of a key counts. */
export async function changeKeyDrillInterval(
  work: Work,
  client: string,
  { days }: z.infer<typeof KeyDrillInterval>,
) {
  allow(work, 'client.change');
  const before = await findKeyDrillInterval(work, client);
  if (before.days === days) return before;
  await work.db
    .updateTable('clients')
    .set({ key_drill_days: days })
    .where('client_id', '=', client)
    .execute();
  await record(
    work,
    'key-drill.interval-changed',
    { kind: 'client', id: client, client },
    { before: before.days, after: days },
  );
  return { days };
}

export async function findKeyDrillInterval(work: Work, client: string) {
  await findClient(work, client);
  const { key_drill_days: days } = await work.db
    .selectFrom('clients')
    .select('key_drill_days')
    .where('client_id', '=', client)
    .executeTakeFirstOrThrow();
  return { days };
}

/** Whether this actor may answer this drill: staff for anybody, an approver of the client for themselves. */
export const mayAnswer = (work: Pick<Work, 'actor'>, drill: KeyDrill): boolean =>
  may(work, 'key-drill.answer') && (work.actor.role !== 'client-approver' || isHolder(work, drill));

async function findAnswerable(work: Work, id: string): Promise<KeyDrill> {
  allow(work, 'key-drill.answer');
  const drill = await findKeyDrillForChange(work, id);
  if (!mayAnswer(work, drill)) throw new Refusal('forbidden', 'key-drill.not-yours');
  if (drill.state === 'expired') throw conflict('key-drill.expired');
  if (drill.state !== 'open') throw conflict('key-drill.ended');
  return drill;
}

/** Compares an answer; of a right one the key is shown, whatever follows. */
async function take(work: Work, drill: KeyDrill, answer: string, field = 'answer'): Promise<boolean> {
  const row = await work.db
    .selectFrom('key_drills')
    .select(['salt', 'answer_sha256', 'wrong_answers', 'last_wrong_at'])
    .where('id', '=', drill.id)
    .executeTakeFirstOrThrow();
  if (row.last_wrong_at && work.now.getTime() - row.last_wrong_at.getTime() < PAUSE_MS)
    throw new Refusal('too-many', 'key-drill.too-soon');
  if (readAnswer(answer) === null) throw invalid(field, 'key-drill.mistyped');
  if (hashOfAnswer(row.salt, answer) !== row.answer_sha256) {
    await countWrong(work, drill, row.wrong_answers + 1);
    return false;
  }
  await noteOpened(work, drill);
  return true;
}

async function countWrong(work: Work, drill: KeyDrill, wrong: number) {
  await work.db
    .updateTable('key_drills')
    .set({ wrong_answers: wrong, last_wrong_at: work.now })
    .where('id', '=', drill.id)
    .execute();
  await record(work, 'key-drill.answered-wrongly', objectOf(drill), { wrongAnswers: wrong });
  if (wrong < MOST_WRONG) return;
  await end(work, drill, 'failed', {
    code: 'key-drill.wrong-answers',
    params: { count: wrong },
    message: `${wrong} wrong answers were given.`,
  });
  await recordEvidence(work, { ...keyRecordOf(drill), finding: 'contradicts', validUntil: null });
}

async function noteOpened(work: Work, drill: KeyDrill) {
  const isByHolder = isHolder(work, drill);
  await work.db
    .updateTable('key_drills')
    .set({ opened_at: work.now, opened_by: work.actor.name, is_by_holder: isByHolder })
    .where('id', '=', drill.id)
    .execute();
  const { fingerprint, name: holder } = drill;
  await record(work, 'key-drill.opened', objectOf(drill), { fingerprint, holder, isByHolder });
  const { days } = await findKeyDrillInterval(work, drill.client);
  await recordEvidence(work, {
    ...keyRecordOf(drill, { openedBy: work.actor.name, isByHolder }),
    finding: 'supports',
    validUntil: dueAfter(work.now, days),
  });
}

const keyRecordOf = (drill: KeyDrill, told: object = {}) => ({
  client: drill.client,
  code: 'KEY',
  subject: { kind: 'key-holder' as const, id: drill.holder, name: drill.name },
  assertedBy: 'system' as const,
  content: { drill: drill.id, holder: drill.name, fingerprint: drill.fingerprint, ...told },
});

async function end(
  work: Work,
  drill: KeyDrill,
  state: 'passed' | 'failed' | 'inconclusive',
  finding: Finding | null,
) {
  await work.db
    .updateTable('key_drills')
    .set({ state, ended_at: work.now, ...findingColumns(finding) })
    .where('id', '=', drill.id)
    .execute();
  await record(work, `key-drill.${state}`, objectOf(drill), { finding });
}

const objectOf = ({ id, client }: KeyDrill) => ({ kind: 'key-drill', id, client });

const isHolder = ({ actor }: Pick<Work, 'actor'>, { person }: KeyDrill): boolean =>
  person !== null && personOf(actor) === person;

async function pointFor(
  work: Work,
  { client, recoveryPoint, held }: { client: string; recoveryPoint: string; held: KeyHolder },
): Promise<RecoveryPoint> {
  const { fingerprint } = held;
  const point = await findRecoveryPoint(work, recoveryPoint);
  if (point.client !== client) throw notFound('recovery-point');
  if (point.sealedTo.length > 0 && !point.sealedTo.includes(fingerprint))
    throw invalid('recoveryPoint', 'key-drill.other-key', { fingerprint });
  return point;
}

/** One that ran out of time makes room for the next. */
async function refuseWhileOneRuns({ db, now }: Work, holder: string) {
  await db
    .updateTable('key_drills')
    .set({ state: 'expired', ended_at: now })
    .where('holder_id', '=', holder)
    .where('state', '=', 'open')
    .where('answer_until', '<', now)
    .execute();
  const running = await db
    .selectFrom('key_drills')
    .select('id')
    .where('holder_id', '=', holder)
    .where('state', 'in', ['open', 'judging'])
    .executeTakeFirst();
  if (running) throw conflict('key-drill.under-way');
}

const recipientOf = async ({ db }: Work, key: string): Promise<string> =>
  (await db.selectFrom('client_keys').select('recipient').where('id', '=', key).executeTakeFirstOrThrow())
    .recipient;

const select = ({ db }: Work) =>
  db
    .selectFrom('key_drills as drill')
    .innerJoin('key_holders as holder', (join) =>
      join.onRef('holder.client_id', '=', 'drill.client_id').onRef('holder.id', '=', 'drill.holder_id'),
    )
    .innerJoin('contacts as contact', (join) =>
      join.onRef('contact.client_id', '=', 'holder.client_id').onRef('contact.id', '=', 'holder.contact_id'),
    )
    .innerJoin('client_keys as key', (join) =>
      join.onRef('key.client_id', '=', 'holder.client_id').onRef('key.id', '=', 'holder.key_id'),
    )
    .leftJoin('recovery_points as point', (join) =>
      join.onRef('point.client_id', '=', 'drill.client_id').onRef('point.id', '=', 'drill.recovery_point_id'),
    )
    .leftJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'point.client_id').onRef('asset.id', '=', 'point.asset_id'),
    )
    .selectAll('drill')
    .select(['contact.name', 'contact.person_id', 'key.fingerprint', 'point.point'])
    .select(['asset.id as asset_id', 'asset.name as asset_name', 'asset.label as asset_label']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

function present(row: Row, now: Date): KeyDrill {
  const told = row.told as Omit<ForeignResult, 'answer'> | null;
  return {
    id: row.id,
    client: row.client_id,
    holder: row.holder_id,
    name: row.name,
    person: row.person_id,
    fingerprint: row.fingerprint,
    recoveryPoint: row.recovery_point_id,
    point: row.point,
    asset:
      row.asset_id === null ? null : { id: row.asset_id, name: row.asset_name!, label: row.asset_label! },
    state: row.state === 'open' && row.answer_until < now ? 'expired' : row.state,
    sealed: row.sealed,
    askedBy: row.asked_by,
    askedAt: row.asked_at.toISOString(),
    answerUntil: row.answer_until.toISOString(),
    wrongAnswers: row.wrong_answers,
    openedAt: row.opened_at?.toISOString() ?? null,
    openedBy: row.opened_by,
    isByHolder: row.is_by_holder,
    seconds: told?.seconds ?? null,
    isolation: told?.isolation ?? null,
    source: told?.source ?? null,
    tools: told?.tools ?? null,
    files: told?.files ?? null,
    bytes: told?.bytes ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    finding: findingOfRow(row),
  };
}
