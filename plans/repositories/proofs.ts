/** Proofs of other tools' snapshots: restored by us into an empty folder and compared, with planted faults that must be caught. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, notFound } from '../errors.ts';
import { recordEvidence } from '../evidence.ts';
import { Finding, findingColumns, findingOfRow } from '../findings.ts';
import { RunProgress } from '../run-progress.ts';
import type { Work } from '../work.ts';
import { progressOf } from '../work-progress.ts';
import { IS_CHOSEN } from './counted.ts';
import { findRepository, findRepositoryForChange, findSealed } from './repositories.ts';
import { goesUpTo, REPOSITORY_LEVELS, type RepositoryLevel, shownBy } from './shown.ts';
import { PROOF_VALID_MS } from './standing.ts';

export const PROOF_STATES = ['queued', 'running', 'passed', 'failed', 'inconclusive', 'cancelled'] as const;
const Verdict = z.enum(['passed', 'failed', 'inconclusive']);

/** What was found, as the job tells it. */
export const RepositoryProofResult = z.object({
  verdict: Verdict,
  reached: z.enum(REPOSITORY_LEVELS).nullable(),
  seconds: z.number().nullable(),
  files: z.int(),
  bytes: z.int(),
  tool: z.string(),
  levels: z.array(z.object({ level: z.enum(REPOSITORY_LEVELS), verdict: Verdict, observed: z.string() })),
  plantedFaults: z.array(
    z.object({ kind: z.string(), level: z.enum(REPOSITORY_LEVELS), caught: z.boolean() }),
  ),
  differences: z.array(z.object({ path: z.string(), what: z.string() })),
  differenceCount: z.int(),
  opened: z
    .object({
      files: z.int(),
      broken: z.array(z.object({ path: z.string(), kind: z.string(), sha256: z.string() })),
    })
    .nullable()
    .describe('Files of a kind that is opened here, and those that did not'),
  notShown: z.array(z.string()),
});
export type RepositoryProofResult = z.infer<typeof RepositoryProofResult>;

export const RepositoryProof = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    asset: z.uuid(),
    repository: z.uuid(),
    repositoryName: z.string(),
    snapshot: z.string(),
    name: z.string().describe('Of the snapshot, as its tool calls it'),
    dataTime: z.iso.datetime(),
    state: z.enum(PROOF_STATES),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    requested: z.enum(REPOSITORY_LEVELS),
    reached: z.enum(REPOSITORY_LEVELS).nullable(),
    shown: z
      .enum(REPOSITORY_LEVELS)
      .nullable()
      .describe('Up to where planted damage was noticed: what was reached above it counts for nothing'),
    seconds: z.number().nullable(),
    bytes: z.int().nullable(),
    dataAgeSeconds: z.int().nullable(),
    plantedFaults: z.int(),
    caught: z.int(),
    progress: RunProgress.nullable().describe('While it goes on'),
    result: RepositoryProofResult.nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'RepositoryProof' });
export type RepositoryProof = z.infer<typeof RepositoryProof>;

