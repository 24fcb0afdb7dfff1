/** Dated sentinels: what the service puts into a source before each backup, and finds again in what is restored. */
import { z } from 'zod';
import { allow } from './access.ts';
import type { AgentSource } from './agents.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { Finding, findingColumns, findingOfRow } from './findings.ts';
import { sentinelText } from './sentinel-texts.ts';
import type { Work } from './work.ts';

export const NewSentinel = z.object({ asset: z.uuid() });
export type NewSentinel = z.infer<typeof NewSentinel>;

export const Sentinel = z
  .object({
    ...NewSentinel.shape,
    id: z.uuid(),
    client: z.uuid(),
    assetName: z.string(),
    plantedAt: z.iso.datetime().nullable().describe('Before the last backup that put one there'),
    refusal: Finding.nullable().describe('Why the last backup could not'),
  })
  .meta({ id: 'Sentinel' });
export type Sentinel = z.infer<typeof Sentinel>;

/** Allows the service to write one file or row of its own into a source. */
export async function addSentinel(work: Work, client: string, { asset: id }: NewSentinel): Promise<Sentinel> {
  allow(work, 'protection.change');
  await findClient(work, client);
  const asset = await findAsset(work, id);
  if (asset.client !== client) throw notFound('asset');
  await refuseWhereNoneCanBe(work, asset);
  const known = await work.db
    .selectFrom('sentinels')
    .select('id')
    .where('asset_id', '=', id)
    .executeTakeFirst();
  if (known) throw conflict('sentinel.known', { asset: asset.name });

  const added = await work.db
    .insertInto('sentinels')
    .values({ client_id: client, asset_id: id, created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'sentinel.added', { kind: 'sentinel', id: added.id, client }, { asset: asset.name });
  return findSentinel(work, added.id);
}

/** From now on nothing is written into the source; what lies there stays until somebody removes it. */
export async function removeSentinel(work: Work, id: string): Promise<Sentinel> {
  allow(work, 'protection.change');
  const before = await findSentinel(work, id);
  await work.db.deleteFrom('sentinels').where('id', '=', id).execute();
  await record(work, 'sentinel.removed', { kind: 'sentinel', id, client: before.client }, { before });
  return before;
}

export async function findSentinel(work: Work, id: string): Promise<Sentinel> {
  allow(work, 'protection.read');
  const row = await select(work).where('sentinel.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('sentinel');
  return present(row);
}

export async function listSentinels(work: Work, client: string): Promise<Sentinel[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('sentinel.client_id', '=', client)
    .orderBy('asset.name')
    .orderBy('sentinel.id')
    .limit(5000)
    .execute();
  return rows.map(present);
}

interface Run {
  run: string;
  asset: string;
}

export async function isSentinelAllowed({ db }: Work, asset: string): Promise<boolean> {
  const known = await db
    .selectFrom('sentinels')
    .select('id')
    .where('asset_id', '=', asset)
    .executeTakeFirst();
  return known !== undefined;
}

/** What to put into the source of an asset before a backup; null where nobody allowed it. */
export const sentinelFor = async (work: Work, { run, asset }: Run): Promise<string | null> =>
  (await isSentinelAllowed(work, asset)) ? sentinelText(work.now, run) : null;

/** Writes down what lies in the source now, or why it could not be put there. A run that begins again puts another. */
export async function notePlanted(
  work: Work,
  { run, asset }: Run,
  { text, refusal }: { text: string; refusal: Finding | null },
): Promise<void> {
  const { client_id } = await work.db
    .selectFrom('backup_runs')
    .select('client_id')
    .where('id', '=', run)
    .executeTakeFirstOrThrow();
  const planted = { text, planted_at: work.now, ...findingColumns(refusal) };
  await work.db
    .insertInto('planted_sentinels')
    .values({ client_id, run_id: run, asset_id: asset, ...planted })
    .onConflict((on) => on.columns(['provider_id', 'client_id', 'run_id']).doUpdateSet(planted))
    .execute();
}

/** What a point must hold; null where none was put into its source. */
export async function sentinelOf({ db }: Work, point: string): Promise<string | null> {
  const row = await db
    .selectFrom('recovery_points as point')
    .innerJoin('planted_sentinels as planted', (join) =>
      join.onRef('planted.client_id', '=', 'point.client_id').onRef('planted.run_id', '=', 'point.run_id'),
    )
    .select('planted.text')
    .where('point.id', '=', point)
    .where('planted.finding_code', 'is', null)
    .executeTakeFirst();
  return row?.text ?? null;
}

/** An agent writes at the client's site only where its own machine lets it; a bucket has no place of ours. */
async function refuseWhereNoneCanBe({ db }: Work, { id, name }: { id: string; name: string }) {
  const policies = await db
    .selectFrom('backup_policies as policy')
    .leftJoin('agents as agent', (join) =>
      join.onRef('agent.client_id', '=', 'policy.client_id').onRef('agent.id', '=', 'policy.agent_id'),
    )
    .select(['policy.agent_id', 'policy.agent_source', 'agent.name', 'agent.sources'])
    .where('policy.asset_id', '=', id)
    .where('policy.source_kind', '<>', 's3')
    .orderBy('policy.id')
    .execute();
  const takesOne = ({ agent_id, agent_source, sources }: (typeof policies)[number]) =>
    agent_id === null ||
    (sources as AgentSource[]).some(({ name, takesSentinel }) => name === agent_source && takesSentinel);
  if (policies.some(takesOne)) return;
  const [byAgent] = policies;
  if (!byAgent) throw conflict('sentinel.no-place', { asset: name });
  throw conflict('sentinel.agent-forbids', {
    asset: name,
    agent: byAgent.name ?? '',
    source: byAgent.agent_source ?? '',
  });
}

const select = ({ db }: Work) =>
  db
    .selectFrom('sentinels as sentinel')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'sentinel.client_id').onRef('asset.id', '=', 'sentinel.asset_id'),
    )
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('planted_sentinels as one')
          .whereRef('one.client_id', '=', 'sentinel.client_id')
          .whereRef('one.asset_id', '=', 'sentinel.asset_id')
          .select(['one.planted_at', 'one.finding', 'one.finding_code', 'one.finding_params'])
          .orderBy('one.planted_at', 'desc')
          .limit(1)
          .as('planted'),
      (join) => join.onTrue(),
    )
    .select(['sentinel.id', 'sentinel.client_id', 'sentinel.asset_id', 'asset.name'])
    .select(['planted.planted_at', 'planted.finding', 'planted.finding_code', 'planted.finding_params']);

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;

function present(row: Row): Sentinel {
  const refusal = findingOfRow(row);
  return {
    id: row.id,
    client: row.client_id,
    asset: row.asset_id,
    assetName: row.name,
    plantedAt: refusal ? null : (row.planted_at?.toISOString() ?? null),
    refusal,
  };
}
