/** Repositories of other backup tools, restic's, Borg's and pgBackRest's: what lies in them, and what we proved of it by restoring. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { findAsset } from '../assets.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { Finding, findingOfRow } from '../findings.ts';
import { isWithin } from '../places.ts';
import { findSite } from '../sites.ts';
import { Checkbox, Line, OptionalDays, OptionalLine } from '../text.ts';
import type { Work } from '../work.ts';
import { REPOSITORY_STATES, selectStanding, stateOf } from './standing.ts';
import { addUsualSchedules } from './usual-schedules.ts';

export const REPOSITORY_TOOLS = ['restic', 'borg', 'pgbackrest'] as const;

/** As its own tool takes them. */
const STANZA = /^[A-Za-z0-9_-]{1,100}$/;

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
    host: OptionalLine(300).default(null).describe('Only snapshots of this machine are of the asset'),
    series: OptionalLine(1000)
      .default(null)
      .describe('restic: a path that they hold; Borg: how their names begin; pgBackRest: the stanza'),
    keptDays: OptionalDays.default(null).describe(
      'Its tool lets none go that is younger: one that goes sooner is lost. Not said: each that goes is',
    ),
    noticedDays: OptionalDays.default(null).describe('How long damage may go unnoticed'),
    opensFiles: Checkbox.default(false).describe('Its proofs open the files that came back, by kind: L4'),
    isOffsite: Checkbox.default(false).describe(
      'Said by a person: another site and another account than the source',
    ),
    site: z.uuid().nullable().default(null),
    account: OptionalLine(200)
      .default(null)
      .describe('Whose account it is in; the same words for the same account'),
    needs: z
      .array(z.uuid())
      .max(100)
      .default([])
      .describe('Assets without which nobody gets at it: a key, a line, an identity'),
  })
  .meta({ id: 'NewRepository' });
export type NewRepository = z.infer<typeof NewRepository>;

const Secret = z
  .string()
  .max(1000)
  .optional()
  .transform((given) => given || undefined);

export const RepositorySecrets = z.object({
  password: z.string().max(1000).default('').describe('Empty only where pgBackRest encrypts nothing'),
  accessKeyId: Secret,
  secretAccessKey: Secret,
});
export type RepositorySecrets = z.infer<typeof RepositorySecrets>;

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
    snapshots: z.int().describe('Of the asset, as far as somebody said which are'),
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
    .values({ client_id: client, ...columns(given), created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await addUsualSchedules(work, { client, repository: id });
  await record(work, 'repository.added', { kind: 'repository', id, client }, given);
  return findRepository(work, id);
}

export async function changeRepository(work: Work, id: string, given: NewRepository): Promise<Repository> {
  allow(work, 'protection.change');
  const before = await findRepositoryForChange(work, id);
  await refuseUnsound(work, before.client, given);
  if (given.name !== before.name) await refuseTakenName(work, before.client, given.name);
  // What was seen and proved is of the place where it was seen.
  if (given.tool === 'pgbackrest' && given.series !== before.series) throw conflict('repository.other-place');
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
  const { client, tool } = await findRepositoryForChange(work, id);
  if (tool !== 'pgbackrest' && secrets.password === '')
    throw invalid('password', 'repository.password-needed');
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

/** Null while it is being read already. */
export async function queueLook(work: Work, repository: string): Promise<string | null> {
  const { client_id } = await work.db
    .selectFrom('repositories')
    .select('client_id')
    .where('id', '=', repository)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const queued = await work.db
    .insertInto('repository_looks')
    .values({ client_id, repository_id: repository, asked_at: work.now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!queued) return null;
  await work.enqueue('look-at-repository', { lookId: queued.id });
  return queued.id;
}

/** What opens it, still sealed. */
export async function findSealed({ db }: Work, id: string) {
  return db
    .selectFrom('repositories')
    .select(['id', 'client_id', 'asset_id', 'tool', 'address', 'series', 'sealed_secrets'])
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function findRepository(work: Work, id: string): Promise<Repository> {
  allow(work, 'protection.read');
  const row = await selectStanding(work).where('repository.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('repository');
  return present(row, work.now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findRepositoryForChange(work: Work, id: string): Promise<Repository> {
  await work.db.selectFrom('repositories').select('id').where('id', '=', id).forUpdate().execute();
  return findRepository(work, id);
}

export async function listRepositories(
  work: Work,
  client: string,
  { asset }: { asset?: string } = {},
): Promise<Repository[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  let query = selectStanding(work).where('repository.client_id', '=', client);
  if (asset) query = query.where('repository.asset_id', '=', asset);
  const rows = await query.orderBy('repository.name').limit(1000).execute();
  return rows.map((row) => present(row, work.now));
}

async function refuseUnsound(
  work: Work,
  client: string,
  { tool, address, asset, series, site, needs }: NewRepository,
): Promise<void> {
  if ((await findAsset(work, asset)).client !== client) throw notFound('asset');
  if (site && (await findSite(work, site)).client !== client) throw notFound('site');
  if (new Set(needs).size < needs.length) throw invalid('needs', 'store.need-twice');
  for (const need of needs) if ((await findAsset(work, need)).client !== client) throw notFound('asset');
  if (tool === 'pgbackrest' && !STANZA.test(series ?? '')) throw invalid('series', 'repository.stanza');
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.username || url?.password) throw invalid('address', 'store.secret-in-address');
  if (url?.protocol === 'file:') {
    if (isWithin(url, work.places.stores)) return;
    throw invalid('address', 'store.place-not-allowed', { places: work.places.stores.join(', ') || '–' });
  }
  if (url?.protocol !== 's3:' || !url.hostname) throw invalid('address', 'repository.address');
  if (tool !== 'restic') throw invalid('address', 'repository.only-folder');
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

const columns = ({
  asset,
  everySeconds,
  keptDays,
  noticedDays,
  opensFiles,
  isOffsite,
  site,
  ...same
}: NewRepository) => ({
  ...same,
  asset_id: asset,
  every_seconds: everySeconds,
  kept_days: keptDays,
  noticed_days: noticedDays,
  opens_files: opensFiles,
  is_offsite: isOffsite,
  site_id: site,
});

type Row = Awaited<ReturnType<ReturnType<typeof selectStanding>['executeTakeFirstOrThrow']>>;

const present = (row: Row, now: Date): Repository => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  tool: row.tool as NewRepository['tool'],
  address: row.address,
  asset: row.asset_id,
  everySeconds: row.every_seconds,
  host: row.host,
  series: row.series,
  keptDays: row.kept_days,
  noticedDays: row.noticed_days,
  opensFiles: row.opens_files,
  isOffsite: row.is_offsite,
  site: row.site_id,
  account: row.account,
  needs: row.needs,
  state: stateOf(row, now),
  hasPassword: row.sealed_secrets !== null,
  isBeingRead: row.is_being_read,
  lookedAt: row.looked_at?.toISOString() ?? null,
  toolVersion: row.tool_version,
  snapshots: row.snapshots,
  newestAt: row.newest_at?.toISOString() ?? null,
  provedAt: row.proved_at?.toISOString() ?? null,
  provedDataTime: row.proved_data_time?.toISOString() ?? null,
  finding: findingOfRow(row),
});
