/**
 * Key drills: an answer is sealed to a recovery key, and whoever holds the key opens it and gives it back within a time. With a
 * recovery point the holder restores that as well, with other people's programs, and tells what came of it.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Finding, findingOfRow } from './findings.ts';
import type { ForeignResult } from './foreign-results.ts';
import { findKeyHolder, type KeyHolder } from './key-holders.ts';
import { findRecoveryPoint, type RecoveryPoint } from './recovery-points.ts';
import type { Work } from './work.ts';

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

/** After one that came to nothing, the service asks again. */
const ASK_AGAIN_DAYS = 30;

/** Holders whose last drill soon counts no more, or who never showed their key, and who were not asked lately. */
export async function listHoldersToAsk({ db, now }: Work): Promise<{ client: string; holder: string }[]> {
  const { rows } = await sql<{ client: string; holder: string }>`
    select holder.client_id as client, holder.id as holder
    from key_holders as holder
    join clients as client on client.client_id = holder.client_id
    where holder.ended_at is null and client.closed_at is null and client.key_drill_ask_days is not null
      and coalesce((
        select max(drill.opened_at) from key_drills as drill
        where drill.client_id = holder.client_id and drill.holder_id = holder.id and drill.opened_at <= ${now}),
        '-infinity') + make_interval(days => client.key_drill_days - client.key_drill_ask_days) <= ${now}
      and not exists (
        select from key_drills as drill
        where drill.client_id = holder.client_id and drill.holder_id = holder.id
          and (drill.state in ('open', 'judging') and drill.answer_until > ${now}
            or drill.asked_at > ${now}::timestamptz - make_interval(days => ${ASK_AGAIN_DAYS}::int)))
    order by holder.client_id, holder.id
    limit 500`.execute(db);
  return rows;
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
