/** Omission checks: what a source holds, listed by other means than the backup's, against its newest recovery point. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { Finding, findingColumns, findingOfRow } from './findings.ts';
import { listSealedVerifiers } from './keys.ts';
import { Omissions } from './omissions.ts';
import { isOfOpenClient } from './open-clients.ts';
import { isThere } from './point-losses.ts';
import { listPointSigners } from './point-signers.ts';
import { checksumsOf } from './store-probes.ts';
import type { Work } from './work.ts';

export const NewOmissionCheck = z.object({ asset: z.uuid() });
export type NewOmissionCheck = z.infer<typeof NewOmissionCheck>;

export const OMISSION_STATES = ['queued', 'failed', 'omitted', 'none-found'] as const;

export const OmissionCheck = z
  .object({
    ...NewOmissionCheck.shape,
    id: z.uuid(),
    client: z.uuid(),
    assetName: z.string(),
    recoveryPoint: z.uuid(),
    dataTime: z.iso.datetime(),
    state: z.enum(OMISSION_STATES).describe('`none-found` is not "nothing is missing"'),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    lookedAt: z.iso.datetime().nullable(),
    result: Omissions.nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'OmissionCheck' });
export type OmissionCheck = z.infer<typeof OmissionCheck>;

/** Asks for a look now. It runs as a job. */
export async function addOmissionCheck(
  work: Work,
  client: string,
  { asset: id }: NewOmissionCheck,
): Promise<OmissionCheck> {
  allow(work, 'restore-test.request');
  await findClient(work, client);
  const asset = await findAsset(work, id);
  if (asset.client !== client) throw notFound('asset');
  const [subject] = await subjects(work, { asset: id });
  if (!subject && (await isReadByAgents(work, id)))
    throw conflict('omission-check.by-agent', { asset: asset.name });
  if (!subject) throw conflict('omission-check.no-point', { asset: asset.name });
  if (subject.is_open) throw conflict('omission-check.under-way');
  const check = await queue(work, subject);
  if (!check) throw conflict('omission-check.under-way');
  await record(
    work,
    'omission-check.requested',
    { kind: 'omission-check', id: check.id, client },
    { asset: id },
  );
  return check;
}

const DAY_MS = 86_400_000;

/** Once a day for each source that this service itself reads, from the day after its policy on. */
export async function queueDueOmissionChecks(work: Work): Promise<void> {
  const before = new Date(work.now.getTime() - DAY_MS);
  for (const subject of await subjects(work, {}))
    if (!subject.is_open && (subject.last_asked_at ?? subject.created_at) <= before)
      await queue(work, subject);
}

/** What to list and what to hold it against, with secrets still sealed. Null when it has ended already. */
export async function startOmissionCheck(work: Work, id: string) {
  const check = await select(work)
    .where('look.id', '=', id)
    .where('look.state', '=', 'queued')
    .executeTakeFirst();
  if (!check) return null;
  const { sealed_source, ...store } = await work.db
    .selectFrom('recovery_points as point')
    .innerJoin('stores as store', (join) =>
      join.onRef('store.client_id', '=', 'point.client_id').onRef('store.id', '=', 'point.store_id'),
    )
    .innerJoin('backup_policies as policy', (join) =>
      join
        .onRef('policy.client_id', '=', 'point.client_id')
        .onRef('policy.asset_id', '=', 'point.asset_id')
        .onRef('policy.store_id', '=', 'point.store_id'),
    )
    .select(['store.address', 'store.sealed_credentials', 'store.probe', 'policy.sealed_source'])
    .where('point.id', '=', check.recovery_point_id)
    .executeTakeFirstOrThrow();
  return {
    asset: check.label,
    point: check.point,
    sealedSource: sealed_source,
    store: {
      address: store.address,
      sealedCredentials: store.sealed_credentials,
      checksums: checksumsOf(store.probe),
    },
    sealedIdentities: await listSealedVerifiers(work, check.client_id),
    trust: await listPointSigners(work, check.client_id, { isOnRecord: true }),
    missedBefore: await missedBefore(work, check.asset_id, check.data_time),
  };
}

