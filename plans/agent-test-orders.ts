/** Orders for restore tests: what an agent is told to test, and whether what it says came of it can be. */
import { isOwnHost } from './agent-tests.ts';
import { findPolicyOf } from './backup-policies.ts';
import { queueRoundNow } from './daily-rounds.ts';
import type { TestLevel } from './facts.ts';
import { type Finding, finding } from './findings.ts';
import { findProviderKey } from './keys.ts';
import { skipOrdered } from './ordered-work.ts';
import { LOOKS } from './reconciliations.ts';
import { findRecoveryPoint } from './recovery-points.ts';
import { endWithoutAnswer, finishRestoreTest } from './restore-test-ends.ts';
import type { RestoreTestResult } from './restore-test-results.ts';
import { planRestoreTest } from './restore-test-starts.ts';
import { findRestoreTest } from './restore-tests.ts';
import type { ToldTest } from './told-test.ts';
import type { Work } from './work.ts';

/** From this level on content is opened, so that faults must have been planted and caught. */
const OPENS: readonly TestLevel[] = ['L2b', 'L3', 'L4'];
/** Requests are refused whose clock is further off than half of this. */
const CLOCKS_DIFFER_SECONDS = 600;

/**
 * What an order for a test says, with secrets still sealed, to be opened and signed by a worker. Null when the test is over, has its
 * order already, or cannot be ordered of anybody: then it shows nothing, and says why.
 */
export async function prepareTestOrder(work: Work, testId: string) {
  const row = await work.db
    .selectFrom('restore_tests as test')
    .innerJoin('agents as agent', (join) =>
      join.onRef('agent.id', '=', 'test.agent_id').onRef('agent.client_id', '=', 'test.client_id'),
    )
    .select(['agent.id as agent', 'agent.key_name', 'agent.recipient', 'agent.revoked_at'])
    .select([
      'test.client_id',
      'test.recovery_point_id',
      'test.requested',
      'test.budget_seconds',
      'test.budget_bytes',
    ])
    .where('test.id', '=', testId)
    .where('test.state', '=', 'queued')
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('agent_orders').select('id').whereRef('test_id', '=', 'test.id')),
      ),
    )
    .executeTakeFirst();
  if (!row) return null;
  const { agent, key_name: keyName, recipient } = row;
  if (row.revoked_at || !keyName || !recipient) {
    await skipOrdered(work, { run_id: null, test_id: testId }, 'revoked');
    return null;
  }
  const { sealedPrivate } = await findProviderKey(work, 'order-signing');
  return { agent, keyName, recipient, sealedOrderKey: sealedPrivate, test: await planRestoreTest(work, row) };
}

/**
 * Writes down what an agent says that a test has shown. Where it ran, and how far that is from the data, is for the service to say.
 * What cannot have happened so is no proof.
 */
export async function hearTest(
  work: Work,
  { id, attempt, handedAt }: { id: string; attempt: number; handedAt: Date | null },
  { result, proofs, content }: ToldTest,
): Promise<void> {
  const test = await findRestoreTest(work, id);
  const point = await findRecoveryPoint(work, test.recoveryPoint.id);
  const took = handedAt === null ? 0 : (work.now.getTime() - handedAt.getTime()) / 1000;
  const doubt = doubtIn(result, { requested: test.requested, bytes: point.bytes, took });
  const held = { id, attempt };
  if (doubt) return endWithoutAnswer(work, held, doubt);
  const independence = await whereRan(work, test.agent!, point);
  await finishRestoreTest(work, held, { ...result, independence }, { proofs, content });
  // What it told is held against what lies in the store, by somebody else than it.
  const policy = await findPolicyOf(work, { asset: point.asset.id, store: point.store.id });
  await queueRoundNow(work, LOOKS, policy.id);
}

async function whereRan(
  work: Work,
  { id, name }: { id: string; name: string },
  point: Awaited<ReturnType<typeof findRecoveryPoint>>,
): Promise<RestoreTestResult['independence']> {
  const row = await work.db
    .selectFrom('agents')
    .select('host')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const { name: host = '' } = (row.host ?? {}) as { name?: string };
  return {
    host: `${host} (${name})`,
    otherHost: (await isOwnHost(work, point, id)) ? 'no' : 'yes',
    otherKey: 'yes',
    otherAccount: 'unknown',
    otherImplementation: 'no',
  };
}

/** A pass without its levels, its faults or its bytes, or faster than the clock, is no pass. Whatever else it says is taken as it is. */
export function doubtIn(
  { verdict, reached, levels, plantedFaults, bytes, seconds }: RestoreTestResult,
  { requested, bytes: recorded, took }: { requested: TestLevel; bytes: number; took: number },
): Finding | null {
  if (verdict !== 'passed') return null;
  const missing = (what: string): Finding => ({
    ...finding(
      'agent.test-not-plausible',
      `The agent says that the test passed, and its own account lacks ${what}.`,
    ),
  });
  if (reached !== requested) return missing('the level that was asked for');
  const passed = levels.find(({ level }) => level === requested);
  if (passed?.verdict !== 'passed') return missing('the level that was asked for');
  if (!OPENS.includes(requested)) return null;
  if (plantedFaults.length === 0 || plantedFaults.some(({ caught }) => !caught))
    return missing('planted faults');
  if (bytes !== recorded) return missing('the bytes of the point');
  if ((seconds ?? 0) > took + CLOCKS_DIFFER_SECONDS) return missing('the time that it says it took');
  return null;
}
