/** Repositories of other backup tools, restic's and Borg's: what lies in them, and what we proved of it by restoring. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { findAsset } from '../assets.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { Finding, findingOfRow } from '../findings.ts';
import { isWithin } from '../places.ts';
import { Line } from '../text.ts';
import type { Work } from '../work.ts';

export const REPOSITORY_TOOLS = ['restic', 'borg'] as const;

export const NewRepository = z
  .object({
    name: Line(100),
    tool: z.enum(REPOSITORY_TOOLS),
    address: Line(1000).describe('`file:///folder`, or for restic `s3://bucket/prefix?endpoint=https://…`'),
    asset: z.uuid().describe('What it protects'),
    everySeconds: z.coerce
      .number()
      .int()
      .min(300)
      .max(31_622_400)
      .default(86_400)
      .describe('A snapshot comes at least as often'),
  })
  .meta({ id: 'NewRepository' });
export type NewRepository = z.infer<typeof NewRepository>;

const Secret = z
  .string()
  .max(1000)
  .optional()
  .transform((given) => given || undefined);

export const RepositorySecrets = z.object({
  password: z.string().min(1).max(1000),
  accessKeyId: Secret,
  secretAccessKey: Secret,
});
export type RepositorySecrets = z.infer<typeof RepositorySecrets>;

/** `proved` is the only one that a restore of ours stands behind. */
export const REPOSITORY_STATES = [
  'no-password',
  'never-read',
  'unreadable',
  'empty',
  'late',
  'listed',
  'proved',
  'proof-failed',
] as const;
export type RepositoryState = (typeof REPOSITORY_STATES)[number];

export const Repository = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewRepository.shape,
    everySeconds: z.int(),
    state: z
      .enum(REPOSITORY_STATES)
      .describe('`listed` is what the tool itself lists; `proved`: its newest snapshot was restored by us'),
    hasPassword: z.boolean(),
    isBeingRead: z.boolean(),
    lookedAt: z.iso.datetime().nullable(),
    toolVersion: z.string().nullable(),
    snapshots: z.int(),
    newestAt: z.iso.datetime().nullable().describe('Data time of its newest snapshot, as its tool says'),
    provedAt: z.iso
      .datetime()
      .nullable()
      .describe('Of the newest snapshot that a proof of ours passed: when that ended'),
    provedDataTime: z.iso.datetime().nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'Repository' });
export type Repository = z.infer<typeof Repository>;

