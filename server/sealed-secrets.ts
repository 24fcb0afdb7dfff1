/** Every secret that rests sealed in the database, and how all of them come under the newest master key. */
import { sql } from 'kysely';
import type { Tools } from '#/jobs/job.ts';
import { record } from '#/plans/audit.ts';
import type { Work } from '#/plans/work.ts';
import type { Database } from './database.ts';
import type { Vault } from './vault.ts';

/** Where they lie. `purpose` is bound into what was sealed; null where the row's own column says it. */
export const SEALED = [
  { table: 'provider_keys', column: 'sealed_private', purpose: null },
  { table: 'client_keys', column: 'sealed_identity', purpose: null },
  { table: 'stores', column: 'sealed_credentials', purpose: 'store' },
  { table: 'backup_policies', column: 'sealed_source', purpose: 'source' },
  { table: 'alert_channels', column: 'sealed_address', purpose: 'alert-channel' },
  { table: 'alert_channels', column: 'sealed_secret', purpose: 'alert-channel' },
  { table: 'claim_sources', column: 'sealed_key', purpose: 'claim-key' },
  { table: 'repositories', column: 'sealed_secrets', purpose: 'repository' },
] as const;
/** What only the door opens, under a key of its own, so that whoever answers requests needs none of the master keys. */
export const SEALED_FOR_DOOR = [
  { table: 'totps', column: 'sealed_secret', purpose: 'totp' },
  { table: 'single_sign_ons', column: 'sealed_secret', purpose: 'single-sign-on' },
] as const;

type Place = (typeof SEALED)[number];

interface Parts {
  database: Pick<Database, 'providerIds'>;
  inProvider: Tools['inProvider'];
  vault: Vault;
}

export interface SecretsSeen {
  /** Under the newest key, under an older one, and those that no key opens, by the place and id of their row. */
  newest: number;
  older: number;
  closed: string[];
}

/** Opens each of them once. Nothing of what is opened is kept. */
export async function checkSecrets({ database, inProvider, vault }: Parts): Promise<SecretsSeen> {
  const seen: SecretsSeen = { newest: 0, older: 0, closed: [] };
  for (const provider of await database.providerIds())
    for (const place of SEALED)
      for (const { id, purpose, sealed } of await inProvider(provider, (work) => listSealed(work, place)))
        if (!opens(vault, provider, purpose, sealed))
          seen.closed.push(`${place.table}.${place.column} ${id}`);
        else if (vault.isNewest(sealed)) seen.newest += 1;
        else seen.older += 1;
  return seen;
}

/** Seals row by row with the newest key what an older one sealed, while services run. Answers how many there were. */
export async function resealSecrets({ database, inProvider, vault }: Parts): Promise<number> {
  let resealed = 0;
  for (const provider of await database.providerIds()) {
    let ofProvider = 0;
    for (const place of SEALED)
      for (const row of await inProvider(provider, (work) => listSealed(work, place))) {
        if (vault.isNewest(row.sealed) || !opens(vault, provider, row.purpose, row.sealed)) continue;
        const anew = vault.seal(provider, row.purpose, vault.open(provider, row.purpose, row.sealed));
        ofProvider += await inProvider(provider, (work) => replace(work, place, row, anew));
      }
    if (ofProvider > 0)
      await inProvider(provider, (work) =>
        record(
          work,
          'secrets.resealed',
          { kind: 'provider', id: provider, client: null },
          { count: ofProvider },
        ),
      );
    resealed += ofProvider;
  }
  return resealed;
}

interface SealedRow {
  id: string;
  purpose: string;
  sealed: Buffer;
}

async function listSealed({ db }: Work, { table, column, purpose }: Place): Promise<SealedRow[]> {
  const said = purpose === null ? sql.ref('purpose') : sql.val(purpose);
  const { rows } = await sql<SealedRow>`select id, ${said}::text as purpose, ${sql.ref(column)} as sealed
    from ${sql.table(table)} where ${sql.ref(column)} is not null`.execute(db);
  return rows;
}

/** Only where it is still what was opened: somebody may have put another secret there meanwhile. */
async function replace({ db }: Work, { table, column }: Place, { id, sealed }: SealedRow, anew: Buffer) {
  const { numAffectedRows } = await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${anew}
    where id = ${id} and ${sql.ref(column)} = ${sealed}`.execute(db);
  return Number(numAffectedRows ?? 0);
}

function opens(vault: Vault, provider: string, purpose: string, sealed: Buffer): boolean {
  try {
    vault.open(provider, purpose, sealed);
    return true;
  } catch {
    return false;
  }
}
