/** Level L4 for MariaDB and MySQL: a dump is proven by restoring it into a server of its own, and asking that. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Progress } from '../recovery-points/contract.ts';
import { because, type Finding } from '../recovery-points/finding-codes.ts';
import { openSession, type Session } from '../sources/mariadb-connection.ts';
import { DumpRows } from '../sources/mariadb-dump-rows.ts';
import { countRows, listObjects, listTables } from '../sources/mariadb-inventory.ts';
import { findProgram, isOlder, type Program, readServerVersion } from '../sources/mariadb-programs.ts';
import { runProgram } from '../sources/mariadb-run.ts';
import { type MariadbInventory, SourceError } from '../sources/source.ts';
import {
  check,
  compareTables,
  conclude,
  type DatabaseCheck,
  NOTHING,
  type ProofOptions,
  type ProofResult,
} from './database-checks.ts';
import { plantFaults } from './database-faults.ts';
import { checkAssertion } from './mariadb-checks.ts';
import { plantable } from './mariadb-faults.ts';
import { type ScratchServer, startScratchServer } from './mariadb-server.ts';

export interface ProofRequest extends ProofOptions {
  /** A dump as SQL. */
  dumpFile: string;
  /** A private folder with room for the whole database. */
  scratchDir: string;
  /** What the database held when it was dumped. */
  inventory: MariadbInventory;
  /** Only these folders are searched for the server's programs, when given. */
  folders?: string[];
}

/**
 * Starts a scratch server, restores a dump into it, compares tables, rows and objects with the inventory, puts the
 * assertions, and plants faults that the same checks must catch. What kept it from trying is `inconclusive` and told in
 * `finding`; a bad dump is `failed`. Throws the reason of `signal`, and else only what is a fault of ours.
 */
