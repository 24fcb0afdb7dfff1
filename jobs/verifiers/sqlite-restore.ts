/** Level L4 for SQLite: the restored file is examined by SQLite itself, compared, and asked. */
import { copyFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../recovery-points/contract.ts';
import { because } from '../recovery-points/finding-codes.ts';
import type { SqliteInventory } from '../sources/source.ts';
import { quoteName } from '../sources/sqlite-inventory.ts';
import {
  type Assertion,
  check,
  compareTables,
  conclude,
  type DatabaseCheck,
  judgeAnswer,
  NOTHING,
  type ProofOptions,
  type ProofResult,
} from './database-checks.ts';
import { type Plantable, plantFaults } from './database-faults.ts';
import { ask, change, inspect, type Seen } from './sqlite-process.ts';

const ASSERTION_MS = 60_000;

export interface ProofRequest extends ProofOptions {
  /** The restored database. It is only read: faults are planted in copies. */
  file: string;
  /** A private folder with room for one more copy. */
  scratchDir: string;
  /** What the database held when it was copied. */
  inventory: SqliteInventory;
}

/**
 * Lets SQLite check the file, compares tables, rows and references with the inventory, puts the assertions, and plants
 * faults that the same checks must catch. What kept it from trying is `inconclusive`; a bad file is `failed`. Throws the
 * reason of `signal`, and else only what is a fault of ours.
 */
export async function proveSqliteCopy(request: ProofRequest): Promise<ProofResult> {
  const { file, inventory, signal, onProgress = () => {} } = request;
  const tools = { SQLite: process.versions.sqlite ?? '' };
  const { size } = await stat(file);
  const tell = (phase: Progress['phase']) => onProgress({ phase, files: 1, bytes: size, totalBytes: size });

  const startedAt = performance.now();
  tell('compare');
  const seen = await inspect(file, { signal });
  const sound = checkSound(seen);
  if (sound.verdict !== 'passed')
    return conclude({ checks: [sound], plantedFaults: [], seconds: null, tools });
  const checks = [
    sound,
    ...compareTables(inventory.tables, seen.tables),
    checkReferences(inventory.brokenReferences, seen.brokenReferences),
  ];
  for (const assertion of request.assertions) checks.push(await checkAssertion(file, assertion, signal));
  const seconds = (performance.now() - startedAt) / 1000;

  tell('plant');
  try {
    const plantedFaults = await plantFaults(plantable(request), seen.tables);
    return conclude({ checks, plantedFaults, seconds, tools });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    const message = 'There is no room for a copy in which faults can be planted.';
    const finding = { ...because('database.restore-lacks', { original: message }), message };
    return { ...NOTHING, verdict: 'inconclusive', finding, tools };
  }
}

function checkSound({ damage }: Seen): DatabaseCheck {
  return {
    ...check(
      'integrity of the database',
      'SQLite finds nothing wrong',
      damage ?? 'it found nothing',
      damage === null ? 'passed' : 'failed',
      null,
    ),
    because: damage === null ? null : because('database.damaged', { original: damage }),
  };
}

function checkReferences(expected: number, found: number): DatabaseCheck {
  return {
    ...check(
      'rows that point at nothing',
      String(expected),
      String(found),
      expected === found ? 'passed' : 'failed',
      null,
    ),
    because: expected === found ? null : because('database.references-differ', { expected, found }),
  };
}

function checkAssertion(file: string, assertion: Assertion, signal?: AbortSignal): Promise<DatabaseCheck> {
  const limits = { signal, longestMs: ASSERTION_MS };
  return judgeAnswer(assertion, (query) => ask(file, query, limits), { true: '1', false: '0' });
}

/** Each fault is planted in a copy, which then takes the file's place until it was looked at. */
function plantable({ file, scratchDir, signal }: ProofRequest): Plantable {
  const hurt = join(scratchDir, 'hurt.sqlite');
  let current = file;
  const inCopy = async <T>(work: () => Promise<T>): Promise<T> => {
    await copyFile(file, hurt);
    current = hurt;
    try {
      return await work();
    } finally {
      current = file;
      await rm(hurt, { force: true });
    }
  };
  return {
    countRows: async () => (await inspect(current, { signal })).tables,
    check: (assertion) => checkAssertion(current, assertion, signal),
    countQuery: ({ name }) => `select count(*) from ${quoteName(name)}`,
    withoutRow: ({ name }, work) =>
      inCopy(async () => {
        const table = quoteName(name);
        const deleted = await change(
          hurt,
          `delete from ${table} where rowid = (select rowid from ${table} limit 1)`,
          { signal },
        ).catch(() => 0); // held by a trigger, or a table without such numbers
        return deleted === 1 ? work() : null;
      }),
    withoutTable: ({ name }, work) =>
      inCopy(async () => {
        const isDropped = await change(hurt, `drop table ${quoteName(name)}`, { signal }).then(
          () => true,
          () => false, // a part of a virtual table
        );
        return isDropped ? work() : null;
      }),
    readHalf: () =>
      inCopy(async () => {
        await truncate(hurt, Math.floor((await stat(hurt)).size / 2));
        const { verdict, because: why, observed } = checkSound(await inspect(hurt, { signal }));
        return { isCaught: verdict === 'failed', why, said: observed };
      }),
  };
}
