/** Looks into other tools' repositories: what their tools list. A snapshot that goes away stays on record as gone. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { type Finding, findingColumns } from '../findings.ts';
import type { Work } from '../work.ts';
import { findRepository, findSealed } from './repositories.ts';

export const RepositorySnapshot = z
  .object({
    id: z.uuid(),
    snapshot: z.string(),
    name: z.string().describe('As its tool calls it'),
    dataTime: z.iso.datetime().describe('As its tool says'),
    host: z.string().nullable(),
    paths: z.array(z.string()),
    firstSeenAt: z.iso.datetime(),
    provedAt: z.iso
      .datetime()
      .nullable()
      .describe('When a restore of it by us was first shown to come back whole'),
    goneAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RepositorySnapshot' });
export type RepositorySnapshot = z.infer<typeof RepositorySnapshot>;

export interface SeenSnapshot {
  id: string;
  name: string;
  dataTime: Date;
  /** When it was whole; null where neither its tool nor its place tells. */
  endedAt: Date | null;
  host: string | null;
  paths: string[];
  series: string;
}

/** Marks it as being read, and tells where, with secrets still sealed. Null when it has ended already. */
export async function startLook(work: Work, id: string) {
  const started = await work.db
    .updateTable('repository_looks')
    .set({ state: 'running' })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('repository_id')
    .executeTakeFirst();
  return started ? ((await findSealed(work, started.repository_id)) ?? null) : null;
}

/** Writes down what its tool lists. */
export async function finishLook(
  work: Work,
  id: string,
  { tool, snapshots }: { tool: string; snapshots: SeenSnapshot[] },
): Promise<void> {
  allow(work, 'work.finish');
  const repository = await endLook(work, id, { state: 'done', listed: snapshots.length });
  if (!repository) return;
  const { client } = await findRepository(work, repository);
  await noteSeen(work, { client, repository }, snapshots);
  const gone = await noteGone(work, repository);
  await work.db.updateTable('repository_looks').set({ gone: gone.length }).where('id', '=', id).execute();
  await tellRepository(work, repository, {
    looked_at: work.now,
    tool_version: tool,
    ...findingColumns(null),
  });
  if (gone.length > 0)
    await record(
      work,
      'repository.snapshots-gone',
      { kind: 'repository', id: repository, client },
      { snapshots: gone.slice(0, 1000) },
    );
}

/** What kept its tool from listing it. What was seen before stays as it was seen. */
export async function failLook(work: Work, id: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  const columns = findingColumns(found);
  const repository = await endLook(work, id, { state: 'failed', ...columns });
  if (repository) await tellRepository(work, repository, columns);
}

/** Null when it has ended already. */
async function endLook(
  { db, now }: Work,
  id: string,
  told: { state: string; listed?: number; finding?: string | null },
): Promise<string | null> {
  const ended = await db
    .updateTable('repository_looks')
    .set({ ...told, ended_at: now })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('repository_id')
    .executeTakeFirst();
  return ended?.repository_id ?? null;
}

/** How long it is told when a tool was asked for its list. */
const KEPT_MS = 400 * 86_400_000;

export async function forgetOldLooks({ db, now }: Work): Promise<void> {
  await db
    .deleteFrom('repository_looks')
    .where('ended_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
}

const tellRepository = ({ db }: Work, id: string, told: object) =>
  db.updateTable('repositories').set(told).where('id', '=', id).execute();

const AT_ONCE = 1000;

async function noteSeen(
  { db, now }: Work,
  { client, repository }: { client: string; repository: string },
  snapshots: SeenSnapshot[],
): Promise<void> {
  for (let from = 0; from < snapshots.length; from += AT_ONCE)
    await db
      .insertInto('repository_snapshots')
      .values(
        snapshots.slice(from, from + AT_ONCE).map((seen) => ({
          client_id: client,
          repository_id: repository,
          snapshot: seen.id,
          name: seen.name,
          data_time: seen.dataTime,
          ended_at: seen.endedAt,
          host: seen.host,
          paths: JSON.stringify(seen.paths),
          series: seen.series,
          first_seen_at: now,
          last_seen_at: now,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['provider_id', 'client_id', 'repository_id', 'snapshot'])
          .doUpdateSet(({ ref, fn }) => ({
            last_seen_at: now,
            gone_at: null,
            ended_at: fn.coalesce(ref('repository_snapshots.ended_at'), ref('excluded.ended_at')),
          })),
      )
      .execute();
}

async function noteGone({ db, now }: Work, repository: string): Promise<string[]> {
  const gone = await db
    .updateTable('repository_snapshots')
    .set({ gone_at: now })
    .where('repository_id', '=', repository)
    .where('last_seen_at', '<', now)
    .where('gone_at', 'is', null)
    .returning('snapshot')
    .execute();
  return gone.map(({ snapshot }) => snapshot);
}

/** The newest first, those that are gone among them. */
export async function listSnapshots(
  work: Work,
  repository: string,
  limit = 50,
): Promise<RepositorySnapshot[]> {
  allow(work, 'protection.read');
  const rows = await work.db
    .selectFrom('repository_snapshots as one')
    .selectAll('one')
    .select((from) =>
      from
        .selectFrom('repository_proofs as proof')
        .select((row) => row.fn.min('proof.finished_at').as('at'))
        .whereRef('proof.client_id', '=', 'one.client_id')
        .whereRef('proof.snapshot_id', '=', 'one.id')
        .where('proof.state', '=', 'passed')
        .where('proof.shown', 'in', ['L3', 'L4'])
        .as('proved_at'),
    )
    .where('one.repository_id', '=', repository)
    .orderBy('one.data_time', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    snapshot: row.snapshot,
    name: row.name,
    dataTime: row.data_time.toISOString(),
    host: row.host,
    paths: row.paths as string[],
    firstSeenAt: row.first_seen_at.toISOString(),
    provedAt: row.proved_at?.toISOString() ?? null,
    goneAt: row.gone_at?.toISOString() ?? null,
  }));
}
