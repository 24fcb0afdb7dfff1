/** Restore tests: proof that a recovery point comes back, how long it takes, and how old its data are. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { beatAttempt, beginAttempt, countRetries, endAttempt, endOpenAttempt } from './attempts.ts';
import { record } from './audit.ts';
import { canariesOf } from './canaries.ts';
import { findClient } from './clients.ts';
import type { ContentProfile } from './content/profile.ts';
import { isTestSuspect, noteContent } from './content-looks.ts';
import { tellDrill } from './drills/tell.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { levelsIn, TEST_LEVELS, type TestLevel, type TestState } from './facts.ts';
import { Because, Finding, findingColumns, findingOfRow } from './findings.ts';
import { listSealedVerifiers } from './keys.ts';
import { type FailedFile, Openings } from './openings.ts';
import { Damage, listPackProofs, notePackProofs, type PackProof, ProofScope } from './pack-proofs.ts';
import { type Cancelling, pauseFrom } from './pauses.ts';
import { listPointSigners } from './point-signers.ts';
import { findRecoveryPoint, type RecoveryPoint } from './recovery-points.ts';
import { RunProgress } from './run-progress.ts';
import { sentinelOf } from './sentinels.ts';
import { hasApplicationLevel, isDatabase, type SourceKind } from './source-addresses.ts';
import { checksumsOf } from './store-probes.ts';
import { RANKS } from './turns.ts';
import type { Work } from './work.ts';

/** A year: ANSSI hygiene 37.R and ReCyF 13.2 ask for a restore exercise with a trace each year. */
const PROOF_VALID_MS = 365 * 86_400_000;

/** Empty in a form means none. */
const Budget = (most: number) =>
  z
    .preprocess(
      (value) => (value === '' ? undefined : value),
      z.coerce.number().int().min(1).max(most).optional(),
    )
    .optional();

export const RestoreTestRequest = z.object({
  recoveryPoint: z.uuid(),
  level: z.enum(TEST_LEVELS).optional().describe('The highest the source allows when absent'),
  budgetMinutes: Budget(1440).describe(
    'Reads a sample: packs never read first, then the stalest. L2a and L2b only',
  ),
  budgetGigabytes: Budget(100_000).describe('The same, by what is fetched'),
});
export type RestoreTestRequest = z.infer<typeof RestoreTestRequest>;

const Verdict = z.enum(['passed', 'failed', 'inconclusive']);

const Otherness = z.enum(['yes', 'no', 'unknown']);

/** Whether the test would have noticed what its own surroundings hide. */
export const Independence = z.object({
  host: z.string().describe('Where it ran'),
  otherHost: Otherness.describe('Elsewhere than on the machine whose data they are'),
  otherKey: Otherness.describe('By another key than the one that the client keeps'),
  otherAccount: Otherness.describe('With other rights on the store than the backup'),
  otherImplementation: Otherness.describe('By other programs than those that wrote the point'),
});
export type Independence = z.infer<typeof Independence>;

const ForeignTold = z.object({
  isolation: z.enum(['namespaces', 'bare-path']),
  paper: z.object({ source: z.enum(['store', 'sheet']), sha256: z.string(), isOurs: z.boolean() }),
});

/** What a test found, as the engine tells it. Seconds measured, sizes in bytes. */
export const RestoreTestResult = z.object({
  verdict: Verdict,
  reached: z.enum(TEST_LEVELS).nullable(),
  /** From the first byte fetched to the last check that the data are back; null when nothing was restored. */
  seconds: z.number().nullable(),
  bytes: z.int().nullable(),
  signature: z.string().nullable(),
  levels: z.array(
    z.object({ level: z.enum(TEST_LEVELS), verdict: Verdict, seconds: z.number(), bytes: z.int() }),
  ),
  checks: z.array(
    z.object({
      name: z.string(),
      level: z.enum(TEST_LEVELS),
      verdict: Verdict,
      expected: z.string(),
      observed: z.string(),
      where: z.string().nullable(),
      /** What is wrong, for people; null when it passed. */
      because: Because.nullable(),
    }),
  ),
  plantedFaults: z.array(
    z.object({
      kind: z.string(),
      level: z.enum(TEST_LEVELS),
      caught: z.boolean(),
      finding: Finding,
    }),
  ),
  /** Null when the test did not get so far, and in tests of before this was kept. */
  scope: ProofScope.nullable().default(null),
  /** What is affected, where something stored is missing or bad. */
  damage: Damage.nullable().default(null),
  tools: z.record(z.string(), z.string()),
  /** How far what tested stands from what was tested. Null in tests of before this was kept. */
  independence: Independence.nullable().default(null),
  /** Of L3x: behind which walls, and by whose page. */
  foreign: ForeignTold.nullable().default(null),
  /** The moment that the restored data are of by their own sentinel; null where they hold none. */
  dataFrom: z.iso.datetime().nullable().default(null),
  /** What files opened, where they were. */
  openings: Openings.nullable().default(null),
  /** Why it did not pass. */
  finding: Finding.nullable(),
});
export type RestoreTestResult = z.infer<typeof RestoreTestResult>;

