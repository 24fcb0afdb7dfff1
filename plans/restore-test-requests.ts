/** Asking for a restore test, and calling one off. */
import { z } from 'zod';
import { allow } from './access.ts';
import { endOrderOfTest } from './agent-order-rows.ts';
import { refuseAgentTest } from './agent-tests.ts';
import { endOpenAttempt } from './attempts.ts';
import { record } from './audit.ts';
import { tellDrill } from './drills/tell.ts';
import { conflict, invalid } from './errors.ts';
import { TEST_LEVELS, type TestLevel } from './facts.ts';
import type { Cancelling } from './pauses.ts';
import { findRecoveryPoint, type RecoveryPoint } from './recovery-points.ts';
import { findRestoreTest, type RestoreTest } from './restore-tests.ts';
import { hasApplicationLevel, isDatabase, type SourceKind } from './source-addresses.ts';
import { Checkbox } from './text.ts';
import { RANKS } from './turns.ts';
import type { Work } from './work.ts';

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
  agent: z
    .preprocess((value) => (value === '' ? null : value), z.uuid().nullable())
    .default(null)
    .describe('An agent that does it on its machine; null: a worker of the service'),
  mayBeOwnHost: Checkbox.default(false).describe(
    'Also on the machine whose data they are, which the record then says: what hides there is not noticed',
  ),
});

export type RestoreTestRequest = z.infer<typeof RestoreTestRequest>;
type Where = 'agent' | 'mayBeOwnHost';
type AskedTest = Omit<RestoreTestRequest, Where> & Partial<Pick<RestoreTestRequest, Where>>;

/** Asks for a restore test of a recovery point. The test itself runs as a job. */
export async function requestRestoreTest(
  work: Work,
  { recoveryPoint, level, budgetMinutes, budgetGigabytes, agent = null, mayBeOwnHost = false }: AskedTest,
  due: { rank: number; agent: string | null } | null = null,
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
  const requested = level ?? (agent === null ? highest : 'L3');
  if (agent !== null)
    await refuseAgentTest(work, point, { agent, level: requested, isSample, source, mayBeOwnHost });
  // What its schedule says was looked at then; an agent that may no more refuses it itself, and that is told.
  const by = due?.agent ?? agent;
  const rank = due?.rank ?? RANKS.asked;

  const { id } = await work.db
    .insertInto('restore_tests')
    .values({
      client_id: point.client,
      asset_id: point.asset.id,
      recovery_point_id: point.id,
      requested,
      agent_id: by,
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
    { point: point.point, level: requested, isSample, agent: by },
  );
  await work.enqueue(jobOfTest(by), { testId: id }, { priority: rank });
  return findRestoreTest(work, id);
}

/** The job that a test waits in. */
export const jobOfTest = (agent: string | null) => (agent === null ? 'run-restore-test' : 'offer-test-order');

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
  await endOrderOfTest(work, id);
  await tellDrill(work, id);
  const subject = { kind: 'restore-test', id, client: before.client };
  await record(work, 'restore-test.cancelled', subject, { reason });
  return findRestoreTest(work, id);
}

/** The highest level that the source of a point allows. */
export async function highestLevel(work: Work, point: RecoveryPoint): Promise<TestLevel> {
  return hasApplicationLevel(await sourceKindOf(work, point)) ? 'L4' : 'L3';
}

export async function sourceKindOf({ db }: Work, point: RecoveryPoint): Promise<SourceKind | undefined> {
  const policy = await db
    .selectFrom('backup_policies')
    .select('source_kind')
    .where('asset_id', '=', point.asset.id)
    .where('store_id', '=', point.store.id)
    .executeTakeFirst();
  return policy?.source_kind;
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
