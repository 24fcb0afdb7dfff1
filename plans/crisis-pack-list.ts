/** Crisis packs as people see them: what is inside, where copies lie, who was handed one, and whether it is still what is in force. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { isOfPlansInForce, PackFile } from './crisis-packs.ts';
import { todayIn } from './days.ts';
import { conflict, notFound } from './errors.ts';
import { Finding, findingOfRow } from './findings.ts';
import { Line, OptionalDate, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const MEDIA = ['usb', 'paper', 'mail', 'safe', 'other'] as const;

export const NewHandover = z.object({
  recipient: Line(200),
  medium: z.enum(MEDIA),
  place: OptionalLine(200).default(null).describe('Where it lies now'),
  handedOn: OptionalDate.default(null).describe('Null: today'),
});
export type NewHandover = z.infer<typeof NewHandover>;

const Handover = NewHandover.extend({
  id: z.uuid(),
  handedOn: z.iso.date(),
  notedBy: z.string(),
  notedAt: z.iso.datetime(),
});

export const CrisisPack = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    locale: z.string(),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    snapshotSha256: z.string(),
    sha256: z.string().nullable().describe('Of the sealed file'),
    manifestSha256: z.string().nullable(),
    bytes: z.int().nullable(),
    files: z.array(PackFile),
    copy: z
      .object({ store: z.uuid(), key: z.string(), heldUntil: z.iso.datetime().nullable() })
      .nullable()
      .describe('In the second store'),
    copyFinding: Finding.nullable().describe('Why there is no copy, where one was wanted'),
    handovers: z.array(Handover),
    finding: Finding.nullable(),
  })
  .meta({ id: 'CrisisPack' });
export type CrisisPack = z.infer<typeof CrisisPack>;

/** Newest first. */
export async function listCrisisPacks(work: Work, client: string): Promise<CrisisPack[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('client_id', '=', client)
    .orderBy('asked_at', 'desc')
    .limit(50)
    .execute();
  return present(work, rows);
}

export async function findCrisisPack(work: Work, id: string): Promise<CrisisPack> {
  allow(work, 'client.read');
  const [pack] = await present(work, await select(work).where('id', '=', id).execute());
  if (!pack) throw notFound('crisis-pack');
  return pack;
}

/** `none`: never made; `stale`: another version of a plan is in force since, or one more plan. */
export async function packStanding(
  work: Work,
  client: string,
): Promise<{ state: 'none' | 'fresh' | 'stale'; madeAt: string | null }> {
  const row = await work.db
    .selectFrom('crisis_packs')
    .select(['asked_at', 'snapshot'])
    .where('client_id', '=', client)
    .where('state', '=', 'done')
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return { state: 'none', madeAt: null };
  const isSame = await isOfPlansInForce(work, client, row.snapshot);
  return { state: isSame ? 'fresh' : 'stale', madeAt: row.asked_at.toISOString() };
}

export async function noteHandover(work: Work, id: string, handover: NewHandover): Promise<CrisisPack> {
  allow(work, 'receipt.note');
  const pack = await findCrisisPack(work, id);
  if (pack.state !== 'done') throw conflict('crisis-pack.not-ready');
  const { timeZone } = await findClient(work, pack.client);
  const { recipient, medium, place } = handover;
  const handedOn = handover.handedOn ?? todayIn(timeZone, work.now);
  await work.db
    .insertInto('crisis_pack_handovers')
    .values({
      ...{ client_id: pack.client, crisis_pack_id: id, recipient, medium, place },
      ...{ handed_on: handedOn, noted_by: work.actor.name, noted_at: work.now },
    })
    .execute();
  await record(
    work,
    'crisis-pack.handed-over',
    { kind: 'crisis-pack', id, client: pack.client },
    { ...handover, handedOn },
  );
  return findCrisisPack(work, id);
}

const select = ({ db }: Work) =>
  db
    .selectFrom('crisis_packs')
    .select(['id', 'client_id', 'state', 'locale', 'asked_by', 'asked_at', 'finished_at', 'snapshot_sha256'])
    .select(['sha256', 'manifest_sha256', 'bytes', 'files', 'store_id', 'store_key', 'held_until'])
    .select(['copy_finding', 'copy_finding_code', 'copy_finding_params'])
    .select(['finding', 'finding_code', 'finding_params']);

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;

async function present({ db }: Work, rows: Row[]): Promise<CrisisPack[]> {
  if (rows.length === 0) return [];
  const handovers = await db
    .selectFrom('crisis_pack_handovers')
    .selectAll()
    .where(
      'crisis_pack_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('noted_at')
    .execute();
  const of = Map.groupBy(handovers, ({ crisis_pack_id }) => crisis_pack_id);
  return rows.map((row) => ({
    ...{ id: row.id, client: row.client_id, state: row.state, locale: row.locale, askedBy: row.asked_by },
    askedAt: row.asked_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    ...{ snapshotSha256: row.snapshot_sha256, sha256: row.sha256, manifestSha256: row.manifest_sha256 },
    ...{ bytes: row.bytes, files: (row.files ?? []) as PackFile[] },
    copy:
      row.store_id && row.store_key
        ? { store: row.store_id, key: row.store_key, heldUntil: row.held_until?.toISOString() ?? null }
        : null,
    copyFinding: findingOfRow({
      finding: row.copy_finding,
      finding_code: row.copy_finding_code,
      finding_params: row.copy_finding_params,
    }),
    handovers: (of.get(row.id) ?? []).map((one) => ({
      ...{
        id: one.id,
        recipient: one.recipient,
        medium: one.medium as NewHandover['medium'],
        place: one.place,
      },
      ...{ handedOn: one.handed_on, notedBy: one.noted_by, notedAt: one.noted_at.toISOString() },
    })),
    finding: findingOfRow(row),
  }));
}
