import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, finding } from '#/plans/findings.ts';
import type { RestoreTestResult } from '#/plans/restore-test-results.ts';
import type { Amounts } from '#/plans/throughput.ts';
import type { Tools } from './job.ts';
import type { RestoreOrder } from './recovery-points/in-child.ts';
import type { DatabaseInventory, Inventory } from './sources/source.ts';
import type { Assertion, ProofResult } from './verifiers/database-checks.ts';
import { proveMariadbDump } from './verifiers/mariadb-restore.ts';
import { provePostgresqlDump } from './verifiers/postgresql-restore.ts';
import { findCopy } from './verifiers/restored-copy.ts';
import { proveSqliteCopy } from './verifiers/sqlite-restore.ts';

interface Watch {
  signal: AbortSignal;
  onProgress: (progress: Amounts) => void;
}

type Point = Omit<RestoreOrder, 'into' | 'only'> & { scratchDir: string };

/** What a proof has to work with. */
interface Restored extends Watch {
  /** The dump, or the database itself where that is one file. */
  copy: string;
  assertions: Assertion[];
  scratchDir: string;
  tools: Pick<Tools, 'openScratchDatabase' | 'programsDir'>;
}

type Of<Kind> = Extract<DatabaseInventory, { kind: Kind }>;

/** How each kind of database is brought back to life and asked. Null where this installation has no place for it. */
const PROOFS: {
  [Kind in DatabaseInventory['kind']]: (
    inventory: Of<Kind>,
    restored: Restored,
  ) => Promise<ProofResult | null>;
} = {
  postgresql: provePostgresql,
  mariadb: (inventory, { copy, ...restored }) => proveMariadbDump({ ...restored, inventory, dumpFile: copy }),
  sqlite: (inventory, { copy, ...restored }) => proveSqliteCopy({ ...restored, inventory, file: copy }),
};

/**
 * Adds level L4 to a test that passed up to L3: the copy is restored once more, and brought back to life as a database
 * that must then answer. The time measured is the whole way: from the first byte fetched until the database has answered.
 */
export async function addApplicationLevel(
  result: RestoreTestResult,
  point: Point,
  assertions: { name: string; query: string; expectation: unknown }[],
  tools: Pick<Tools, 'openScratchDatabase' | 'programsDir'> & {
    engine: Pick<Tools['engine'], 'restore'>;
  },
  watch: Watch,
): Promise<RestoreTestResult> {
  const into = join(point.scratchDir, 'application');
  await mkdir(into);
  const restored = await tools.engine.restore({ ...point, into, only: null }, watch);
  const { inventory } = restored;
  const copy = isDatabase(inventory) ? await findCopy(into, inventory.kind) : null;
  if (!isDatabase(inventory) || !copy)
    return withoutAnswer(
      result,
      finding('restore-test.not-a-database', 'The recovery point is not one of a database.'),
    );

  const proof = await prove(inventory, {
    copy,
    assertions: assertions as Assertion[],
    scratchDir: point.scratchDir,
    tools,
    ...watch,
  });
  if (proof) return joined(result, proof, { fetchSeconds: restored.seconds, bytes: restored.bytes });
  return withoutAnswer(
    result,
    finding(
      'restore-test.no-scratch-server',
      'No server for scratch databases is set. Put SCRATCH_DATABASE_URL.',
    ),
  );
}

const isDatabase = (inventory: Inventory | null): inventory is DatabaseInventory =>
  inventory !== null && inventory.kind in PROOFS;

function prove<Kind extends DatabaseInventory['kind']>(inventory: Of<Kind>, restored: Restored) {
  return PROOFS[inventory.kind as Kind](inventory, restored);
}

async function provePostgresql(
  inventory: Of<'postgresql'>,
  { tools, copy, ...restored }: Restored,
): Promise<ProofResult | null> {
  const scratch = await tools.openScratchDatabase?.();
  if (!scratch) return null;
  try {
    return await provePostgresqlDump({
      ...restored,
      inventory,
      dumpFile: copy,
      scratchUrl: scratch.url,
      programsDir: tools.programsDir,
    });
  } finally {
    await scratch.drop();
  }
}

function joined(
  result: RestoreTestResult,
  proof: ProofResult,
  { fetchSeconds, bytes }: { fetchSeconds: number; bytes: number },
): RestoreTestResult {
  const seconds = proof.seconds === null ? null : fetchSeconds + proof.seconds;
  return {
    ...result,
    verdict: proof.verdict,
    reached: proof.verdict === 'passed' ? 'L4' : result.reached,
    seconds,
    levels: [...result.levels, { level: 'L4', verdict: proof.verdict, seconds: seconds ?? 0, bytes }],
    checks: [...result.checks, ...proof.checks],
    plantedFaults: [...result.plantedFaults, ...proof.plantedFaults],
    tools: { ...result.tools, ...proof.tools },
    finding: proof.finding,
  };
}

/** L4 could not be tried: what was reached below it stays, but the test as a whole shows nothing. */
const withoutAnswer = (result: RestoreTestResult, found: Finding): RestoreTestResult => ({
  ...result,
  verdict: 'inconclusive',
  levels: [...result.levels, { level: 'L4', verdict: 'inconclusive', seconds: 0, bytes: 0 }],
  finding: found,
});