export async function proveMariadbDump(request: ProofRequest): Promise<ProofResult> {
  const { inventory, signal } = request;
  signal?.throwIfAborted();
  const tools: Record<string, string> = {};
  const whole = await checkWhole(request.dumpFile);
  if (whole.verdict !== 'passed')
    return conclude({ checks: [whole], plantedFaults: [], seconds: null, tools });
  try {
    await using server = await startScratchServer({ ...request, ...inventory });
    tools.MariaDB = server.version;
    refuseOlder(server.version, inventory.serverVersion);
    await using restorer = await openSession(server.restorer);
    await using reader = await openSession(server.reader);
    const stop = () => {
      restorer.end();
      reader.end();
    };
    signal?.addEventListener('abort', stop);
    try {
      return await prove({ server, restorer, reader }, request, tools);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  } catch (error) {
    signal?.throwIfAborted();
    return { ...NOTHING, verdict: 'inconclusive', finding: explain(error), tools };
  }
}

interface Place {
  server: ScratchServer;
  restorer: Session;
  reader: Session;
}

async function prove(
  { server, restorer, reader }: Place,
  request: ProofRequest,
  tools: Record<string, string>,
): Promise<ProofResult> {
  const { inventory, dumpFile, signal, onProgress = () => {} } = request;
  const client = await findProgram('client', readServerVersion(server.version));
  tools[client.title.split(' ')[0]!] = client.text;
  const { size } = await stat(dumpFile);
  const tell = (phase: Progress['phase'], bytes: number) =>
    onProgress({ phase, files: 1, bytes, totalBytes: size });

  const startedAt = performance.now();
  tell('restore', 0);
  const restored = await restore(client, server, request);
  if (restored.verdict !== 'passed')
    return conclude({ checks: [restored], plantedFaults: [], seconds: null, tools });
  tell('compare', size);
  const tables = await countRows(restorer, await listTables(restorer), signal);
  const checks = [
    restored,
    ...compareTables(inventory.tables, tables),
    ...compareObjects(inventory.objects, await listObjects(restorer)),
  ];
  for (const assertion of request.assertions) checks.push(await checkAssertion(reader, assertion));
  const seconds = (performance.now() - startedAt) / 1000;

  tell('plant', size);
  const hurt = plantable({ restorer, reader }, () => readHalf(dumpFile, size));
  const plantedFaults = await plantFaults(hurt, tables);
  return conclude({ checks, plantedFaults, seconds, tools });
}

/** A dump that was cut between two statements restores without an error, so its last line is looked for. */
async function checkWhole(dumpFile: string, end = Number.POSITIVE_INFINITY): Promise<DatabaseCheck> {
  const seen = new DumpRows();
  await pipeline(
    createReadStream(dumpFile, { end }),
    seen,
    new Writable({ write: (_piece, _as, done) => done() }),
  );
  return {
    ...check(
      'restore of the dump',
      'the dump has its last line',
      seen.isWhole ? 'it has' : 'it ends too soon',
      seen.isWhole ? 'passed' : 'failed',
      null,
    ),
    because: seen.isWhole ? null : because('database.dump-cut', {}),
  };
}

async function readHalf(dumpFile: string, size: number) {
  const {
    verdict,
    because: why,
    observed,
  } = await checkWhole(dumpFile, Math.max(0, Math.floor(size / 2) - 1));
  return { isCaught: verdict === 'failed', why, said: observed };
}

async function restore(
  client: Program,
  server: ScratchServer,
  request: ProofRequest,
): Promise<DatabaseCheck> {
  const { status, complaint } = await runProgram(
    client,
    // Binary mode takes no orders to the client itself, such as to run a program, from what is in the dump.
    ['--binary-mode', '--default-character-set=utf8mb4', '--max-allowed-packet=1G'],
    {
      target: server.restorer,
      privateDir: request.scratchDir,
      signal: request.signal,
      input: createReadStream(request.dumpFile),
    },
  );
  const isDone = status === 0;
  const original = complaint || `it ended with status ${status}`;
  const isLack = LACKS.test(complaint);
  return {
    ...check(
      'restore of the dump',
      'the client ends without an error',
      isDone ? 'it did' : original,
      isDone ? 'passed' : isLack ? 'inconclusive' : 'failed',
      null,
    ),
    because: isDone
      ? null
      : because(isLack ? 'database.restore-lacks' : 'database.restore-failed', { original }),
  };
}

/** What our test place lacks, which says nothing of the dump: a right, room, an engine, a collation, the server itself. */
const LACKS =
  /ERROR (1044|1045|1142|1227|1370|1114|1021|2002|2006|2013|1286|1273|1115|1193|1231|4031)\b|No space left/;

function compareObjects(expected: string[], observed: string[]): DatabaseCheck[] {
  const missing = expected.filter((one) => !observed.includes(one));
  const extra = observed.filter((one) => !expected.includes(one));
  const isSame = missing.length === 0 && extra.length === 0;
  return [
    {
      ...check(
        'views, triggers, routines, events',
        `${expected.length} of them`,
        isSame ? `${observed.length} of them` : `missing: ${list(missing)}; extra: ${list(extra)}`,
        isSame ? 'passed' : 'failed',
        null,
      ),
      because: isSame
        ? null
        : because('database.objects-differ', { missing: list(missing), extra: list(extra) }),
    },
  ];
}

const list = (names: string[]) => names.slice(0, 20).join(', ') || '–';

/** A dump of MySQL is tried in any case: what MariaDB does not know of it shows in the restore. */
function refuseOlder(server: string, source: string): void {
  const [here, there] = [readServerVersion(server), readServerVersion(source)];
  if (here.make !== there.make || !isOlder(here, there)) return;
  throw new SourceError(
    'failed',
    because('database.server-older', { server, source }),
    `The scratch server is ${server}, older than ${source} of the source. Install the same version or a newer one.`,
  );
}

/** Words for what kept the test from running; what is no such thing is thrown on. */
function explain(error: unknown): Finding {
  const { message } = error as Error;
  if (error instanceof SourceError) return { ...error.because, message };
  if (/^(ER_|PROTOCOL_|ECONN|ENOSPC)/.test((error as { code?: string }).code ?? ''))
    return {
      ...because('database.refused', { original: message }),
      message: `The scratch server refused (${message}).`,
    };
  throw error;
}
