/** Which anchors of the trail a time-stamp authority has stamped. */
import type { Work } from './work.ts';

/** So many at once where it was away for long. */
const MOST = 20;

export interface AuditStamp {
  /** Number of the first event of the anchor. */
  first: number;
  authority: string;
  key: string;
  at: Date;
}

/** Anchors without a stamp, oldest first, by their first event and where they lie. */
export async function listUnstamped({ db }: Work): Promise<{ first: number; key: string }[]> {
  const rows = await db
    .selectFrom('audit_anchors as anchor')
    .leftJoin('audit_stamps as stamp', 'stamp.first_seq', 'anchor.first_seq')
    .where('stamp.first_seq', 'is', null)
    .select(['anchor.first_seq', 'anchor.object_key'])
    .orderBy('anchor.first_seq')
    .limit(MOST)
    .execute();
  return rows.map(({ first_seq, object_key }) => ({ first: first_seq, key: object_key }));
}

/** Writes down that it lies in its store. Twice is once. */
export async function recordStamp({ db }: Work, { first, authority, key, at }: AuditStamp): Promise<void> {
  await db
    .insertInto('audit_stamps')
    .values({ first_seq: first, authority, object_key: key, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
