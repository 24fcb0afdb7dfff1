/** Pack proofs: when each pack of an asset was read last in its store and found sound. Points share packs, and so proofs. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Work } from './work.ts';

export const PackProof = z.object({
  sha256: z.string(),
  at: z.iso.datetime(),
  /** Hashed, or opened with all that is in it compared. */
  level: z.enum(['L2a', 'L2b']),
});
export type PackProof = z.infer<typeof PackProof>;

/** How much of what a point cites was read, by one test and by those before. */
export const ProofScope = z.object({
  /** Read within a budget: what passed is a sample, and counts for no level. */
  isSample: z.boolean(),
  packsRead: z.int(),
  packsCited: z.int(),
  packsReadLately: z.int().describe('In the last 30 days, by any test'),
  neverRead: z.int(),
  oldestProofAt: z.iso.datetime().nullable(),
});
export type ProofScope = z.infer<typeof ProofScope>;

/** What damage means: for files, for other points, and for what there is to go back to. */
export const Damage = z.object({
  packs: z.array(z.string()),
  files: z.object({ count: z.int(), first: z.array(z.string()) }).nullable(),
  otherPoints: z.array(z.string()).nullable(),
  newestWhole: z
    .object({
      point: z.string(),
      dataTime: z.string(),
      packsProven: z.int(),
      packsCited: z.int(),
      oldestProofAt: z.string().nullable(),
    })
    .nullable(),
});
export type Damage = z.infer<typeof Damage>;

/** How much of what a point cites was read and found sound, by all tests together. */
export const PacksRead = z.object({
  point: z.string(),
  cited: z.int(),
  lately: z.int().describe('In the last 30 days'),
  never: z.int(),
  stalestAt: z.iso.datetime().nullable(),
});
export type PacksRead = z.infer<typeof PacksRead>;

/** Where packs lie. */
export interface PackPlace {
  client: string;
  asset: string;
  store: string;
}

const LATELY_DAYS = 30;

/** Many rows are written in several statements, each with fewer params than PostgreSQL takes. */
const ROWS_AT_ONCE = 2000;

/** What is proven of an asset's packs in a store. One that was found bad since is not. */
export async function listPackProofs(
  { db }: Work,
  { client, asset, store }: PackPlace,
): Promise<PackProof[]> {
  const rows = await db
    .selectFrom('pack_proofs')
    .select(['sha256', 'proven_at', 'level'])
    .where('client_id', '=', client)
    .where('asset_id', '=', asset)
    .where('store_id', '=', store)
    .where('damaged_at', 'is', null)
    .orderBy('sha256')
    .limit(1_000_000)
    .execute();
  return rows.map((row) => ({
    sha256: row.sha256,
    at: row.proven_at.toISOString(),
    level: row.level as PackProof['level'],
  }));
}

/** What is proven of the packs that one point cites. */
export async function packsReadOf(
  { db, now }: Work,
  { client, asset, store }: PackPlace,
  { point, packs }: { point: string; packs: string[] },
): Promise<PacksRead> {
  const cited = new Set(packs).size;
  const since = new Date(now.getTime() - LATELY_DAYS * 86_400_000);
  const { read, lately, stalest } = await db
    .selectFrom('pack_proofs')
    .select(({ fn }) => [
      fn.countAll<string>().as('read'),
      fn.countAll<string>().filterWhere('proven_at', '>=', since).as('lately'),
      fn.min('proven_at').as('stalest'),
    ])
    .where('client_id', '=', client)
    .where('asset_id', '=', asset)
    .where('store_id', '=', store)
    .where('damaged_at', 'is', null)
    .where(sql<boolean>`sha256 = any(${packs}::text[])`)
    .executeTakeFirstOrThrow();
  return {
    point,
    cited,
    lately: Number(lately),
    never: cited - Number(read),
    stalestAt: stalest?.toISOString() ?? null,
  };
}

/** Writes down what a test proved, and takes back what it found bad. Written twice it is the same. */
export async function notePackProofs(
  work: Work,
  place: PackPlace,
  { proofs, bad }: { proofs: PackProof[]; bad: string[] },
): Promise<void> {
  for (let at = 0; at < proofs.length; at += ROWS_AT_ONCE)
    await putProofs(work, place, proofs.slice(at, at + ROWS_AT_ONCE));
  for (let at = 0; at < bad.length; at += ROWS_AT_ONCE)
    await work.db
      .updateTable('pack_proofs')
      .set({ damaged_at: work.now })
      .where('client_id', '=', place.client)
      .where('asset_id', '=', place.asset)
      .where('store_id', '=', place.store)
      .where('sha256', 'in', bad.slice(at, at + ROWS_AT_ONCE))
      .execute();
}

async function putProofs({ db }: Work, { client, asset, store }: PackPlace, proofs: PackProof[]) {
  const rows = proofs.map(({ sha256, at, level }) => ({
    client_id: client,
    asset_id: asset,
    store_id: store,
    sha256,
    level,
    proven_at: new Date(at),
  }));
  await db
    .insertInto('pack_proofs')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['provider_id', 'client_id', 'asset_id', 'store_id', 'sha256'])
        .doUpdateSet(({ ref }) => ({
          level: ref('excluded.level'),
          proven_at: ref('excluded.proven_at'),
          damaged_at: null,
        })),
    )
    .execute();
}
