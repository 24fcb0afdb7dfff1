/** Looks into other tools' repositories: what their tools list. A snapshot that goes away stays on record as gone. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { type Finding, findingColumns } from '../findings.ts';
import { nextDue } from '../intervals.ts';
import type { Work } from '../work.ts';
import { findRepository, findSealed, queueLook } from './repositories.ts';

const EVERY_SECONDS = 6 * 3600;

export const RepositorySnapshot = z
  .object({
    id: z.uuid(),
    snapshot: z.string(),
    dataTime: z.iso.datetime().describe('As its tool says'),
    host: z.string().nullable(),
    paths: z.array(z.string()),
    firstSeenAt: z.iso.datetime(),
    goneAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RepositorySnapshot' });
export type RepositorySnapshot = z.infer<typeof RepositorySnapshot>;

export interface SeenSnapshot {
  id: string;
  dataTime: Date;
  host: string | null;
  paths: string[];
}

/** Queues what is due, four times a day. */
export async function queueDueLooks(work: Work): Promise<void> {
  const due = await work.db
    .selectFrom('repositories')
    .select(['id', 'next_look_at'])
    .where('next_look_at', '<=', work.now)
    .where('look', '=', 'waiting')
    .where('sealed_secrets', 'is not', null)
    .limit(500)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, next_look_at } of due) {
    await work.db
      .updateTable('repositories')
      .set({ next_look_at: nextDue(next_look_at, EVERY_SECONDS, work.now) })
      .where('id', '=', id)
      .execute();
    await queueLook(work, id);
  }
}

/** Marks it as being read, and tells where, with secrets still sealed. Null when nobody asked. */
export async function startLook(work: Work, id: string) {
  const started = await work.db
    .updateTable('repositories')
    .set({ look: 'running' })
    .where('id', '=', id)
    .where('look', 'in', ['queued', 'running'])
    .returning('id')
    .executeTakeFirst();
  return started ? ((await findSealed(work, id)) ?? null) : null;
}

/** Writes down what its tool lists. */
export async function finishLook(
  work: Work,
  id: string,
  { tool, snapshots }: { tool: string; snapshots: SeenSnapshot[] },
): Promise<void> {
  allow(work, 'work.finish');
  const { client } = await findRepository(work, id);
  for (const seen of snapshots)
    await work.db
      .insertInto('repository_snapshots')
      .values({
        client_id: client,
        repository_id: id,
        snapshot: seen.id,
        data_time: seen.dataTime,
        host: seen.host,
        paths: JSON.stringify(seen.paths),
        first_seen_at: work.now,
        last_seen_at: work.now,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['provider_id', 'client_id', 'repository_id', 'snapshot'])
          .doUpdateSet({ last_seen_at: work.now, gone_at: null }),
      )
      .execute();
  const gone = await work.db
    .updateTable('repository_snapshots')
    .set({ gone_at: work.now })
    .where('repository_id', '=', id)
    .where('last_seen_at', '<', work.now)
    .where('gone_at', 'is', null)
    .returning('snapshot')
    .execute();
  await endLook(work, id, { looked_at: work.now, tool_version: tool, ...findingColumns(null) });
  if (gone.length > 0)
    await record(
      work,
      'repository.snapshots-gone',
      { kind: 'repository', id, client },
      { snapshots: gone.map(({ snapshot }) => snapshot).slice(0, 1000) },
    );
}

/** What kept its tool from listing it. What was seen before stays as it was seen. */
export async function failLook(work: Work, id: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  await endLook(work, id, findingColumns(found));
}

const endLook = ({ db }: Work, id: string, told: object) =>
  db
    .updateTable('repositories')
    .set({ ...told, look: 'waiting' })
    .where('id', '=', id)
    .execute();

/** The newest first, those that are gone among them. */
export async function listSnapshots(
  work: Work,
  repository: string,
  limit = 50,
): Promise<RepositorySnapshot[]> {
  allow(work, 'protection.read');
  const rows = await work.db
    .selectFrom('repository_snapshots')
    .selectAll()
    .where('repository_id', '=', repository)
    .orderBy('data_time', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    snapshot: row.snapshot,
    dataTime: row.data_time.toISOString(),
    host: row.host,
    paths: row.paths as string[],
    firstSeenAt: row.first_seen_at.toISOString(),
    goneAt: row.gone_at?.toISOString() ?? null,
  }));
}
