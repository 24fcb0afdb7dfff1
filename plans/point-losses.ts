/** Recovery points that were found gone or altered. A point itself is never changed: what became of it stands beside it. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { conflict } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { Finding, findingOfRow } from './findings.ts';
import { hasNotExpired } from './point-expiries.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

export const PointLoss = z
  .object({
    kind: z.enum(['gone', 'altered']),
    foundAt: z.iso.datetime(),
    finding: Finding,
    givenUp: z
      .object({ at: z.iso.datetime(), by: z.string(), reason: z.string() })
      .nullable()
      .describe('Nobody waits for it any more, so that the store is cleaned again'),
  })
  .meta({ id: 'PointLoss' });
export type PointLoss = z.infer<typeof PointLoss>;

/** A loss as a reconciliation finds it; `point` is the name in the store. */
export interface FoundLoss {
  point: string;
  kind: PointLoss['kind'];
  finding: Finding;
}

interface Place {
  client: string;
  asset: { id: string; name: string };
  store: { id: string };
}

/** Writes down what is lost now, and what is there again. What stands already as it is found is not told twice. */
export async function noteLosses(work: Work, place: Place, found: FoundLoss[]): Promise<void> {
  const open = await openLosses(work, place);
  const now = new Map(found.map((loss) => [loss.point, loss]));
  for (const loss of open)
    if (now.get(loss.point)?.kind !== loss.kind)
      await endLoss(work, place, loss, { isBack: !now.has(loss.point) });
  const standing = new Map(open.map(({ point, kind }) => [point, kind]));
  const fresh = found.filter(({ point, kind }) => standing.get(point) !== kind);
  if (fresh.length === 0) return;

  const ids = await idsOf(work, place, fresh);
  const told = fresh.filter(({ point }) => ids.has(point));
  for (const loss of told) await addLoss(work, place, { ...loss, id: ids.get(loss.point)! });
  await recordEvidence(work, {
    client: place.client,
    code: 'INT',
    subject: { kind: 'asset', id: place.asset.id, name: place.asset.name },
    finding: 'contradicts',
    assertedBy: 'system',
    validUntil: null,
    content: { lost: told.slice(0, 1000), count: told.length },
  });
}

export const GivingUp = z.object({ reason: Line(2000) });

/** Says that a point which is gone from its store is not waited for: it stays lost, and holds up no clean-up of its store any more. */
export async function giveUpPoint(
  work: Work,
  id: string,
  { reason }: z.infer<typeof GivingUp>,
): Promise<void> {
  allow(work, 'protection.change');
  const given = await work.db
    .updateTable('point_losses')
    .set({ given_up_at: work.now, given_up_by: work.actor.name, given_up_reason: reason })
    .where('recovery_point_id', '=', id)
    .where('kind', '=', 'gone')
    .where('ended_at', 'is', null)
    .where('given_up_at', 'is', null)
    .returning('client_id')
    .executeTakeFirst();
  if (!given) throw conflict('recovery-point.not-gone');
  await record(
    work,
    'recovery-point.given-up',
    { kind: 'recovery-point', id, client: given.client_id },
    { reason },
  );
}

/** Points that somebody gave up are known no more; should one be there after all, it counts again. */
export const isNotGivenUp = sql<boolean>`not exists (
  select from point_losses as loss
  where loss.client_id = recovery_points.client_id
    and loss.recovery_point_id = recovery_points.id
    and loss.ended_at is null and loss.given_up_at is not null)`;

/** A point that was given up is there again, as it was made. */
export async function welcomeBack(work: Work, place: Place, point: string): Promise<void> {
  const open = await openLosses(work, place, { isGivenUp: true });
  for (const loss of open) if (loss.point === point) await endLoss(work, place, loss, { isBack: true });
}

/** For a query over points under an alias: those that were not found gone or altered, and were not let go. */
export const isThere = (point: string) => sql<boolean>`(not exists (
  select from point_losses as loss
  where loss.client_id = ${sql.ref(`${point}.client_id`)}
    and loss.recovery_point_id = ${sql.ref(`${point}.id`)}
    and loss.ended_at is null) and ${hasNotExpired(point)})`;

interface OpenLoss {
  id: string;
  recoveryPoint: string;
  point: string;
  kind: string;
}

async function openLosses(
  { db }: Work,
  { client, asset, store }: Place,
  { isGivenUp = false } = {},
): Promise<OpenLoss[]> {
  return db
    .selectFrom('point_losses as loss')
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.id', '=', 'loss.recovery_point_id').onRef('point.client_id', '=', 'loss.client_id'),
    )
    .select(['loss.id', 'loss.kind', 'point.id as recoveryPoint', 'point.point'])
    .where('loss.client_id', '=', client)
    .where('loss.ended_at', 'is', null)
    .where('loss.given_up_at', isGivenUp ? 'is not' : 'is', null)
    .where('point.asset_id', '=', asset.id)
    .where('point.store_id', '=', store.id)
    .limit(100_000)
    .execute();
}

async function idsOf({ db }: Work, { asset, store }: Place, losses: FoundLoss[]) {
  const rows = await db
    .selectFrom('recovery_points')
    .select(['id', 'point'])
    .where('asset_id', '=', asset.id)
    .where('store_id', '=', store.id)
    .where(
      'point',
      'in',
      losses.map(({ point }) => point),
    )
    .execute();
  return new Map(rows.map(({ id, point }) => [point, id]));
}

async function addLoss(
  work: Work,
  { client }: Place,
  { id, point, kind, finding }: FoundLoss & { id: string },
) {
  await work.db
    .insertInto('point_losses')
    .values({
      client_id: client,
      recovery_point_id: id,
      kind,
      finding: finding.message,
      finding_code: finding.code,
      finding_params: JSON.stringify(finding.params),
      found_at: work.now,
    })
    .execute();
  await record(work, 'recovery-point.lost', { kind: 'recovery-point', id, client }, { point, kind, finding });
}

async function endLoss(work: Work, { client }: Place, loss: OpenLoss, { isBack }: { isBack: boolean }) {
  await work.db
    .updateTable('point_losses')
    .set({ ended_at: work.now })
    .where('id', '=', loss.id)
    .where('ended_at', 'is', null)
    .execute();
  if (!isBack) return;
  const subject = { kind: 'recovery-point', id: loss.recoveryPoint, client };
  await record(work, 'recovery-point.back', subject, { point: loss.point, was: loss.kind });
}

/** A loss as the columns of a point's query tell it. */
export const lossOfRow = (row: {
  loss_kind: string | null;
  loss_found_at: Date | null;
  loss_finding: string | null;
  loss_finding_code: string | null;
  loss_finding_params: unknown;
  loss_given_up_at: Date | null;
  loss_given_up_by: string | null;
  loss_given_up_reason: string | null;
}): PointLoss | null => {
  const finding = findingOfRow({
    finding: row.loss_finding,
    finding_code: row.loss_finding_code,
    finding_params: row.loss_finding_params,
  });
  if (!finding || !row.loss_found_at) return null;
  const { loss_given_up_at: at, loss_given_up_by: by, loss_given_up_reason: reason } = row;
  return {
    kind: row.loss_kind as PointLoss['kind'],
    foundAt: row.loss_found_at.toISOString(),
    finding,
    givenUp: at && by !== null && reason !== null ? { at: at.toISOString(), by, reason } : null,
  };
};
