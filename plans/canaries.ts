/** Canaries: files of a source that nobody has a reason to touch. A point that lacks one, or holds it changed, is suspect. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import type { Canary as WatchedCanary } from './content/judge.ts';
import { conflict, notFound } from './errors.ts';
import { plantedNameOf, refuseWhereNoneCanBePlanted } from './planted-canaries.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

/** As a manifest writes it: below the root of the source. */
const Path = Line(1000).refine((path) => !/^\/|\/$|(?:^|\/)\.\.?(?:\/|$)/.test(path), {
  error: 'canary.bad-path',
});

export const NewCanary = z.object({
  asset: z.uuid(),
  path: z
    .preprocess((value) => (value === '' || value === undefined ? null : value), Path.nullable())
    .describe(
      'Below the root of the source, as recovery points list it; null: the service puts a file of its own there',
    ),
});
export type NewCanary = z.infer<typeof NewCanary>;

export const Canary = z
  .object({
    ...NewCanary.shape,
    path: Path,
    id: z.uuid(),
    client: z.uuid(),
    sha256: z
      .string()
      .nullable()
      .describe('Of its content when a test first read it or the service put it there; null until then'),
    firstSeenAt: z.iso.datetime().nullable().describe('Points of older data need not hold it'),
  })
  .meta({ id: 'Canary' });
export type Canary = z.infer<typeof Canary>;

/** What a test compares is limited, and so is what one can look after. */
const MOST = 50;

export async function addCanary(work: Work, client: string, canary: NewCanary): Promise<Canary> {
  allow(work, 'protection.change');
  await findClient(work, client);
  const asset = await findAsset(work, canary.asset);
  if (asset.client !== client) throw notFound('asset');
  if (canary.path === null) await refuseWhereNoneCanBePlanted(work, asset);
  const path = canary.path ?? plantedNameOf(work.now);
  const known = await canariesOf(work, asset.id);
  if (known.some((other) => other.path === path)) throw conflict('canary.known', { path });
  if (known.length >= MOST) throw conflict('canary.too-many', { most: MOST });

  const { id } = await work.db
    .insertInto('canaries')
    .values({ client_id: client, asset_id: asset.id, path, created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'canary.added', { kind: 'canary', id, client }, { asset: asset.name, path });
  return findCanary(work, id);
}

/** Forgets what it held, because somebody changed it on purpose: the next test that reads it learns it anew. */
export async function relearnCanary(work: Work, id: string): Promise<Canary> {
  allow(work, 'protection.change');
  const before = await findCanaryForChange(work, id);
  await work.db
    .updateTable('canaries')
    .set({ sha256: null, first_seen_at: null })
    .where('id', '=', id)
    .execute();
  await record(work, 'canary.relearned', { kind: 'canary', id, client: before.client }, { before });
  return findCanary(work, id);
}

export async function removeCanary(work: Work, id: string): Promise<Canary> {
  allow(work, 'protection.change');
  const before = await findCanaryForChange(work, id);
  await work.db.deleteFrom('canaries').where('id', '=', id).execute();
  await record(work, 'canary.removed', { kind: 'canary', id, client: before.client }, { before });
  return before;
}

export async function findCanary(work: Work, id: string): Promise<Canary> {
  allow(work, 'protection.read');
  const row = await work.db.selectFrom('canaries').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('canary');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findCanaryForChange(work: Work, id: string): Promise<Canary> {
  const row = await work.db
    .selectFrom('canaries')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('canary');
  return present(row);
}

export async function listCanaries(work: Work, client: string): Promise<Canary[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('canaries')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('path')
    .orderBy('id')
    .limit(5000)
    .execute();
  return rows.map(present);
}

/** Paths that a test of an asset's point tells apart. */
export async function canariesOf({ db }: Work, asset: string): Promise<WatchedCanary[]> {
  return db
    .selectFrom('canaries')
    .select(['path', 'sha256'])
    .where('asset_id', '=', asset)
    .orderBy('path')
    .limit(MOST)
    .execute();
}

/** Learns those that a point shows for the first time, and answers what it must hold: none that came after its data. */
export async function noteCanaries(
  work: Work,
  { client, asset, dataTime }: { client: string; asset: string; dataTime: Date },
  found: readonly { path: string; sha256: string }[],
): Promise<WatchedCanary[]> {
  const seen = new Map(found.map(({ path, sha256 }) => [path, sha256]));
  const canaries = await work.db
    .selectFrom('canaries')
    .select(['path', 'sha256'])
    .where('asset_id', '=', asset)
    .where((row) => row.or([row('first_seen_at', 'is', null), row('first_seen_at', '<=', dataTime)]))
    .orderBy('path')
    .limit(MOST)
    .execute();
  for (const { path, sha256 } of canaries) {
    const first = seen.get(path);
    if (sha256 !== null || first === undefined) continue;
    await work.db
      .updateTable('canaries')
      .set({ sha256: first, first_seen_at: dataTime })
      .where('client_id', '=', client)
      .where('asset_id', '=', asset)
      .where('path', '=', path)
      .execute();
  }
  return canaries;
}

const present = (row: {
  id: string;
  client_id: string;
  asset_id: string;
  path: string;
  sha256: string | null;
  first_seen_at: Date | null;
}): Canary => ({
  id: row.id,
  client: row.client_id,
  asset: row.asset_id,
  path: row.path,
  sha256: row.sha256,
  firstSeenAt: row.first_seen_at?.toISOString() ?? null,
});
