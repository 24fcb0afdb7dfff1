/** Level L4 for PostgreSQL: a dump is proven by restoring it and asking the restored database. */
import { stat } from 'node:fs/promises';
import type { Progress } from '../recovery-points/contract.ts';
import { type Because, because, type Finding } from '../recovery-points/finding-codes.ts';
import {
  codeOf,
  isUnreachable,
  networkCause,
  openSession,
  type Session,
} from '../sources/postgresql-connection.ts';
import { countRows, readServerVersion } from '../sources/postgresql-inventory.ts';
import { findProgram, type Program, type WhereToLook } from '../sources/postgresql-programs.ts';
import { runProgram, splitPassword } from '../sources/postgresql-run.ts';
import { type PostgresqlInventory, SourceError } from '../sources/source.ts';
import {
  compareTables,
  conclude,
  type DatabaseCheck,
  NOTHING,
  type ProofOptions,
  type ProofResult,
} from './database-checks.ts';
import { plantFaults } from './database-faults.ts';
import { checkAssertion, openTables } from './postgresql-checks.ts';
import { plantable } from './postgresql-faults.ts';

export interface ProofRequest extends ProofOptions, WhereToLook {
  /** A dump in pg_dump's custom format. */
  dumpFile: string;
  /** An empty database of its own, as its owner: what is in it is changed, and it is thrown away afterwards. */
  scratchUrl: string;
  /** What the database held when it was dumped. */
  inventory: PostgresqlInventory;
}

/**
 * Restores a dump into a scratch database, compares tables and rows with the inventory, puts the assertions, and plants
 * faults that the same checks must catch. What kept it from trying is `inconclusive` and told in `finding`; a bad dump is
 * `failed`. Throws the reason of `signal`, and else only what is a fault of ours.
 */
export async function provePostgresqlDump(request: ProofRequest): Promise<ProofResult> {
  const { signal } = request;
  signal?.throwIfAborted();
  const tools: Record<string, string> = {};
  try {
    await using session = await openSession(request.scratchUrl);
    const stop = () => void session.end();
    signal?.addEventListener('abort', stop);
    try {
      return await prove(session, request, tools);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  } catch (error) {
    signal?.throwIfAborted();
    return { ...NOTHING, verdict: 'inconclusive', finding: explain(error), tools };
  }
}

async function prove(
  session: Session,
  request: ProofRequest,
  tools: Record<string, string>,
): Promise<ProofResult> {
  const { inventory, dumpFile, signal, onProgress = () => {} } = request;
  const server = await readServerVersion(session);
  tools.PostgreSQL = server;
  refuseOlder(server, inventory.serverVersion);
  const pgRestore = await findProgram('pg_restore', majorOf(inventory.program), request);
  tools.pg_restore = pgRestore.version;
  const { size } = await stat(dumpFile);
  const tell = (phase: Progress['phase'], bytes: number) =>
    onProgress({ phase, files: 1, bytes, totalBytes: size });

  const startedAt = performance.now();
  tell('restore', 0);
  const restored = await restore(pgRestore, request);
  if (restored.verdict !== 'passed')
    return conclude({ checks: [restored], plantedFaults: [], seconds: null, tools });
  tell('compare', size);
  await openTables(session);
  const tables = await countRows(session, signal);
  const checks = [restored, ...compareTables(inventory.tables, tables)];
  for (const assertion of request.assertions) checks.push(await checkAssertion(session, assertion));
  const seconds = (performance.now() - startedAt) / 1000;

  tell('plant', size);
  const plantedFaults = await plantFaults(plantable(session, { dumpFile, pgRestore, signal }), tables);
  return conclude({ checks, plantedFaults, seconds, tools });
}

async function restore(pgRestore: Program, request: ProofRequest): Promise<DatabaseCheck> {
  const { address, password } = splitPassword(request.scratchUrl);
  // Owners and rights name roles of the source; a dump does not hold them.
  const args = ['--exit-on-error', '--no-owner', '--no-privileges', '--no-password', `--dbname=${address}`];
  const { status, complaint } = await runProgram(pgRestore, [...args, request.dumpFile], {
    password,
    signal: request.signal,
  });
  const isDone = status === 0;
  const original = complaint || `it ended with status ${status}`;
  const code = isOurLack(complaint) ? 'database.restore-lacks' : 'database.restore-failed';
  return {
    name: 'restore of the dump',
    level: 'L4',
    verdict: isDone ? 'passed' : isOurLack(complaint) ? 'inconclusive' : 'failed',
    expected: 'pg_restore ends without an error',
    observed: isDone ? 'it did' : original,
    where: null,
    because: isDone ? null : because(code, { original }),
  };
}

/** Whether a restore failed for something that our test place lacks, which says nothing of the dump. */
function isOurLack(complaint: string): boolean {
  return LACKS.some((lack) => lack.test(complaint));
}

const LACKS = [
  /connection to server|server closed the connection|terminating connection/,
  /No space left on device|could not extend file|out of memory/,
  /permission denied to create|must be superuser|must be owner of|is not a trusted|permission denied for/,
  /extension ".*" is not available|could not open extension control file|could not access file/,
  /role ".*" does not exist|tablespace ".*" does not exist|collation ".*" .*does not exist/,
  /unsupported version \(.*\) in file header/,
];

function refuseOlder(server: string, source: string): void {
  if (majorOf(server) >= majorOf(source)) return;
  throw new SourceError(
    'failed',
    because('database.server-older', { server, source }),
    `The scratch server is PostgreSQL ${server}, older than the ${source} of the source. Restore into the same major version or a newer one.`,
  );
}

/** The first number in a version or in a program with its version: `pg_dump 18.0` gives 18. */
function majorOf(version: string): number {
  return Number(/\d+/.exec(version)?.[0]);
}

/** Words for what kept the test from running; what is no such thing is thrown on. */
function explain(error: unknown): Finding {
  if (error instanceof SourceError) return { ...error.because, message: error.message };
  const { message } = error as Error;
  const told = (why: Because, sentence: string): Finding => ({ ...why, message: sentence });
  if (isUnreachable(error))
    return told(
      because('database.unreachable', { cause: networkCause(error) }),
      `The scratch database cannot be reached (${message}).`,
    );
  // PostgreSQL's own codes have five characters.
  if (/^[0-9A-Z]{5}$/.test(codeOf(error) ?? ''))
    return told(
      because('database.refused', { original: message }),
      `The scratch database refused (${message}).`,
    );
  throw error;
}
