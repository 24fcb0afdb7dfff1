/** Recovery points that retention let go. A point itself is never changed: what became of it stands beside it. */
import { sql } from 'kysely';
import { z } from 'zod';
import { record } from './audit.ts';
import { Finding, findingOfRow } from './findings.ts';
import type { Work } from './work.ts';

export const PointExpiry = z
  .object({
    state: z
      .enum(['going', 'expired', 'kept'])
      .describe('`kept`: the store did not let it go, so it is there still and is tried again'),
    cause: z.enum(['rules', 'asked']),
    decidedAt: z.iso.datetime(),
    decidedBy: z.string(),
    reason: z.string().nullable(),
    endedAt: z.iso.datetime().nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'PointExpiry' });
export type PointExpiry = z.infer<typeof PointExpiry>;

/** For a query over points under an alias: those that nobody has begun to remove. */
export const hasNotExpired = (point: string) => sql<boolean>`not exists (
  select from point_expiries as expiry
  where expiry.client_id = ${sql.ref(`${point}.client_id`)}
    and expiry.recovery_point_id = ${sql.ref(`${point}.id`)}
    and expiry.state <> 'kept')`;

/** Somebody brought a point back that had gone, for example from under a delete marker: it counts again. */
export async function noteBackAfterExpiry(
  work: Work,
  { asset, store }: { asset: { id: string }; store: { id: string } },
  point: string,
): Promise<void> {
  const back = await work.db
    .updateTable('point_expiries as expiry')
    .from('recovery_points as point')
    .whereRef('point.id', '=', 'expiry.recovery_point_id')
    .whereRef('point.client_id', '=', 'expiry.client_id')
    .set({ state: 'kept', ended_at: work.now })
    .where('point.asset_id', '=', asset.id)
    .where('point.store_id', '=', store.id)
    .where('point.point', '=', point)
    .where('expiry.state', '=', 'expired')
    .returning(['point.id', 'point.client_id'])
    .executeTakeFirst();
  if (!back) return;
  const subject = { kind: 'recovery-point', id: back.id, client: back.client_id };
  await record(work, 'recovery-point.back', subject, { point, was: 'expired' });
}

/** An expiry as the columns of a point's query tell it. */
export const expiryOfRow = (row: {
  expiry_state: string | null;
  expiry_cause: string | null;
  expiry_decided_at: Date | null;
  expiry_decided_by: string | null;
  expiry_reason: string | null;
  expiry_ended_at: Date | null;
  expiry_finding: string | null;
  expiry_finding_code: string | null;
  expiry_finding_params: unknown;
}): PointExpiry | null =>
  row.expiry_state === null || row.expiry_decided_at === null
    ? null
    : {
        state: row.expiry_state as PointExpiry['state'],
        cause: row.expiry_cause as PointExpiry['cause'],
        decidedAt: row.expiry_decided_at.toISOString(),
        decidedBy: row.expiry_decided_by ?? '',
        reason: row.expiry_reason,
        endedAt: row.expiry_ended_at?.toISOString() ?? null,
        finding: findingOfRow({
          finding: row.expiry_finding,
          finding_code: row.expiry_finding_code,
          finding_params: row.expiry_finding_params,
        }),
      };