/** Writes down what was found. Once: a second call for the same changes nothing. */
export async function finishOmissionCheck(work: Work, id: string, found: Omissions): Promise<void> {
  allow(work, 'work.finish');
  const check = await findOmissionCheck(work, id);
  const result = { ...found, beside: await notBackedUp(work, check, found.beside) };
  const ended = await work.db
    .updateTable('omission_checks')
    .set({
      state: 'done',
      looked_at: work.now,
      result: JSON.stringify(result),
      omitted: found.omitted.count,
    })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .returning('id')
    .executeTakeFirst();
  if (!ended) return;
  await record(
    work,
    found.omitted.count > 0 ? 'omission-check.omitted' : 'omission-check.none-found',
    { kind: 'omission-check', id, client: check.client },
    { asset: check.assetName, omitted: found.omitted.count, listed: found.listed },
  );
}

export async function failOmissionCheck(work: Work, id: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  await work.db
    .updateTable('omission_checks')
    .set({ state: 'failed', looked_at: work.now, ...findingColumns(found) })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute();
}

export async function findOmissionCheck(work: Work, id: string): Promise<OmissionCheck> {
  allow(work, 'protection.read');
  const row = await select(work).where('look.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('omission-check');
  return present(row);
}

/** The latest looks of a client, newest first. */
export async function listOmissionChecks(work: Work, client: string): Promise<OmissionCheck[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('look.client_id', '=', client)
    .orderBy('look.asked_at', 'desc')
    .orderBy('look.id')
    .limit(200)
    .execute();
  return rows.map(present);
}

/** What the last look at a policy's source found to be in no point; null where that is nothing. */
export const lastOmitted = (policy: string) => sql<{ count: number; foundAt: string } | null>`(
  select case when look.omitted > 0 then json_build_object(
    'count', look.omitted, 'foundAt', to_char(look.looked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end
  from omission_checks as look
  where look.client_id = ${sql.ref(`${policy}.client_id`)} and look.asset_id = ${sql.ref(`${policy}.asset_id`)}
    and look.state = 'done'
  order by look.looked_at desc limit 1)`;

type Subject = Awaited<ReturnType<typeof subjects>>[number];

/** Null: somebody else, such as another clock, asked for it in the same moment. */
async function queue(work: Work, { client_id, asset_id, point_id }: Subject): Promise<OmissionCheck | null> {
  const made = await work.db
    .insertInto('omission_checks')
    .values({
      client_id,
      asset_id,
      recovery_point_id: point_id,
      state: 'queued',
      asked_by: work.actor.name,
      asked_at: work.now,
    })
    .onConflict((open) => open.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!made) return null;
  await work.enqueue('check-omissions', { checkId: made.id });
  return findOmissionCheck(work, made.id);
}

/** Sources read by this service, with their newest point in any store. An agent looks by itself after a backup; a bucket lists itself. */
async function subjects({ db, now }: Work, { asset }: { asset?: string }) {
  let query = db
    .selectFrom('backup_policies as policy')
    .innerJoinLateral(
      (from) =>
        from
          .selectFrom('recovery_points as point')
          .whereRef('point.client_id', '=', 'policy.client_id')
          .whereRef('point.asset_id', '=', 'policy.asset_id')
          .whereRef('point.store_id', '=', 'policy.store_id')
          .where('point.data_time', '<=', now)
          .where(isThere('point'))
          .select(['point.id as point_id', 'point.data_time'])
          .orderBy('point.data_time', 'desc')
          .limit(1)
          .as('newest'),
      (join) => join.onTrue(),
    )
    .distinctOn(['policy.client_id', 'policy.asset_id'])
    .select(['policy.client_id', 'policy.asset_id', 'policy.created_at', 'newest.point_id'])
    .select((from) =>
      from
        .selectFrom('omission_checks as look')
        .whereRef('look.client_id', '=', 'policy.client_id')
        .whereRef('look.asset_id', '=', 'policy.asset_id')
        .where('look.asked_at', '<=', now)
        .select(sql<Date | null>`max(look.asked_at)`.as('at'))
        .as('last_asked_at'),
    )
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('omission_checks as look')
          .whereRef('look.client_id', '=', 'policy.client_id')
          .whereRef('look.asset_id', '=', 'policy.asset_id')
          .where('look.state', '=', 'queued')
          .select('look.id'),
      ).as('is_open'),
    )
    .where('policy.is_enabled', '=', true)
    .where(({ ref }) => isOfOpenClient(ref('policy.client_id')))
    .where('policy.agent_id', 'is', null)
    .where('policy.source_kind', '<>', 's3');
  if (asset !== undefined) query = query.where('policy.asset_id', '=', asset);
  return query
    .orderBy('policy.client_id')
    .orderBy('policy.asset_id')
    .orderBy('newest.data_time', 'desc')
    .limit(10_000)
    .execute();
}

