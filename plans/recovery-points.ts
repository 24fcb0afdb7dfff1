/** Recovery points: what a backup left in a store. The rows are our memory of it; the store is the truth. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import type { BackupPolicy } from './backup-policies.ts';
import { findClient } from './clients.ts';
import { notFound } from './errors.ts';
import { Because } from './findings.ts';
import { expiryOfRow, PointExpiry } from './point-expiries.ts';
import { lossOfRow, PointLoss } from './point-losses.ts';
import { holdsOf } from './retention/standing-holds.ts';
import type { Work } from './work.ts';

const Reservation = Because.extend({
  kind: z.enum(['torn', 'vanished', 'unreadable', 'skipped']),
  path: z.string(),
  reason: z.string().describe('Why, in English'),
});

const Counts = z.object({ torn: z.int(), vanished: z.int(), unreadable: z.int(), skipped: z.int() });

/** A point as the engine published it. Sizes in bytes, times ISO 8601. */
export interface NewRecoveryPoint {
  point: string;
  dataTime: string;
  startedAt: string;
  endedAt: string;
  files: number;
  bytes: number;
  storedBytes: number;
  packs: number;
  counts: z.infer<typeof Counts>;
  /** The first hundred; the manifest names each. */
  reservations: z.infer<typeof Reservation>[];
  headSha256: string;
  manifestSha256: string;
  /** Fingerprints of its recipients. */
  sealedTo: string[];
}

export const RecoveryPoint = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    asset: z.object({ id: z.uuid(), name: z.string(), label: z.string() }),
    store: z.object({ id: z.uuid(), name: z.string() }),
    point: z.string().describe('As the store names it'),
    dataTime: z.iso.datetime(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
    files: z.int(),
    bytes: z.int(),
    storedBytes: z.int(),
    packs: z.int(),
    counts: Counts,
    reservations: z.array(Reservation),
    headSha256: z.string(),
    manifestSha256: z.string(),
    sealedTo: z.array(z.string()).describe('Fingerprints of the keys that open it'),
    loss: PointLoss.nullable().describe(
      'What became of it since, when it is not in its store as it was made',
    ),
    expiry: PointExpiry.nullable().describe('That retention lets it go, or did'),
    holds: z.array(z.object({ id: z.uuid(), reason: z.string() })).describe('Legal holds that keep it'),
  })
  .meta({ id: 'RecoveryPoint' });
export type RecoveryPoint = z.infer<typeof RecoveryPoint>;