export const RestoreTest = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    asset: z.object({ id: z.uuid(), name: z.string(), label: z.string() }),
    recoveryPoint: z.object({ id: z.uuid(), point: z.string(), dataTime: z.iso.datetime() }),
    requested: z.enum(TEST_LEVELS),
    budget: z
      .object({ seconds: z.int().nullable(), bytes: z.int().nullable() })
      .nullable()
      .describe('Of a test that reads a sample, which never counts as its level'),
    reached: z.enum(TEST_LEVELS).nullable(),
    state: z.enum(['queued', 'running', 'passed', 'failed', 'inconclusive', 'cancelled']),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    progress: RunProgress.nullable(),
    retryAt: z.iso.datetime().nullable().describe('When it is tried again, since the store was out of reach'),
    isWaitingForTurn: z.boolean().describe('As many go on for the client or at the store as may'),
    cancelledBy: z.string().nullable(),
    cancelReason: z.string().nullable(),
    seconds: z.number().nullable(),
    bytes: z.int().nullable(),
    dataAgeSeconds: z.int().nullable(),
    plantedFaults: z.int(),
    caught: z.int(),
    isSuspect: z
      .boolean()
      .describe(
        'What it read looks encrypted, wiped or lost, and nobody explained it: then it proves nothing',
      ),
    result: RestoreTestResult.nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'RestoreTest' });
export type RestoreTest = z.infer<typeof RestoreTest>;

/** Asks for a restore test of a recovery point. The test itself runs as a job. */
export async function requestRestoreTest(
  work: Work,
  { recoveryPoint, level, budgetMinutes, budgetGigabytes }: RestoreTestRequest,
  rank: number = RANKS.asked,
): Promise<RestoreTest> {
  allow(work, 'restore-test.request');
  const point = await findRecoveryPoint(work, recoveryPoint);
  if (point.expiry && point.expiry.state !== 'kept') throw conflict('recovery-point.not-there');
  await refuseWhileOneRuns(work, point.id);
  const source = await sourceKindOf(work, point);
  const highest = isDatabase(source) ? 'L4' : 'L3';
  const isSample = budgetMinutes !== undefined || budgetGigabytes !== undefined;
  if (isSample && level !== 'L2a' && level !== 'L2b') throw invalid('level', 'restore-test.budget-level');
  if (level === 'L4' && !hasApplicationLevel(source))
    throw invalid('level', 'restore-test.no-application-level');

  const { id } = await work.db
    .insertInto('restore_tests')
    .values({
      client_id: point.client,
      asset_id: point.asset.id,
      recovery_point_id: point.id,
      requested: level ?? highest,
      budget_seconds: budgetMinutes === undefined ? null : budgetMinutes * 60,
      budget_bytes: budgetGigabytes === undefined ? null : budgetGigabytes * 1e9,
      rank,
      asked_by: work.actor.name,
      asked_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'restore-test.requested',
    { kind: 'restore-test', id, client: point.client },
    { point: point.point, level: level ?? highest, isSample },
  );
  await work.enqueue('run-restore-test', { testId: id }, { priority: rank });
  return findRestoreTest(work, id);
}

/**
 * Marks a test as running and tells what to restore, with secrets still sealed. Null when it has ended already.
 * A test that is marked running may start again: its first worker died, or the job would not be here. From then on only the new
 * attempt has anything to say.
 */
export async function startRestoreTest(work: Work, id: string, worker: string) {
  const test = await work.db
    .updateTable('restore_tests')
    .set({ state: 'running', started_at: work.now, progress: null, retry_at: null, turn_asked_at: null })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['recovery_point_id', 'client_id', 'requested', 'budget_seconds', 'budget_bytes'])
    .executeTakeFirst();
  if (!test) return null;

  const point = await findRecoveryPoint(work, test.recovery_point_id);
  const store = await work.db
    .selectFrom('stores')
    .select(['address', 'sealed_credentials', 'probe'])
    .where('id', '=', point.store.id)
    .executeTakeFirstOrThrow();
  return {
    attempt: await beginAttempt(work, {
      client: test.client_id,
      store: point.store.id,
      run: id,
      worker,
    }),
    point,
    level: test.requested,
    budget: budgetOf(test),
    store: {
      address: store.address,
      sealedCredentials: store.sealed_credentials,
      checksums: checksumsOf(store.probe),
    },
    sealedIdentities: await listSealedVerifiers(work, test.client_id),
    trust: await listPointSigners(work, test.client_id, { isOnRecord: true }),
    assertions: await listAssertions(work, point.asset.id),
    proven: await listPackProofs(work, placeOf(point)),
    otherHost: await isOtherHost(work, point),
    opensFiles: (await sourceKindOf(work, point)) === 'folder',
    brokenBefore: await brokenBefore(work, point.asset.id),
    sentinel: await sentinelOf(work, point.id),
    watched: (await canariesOf(work, point.asset.id)).map(({ path }) => path),
  };
}