export async function addRepository(work: Work, client: string, given: NewRepository): Promise<Repository> {
  allow(work, 'protection.change');
  await findClient(work, client);
  await refuseUnsound(work, client, given);
  await refuseTakenName(work, client, given.name);
  const { id } = await work.db
    .insertInto('repositories')
    .values({ client_id: client, ...columns(given), next_look_at: work.now, created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'repository.added', { kind: 'repository', id, client }, given);
  return findRepository(work, id);
}

export async function changeRepository(work: Work, id: string, given: NewRepository): Promise<Repository> {
  allow(work, 'protection.change');
  const before = await findRepositoryForChange(work, id);
  await refuseUnsound(work, before.client, given);
  if (given.name !== before.name) await refuseTakenName(work, before.client, given.name);
  // What was seen and proved is of the place where it was seen.
  if (given.address !== before.address || given.tool !== before.tool || given.asset !== before.asset)
    throw conflict('repository.other-place');
  await work.db.updateTable('repositories').set(columns(given)).where('id', '=', id).execute();
  await record(
    work,
    'repository.changed',
    { kind: 'repository', id, client: before.client },
    { before, after: given },
  );
  return findRepository(work, id);
}

/** Seals what opens it, and has it read. Nobody is shown it again. */
export async function giveSecrets(work: Work, id: string, secrets: RepositorySecrets): Promise<Repository> {
  allow(work, 'protection.change');
  const { client } = await findRepositoryForChange(work, id);
  await work.db
    .updateTable('repositories')
    .set({ sealed_secrets: work.seal('repository', JSON.stringify(secrets)) })
    .where('id', '=', id)
    .execute();
  await record(work, 'repository.secrets-given', { kind: 'repository', id, client });
  await queueLook(work, id);
  return findRepository(work, id);
}

/** Asks for its list now. */
export async function requestLook(work: Work, id: string): Promise<Repository> {
  allow(work, 'restore-test.request');
  const { client, hasPassword, name } = await findRepositoryForChange(work, id);
  if (!hasPassword) throw conflict('repository.no-password', { name });
  await queueLook(work, id);
  await record(work, 'repository.look-asked', { kind: 'repository', id, client });
  return findRepository(work, id);
}

export async function queueLook(work: Work, id: string): Promise<void> {
  const queued = await work.db
    .updateTable('repositories')
    .set({ look: 'queued' })
    .where('id', '=', id)
    .where('look', '=', 'waiting')
    .returning('id')
    .executeTakeFirst();
  if (queued) await work.enqueue('look-at-repository', { repositoryId: id });
}

/** What opens it, still sealed. */
export async function findSealed({ db }: Work, id: string) {
  return db
    .selectFrom('repositories')
    .select(['client_id', 'asset_id', 'tool', 'address', 'sealed_secrets'])
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function findRepository(work: Work, id: string): Promise<Repository> {
  allow(work, 'protection.read');
  const row = await select(work).where('repository.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('repository');
  return present(row, work.now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findRepositoryForChange(work: Work, id: string): Promise<Repository> {
  await work.db.selectFrom('repositories').select('id').where('id', '=', id).forUpdate().execute();
  return findRepository(work, id);
}

export async function listRepositories(work: Work, client: string): Promise<Repository[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('repository.client_id', '=', client)
    .orderBy('repository.name')
    .limit(1000)
    .execute();
  return rows.map((row) => present(row, work.now));
}

async function refuseUnsound(
  work: Work,
  client: string,
  { tool, address, asset }: NewRepository,
): Promise<void> {
  if ((await findAsset(work, asset)).client !== client) throw notFound('asset');
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.username || url?.password) throw invalid('address', 'store.secret-in-address');
  if (url?.protocol === 'file:') {
    if (isWithin(url, work.places.stores)) return;
    throw invalid('address', 'store.place-not-allowed', { places: work.places.stores.join(', ') || '–' });
  }
  if (url?.protocol !== 's3:' || !url.hostname) throw invalid('address', 'repository.address');
  if (tool === 'borg') throw invalid('address', 'repository.borg-folder');
}

async function refuseTakenName({ db }: Work, client: string, name: string): Promise<void> {
  const taken = await db
    .selectFrom('repositories')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('repository.name-taken', { name });
}

const columns = ({ name, tool, address, asset, everySeconds }: NewRepository) => ({
  ...{ name, tool, address, asset_id: asset, every_seconds: everySeconds },
});

const select = ({ db }: Work) =>
  db
    .selectFrom('repositories as repository')
    .selectAll('repository')
    .select((from) => [
      from
        .selectFrom('repository_snapshots as one')
        .select((one) => one.fn.countAll<number>().as('count'))
        .whereRef('one.repository_id', '=', 'repository.id')
        .whereRef('one.client_id', '=', 'repository.client_id')
        .where('one.gone_at', 'is', null)
        .as('snapshots'),
      from
        .selectFrom('repository_snapshots as one')
        .select((one) => one.fn.max('one.data_time').as('at'))
        .whereRef('one.repository_id', '=', 'repository.id')
        .whereRef('one.client_id', '=', 'repository.client_id')
        .where('one.gone_at', 'is', null)
        .as('newest_at'),
      from
        .selectFrom('repository_proofs as proof')
        .innerJoin('repository_snapshots as one', (join) =>
          join.onRef('one.id', '=', 'proof.snapshot_id').onRef('one.client_id', '=', 'proof.client_id'),
        )
        .select('proof.finished_at')
        .whereRef('proof.repository_id', '=', 'repository.id')
        .whereRef('proof.client_id', '=', 'repository.client_id')
        .where('proof.state', '=', 'passed')
        .where('one.gone_at', 'is', null)
        .orderBy('one.data_time', 'desc')
        .orderBy('proof.finished_at')
        .limit(1)
        .as('proved_at'),
      from
        .selectFrom('repository_proofs as proof')
        .innerJoin('repository_snapshots as one', (join) =>
          join.onRef('one.id', '=', 'proof.snapshot_id').onRef('one.client_id', '=', 'proof.client_id'),
        )
        .select((one) => one.fn.max('one.data_time').as('at'))
        .whereRef('proof.repository_id', '=', 'repository.id')
        .whereRef('proof.client_id', '=', 'repository.client_id')
        .where('proof.state', '=', 'passed')
        .where('one.gone_at', 'is', null)
        .as('proved_data_time'),
      from
        .selectFrom('repository_proofs as proof')
        .select('proof.state')
        .whereRef('proof.repository_id', '=', 'repository.id')
        .whereRef('proof.client_id', '=', 'repository.client_id')
        .where('proof.state', 'in', ['passed', 'failed'])
        .orderBy('proof.finished_at', 'desc')
        .limit(1)
        .as('last_verdict'),
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

function present(row: Row, now: Date): Repository {
  return {
    id: row.id,
    client: row.client_id,
    name: row.name,
    tool: row.tool as NewRepository['tool'],
    address: row.address,
    asset: row.asset_id,
    everySeconds: row.every_seconds,
    state: stateOf(row, now),
    hasPassword: row.sealed_secrets !== null,
    isBeingRead: row.look !== 'waiting',
    lookedAt: row.looked_at?.toISOString() ?? null,
    toolVersion: row.tool_version,
    snapshots: Number(row.snapshots ?? 0),
    newestAt: row.newest_at?.toISOString() ?? null,
    provedAt: row.proved_at?.toISOString() ?? null,
    provedDataTime: row.proved_data_time?.toISOString() ?? null,
    finding: findingOfRow(row),
  };
}

/** The worst first; the newest snapshot counts as proved only when it is the one that was restored. */
function stateOf(row: Row, now: Date): RepositoryState {
  if (row.sealed_secrets === null) return 'no-password';
  if (row.finding !== null) return 'unreadable';
  if (row.looked_at === null) return 'never-read';
  if (!row.newest_at) return 'empty';
  if (row.last_verdict === 'failed') return 'proof-failed';
  // A look that is old tells nothing of today.
  const oldest = now.getTime() - row.every_seconds * 1000;
  if (row.newest_at.getTime() < oldest) return 'late';
  return row.proved_data_time?.getTime() === row.newest_at.getTime() ? 'proved' : 'listed';
}