/** Asks for a proof of its newest snapshot. It runs as a job. */
export async function requestRepositoryProof(work: Work, repository: string): Promise<RepositoryProof> {
  allow(work, 'restore-test.request');
  const one = await findRepositoryForChange(work, repository);
  const { client, name, hasPassword, state } = one;
  if (!hasPassword) throw conflict('repository.no-password', { name });
  if (state === 'mixed') throw conflict('repository.mixed', { name });
  const newest = await newestSnapshot(work, repository);
  if (!newest) throw conflict('repository.nothing-to-prove', { name });
  if (await isProofUnderWay(work, repository)) throw conflict('repository.proof-under-way', { name });
  const { id } = await work.db
    .insertInto('repository_proofs')
    .values({
      client_id: client,
      repository_id: repository,
      snapshot_id: newest,
      requested: goesUpTo(one),
      asked_by: work.actor.name,
      asked_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'repository-proof.requested', { kind: 'repository-proof', id, client }, { repository });
  await work.enqueue('prove-repository', { proofId: id });
  return findRepositoryProof(work, id);
}

/** Of those of its asset; one that a wrong clock dated ahead would keep all that is really newer from being proved. */
export async function newestSnapshot({ db, now }: Work, repository: string): Promise<string | null> {
  const newest = await db
    .selectFrom('repository_snapshots as one')
    .innerJoin('repositories as repository', (join) =>
      join
        .onRef('repository.id', '=', 'one.repository_id')
        .onRef('repository.client_id', '=', 'one.client_id'),
    )
    .select('one.id')
    .where('one.repository_id', '=', repository)
    .where('one.gone_at', 'is', null)
    .where('one.data_time', '<=', now)
    .where(IS_CHOSEN)
    .orderBy('one.data_time', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.id ?? null;
}

export async function isProofUnderWay({ db }: Work, repository: string): Promise<boolean> {
  const open = await db
    .selectFrom('repository_proofs')
    .select('id')
    .where('repository_id', '=', repository)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  return open !== undefined;
}

/** Whether it was shown already, up to a level. */
export async function hasSnapshotBeenProved(
  { db }: Work,
  snapshot: string,
  level: RepositoryLevel,
): Promise<boolean> {
  const proved = await db
    .selectFrom('repository_proofs')
    .select('id')
    .where('snapshot_id', '=', snapshot)
    .where('state', '=', 'passed')
    .where('shown', '>=', level)
    .executeTakeFirst();
  return proved !== undefined;
}

/** Marks it as running and tells what to prove, with secrets still sealed. Null when it has ended already. */
export async function startRepositoryProof(work: Work, id: string) {
  const started = await work.db
    .updateTable('repository_proofs')
    .set({ state: 'running', started_at: work.now })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('repository_id')
    .executeTakeFirst();
  if (!started) return null;
  const { client, snapshot, requested: level } = await findRepositoryProof(work, id);
  const sealed = await findSealed(work, started.repository_id);
  if (!sealed) return null;
  return {
    client,
    snapshot,
    level,
    brokenBefore: await brokenBefore(work, started.repository_id),
    ...sealed,
  };
}

/** What the last proof that opened files could not open: it broke at its source, and was told. */
async function brokenBefore({ db }: Work, repository: string) {
  const last = await db
    .selectFrom('repository_proofs')
    .select('result')
    .where('repository_id', '=', repository)
    .where('state', 'in', ['passed', 'failed'])
    .where(sql<boolean>`jsonb_typeof(result -> 'opened') = 'object'`)
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (last?.result as RepositoryProofResult | undefined)?.opened?.broken ?? [];
}

/** Writes down how it ended, and the evidence of it. What could not be tried shows nothing, for or against. */
export async function finishRepositoryProof(
  work: Work,
  id: string,
  { result, finding }: { result: RepositoryProofResult | null; finding: Finding | null },
): Promise<void> {
  allow(work, 'work.finish');
  const state = result?.verdict ?? 'inconclusive';
  const before = await findRepositoryProof(work, id);
  const ended = await work.db
    .updateTable('repository_proofs')
    .set({
      state,
      finished_at: work.now,
      reached: result?.reached ?? null,
      shown: result && shownBy(result),
      seconds: result?.seconds ?? null,
      bytes: result && result.seconds !== null ? result.bytes : null,
      data_age_seconds: Math.max(0, Math.floor((work.now.getTime() - Date.parse(before.dataTime)) / 1000)),
      planted_faults: result?.plantedFaults.length ?? 0,
      caught: result?.plantedFaults.filter(({ caught }) => caught).length ?? 0,
      result: result && JSON.stringify(result),
      ...findingColumns(finding),
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('repository_id')
    .executeTakeFirst();
  if (!ended) return;
  const { client, repository } = before;
  await record(
    work,
    `repository-proof.${state}`,
    { kind: 'repository-proof', id, client },
    { repository, finding },
  );
  if (state === 'inconclusive') return;
  await recordProof(work, id, state);
}

/** A restore speaks for the test and the integrity of the asset, and for the run that left the snapshot; less than that for less. */
const SHOWS: Record<string, readonly string[]> = { L2b: ['BRN', 'INT'], L3: ['BRN', 'INT', 'RST'] };
const codesOf = (state: 'passed' | 'failed', shown: RepositoryProof['shown']): readonly string[] =>
  state === 'failed' ? ['INT', 'RST'] : (SHOWS[shown === 'L4' ? 'L3' : (shown ?? '')] ?? []);

async function recordProof(work: Work, id: string, state: 'passed' | 'failed'): Promise<void> {
  const proof = await findRepositoryProof(work, id);
  const { asset, address, tool } = await findRepository(work, proof.repository);
  const { name } = await work.db
    .selectFrom('assets')
    .select('name')
    .where('id', '=', asset)
    .executeTakeFirstOrThrow();
  const isProof = state === 'passed';
  const validFrom = isProof ? await firstProvedAt(work, proof) : work.now;
  for (const code of codesOf(state, proof.shown))
    await recordEvidence(work, {
      client: proof.client,
      code,
      subject: { kind: 'asset', id: asset, name },
      finding: isProof ? 'supports' : 'contradicts',
      assertedBy: 'system',
      validUntil: isProof ? new Date(validFrom.getTime() + PROOF_VALID_MS) : null,
      content: {
        repositoryProof: id,
        tool,
        address,
        snapshot: proof.snapshot,
        dataTime: proof.dataTime,
        shown: proof.shown,
        result: proof.result,
      },
    });
}

/** A second proof of one snapshot says nothing of what was backed up since. */
async function firstProvedAt(
  { db, now }: Work,
  { repository, snapshot, shown }: RepositoryProof,
): Promise<Date> {
  const first = await db
    .selectFrom('repository_proofs as proof')
    .innerJoin('repository_snapshots as one', (join) =>
      join.onRef('one.id', '=', 'proof.snapshot_id').onRef('one.client_id', '=', 'proof.client_id'),
    )
    .select((row) => row.fn.min('proof.finished_at').as('at'))
    .where('proof.repository_id', '=', repository)
    .where('one.snapshot', '=', snapshot)
    .where('proof.state', '=', 'passed')
    .where('proof.shown', '>=', shown)
    .executeTakeFirst();
  return first?.at ?? now;
}

export async function findRepositoryProof(work: Work, id: string): Promise<RepositoryProof> {
  allow(work, 'protection.read');
  const row = await select(work).where('proof.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('repository-proof');
  return present(row);
}

/** The newest first. */
export async function listRepositoryProofs(
  work: Work,
  repository: string,
  limit = 50,
): Promise<RepositoryProof[]> {
  allow(work, 'protection.read');
  const rows = await select(work)
    .where('proof.repository_id', '=', repository)
    .orderBy('proof.asked_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(present);
}

/** Of all repositories of a client, the newest first. */
export async function listClientProofs(work: Work, client: string): Promise<RepositoryProof[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  return readClientProofs(work, client);
}

/** The same for what is made of them, whoever makes it. */
export async function readClientProofs(work: Work, client: string): Promise<RepositoryProof[]> {
  const rows = await select(work)
    .where('proof.client_id', '=', client)
    .orderBy('proof.asked_at', 'desc')
    .limit(1000)
    .execute();
  return rows.map(present);
}

const select = ({ db }: Work) =>
  db
    .selectFrom('repository_proofs as proof')
    .innerJoin('repository_snapshots as one', (join) =>
      join.onRef('one.id', '=', 'proof.snapshot_id').onRef('one.client_id', '=', 'proof.client_id'),
    )
    .innerJoin('repositories as repository', (join) =>
      join
        .onRef('repository.id', '=', 'proof.repository_id')
        .onRef('repository.client_id', '=', 'proof.client_id'),
    )
    .selectAll('proof')
    .select(progressOf('repository-proof', 'proof').as('progress'))
    .select([
      'one.snapshot',
      'one.name as snapshot_name',
      'one.data_time',
      'repository.asset_id',
      'repository.name as repository_name',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const present = (row: Row): RepositoryProof => ({
  id: row.id,
  client: row.client_id,
  progress: row.progress ? RunProgress.parse(row.progress) : null,
  repository: row.repository_id,
  asset: row.asset_id,
  repositoryName: row.repository_name,
  snapshot: row.snapshot,
  name: row.snapshot_name,
  dataTime: row.data_time.toISOString(),
  state: row.state,
  askedBy: row.asked_by,
  askedAt: row.asked_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  requested: row.requested as RepositoryProof['requested'],
  reached: row.reached as RepositoryProof['reached'],
  shown: row.shown as RepositoryProof['shown'],
  seconds: row.seconds,
  bytes: row.bytes,
  dataAgeSeconds: row.data_age_seconds,
  plantedFaults: row.planted_faults,
  caught: row.caught,
  result: row.result as RepositoryProofResult | null,
  finding: findingOfRow(row),
});
