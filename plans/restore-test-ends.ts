/** The end of an attempt at a restore test: what it proved, or when it is tried again. */
import { type RawBuilder, sql } from 'kysely';
import { allow } from './access.ts';
import { countRetries, endAttempt, endOpenAttempt } from './attempts.ts';
import { record } from './audit.ts';
import type { ContentProfile } from './content/profile.ts';
import { noteContent } from './content-looks.ts';
import { tellDrill } from './drills/tell.ts';
import { recordEvidence } from './evidence.ts';
import { levelsIn, TEST_LEVELS, type TestLevel } from './facts.ts';
import { type Finding, findingColumns } from './findings.ts';
import { notePackProofs, type PackProof } from './pack-proofs.ts';
import { pauseFrom } from './pauses.ts';
import { findRecoveryPoint, type RecoveryPoint } from './recovery-points.ts';
import { nothingShown, type RestoreTestResult } from './restore-test-results.ts';
import { findRestoreTest, type RestoreTest } from './restore-tests.ts';
import type { Work } from './work.ts';

/** A year: ANSSI hygiene 37.R and ReCyF 13.2 ask for a restore exercise with a trace each year. */
const PROOF_VALID_MS = 365 * 86_400_000;

/** Puts a test off whose store could not be reached. False when it was tried as often as there are pauses, in seconds. */
export async function retryRestoreTest(
  work: Work,
  { run: id, attempt }: { run: string; attempt: number },
  found: Finding,
  pauses: readonly number[],
): Promise<boolean> {
  allow(work, 'work.finish');
  const pause = pauses[await countRetries(work, id)];
  if (pause === undefined) return false;
  if (!(await endAttempt(work, { run: id, number: attempt }, 'retried', found))) return true;
  const again = pauseFrom(work.now, pause);
  const test = await work.db
    .updateTable('restore_tests')
    .set({ state: 'queued', retry_at: again.at, progress: null })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .returning(['client_id', 'rank'])
    .executeTakeFirst();
  if (!test) return true;
  const subject = { kind: 'restore-test', id, client: test.client_id };
  await record(work, 'restore-test.put-off', subject, { finding: found, until: again.at });
  await work.enqueue('run-restore-test', { testId: id }, { ...again, priority: test.rank });
  return true;
}

/**
 * Writes down how an attempt at a test ended, what it proved pack by pack, what it saw of the content, and the evidence of it. One
 * that has lost its turn has nothing to say; without a number, none came to an end.
 */
export async function finishRestoreTest(
  work: Work,
  held: Held,
  result: RestoreTestResult,
  told: { proofs?: PackProof[]; content?: ContentProfile | null } = {},
) {
  allow(work, 'work.finish');
  await end(work, held, result, told);
}

/** Ends one that came to no answer, whoever ended it: that is never a pass. */
export const endWithoutAnswer = (work: Work, held: Held, found: Finding) =>
  end(work, held, nothingShown('inconclusive', found));

interface Held {
  id: string;
  attempt: number | null;
}

async function end(
  work: Work,
  { id, attempt }: Held,
  result: RestoreTestResult,
  { proofs = [], content = null }: { proofs?: PackProof[]; content?: ContentProfile | null } = {},
) {
  if (attempt === null) await endOpenAttempt(work, id, 'lost');
  else if (!(await endAttempt(work, { run: id, number: attempt }, 'done'))) return;
  const ended = await endTest(work, id, result);
  if (!ended) return;

  await tellDrill(work, id);
  const test = await findRestoreTest(work, id);
  const point = await findRecoveryPoint(work, test.recoveryPoint.id);
  await notePackProofs(work, placeOf(point), { proofs, bad: result.damage?.packs ?? [] });
  const isSuspect =
    content !== null &&
    (await noteContent(
      work,
      { client: test.client, asset: test.asset, recoveryPoint: test.recoveryPoint.id, test: id },
      content,
    ));
  const { client, asset, state, seconds, bytes, dataAgeSeconds, plantedFaults, caught } = test;
  await record(
    work,
    `restore-test.${state}`,
    { kind: 'restore-test', id, client },
    { reached: test.reached, seconds, bytes, plantedFaults, caught, finding: test.finding },
  );
  if (state === 'inconclusive') return;
  const since = (test.reached && (await provedSince(work, point.id, test.reached))) ?? work.now;
  const isProof = state === 'passed' && !isSuspect;
  for (const code of isSuspect && state === 'passed' ? ['INT'] : codesOf(test))
    await recordEvidence(work, {
      client,
      code,
      subject: { kind: 'asset', id: asset.id, name: asset.name },
      finding: isProof ? 'supports' : 'contradicts',
      assertedBy: 'system',
      validUntil: isProof ? new Date(since.getTime() + PROOF_VALID_MS) : null,
      content: {
        test: id,
        recoveryPoint: test.recoveryPoint,
        seconds,
        bytes,
        dataAgeSeconds,
        isSuspect,
        result,
      },
    });
}

/** A passed or failed restore is evidence of restoring; from L2a on it is evidence of integrity as well. */
function codesOf({ result, state }: RestoreTest): string[] {
  const ran = new Set(result?.levels.map(({ level }) => level));
  const restored = ran.has('L3') || ran.has('L4');
  const read = ran.has('L2a');
  if (state === 'failed') return ['RST', 'INT'];
  return [...(restored ? ['RST'] : []), ...(read ? ['INT'] : [])];
}

async function endTest({ db, now }: Work, id: string, result: RestoreTestResult) {
  const caught = result.plantedFaults.filter((fault) => fault.caught).length;
  const row = await db
    .updateTable('restore_tests as test')
    .from('recovery_points as point')
    .whereRef('point.id', '=', 'test.recovery_point_id')
    .whereRef('point.client_id', '=', 'test.client_id')
    .set({
      state: result.verdict,
      reached: result.reached,
      finished_at: now,
      progress: null,
      seconds: result.seconds,
      bytes: result.bytes,
      data_age_seconds: dataAge(
        sql`coalesce(test.started_at, ${now}) - coalesce(${result.dataFrom}::timestamptz, point.data_time)`,
      ),
      planted_faults: result.plantedFaults.length,
      caught,
      result: JSON.stringify(result),
      ...findingColumns(result.finding),
    })
    .where('test.id', '=', id)
    .where('test.state', 'in', ['queued', 'running'])
    .returning('test.id')
    .executeTakeFirst();
  return row !== undefined;
}

/** In seconds. Data that a wrong clock dated ahead have no age, and least of all none; clocks of two machines may differ a little. */
const dataAge = (passed: RawBuilder<unknown>) =>
  sql<
    number | null
  >`case when ${passed} > interval '-5 minutes' then greatest(0, floor(extract(epoch from ${passed}))) end`;

export const placeOf = ({ client, asset, store }: RecoveryPoint) => ({
  client,
  asset: asset.id,
  store: store.id,
});

/** Whether a test of the point passed that reached the level. */
export const hasBeenProved = async (work: Work, point: string, level: TestLevel): Promise<boolean> =>
  (await provedSince(work, point, level)) !== null;

/** When it was first shown; a second proof of the same point tells nothing of what was made since. */
async function provedSince({ db }: Work, point: string, level: TestLevel): Promise<Date | null> {
  const row = await db
    .selectFrom('restore_tests')
    .select((test) => test.fn.min('finished_at').as('at'))
    .where('recovery_point_id', '=', point)
    .where('state', '=', 'passed')
    .where(
      'reached',
      'in',
      TEST_LEVELS.filter((reached) => levelsIn(reached).includes(level)),
    )
    .executeTakeFirst();
  return row?.at ?? null;
}
