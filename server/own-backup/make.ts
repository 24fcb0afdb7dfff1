/** One backup of the installation itself: its database and its files as two recovery points, both proven by restoring them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findingOf } from '#/jobs/finding.ts';
import type { BackupResult } from '#/jobs/recovery-points/contract.ts';
import {
  backupInChild,
  restoreInChild,
  type StoreAddress,
  verifyInChild,
} from '#/jobs/recovery-points/in-child.ts';
import { provePostgresqlDump } from '#/jobs/verifiers/postgresql-restore.ts';
import { findCopy } from '#/jobs/verifiers/restored-copy.ts';
import { type Finding, finding } from '#/plans/findings.ts';
import { openScratch } from '../postgresql/scratch.ts';
import type { OwnKeys } from './keys.ts';

export const DATABASE_ASSET = 'reprise-database';
export const FILES_ASSET = 'reprise-files';

/** What lies in the data folder and is brought back otherwise, or is no one's but this machine's. */
const LEFT_OUT = ['postgresql/**', 'stores/**', 'scratch/**', 'programs/**', 'demo/**'];

export interface OwnBackupRequest {
  dataDir: string;
  scratchDir: string;
  store: StoreAddress;
  /** Of whoever brings the installation back. */
  recipients: string[];
  keys: OwnKeys;
  /** The service's database, as a role that row security does not bind. It carries a password. */
  databaseUrl: string;
  /** A server on which a database can be made and dropped; null when there is none. */
  scratchUrl: string | null;
  signal: AbortSignal;
}

export interface OwnBackupOutcome {
  /** `proved`: both points were restored, and the database answered with the rows it had. */
  state: 'proved' | 'unproved' | 'failed';
  databasePoint: string | null;
  filesPoint: string | null;
  storedBytes: number;
  finding: Finding | null;
}

/** What store, database or data did wrong is an answer; the reason of `signal` and what is our own fault are thrown. */
export async function makeOwnBackup(request: OwnBackupRequest): Promise<OwnBackupOutcome> {
  const scratchDir = await mkdtemp(join(request.scratchDir, 'own-backup-'));
  try {
    return await inFolder({ ...request, scratchDir });
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

async function inFolder(request: OwnBackupRequest): Promise<OwnBackupOutcome> {
  const made: BackupResult[] = [];
  const outcome = (state: OwnBackupOutcome['state'], found: Finding | null): OwnBackupOutcome => ({
    state,
    databasePoint: made[0]?.pointId ?? null,
    filesPoint: made[1]?.pointId ?? null,
    storedBytes: made.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    finding: found,
  });
  try {
    // The database first: a document is stored before its row, so that what the rows name is among the files.
    made.push(await backUp(request, DATABASE_ASSET, request.databaseUrl, []));
    made.push(await backUp(request, FILES_ASSET, request.dataDir, LEFT_OUT));
  } catch (error) {
    request.signal.throwIfAborted();
    return outcome('failed', findingOf(error).finding);
  }
  try {
    const found = (await proveFiles(request)) ?? (await proveDatabase(request, made[0]!));
    return outcome(found ? 'unproved' : 'proved', found);
  } catch (error) {
    request.signal.throwIfAborted();
    return outcome('unproved', findingOf(error).finding);
  }
}

function backUp(
  { store, recipients, keys, dataDir, scratchDir, signal }: OwnBackupRequest,
  asset: string,
  source: string,
  exclude: string[],
): Promise<BackupResult> {
  return backupInChild(
    {
      store,
      asset,
      source,
      recipients: [...recipients, keys.recipient],
      signingKey: keys.signingKey,
      identity: keys.identity,
      rules: { include: [], exclude },
      scratchDir,
      programsDir: programsIn(dataDir),
    },
    { signal },
  );
}

const programsIn = (dataDir: string) => join(dataDir, 'programs');

/** Restores the files into an empty folder and compares them; null when they passed. */
async function proveFiles(request: OwnBackupRequest): Promise<Finding | null> {
  const { verdict, checks } = await verify(request, FILES_ASSET, 'L3');
  if (verdict === 'passed') return null;
  const [reason] = checks.flatMap(({ because }) => because ?? []);
  return { ...(reason ?? { code: 'own-backup.not-proved', params: {} }), message: 'The files did not pass.' };
}

/** Restores the dump into a database of its own, which must then hold the rows that were counted; null when it did. */
async function proveDatabase(
  request: OwnBackupRequest,
  { inventory }: BackupResult,
): Promise<Finding | null> {
  const { store, keys, scratchDir, scratchUrl, signal } = request;
  const { verdict } = await verify(request, DATABASE_ASSET, 'L2b');
  if (verdict !== 'passed') return NOT_PROVED;
  if (scratchUrl === null || inventory?.kind !== 'postgresql')
    return finding(
      'own-backup.no-scratch',
      'No server for scratch databases is set, so that nobody knows whether the copy of the database comes back.',
    );
  const into = join(scratchDir, 'database');
  await restoreInChild(
    {
      ...{ store, asset: DATABASE_ASSET, point: 'latest', identity: keys.identity, trust: [keys.publicKey] },
      ...{ into, only: null },
    },
    { signal },
  );
  await using scratch = await openScratch(scratchUrl);
  const proof = await provePostgresqlDump({
    dumpFile: (await findCopy(into, 'postgresql'))!,
    scratchUrl: scratch.url,
    inventory,
    assertions: [],
    programsDir: programsIn(request.dataDir),
    signal,
  });
  return proof.verdict === 'passed' ? null : (proof.finding ?? NOT_PROVED);
}

const NOT_PROVED = finding('own-backup.not-proved', 'A proof of the installation’s own backup did not pass.');

const verify = ({ store, keys, scratchDir, signal }: OwnBackupRequest, asset: string, level: 'L2b' | 'L3') =>
  verifyInChild(
    {
      ...{ store, asset, point: 'latest', level, scratchDir },
      ...{ identity: keys.identity, trust: [keys.publicKey] },
    },
    { signal },
  );
