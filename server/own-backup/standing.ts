/** How far the installation could be brought back, for who runs it. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow, may } from '#/plans/access.ts';
import { notFound } from '#/plans/errors.ts';
import { Finding } from '#/plans/findings.ts';
import type { Work } from '#/plans/work.ts';
import type { Database } from '../database.ts';
import type { Settings } from '../settings.ts';
import { ownBackupHealth } from './health.ts';
import { lastProvedOwnBackup, listOwnBackups } from './records.ts';

export const OwnStanding = z.object({
  /** `none`: the installation makes no backups of itself. */
  state: z.enum(['none', 'not-yet', 'proved', 'stale', 'unproved']),
  provedAt: z.iso.datetime().nullable(),
  secondsSinceProved: z.number().nullable(),
  everySeconds: z.number().nullable(),
  store: z.string().nullable(),
  recipients: z.array(z.string()),
  /** Whether the master key lies where it is backed up too. */
  holdsMasterKey: z.boolean(),
  runs: z.array(
    z.object({
      startedAt: z.iso.datetime(),
      endedAt: z.iso.datetime().nullable(),
      state: z.enum(['running', 'proved', 'unproved', 'failed', 'stopped']),
      databasePoint: z.string().nullable(),
      filesPoint: z.string().nullable(),
      storedBytes: z.number().nullable(),
      finding: Finding.nullable(),
    }),
  ),
});
export type OwnStanding = z.infer<typeof OwnStanding>;

/** Whether they run the installation: where several providers share it, the owners of the one that is named do, or nobody. */
export async function isOperator(
  work: Pick<Work, 'actor' | 'provider' | 'db'>,
  { operator }: Pick<Settings, 'operator'>,
): Promise<boolean> {
  if (!may(work, 'installation.read')) return false;
  if (operator !== null) return operator === work.provider;
  const { rows } = await sql`select id from provider_ids() as id`.execute(work.db);
  return rows.length === 1;
}

export async function ownStanding(work: Work, settings: Settings): Promise<OwnStanding> {
  allow(work, 'installation.read');
  if (!(await isOperator(work, settings))) throw notFound('page');
  const own = settings.ownBackup;
  const database: Pick<Database, 'atDoor'> = { atDoor: (_shown, run) => run(work.db) };
  const runs = own ? await listOwnBackups(database, 10) : [];
  const health = await ownBackupHealth({ database, settings, clock: () => work.now });
  const proved = own && (await lastProvedOwnBackup(database));
  return {
    state: stateOf(health),
    provedAt: proved?.toISOString() ?? null,
    secondsSinceProved: health?.secondsSinceProved ?? null,
    everySeconds: own && own.hours * 3600,
    store: own?.store ?? null,
    recipients: own?.recipients ?? [],
    holdsMasterKey:
      'file' in settings.masterKey && settings.masterKey.file.startsWith(`${settings.dataDir}/`),
    runs: runs.map(({ id: _, ...run }) => run),
  };
}

function stateOf(health: Awaited<ReturnType<typeof ownBackupHealth>>): OwnStanding['state'] {
  if (!health) return 'none';
  if (health.secondsSinceProved === null) return health.ok ? 'not-yet' : 'unproved';
  return health.ok ? 'proved' : 'stale';
}
