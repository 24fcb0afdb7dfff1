/** The words themselves: one keeper of their rows. They are added and forgotten, and never changed. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from '../access.ts';
import type { Work } from '../work.ts';
import type { Word } from './standing.ts';

export const CLAIM_KINDS = ['start', 'ok', 'fail', 'log'] as const;

/** What is looked at of each source: the last good end among them decides when the next is missing. */
const MOST_WORDS = 200;
/** A talkative tool fills no disk: older words go, save the last good end. */
const KEPT_WORDS = 1000;

export const Claim = z
  .object({
    id: z.uuid(),
    kind: z.enum(CLAIM_KINDS),
    run: z.string().nullable(),
    heardAt: z.iso.datetime(),
    isSigned: z.boolean().describe('Came by the signed webhook, and the signature was that of its key'),
    exitStatus: z.int().nullable(),
    job: z.string().nullable(),
    files: z.int().nullable(),
    bytes: z.int().nullable(),
    dataTime: z.iso.datetime().nullable().describe('As the tool says'),
    body: z.string().describe('As it was sent, 10 KB at most'),
  })
  .meta({ id: 'Claim' });
export type Claim = z.infer<typeof Claim>;

export interface NewClaim {
  kind: Claim['kind'];
  run: string | null;
  /** Of a signed webhook. */
  signature: string | null;
  exitStatus: number | null;
  job: string | null;
  files: number | null;
  bytes: number | null;
  dataTime: Date | null;
  body: string;
}

/** Keeps what was said. The same of one run, or under one signature, is kept once, as it was first heard. */
export async function hearClaim(
  work: Work,
  { client, source }: { client: string; source: string },
  said: NewClaim,
): Promise<void> {
  allow(work, 'work.finish');
  await work.db
    .insertInto('claims')
    .values({
      client_id: client,
      source_id: source,
      kind: said.kind,
      run_id: said.run,
      heard_at: work.now,
      signature: said.signature,
      exit_status: said.exitStatus,
      job: said.job,
      files: said.files,
      bytes: said.bytes,
      data_time: said.dataTime,
      body: said.body,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Starts and ends of each source, newest first. */
export async function latestWords({ db }: Pick<Work, 'db'>, sources: string[]): Promise<Map<string, Word[]>> {
  if (sources.length === 0) return new Map();
  const { rows } = await sql<{
    source_id: string;
    kind: Word['kind'];
    run_id: string | null;
    heard_at: Date;
  }>`
    select source.id as source_id, word.kind::text as kind, word.run_id, word.heard_at
    from claim_sources as source cross join lateral (
      (select kind, run_id, heard_at from claims where client_id = source.client_id and source_id = source.id
         and kind <> 'log' order by heard_at desc limit ${MOST_WORDS})
      union
      (select kind, run_id, heard_at from claims where client_id = source.client_id and source_id = source.id
         and kind = 'ok' order by heard_at desc limit 1)) as word
    where source.id = any(${sources}::uuid[])
    order by word.heard_at desc`.execute(db);
  return Map.groupBy(
    rows.map(({ source_id, kind, run_id, heard_at }) => ({
      source: source_id,
      kind,
      run: run_id,
      at: heard_at,
    })),
    ({ source }) => source,
  );
}

/** The latest of one source, newest first. */
export async function listClaims(work: Work, source: string, limit = 50): Promise<Claim[]> {
  allow(work, 'protection.read');
  const rows = await work.db
    .selectFrom('claims')
    .selectAll()
    .where('source_id', '=', source)
    .orderBy('heard_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    run: row.run_id,
    heardAt: row.heard_at.toISOString(),
    isSigned: row.signature !== null,
    exitStatus: row.exit_status,
    job: row.job,
    files: row.files,
    bytes: row.bytes,
    dataTime: row.data_time?.toISOString() ?? null,
    body: row.body,
  }));
}

/** Lets old words go, and never the last good end of a source. */
export async function forgetOldClaims({ db }: Work): Promise<void> {
  await sql`
    delete from claims where id in (
      select id from (
        select id, row_number() over (partition by source_id order by heard_at desc) as place,
          row_number() over (partition by source_id, kind order by heard_at desc) as place_of_kind
        from claims) as placed
      where place > ${KEPT_WORDS} and place_of_kind > 1)`.execute(db);
}
