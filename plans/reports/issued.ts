/** Which issued document a file is: by its hash alone, whoever shows it. */
import { sql } from 'kysely';
import type { Work } from '../work.ts';

export interface Issued {
  reference: string;
  /** When its data were taken. */
  askedAt: string;
  /** In a crisis pack, and not handed out by itself. */
  isInPack: boolean;
  /** A newer one of the same kind about the same thing. */
  newer: { reference: string; askedAt: string } | null;
}

/** Null: this provider has no record of having issued exactly this file. No right is asked for: who holds the file knows what it says. */
export const findIssued = async (work: Pick<Work, 'db'>, hash: string): Promise<Issued | null> =>
  (await amongReports(work, hash)) ?? (await inCrisisPacks(work, hash));

async function amongReports({ db }: Pick<Work, 'db'>, hash: string): Promise<Issued | null> {
  const report = await db
    .selectFrom('reports')
    .select(['reference', 'asked_at', 'kind', 'client_id', 'subject_id'])
    .where('sha256', '=', hash)
    .where('state', '=', 'done')
    .executeTakeFirst();
  if (!report) return null;
  const newer = await db
    .selectFrom('reports')
    .select(['reference', 'asked_at'])
    .where('kind', '=', report.kind)
    .where(
      sql<boolean>`(client_id, subject_id) is not distinct from (${report.client_id}, ${report.subject_id})`,
    )
    .where('state', '=', 'done')
    .where('asked_at', '>', report.asked_at)
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    reference: report.reference,
    askedAt: report.asked_at.toISOString(),
    isInPack: false,
    newer: newer ? { reference: newer.reference, askedAt: newer.asked_at.toISOString() } : null,
  };
}

/** What follows a pack is the next pack of its client, whatever is in it. */
async function inCrisisPacks({ db }: Pick<Work, 'db'>, hash: string): Promise<Issued | null> {
  const pack = await db
    .selectFrom('crisis_packs')
    .select(['client_id', 'asked_at'])
    .where(sql<boolean>`files @> ${JSON.stringify([{ sha256: hash }])}::jsonb`)
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!pack) return null;
  const newer = await db
    .selectFrom('crisis_packs')
    .select('asked_at')
    .where('client_id', '=', pack.client_id)
    .where('state', '=', 'done')
    .where('asked_at', '>', pack.asked_at)
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    reference: packName(pack.asked_at),
    askedAt: pack.asked_at.toISOString(),
    isInPack: true,
    newer: newer ? { reference: packName(newer.asked_at), askedAt: newer.asked_at.toISOString() } : null,
  };
}

const packName = (at: Date) => at.toISOString().slice(0, 10);
