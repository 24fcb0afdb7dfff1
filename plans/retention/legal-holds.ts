/** Legal holds: nothing of a client, of an asset or of one point may go while one stands. Two people lift it. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { findAsset } from '../assets.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { findRecoveryPoint } from '../recovery-points.ts';
import { Line, OptionalMoment } from '../text.ts';
import type { Work } from '../work.ts';
import { askRemoval } from './removal-requests.ts';

export const NewLegalHold = z
  .object({
    reason: Line(2000).describe('Why, and by whose order'),
    asset: z.uuid().nullable().default(null),
    recoveryPoint: z
      .uuid()
      .nullable()
      .default(null)
      .describe('Without one and without an asset: the whole client'),
    until: OptionalMoment.default(null).describe('Open while nobody knows'),
  })
  .refine(({ asset, recoveryPoint }) => asset === null || recoveryPoint === null, {
    error: 'legal-hold.two-things',
    path: ['recoveryPoint'],
  });
export type NewLegalHold = z.infer<typeof NewLegalHold>;

export const LegalHold = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    reason: z.string(),
    asset: z.uuid().nullable(),
    recoveryPoint: z.uuid().nullable(),
    until: z.iso.datetime().nullable(),
    state: z.enum(['standing', 'over', 'lifted']),
    placedAt: z.iso.datetime(),
    placedBy: z.string(),
    liftedAt: z.iso.datetime().nullable(),
    liftedBy: z.string().nullable(),
  })
  .meta({ id: 'LegalHold' });
export type LegalHold = z.infer<typeof LegalHold>;

export async function placeHold(work: Work, client: string, hold: NewLegalHold): Promise<LegalHold> {
  allow(work, 'hold.place');
  await findClient(work, client);
  if (hold.until !== null && new Date(hold.until) <= work.now) throw invalid('until', 'legal-hold.past');
  if (hold.asset !== null && (await findAsset(work, hold.asset)).client !== client) throw notFound('asset');
  if (hold.recoveryPoint !== null) {
    const point = await findRecoveryPoint(work, hold.recoveryPoint);
    if (point.client !== client) throw notFound('recovery-point');
    if (point.expiry && point.expiry.state !== 'kept') throw conflict('recovery-point.not-there');
  }
  const { id } = await work.db
    .insertInto('legal_holds')
    .values({
      client_id: client,
      asset_id: hold.asset,
      recovery_point_id: hold.recoveryPoint,
      reason: hold.reason,
      placed_at: work.now,
      placed_by: work.actor.name,
      until: hold.until === null ? null : new Date(hold.until),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'legal-hold.placed', { kind: 'legal-hold', id, client }, hold);
  return findHold(work, id);
}

export const LiftingHold = z.object({ reason: Line(2000) });

/** Asks for it: another person has to grant it. */
export async function askToLiftHold(
  work: Work,
  id: string,
  { reason }: z.infer<typeof LiftingHold>,
): Promise<LegalHold> {
  allow(work, 'hold.place');
  const hold = await findHoldForChange(work, id);
  if (hold.state !== 'standing') throw conflict('legal-hold.over');
  const request = { kind: 'lift-hold', policy: null, hold: id, retention: null, points: [] } as const;
  await askRemoval(work, hold.client, { ...request, points: [], reason });
  return hold;
}

/** Whoever calls it has seen to the second person. */
export async function liftHold(work: Work, id: string): Promise<void> {
  const lifted = await work.db
    .updateTable('legal_holds')
    .set({ lifted_at: work.now, lifted_by: work.actor.name })
    .where('id', '=', id)
    .where('lifted_at', 'is', null)
    .returning('client_id')
    .executeTakeFirst();
  if (!lifted) throw conflict('legal-hold.over');
  await record(work, 'legal-hold.lifted', { kind: 'legal-hold', id, client: lifted.client_id });
}

export async function findHold({ db, now }: Work, id: string): Promise<LegalHold> {
  const row = await db.selectFrom('legal_holds').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('legal-hold');
  return present(row, now);
}

export async function findHoldForChange(work: Work, id: string): Promise<LegalHold> {
  await work.db.selectFrom('legal_holds').select('id').where('id', '=', id).forUpdate().execute();
  return findHold(work, id);
}

/** Those that stand first, then what is over. */
export async function listHolds(work: Work, client: string): Promise<LegalHold[]> {
  allow(work, 'removal.read');
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('legal_holds')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('lifted_at', (order) => order.desc().nullsFirst())
    .orderBy('placed_at', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => present(row, work.now));
}

interface Row {
  id: string;
  client_id: string;
  asset_id: string | null;
  recovery_point_id: string | null;
  reason: string;
  placed_at: Date;
  placed_by: string;
  until: Date | null;
  lifted_at: Date | null;
  lifted_by: string | null;
}

const present = (row: Row, now: Date): LegalHold => ({
  id: row.id,
  client: row.client_id,
  reason: row.reason,
  asset: row.asset_id,
  recoveryPoint: row.recovery_point_id,
  until: row.until?.toISOString() ?? null,
  state: row.lifted_at ? 'lifted' : row.until && row.until <= now ? 'over' : 'standing',
  placedAt: row.placed_at.toISOString(),
  placedBy: row.placed_by,
  liftedAt: row.lifted_at?.toISOString() ?? null,
  liftedBy: row.lifted_by,
});
