/** By what somebody is reached: numbers, addresses, channels, in the order in which to try. */
import { z } from 'zod';
import { CONTACT_POINT_KINDS } from './continuity-facts.ts';
import { Checkbox, Line } from './text.ts';
import type { Work } from './work.ts';

export const NewContactPoint = z
  .object({
    kind: z.enum(CONTACT_POINT_KINDS),
    value: Line(300),
    isOutOfBand: Checkbox.default(false).describe(
      "It works without the client's own network, directory, telephony and mail",
    ),
    needsAsset: z
      .uuid()
      .nullable()
      .default(null)
      .describe('Asset without which it does not work, for example the mail server'),
  })
  .refine(({ kind, value }) => kind !== 'mail' || z.email().safeParse(value).success, {
    error: 'contact.mail',
    path: ['value'],
  })
  .refine(({ kind, value }) => !isNumber(kind) || value.replace(/\D/g, '').length >= 3, {
    error: 'contact.number',
    path: ['value'],
  });
export type NewContactPoint = z.infer<typeof NewContactPoint>;

export const ContactPoint = z.object({
  ...NewContactPoint.shape,
  id: z.uuid(),
  verifiedAt: z.iso.datetime().nullable().describe('When somebody called it last and was answered'),
  verifiedBy: z.string().nullable(),
});
export type ContactPoint = z.infer<typeof ContactPoint>;

const isNumber = (kind: (typeof CONTACT_POINT_KINDS)[number]) => kind === 'mobile' || kind === 'phone';

/** Points of each contact. */
export async function readContactPoints(
  { db }: Work,
  contacts: string[],
): Promise<Map<string, ContactPoint[]>> {
  if (contacts.length === 0) return new Map();
  const rows = await db
    .selectFrom('contact_points')
    .selectAll()
    .where('contact_id', 'in', contacts)
    .orderBy('rank')
    .limit(100_000)
    .execute();
  const byContact = Map.groupBy(rows, ({ contact_id }) => contact_id);
  return new Map(
    [...byContact].map(([contact, points]) => [
      contact,
      points.map((row) => ({
        id: row.id,
        kind: row.kind,
        value: row.value,
        isOutOfBand: row.is_out_of_band,
        needsAsset: row.needs_asset_id,
        verifiedAt: row.verified_at?.toISOString() ?? null,
        verifiedBy: row.verified_by,
      })),
    ]),
  );
}

/** A point is the same as long as its kind and value are: it keeps its id, its tests and when it was verified. */
export async function replaceContactPoints(
  work: Work,
  { id, client }: { id: string; client: string },
  points: NewContactPoint[],
): Promise<void> {
  const { db, now } = work;
  const known = (await readContactPoints(work, [id])).get(id) ?? [];
  const sameAs = (one: NewContactPoint) => (other: NewContactPoint) =>
    other.kind === one.kind && other.value === one.value;
  const gone = known.filter((one) => !points.some(sameAs(one))).map((one) => one.id);
  if (gone.length > 0) await db.deleteFrom('contact_points').where('id', 'in', gone).execute();

  for (const [place, point] of points.entries()) {
    const columns = {
      is_out_of_band: point.isOutOfBand,
      needs_asset_id: point.needsAsset,
      rank: place + 1,
    };
    const same = known.find(sameAs(point));
    if (same) await db.updateTable('contact_points').set(columns).where('id', '=', same.id).execute();
    else
      await db
        .insertInto('contact_points')
        .values({
          client_id: client,
          contact_id: id,
          kind: point.kind,
          value: point.value,
          ...columns,
          created_at: now,
        })
        .execute();
  }
}