async function isReadByAgents({ db }: Work, asset: string): Promise<boolean> {
  const policy = await db
    .selectFrom('backup_policies')
    .select('id')
    .where('asset_id', '=', asset)
    .where('source_kind', '<>', 's3')
    .where('agent_id', 'is not', null)
    .executeTakeFirst();
  return policy !== undefined;
}

/** Tables that the last look before a point was made did not find. */
export async function missedBefore({ db }: Work, asset: string, dataTime: Date): Promise<string[]> {
  const last = await db
    .selectFrom('omission_checks')
    .select(sql<string[]>`(result -> 'unconfirmed') || (result -> 'omitted' -> 'first')`.as('names'))
    .where('asset_id', '=', asset)
    .where('state', '=', 'done')
    .where('looked_at', '<', dataTime)
    .orderBy('looked_at', 'desc')
    .executeTakeFirst();
  return last?.names ?? [];
}

/** Databases of the same server that are no policy's source. */
async function notBackedUp(
  { db }: Work,
  { client, asset }: OmissionCheck,
  beside: string[],
): Promise<string[]> {
  if (beside.length === 0) return [];
  const policies = await db
    .selectFrom('backup_policies')
    .select(['asset_id', 'source_address'])
    .where('client_id', '=', client)
    .limit(10_000)
    .execute();
  const own = policies.find((policy) => policy.asset_id === asset)?.source_address ?? '';
  const named = new Set(
    policies.filter((policy) => serverOf(policy.source_address) === serverOf(own)).map(databaseOf),
  );
  return beside.filter((name) => !named.has(name));
}

const serverOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);

const databaseOf = ({ source_address: address }: { source_address: string }): string =>
  URL.canParse(address) ? decodeURIComponent(new URL(address).pathname.slice(1)) : '';

const select = ({ db }: Work) =>
  db
    .selectFrom('omission_checks as look')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'look.client_id').onRef('asset.id', '=', 'look.asset_id'),
    )
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.client_id', '=', 'look.client_id').onRef('point.id', '=', 'look.recovery_point_id'),
    )
    .selectAll('look')
    .select(['asset.name as asset_name', 'asset.label', 'point.point', 'point.data_time']);

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;

const present = (row: Row): OmissionCheck => ({
  id: row.id,
  client: row.client_id,
  asset: row.asset_id,
  assetName: row.asset_name,
  recoveryPoint: row.recovery_point_id,
  dataTime: row.data_time.toISOString(),
  state:
    row.state === 'done' ? (row.omitted > 0 ? 'omitted' : 'none-found') : (row.state as 'queued' | 'failed'),
  askedBy: row.asked_by,
  askedAt: row.asked_at.toISOString(),
  lookedAt: row.looked_at?.toISOString() ?? null,
  result: row.result as Omissions | null,
  finding: findingOfRow(row),
});