/** Remembers a point. The same one twice is one row: a run may be repeated after its worker died. */
export async function addRecoveryPoint(
  work: Work,
  { run, policy, point }: { run: string | null; policy: BackupPolicy; point: NewRecoveryPoint },
): Promise<string> {
  const { counts } = point;
  const { id } = await work.db
    .insertInto('recovery_points')
    .values({
      client_id: policy.client,
      asset_id: policy.asset.id,
      store_id: policy.store.id,
      run_id: run,
      point: point.point,
      data_time: new Date(point.dataTime),
      started_at: new Date(point.startedAt),
      ended_at: new Date(point.endedAt),
      files: point.files,
      bytes: point.bytes,
      stored_bytes: point.storedBytes,
      packs: point.packs,
      torn: counts.torn,
      vanished: counts.vanished,
      unreadable: counts.unreadable,
      skipped: counts.skipped,
      reservations: JSON.stringify(point.reservations.slice(0, 100)),
      head_sha256: point.headSha256,
      manifest_sha256: point.manifestSha256,
      sealed_to: point.sealedTo,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'recovery-point.made',
    { kind: 'recovery-point', id, client: policy.client },
    { point: point.point, headSha256: point.headSha256 },
  );
  return id;
}

/** Whether there is a row of it. */
export async function isPointKnown({ db }: Work, policy: BackupPolicy, point: string): Promise<boolean> {
  const known = await db
    .selectFrom('recovery_points')
    .select('id')
    .where('store_id', '=', policy.store.id)
    .where('asset_id', '=', policy.asset.id)
    .where('point', '=', point)
    .executeTakeFirst();
  return known !== undefined;
}

/** What has to be said of a point wherever it was tested: also to those who do not see stores and keys. */
export async function findCaveats(
  { db }: Work,
  id: string,
): Promise<{ reservations: number; told: RecoveryPoint['reservations']; sealedTo: string[] }> {
  const row = await db
    .selectFrom('recovery_points')
    .select(['torn', 'vanished', 'unreadable', 'reservations', 'sealed_to'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('recovery-point');
  return {
    reservations: row.torn + row.vanished + row.unreadable,
    told: row.reservations as RecoveryPoint['reservations'],
    sealedTo: row.sealed_to,
  };
}

export async function findRecoveryPoint(work: Work, id: string): Promise<RecoveryPoint> {
  allow(work, 'protection.read');
  const row = await selectPoints(work).where('point.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('recovery-point');
  return present(row);
}

const PAGE = 100;

interface Page {
  before?: string | null;
  asset?: string | null;
}

/** Points of a client, newest data first, 100 at a time; `before` is the data time of the last one already seen. */
export async function listRecoveryPoints(
  work: Work,
  client: string,
  page: Page = {},
): Promise<RecoveryPoint[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  return readRecoveryPoints(work, client, page);
}

/** The same for a report, which whoever may have the report may read. */
export async function readRecoveryPoints(
  work: Work,
  client: string,
  { before = null, asset = null }: Page = {},
): Promise<RecoveryPoint[]> {
  let query = selectPoints(work).where('point.client_id', '=', client);
  if (asset) query = query.where('point.asset_id', '=', asset);
  if (before) query = query.where('point.data_time', '<', new Date(before));
  const rows = await query.orderBy('point.data_time', 'desc').orderBy('point.id').limit(PAGE).execute();
  return rows.map(present);
}

const selectPoints = ({ db, now }: Work) =>
  db
    .selectFrom('recovery_points as point')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'point.asset_id').onRef('asset.client_id', '=', 'point.client_id'),
    )
    .innerJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'point.store_id').onRef('store.client_id', '=', 'point.client_id'),
    )
    .leftJoin('point_losses as loss', (join) =>
      join
        .onRef('loss.recovery_point_id', '=', 'point.id')
        .onRef('loss.client_id', '=', 'point.client_id')
        .on('loss.ended_at', 'is', null),
    )
    .leftJoin('point_expiries as expiry', (join) =>
      join
        .onRef('expiry.recovery_point_id', '=', 'point.id')
        .onRef('expiry.client_id', '=', 'point.client_id'),
    )
    .selectAll('point')
    .select([
      'expiry.state as expiry_state',
      'expiry.cause as expiry_cause',
      'expiry.reason as expiry_reason',
    ])
    .select(['expiry.decided_at as expiry_decided_at', 'expiry.decided_by as expiry_decided_by'])
    .select(['expiry.ended_at as expiry_ended_at', 'expiry.finding as expiry_finding'])
    .select(['expiry.finding_code as expiry_finding_code', 'expiry.finding_params as expiry_finding_params'])
    .select(holdsOf(now).as('holds'))
    .select(['asset.name as asset_name', 'asset.label', 'store.name as store_name'])
    .select(['loss.kind as loss_kind', 'loss.found_at as loss_found_at', 'loss.finding as loss_finding'])
    .select(['loss.finding_code as loss_finding_code', 'loss.finding_params as loss_finding_params'])
    .select(['loss.given_up_at as loss_given_up_at', 'loss.given_up_by as loss_given_up_by'])
    .select('loss.given_up_reason as loss_given_up_reason');

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof selectPoints>['executeTakeFirst']>>>;

const present = (row: Row): RecoveryPoint => ({
  id: row.id,
  client: row.client_id,
  asset: { id: row.asset_id, name: row.asset_name, label: row.label },
  store: { id: row.store_id, name: row.store_name },
  point: row.point,
  dataTime: row.data_time.toISOString(),
  startedAt: row.started_at.toISOString(),
  endedAt: row.ended_at.toISOString(),
  files: row.files,
  bytes: row.bytes,
  storedBytes: row.stored_bytes,
  packs: row.packs,
  counts: { torn: row.torn, vanished: row.vanished, unreadable: row.unreadable, skipped: row.skipped },
  reservations: row.reservations as RecoveryPoint['reservations'],
  headSha256: row.head_sha256,
  manifestSha256: row.manifest_sha256,
  sealedTo: row.sealed_to,
  loss: lossOfRow(row),
  expiry: expiryOfRow(row),
  holds: row.holds,
});
