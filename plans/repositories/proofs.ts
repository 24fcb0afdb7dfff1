/** Proofs of other tools' snapshots: restored by us into an empty folder and compared, with planted faults that must be caught. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { conflict, notFound } from '../errors.ts';
import { recordEvidence } from '../evidence.ts';
import { Finding, findingColumns, findingOfRow } from '../findings.ts';
import type { Work } from '../work.ts';
import { findRepository, findSealed } from './repositories.ts';

const PROOF_VALID_MS = 365 * 86_400_000;
const LEVELS = ['L0', 'L2b', 'L3'] as const;
const Verdict = z.enum(['passed', 'failed', 'inconclusive']);

/** What was found, as the job tells it. */
export const RepositoryProofResult = z.object({
  verdict: Verdict,
  reached: z.enum(LEVELS).nullable(),
  seconds: z.number().nullable(),
  files: z.int(),
  bytes: z.int(),
  tool: z.string(),
  levels: z.array(z.object({ level: z.enum(LEVELS), verdict: Verdict, observed: z.string() })),
  plantedFaults: z.array(z.object({ kind: z.string(), level: z.enum(LEVELS), caught: z.boolean() })),
  differences: z.array(z.object({ path: z.string(), what: z.string() })),
  differenceCount: z.int(),
  notShown: z.array(z.string()),
});
export type RepositoryProofResult = z.infer<typeof RepositoryProofResult>;

export const RepositoryProof = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    repository: z.uuid(),
    snapshot: z.string(),
    dataTime: z.iso.datetime(),
    state: z.enum(['queued', 'running', 'passed', 'failed', 'inconclusive', 'cancelled']),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    reached: z.enum(LEVELS).nullable(),
    seconds: z.number().nullable(),
    bytes: z.int().nullable(),
    dataAgeSeconds: z.int().nullable(),
    plantedFaults: z.int(),
    caught: z.int(),
    result: RepositoryProofResult.nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'RepositoryProof' });
export type RepositoryProof = z.infer<typeof RepositoryProof>;

/** Asks for a proof of its newest snapshot. It runs as a job. */
export async function requestRepositoryProof(work: Work, repository: string): Promise<RepositoryProof> {
  allow(work, 'restore-test.request');
  const { client, name, hasPassword } = await findRepository(work, repository);
  if (!hasPassword) throw conflict('repository.no-password', { name });
  const newest = await work.db
    .selectFrom('repository_snapshots')
    .select('id')
    .where('repository_id', '=', repository)
    .where('gone_at', 'is', null)
    .orderBy('data_time', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!newest) throw conflict('repository.nothing-to-prove', { name });
  const open = await work.db
    .selectFrom('repository_proofs')
    .select('id')
    .where('repository_id', '=', repository)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  if (open) throw conflict('repository.proof-under-way', { name });
  const { id } = await work.db
    .insertInto('repository_proofs')
    .values({
      client_id: client,
      repository_id: repository,
      snapshot_id: newest.id,
      asked_by: work.actor.name,
      asked_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'repository-proof.requested', { kind: 'repository-proof', id, client }, { repository });
  await work.enqueue('prove-repository', { proofId: id });
  return findRepositoryProof(work, id);
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
  const { snapshot } = await findRepositoryProof(work, id);
  const sealed = await findSealed(work, started.repository_id);
  return sealed ? { snapshot, ...sealed } : null;
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
      seconds: result?.seconds ?? null,
      bytes: result?.bytes ?? null,
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

async function recordProof(work: Work, id: string, state: 'passed' | 'failed'): Promise<void> {
  const proof = await findRepositoryProof(work, id);
  const { asset, address, tool } = await findRepository(work, proof.repository);
  const { name } = await work.db
    .selectFrom('assets')
    .select('name')
    .where('id', '=', asset)
    .executeTakeFirstOrThrow();
  const isProof = state === 'passed';
  for (const code of ['RST', 'INT'])
    await recordEvidence(work, {
      client: proof.client,
      code,
      subject: { kind: 'asset', id: asset, name },
      finding: isProof ? 'supports' : 'contradicts',
      assertedBy: 'system',
      validUntil: isProof ? new Date(work.now.getTime() + PROOF_VALID_MS) : null,
      content: {
        repositoryProof: id,
        tool,
        address,
        snapshot: proof.snapshot,
        dataTime: proof.dataTime,
        result: proof.result,
      },
    });
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

const select = ({ db }: Work) =>
  db
    .selectFrom('repository_proofs as proof')
    .innerJoin('repository_snapshots as one', (join) =>
      join.onRef('one.id', '=', 'proof.snapshot_id').onRef('one.client_id', '=', 'proof.client_id'),
    )
    .selectAll('proof')
    .select(['one.snapshot', 'one.data_time']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const present = (row: Row): RepositoryProof => ({
  id: row.id,
  client: row.client_id,
  repository: row.repository_id,
  snapshot: row.snapshot,
  dataTime: row.data_time.toISOString(),
  state: row.state,
  askedBy: row.asked_by,
  askedAt: row.asked_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  reached: row.reached as RepositoryProof['reached'],
  seconds: row.seconds,
  bytes: row.bytes,
  dataAgeSeconds: row.data_age_seconds,
  plantedFaults: row.planted_faults,
  caught: row.caught,
  result: row.result as RepositoryProofResult | null,
  finding: findingOfRow(row),
});