/** Says that an attempt goes on, and how far it is. False when it has to be let go of. */
export async function noteTestProgress(
  work: Work,
  { run, attempt }: { run: string; attempt: number },
  progress: RunProgress | null = null,
): Promise<boolean> {
  if (!(await beatAttempt(work, { run, attempt }, progress))) return false;
  if (progress === null) return true;
  await work.db
    .updateTable('restore_tests')
    .set({ progress: JSON.stringify(progress) })
    .where('id', '=', run)
    .where('state', '=', 'running')
    .execute();
  return true;
}

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

/** Calls a test off. It shows nothing, for or against. */
export async function cancelRestoreTest(
  work: Work,
  id: string,
  { reason }: Cancelling,
): Promise<RestoreTest> {
  allow(work, 'restore-test.request');
  const before = await findRestoreTest(work, id);
  const ended = await work.db
    .updateTable('restore_tests')
    .set({
      state: 'cancelled',
      finished_at: work.now,
      progress: null,
      retry_at: null,
      cancelled_by: work.actor.name,
      cancel_reason: reason,
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('id')
    .executeTakeFirst();
  if (!ended) throw conflict('restore-test.over');
  await endOpenAttempt(work, id, 'cancelled');
  await tellDrill(work, id);
  const subject = { kind: 'restore-test', id, client: before.client };
  await record(work, 'restore-test.cancelled', subject, { reason });
  return findRestoreTest(work, id);
}

/**
 * Writes down how an attempt at a test ended, what it proved pack by pack, what it saw of the content, and the evidence of it. One
 * that has lost its turn has nothing to say; without a number, none came to an end.
 */
export async function finishRestoreTest(
  work: Work,
  { id, attempt }: { id: string; attempt: number | null },
  result: RestoreTestResult,
  { proofs = [], content = null }: { proofs?: PackProof[]; content?: ContentProfile | null } = {},
) {
  allow(work, 'work.finish');
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

export async function findRestoreTest(work: Work, id: string): Promise<RestoreTest> {
  allow(work, 'client.read');
  const row = await selectTests(work).where('test.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('restore-test');
  return present(row);
}

const PAGE = 100;

/** Tests of a client, newest first, 100 at a time; `before` is when the last one already seen was asked for. */
export async function listRestoreTests(
  work: Work,
  client: string,
  { before = null, recoveryPoint = null }: { before?: string | null; recoveryPoint?: string | null } = {},
): Promise<RestoreTest[]> {
  allow(work, 'client.read');
  await findClient(work, client);
  let query = selectTests(work).where('test.client_id', '=', client);
  if (recoveryPoint) query = query.where('test.recovery_point_id', '=', recoveryPoint);
  if (before) query = query.where('test.asked_at', '<', new Date(before));
  const rows = await query.orderBy('test.asked_at', 'desc').orderBy('test.id').limit(PAGE).execute();
  return rows.map(present);
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
      data_age_seconds: sql<number>`greatest(0, floor(extract(epoch from coalesce(test.started_at, ${now}) - coalesce(${result.dataFrom}::timestamptz, point.data_time))))`,
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

const budgetOf = (row: { budget_seconds: number | null; budget_bytes: number | null }) =>
  row.budget_seconds === null && row.budget_bytes === null
    ? null
    : { seconds: row.budget_seconds, bytes: row.budget_bytes };

const placeOf = ({ client, asset, store }: RecoveryPoint) => ({ client, asset: asset.id, store: store.id });

/** The highest level that the source of a point allows. */
export async function highestLevel(work: Work, point: RecoveryPoint): Promise<TestLevel> {
  return hasApplicationLevel(await sourceKindOf(work, point)) ? 'L4' : 'L3';
}

async function sourceKindOf({ db }: Work, point: RecoveryPoint): Promise<SourceKind | undefined> {
  const policy = await db
    .selectFrom('backup_policies')
    .select('source_kind')
    .where('asset_id', '=', point.asset.id)
    .executeTakeFirst();
  return policy?.source_kind;
}

/** Files of an asset that did not open in its last test that opened files. */
async function brokenBefore({ db }: Work, asset: string): Promise<FailedFile[]> {
  const last = await db
    .selectFrom('restore_tests')
    .select(sql<FailedFile[]>`result -> 'openings' -> 'failed'`.as('failed'))
    .where('asset_id', '=', asset)
    .where('state', 'in', ['passed', 'failed'])
    .where(sql<boolean>`jsonb_typeof(result -> 'openings') = 'object'`)
    .orderBy('finished_at', 'desc')
    .executeTakeFirst();
  return last?.failed ?? [];
}

/** An agent reads its own machine's data, and files are of the machine that runs us; where a database stands is not known. */
async function isOtherHost({ db }: Work, point: RecoveryPoint): Promise<Independence['otherHost']> {
  const policy = await db
    .selectFrom('backup_policies')
    .select(['agent_id', 'source_kind'])
    .where('asset_id', '=', point.asset.id)
    .where('store_id', '=', point.store.id)
    .executeTakeFirst();
  if (policy?.agent_id) return 'yes';
  return policy?.source_kind === 'folder' || policy?.source_kind === 'sqlite' ? 'no' : 'unknown';
}

async function refuseWhileOneRuns(work: Work, point: string) {
  if (await isTestUnderWay(work, point)) throw conflict('restore-test.under-way');
}

export async function isTestUnderWay({ db }: Work, point: string): Promise<boolean> {
  const running = await db
    .selectFrom('restore_tests')
    .select('id')
    .where('recovery_point_id', '=', point)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  return running !== undefined;
}

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

async function listAssertions({ db }: Work, asset: string) {
  return db
    .selectFrom('assertions')
    .select(['name', 'query', 'expectation'])
    .where('asset_id', '=', asset)
    .orderBy('name')
    .limit(200)
    .execute();
}

const selectTests = ({ db }: Work) =>
  db
    .selectFrom('restore_tests as test')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'test.asset_id').onRef('asset.client_id', '=', 'test.client_id'),
    )
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.id', '=', 'test.recovery_point_id').onRef('point.client_id', '=', 'test.client_id'),
    )
    .selectAll('test')
    .select(['asset.name as asset_name', 'asset.label', 'point.point', 'point.data_time'])
    .select(isTestSuspect('test').as('is_suspect'));

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof selectTests>['executeTakeFirst']>>>;

const present = (row: Row): RestoreTest => ({
  id: row.id,
  client: row.client_id,
  asset: { id: row.asset_id, name: row.asset_name, label: row.label },
  recoveryPoint: { id: row.recovery_point_id, point: row.point, dataTime: row.data_time.toISOString() },
  requested: row.requested,
  budget: budgetOf(row),
  reached: row.reached,
  state: row.state satisfies TestState,
  askedBy: row.asked_by,
  askedAt: row.asked_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  progress: row.progress as RunProgress | null,
  retryAt: row.retry_at?.toISOString() ?? null,
  isWaitingForTurn: row.state === 'queued' && row.turn_asked_at !== null,
  cancelledBy: row.cancelled_by,
  cancelReason: row.cancel_reason,
  seconds: row.seconds,
  bytes: row.bytes,
  dataAgeSeconds: row.data_age_seconds,
  plantedFaults: row.planted_faults,
  caught: row.caught,
  isSuspect: row.is_suspect,
  result: row.result as RestoreTestResult | null,
  finding: findingOfRow(row),
});
