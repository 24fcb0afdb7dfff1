/** Who holds each crisis role, and who did: the holder first, then the deputies in their order. */
import { z } from 'zod';
import { hasLeft } from './contacts.ts';
import type { Work } from './work.ts';

export const Holder = z.object({
  contact: z.uuid(),
  name: z.string(),
  from: z.iso.date(),
  until: z.iso.date().nullable(),
  hasLeft: z.boolean(),
});
export type Holder = z.infer<typeof Holder>;

export interface Assigned {
  /** Those whose time is not over: it may still be to come. */
  holders: Holder[];
  /** The latest first. */
  former: Holder[];
}

/** Of all roles of a client. */
export async function readAssignments(
  { db, now }: Work,
  client: string,
  today: string,
): Promise<Map<string, Assigned>> {
  const rows = await db
    .selectFrom('role_assignments as assignment')
    .innerJoin('contacts as contact', (join) =>
      join
        .onRef('contact.client_id', '=', 'assignment.client_id')
        .onRef('contact.id', '=', 'assignment.contact_id'),
    )
    .select([
      'assignment.role_id',
      'assignment.contact_id',
      'assignment.valid_from',
      'assignment.valid_until',
    ])
    .select(['contact.name', 'contact.left_on'])
    .where('assignment.client_id', '=', client)
    .orderBy('assignment.rank')
    .orderBy('assignment.valid_from')
    .limit(20_000)
    .execute();
  const isOver = ({ until }: Holder) => until !== null && until < today;
  const byRole = Map.groupBy(rows, ({ role_id }) => role_id);
  return new Map(
    [...byRole].map(([role, own]) => {
      const all = own.map((row) => ({
        contact: row.contact_id,
        name: row.name,
        from: row.valid_from,
        until: row.valid_until,
        hasLeft: hasLeft({ leftOn: row.left_on }, now),
      }));
      return [
        role,
        {
          holders: all.filter((holder) => !isOver(holder)),
          former: all.filter(isOver).toSorted((left, right) => (left.until! < right.until! ? 1 : -1)),
        },
      ];
    }),
  );
}
