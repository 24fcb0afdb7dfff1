/** Other backup tools that tell how their jobs end. What they say is shown as said, under a mark of its own. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { findAsset } from '../assets.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, notFound } from '../errors.ts';
import { Line } from '../text.ts';
import type { Work } from '../work.ts';
import { ClaimRhythm, cadenceFrom, expectedFrom, rhythmFrom } from './expected.ts';
import { CLAIM_STATES, claimStanding } from './standing.ts';
import { latestWords } from './words.ts';

const Seconds = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

export const NewClaimSource = z
  .object({
    name: Line(100).describe('As the job is called in the other tool'),
    vendor: Line(100).describe('Who says it, such as Veeam or Synology'),
    asset: z.uuid().describe('What it is said to protect'),
    ...ClaimRhythm,
    graceSeconds: Seconds(60, 2_592_000).default(3600).describe('It is late for so long, and then missing'),
    longestSeconds: z
      .preprocess((given) => (given === '' ? null : given), Seconds(60, 2_592_000).nullable())
      .default(null)
      .describe('What began and has not ended by then counts as not ended'),
  })
  .meta({ id: 'NewClaimSource' });
export type NewClaimSource = z.infer<typeof NewClaimSource>;

export const ClaimSource = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewClaimSource.shape,
    graceSeconds: z.int(),
    everySeconds: z.int().nullable(),
    longestSeconds: z.int().nullable(),
    state: z
      .enum(CLAIM_STATES)
      .describe('What it says of itself. Nothing of it is proof: `said-ok` is the word of the vendor'),
    lastOkAt: z.iso.datetime().nullable(),
    expectedAt: z.iso.datetime().nullable(),
    missingAt: z.iso.datetime().nullable(),
    addressMadeAt: z.iso.datetime().nullable().describe('Null: nobody can tell anything yet'),
  })
  .meta({ id: 'ClaimSource' });
export type ClaimSource = z.infer<typeof ClaimSource>;

export async function addClaimSource(
  work: Work,
  client: string,
  given: NewClaimSource,
): Promise<ClaimSource> {
  allow(work, 'protection.change');
  await findClient(work, client);
  await refuseForeign(work, client, given);
  await refuseTakenName(work, client, given.name);
  const { id } = await work.db
    .insertInto('claim_sources')
    .values({ client_id: client, ...columns(given), created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'claim-source.added', { kind: 'claim-source', id, client }, given);
  return findClaimSource(work, id);
}

export async function changeClaimSource(work: Work, id: string, given: NewClaimSource): Promise<ClaimSource> {
  allow(work, 'protection.change');
  const before = await findClaimSourceForChange(work, id);
  await refuseForeign(work, before.client, given);
  if (given.name !== before.name) await refuseTakenName(work, before.client, given.name);
  await work.db.updateTable('claim_sources').set(columns(given)).where('id', '=', id).execute();
  const subject = { kind: 'claim-source', id, client: before.client };
  await record(work, 'claim-source.changed', subject, { before, after: given });
  return findClaimSource(work, id);
}

/** Goes with all that it said: it was never proof of anything. */
export async function removeClaimSource(work: Work, id: string): Promise<ClaimSource> {
  allow(work, 'protection.change');
  const before = await findClaimSourceForChange(work, id);
  await work.db.deleteFrom('claim_sources').where('id', '=', id).execute();
  await record(work, 'claim-source.removed', { kind: 'claim-source', id, client: before.client }, { before });
  return before;
}

/** Gives it an address, in the place of the one before. `hash` is of a token made at the edge, which shows it once. */
export async function openClaimAddress(
  work: Work,
  id: string,
  { hash, key }: { hash: string; key: string },
): Promise<ClaimSource> {
  allow(work, 'protection.change');
  const before = await findClaimSourceForChange(work, id);
  await work.db
    .updateTable('claim_sources')
    .set({ token_hash: hash, sealed_key: work.seal('claim-key', key), token_made_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'claim-source.address-made', { kind: 'claim-source', id, client: before.client });
  return findClaimSource(work, id);
}

export async function findClaimSource(work: Work, id: string): Promise<ClaimSource> {
  allow(work, 'protection.read');
  const row = await selectSources(work).where('source.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('claim-source');
  const words = await latestWords(work, [id]);
  return present(row, words.get(id) ?? [], work.now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findClaimSourceForChange(work: Work, id: string): Promise<ClaimSource> {
  await work.db.selectFrom('claim_sources').select('id').where('id', '=', id).forUpdate().execute();
  return findClaimSource(work, id);
}

export async function listClaimSources(work: Work, client: string): Promise<ClaimSource[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await selectSources(work)
    .where('source.client_id', '=', client)
    .orderBy('source.name')
    .limit(1000)
    .execute();
  const words = await latestWords(
    work,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => present(row, words.get(row.id) ?? [], work.now));
}

/** With the zone of their client, in which they are expected. */
export const selectSources = ({ db }: Pick<Work, 'db'>) =>
  db
    .selectFrom('claim_sources as source')
    .innerJoin('clients as client', 'client.client_id', 'source.client_id')
    .selectAll('source')
    .select('client.time_zone');

async function refuseForeign(work: Work, client: string, { asset }: NewClaimSource): Promise<void> {
  if ((await findAsset(work, asset)).client !== client) throw notFound('asset');
}

async function refuseTakenName({ db }: Work, client: string, name: string): Promise<void> {
  const taken = await db
    .selectFrom('claim_sources')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('claim-source.name-taken', { name });
}

const columns = ({ name, vendor, asset, graceSeconds, longestSeconds, ...rhythm }: NewClaimSource) => ({
  name,
  vendor,
  asset_id: asset,
  cadence: JSON.stringify(cadenceFrom(rhythm)),
  grace_seconds: graceSeconds,
  longest_seconds: longestSeconds,
});

function present(
  row: {
    id: string;
    client_id: string;
    name: string;
    vendor: string;
    asset_id: string;
    cadence: unknown;
    time_zone: string;
    grace_seconds: number;
    longest_seconds: number | null;
    token_made_at: Date | null;
  },
  words: Parameters<typeof claimStanding>[0],
  now: Date,
): ClaimSource {
  const { state, lastOkAt, expectedAt, missingAt } = claimStanding(words, expectedFrom(row), now);
  return {
    id: row.id,
    client: row.client_id,
    name: row.name,
    vendor: row.vendor,
    asset: row.asset_id,
    ...rhythmFrom(row.cadence),
    graceSeconds: row.grace_seconds,
    longestSeconds: row.longest_seconds,
    state,
    lastOkAt: lastOkAt?.toISOString() ?? null,
    expectedAt: expectedAt?.toISOString() ?? null,
    missingAt: missingAt?.toISOString() ?? null,
    addressMadeAt: row.token_made_at?.toISOString() ?? null,
  };
}
