/** Which part of the trail is anchored, and which is due. */
import { CHAIN_START, linkHash } from './audit-chain.ts';
import { sha256 } from './canonical.ts';
import type { Work } from './work.ts';

const DAY_MS = 86_400_000;
/** An anchor holds so many events at most; where more have gathered, several are made. */
const LARGEST = 5000;

export interface AuditAnchor {
  first: number;
  last: number;
  hash: string;
  signer: string;
  store: string;
  key: string;
  lockedUntil: Date | null;
}

export interface DueAnchor {
  first: number;
  last: number;
  hash: string;
  contents: string[];
}

/** The trail does not follow from what was anchored of it: nobody signs that. */
export class BrokenTrail extends Error {
  override name = 'BrokenTrail';
}

/** What is to be anchored now, a day after the last time or when it `isAsked`; null when nothing is. */
export async function findDueAnchor({ db, now }: Work, isAsked: boolean): Promise<DueAnchor | null> {
  const last = await db
    .selectFrom('audit_anchors')
    .selectAll()
    .orderBy('first_seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const isFull = last && last.last_seq - last.first_seq + 1 >= LARGEST;
  if (last && !isFull && !isAsked && now.getTime() - last.at.getTime() < DAY_MS) return null;
  const rows = await db
    .selectFrom('audit_events')
    .select(['seq', 'hash', 'content'])
    .where('seq', '>', last?.last_seq ?? 0)
    .orderBy('seq')
    .limit(LARGEST)
    .execute();
  const first = (last?.last_seq ?? 0) + 1;
  let hash = last?.hash ?? CHAIN_START;
  for (const [index, row] of rows.entries()) {
    hash = linkHash(hash, first + index, row.content);
    if (row.seq !== first + index || row.hash !== hash)
      throw new BrokenTrail(`Event ${first + index} of the audit trail does not follow the one before it.`);
  }
  if (rows.length === 0) return null;
  return { first, last: first + rows.length - 1, hash, contents: rows.map(({ content }) => sha256(content)) };
}

/** Writes down that it lies in its store. Twice is once. */
export async function recordAnchor({ db, now }: Work, anchor: AuditAnchor): Promise<void> {
  const { first, last, hash, signer, store, key, lockedUntil } = anchor;
  await db
    .insertInto('audit_anchors')
    .values({
      first_seq: first,
      last_seq: last,
      hash,
      signer,
      store,
      object_key: key,
      locked_until: lockedUntil,
      at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The anchors on record, oldest first. */
export async function listAnchors({ db }: Pick<Work, 'db'>): Promise<{ first: number; last: number }[]> {
  const rows = await db
    .selectFrom('audit_anchors')
    .select(['first_seq', 'last_seq'])
    .orderBy('first_seq')
    .execute();
  return rows.map(({ first_seq, last_seq }) => ({ first: first_seq, last: last_seq }));
}
