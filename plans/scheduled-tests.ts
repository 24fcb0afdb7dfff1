/** Scheduled tests: which level of which policy's points is proved how often, within which budget, and at what price. */
import { z } from 'zod';
import { allow } from './access.ts';
import { isOwnHost, listTestingAgents, refuseBeyondAgents } from './agent-tests.ts';
import { record } from './audit.ts';
import { type BackupPolicy, findBackupPolicy } from './backup-policies.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { TEST_LEVELS, type TestLevel } from './facts.ts';
import { isThere } from './point-losses.ts';
import { nextDueTimes } from './schedules/due-times.ts';
import { RhythmShape, rhythmOf, rulesFrom } from './schedules/rhythm.ts';
import { keepSchedule, presentSchedule } from './schedules/schedules.ts';
import { hasApplicationLevel, type SourceKind } from './source-addresses.ts';
import { OptionalSeconds } from './text.ts';
import type { Work } from './work.ts';

/** What the schedules of tests are for. */
export const RESTORE_TEST = 'restore-test';
/** A test has no objective of its own to go by. */
const RHYTHMS = ['interval', 'daily', 'weekly', 'monthly', 'cron'] as const;

const OptionalBytes = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.coerce.number().int().min(1_000_000).nullable(),
);

const Changeable = {
  level: z.enum(TEST_LEVELS),
  budgetSeconds: OptionalSeconds.default(null).describe('Reads a sample for so long; L2a and L2b only'),
  budgetBytes: OptionalBytes.default(null).describe('Reads a sample of so many bytes; L2a and L2b only'),
  agent: z
    .preprocess((value) => (value === '' ? null : value), z.uuid().nullable())
    .default(null)
    .describe('An agent that does it on its machine; null: a worker of the service'),
  ...RhythmShape,
};
export const ScheduledTestChange = z.object(Changeable);
export type ScheduledTestChange = z.infer<typeof ScheduledTestChange>;
export const NewScheduledTest = z.object({ policy: z.uuid(), ...Changeable });
export type NewScheduledTest = z.infer<typeof NewScheduledTest>;

export const ScheduledTest = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewScheduledTest.shape,
    asset: z.object({ id: z.uuid(), name: z.string() }),
    nextDueAt: z.iso.datetime().nullable(),
    expected: z
      .object({
        bytes: z.int().nullable().describe('Fetched by one, at most'),
        seconds: z.number().nullable().describe('As the last ones of this level took'),
        price: z.number().nullable().describe('Of one, for fetching; null where the store has no price'),
        yearlyPrice: z.number().nullable(),
        currency: z.string(),
      })
      .describe('What one costs'),
  })
  .meta({ id: 'ScheduledTest' });
export type ScheduledTest = z.infer<typeof ScheduledTest>;

export async function addScheduledTest(
  work: Work,
  client: string,
  { policy: policyId, ...test }: NewScheduledTest,
): Promise<ScheduledTest> {
  allow(work, 'protection.change');
  const policy = await findBackupPolicy(work, policyId);
  if (policy.client !== client) throw invalid('policy', 'not-found.backup-policy');
  refuseLevel(test, policy.sourceKind);
  await refuseAgent(work, policy, test);
  await refuseSecond(work, policyId, test);
  const rules = rulesFrom(test, RHYTHMS);
  const { id } = await work.db
    .insertInto('scheduled_tests')
    .values({ client_id: client, policy_id: policyId, ...columns(test), created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await keepSchedule(work, { client, purpose: RESTORE_TEST, subject: id }, rules);
  const subject = { kind: 'scheduled-test', id, client };
  await record(work, 'scheduled-test.added', subject, { asset: policy.asset.name, ...test });
  return findScheduledTest(work, id);
}

export async function changeScheduledTest(
  work: Work,
  id: string,
  test: ScheduledTestChange,
): Promise<ScheduledTest> {
  allow(work, 'protection.change');
  const before = await findScheduledTestForChange(work, id);
  const policy = await findBackupPolicy(work, before.policy);
  refuseLevel(test, policy.sourceKind);
  await refuseAgent(work, policy, test);
  await refuseSecond(work, before.policy, test, id);
  const rules = rulesFrom(test, RHYTHMS);
  await work.db.updateTable('scheduled_tests').set(columns(test)).where('id', '=', id).execute();
  await keepSchedule(work, { client: before.client, purpose: RESTORE_TEST, subject: id }, rules);
  const subject = { kind: 'scheduled-test', id, client: before.client };
  await record(work, 'scheduled-test.changed', subject, { before, after: test });
  return findScheduledTest(work, id);
}

/** It is tested so no more; what was tested stays. */
export async function removeScheduledTest(work: Work, id: string): Promise<ScheduledTest> {
  allow(work, 'protection.change');
  const before = await findScheduledTestForChange(work, id);
  await work.db.deleteFrom('schedules').where('subject_id', '=', id).execute();
  await work.db.deleteFrom('scheduled_tests').where('id', '=', id).execute();
  const subject = { kind: 'scheduled-test', id, client: before.client };
  await record(work, 'scheduled-test.removed', subject, { before });
  return before;
}

export async function findScheduledTest(work: Work, id: string): Promise<ScheduledTest> {
  allow(work, 'protection.read');
  const row = await select(work).where('test.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('scheduled-test');
  return present(work, row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findScheduledTestForChange(work: Work, id: string): Promise<ScheduledTest> {
  await work.db.selectFrom('scheduled_tests').select('id').where('id', '=', id).forUpdate().execute();
  return findScheduledTest(work, id);
}

export async function listScheduledTests(work: Work, client: string): Promise<ScheduledTest[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('test.client_id', '=', client)
    .orderBy('asset.name')
    .orderBy('test.level', 'desc')
    .orderBy('test.id')
    .limit(2000)
    .execute();
  return Promise.all(rows.map((row) => present(work, row)));
}

function refuseLevel(test: ScheduledTestChange, source: SourceKind) {
  if (test.level === 'L4' && !hasApplicationLevel(source))
    throw invalid('level', 'restore-test.no-application-level');
  const field = test.budgetSeconds !== null ? 'budgetSeconds' : 'budgetBytes';
  if (isSample(test) && test.level !== 'L2a' && test.level !== 'L2b')
    throw invalid(field, 'restore-test.budget-level');
}

/** Proof that renews itself is never left to the machine whose data they are. */
async function refuseAgent(
  work: Work,
  { client, asset, sourceKind: source }: BackupPolicy,
  test: ScheduledTestChange,
) {
  if (test.agent === null) return;
  const agent = (await listTestingAgents(work, client)).find(({ id }) => id === test.agent);
  if (!agent) throw invalid('agent', 'restore-test.agent-unfit');
  refuseBeyondAgents({ level: test.level, isSample: isSample(test), source });
  if (await isOwnHost(work, { asset }, agent.id))
    throw invalid('agent', 'restore-test.own-host', { name: agent.name });
}

async function refuseSecond({ db }: Work, policy: string, test: ScheduledTestChange, own?: string) {
  let query = db
    .selectFrom('scheduled_tests')
    .select(['budget_seconds as budgetSeconds', 'budget_bytes as budgetBytes'])
    .where('policy_id', '=', policy)
    .where('level', '=', test.level);
  if (own) query = query.where('id', '<>', own);
  const others = await query.execute();
  if (others.some((other) => isSample(other) === isSample(test)))
    throw conflict('scheduled-test.second', { level: test.level });
}

export const isSample = ({
  budgetSeconds,
  budgetBytes,
}: {
  budgetSeconds: number | null;
  budgetBytes: number | null;
}) => budgetSeconds !== null || budgetBytes !== null;

const columns = ({ level, budgetSeconds, budgetBytes, agent }: ScheduledTestChange) => ({
  level,
  agent_id: agent,
  budget_seconds: budgetSeconds,
  budget_bytes: budgetBytes,
});

const select = ({ db }: Work) =>
  db
    .selectFrom('scheduled_tests as test')
    .innerJoin('backup_policies as policy', (join) =>
      join.onRef('policy.id', '=', 'test.policy_id').onRef('policy.client_id', '=', 'test.client_id'),
    )
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'policy.asset_id').onRef('asset.client_id', '=', 'policy.client_id'),
    )
    .innerJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'policy.store_id').onRef('store.client_id', '=', 'policy.client_id'),
    )
    .innerJoin('clients as client', 'client.client_id', 'test.client_id')
    .innerJoin('schedules as schedule', (join) =>
      join
        .onRef('schedule.subject_id', '=', 'test.id')
        .onRef('schedule.client_id', '=', 'test.client_id')
        .on('schedule.purpose', '=', RESTORE_TEST),
    )
    .selectAll('schedule')
    .select([
      'test.id as test_id',
      'test.policy_id',
      'test.level',
      'test.budget_seconds',
      'test.budget_bytes',
      'test.agent_id',
    ])
    .select([
      'asset.id as asset_id',
      'asset.name as asset_name',
      'store.id as store_id',
      'store.egress_price',
    ])
    .select(['client.time_zone', 'client.currency']);

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;

async function present(work: Work, row: Row): Promise<ScheduledTest> {
  const { cadence, ...windows } = presentSchedule(row);
  const rules = { cadence, ...windows };
  const { startWindowSeconds, completionWindowSeconds, catchUp } = rules;
  const place = { zone: row.time_zone, id: row.test_id, after: work.now };
  const next = cadence.kind === 'objective' ? null : nextDueTimes(cadence, place, 1)[0];
  return {
    ...rhythmOf({ cadence, startWindowSeconds, completionWindowSeconds, catchUp }),
    id: row.test_id,
    client: row.client_id,
    policy: row.policy_id,
    asset: { id: row.asset_id, name: row.asset_name },
    level: row.level as TestLevel,
    budgetSeconds: row.budget_seconds,
    budgetBytes: row.budget_bytes,
    agent: row.agent_id,
    nextDueAt: next?.toISOString() ?? null,
    expected: await expectedOf(work, row, windows.longestGapSeconds),
  };
}

const YEAR_SECONDS = 365.25 * 86_400;
const GIGABYTE = 1e9;
/** How often all of a point is fetched; presence and checksums are only asked for. L3x has a copy of its own beside what L3 read. */
const FETCHES: Partial<Record<TestLevel, number>> = { L2a: 1, L2b: 1, L3: 1, L3x: 2, L4: 1 };

/** One fetches what the newest point holds, or its budget; it takes as long as the last ones took. */
async function expectedOf(work: Work, row: Row, gap: number | null): Promise<ScheduledTest['expected']> {
  const level = row.level as TestLevel;
  const fetches = FETCHES[level] ?? 0;
  const newest = fetches > 0 ? await newestBytes(work, row) : 0;
  const whole = newest && newest * fetches;
  const bytes = whole === null ? row.budget_bytes : Math.min(whole, row.budget_bytes ?? whole);
  const seconds = row.budget_seconds ?? (await usualSeconds(work, row.asset_id, level));
  const price = bytes === null || row.egress_price === null ? null : (bytes / GIGABYTE) * row.egress_price;
  const yearlyPrice = price === null || gap === null ? null : price * (YEAR_SECONDS / gap);
  return { bytes, seconds, price: cents(price), yearlyPrice: cents(yearlyPrice), currency: row.currency };
}

async function newestBytes({ db }: Work, { asset_id, store_id }: Row): Promise<number | null> {
  const point = await db
    .selectFrom('recovery_points')
    .select('bytes')
    .where('asset_id', '=', asset_id)
    .where('store_id', '=', store_id)
    .where(isThere('recovery_points'))
    .orderBy('data_time', 'desc')
    .executeTakeFirst();
  return point?.bytes ?? null;
}

async function usualSeconds({ db }: Work, asset: string, level: TestLevel): Promise<number | null> {
  const last = await db
    .selectFrom('restore_tests')
    .select('seconds')
    .where('asset_id', '=', asset)
    .where('requested', '=', level)
    .where('state', '=', 'passed')
    .where('budget_seconds', 'is', null)
    .where('budget_bytes', 'is', null)
    .orderBy('finished_at', 'desc')
    .limit(5)
    .execute();
  const known = last.flatMap(({ seconds }) => seconds ?? []).sort((left, right) => left - right);
  return known[Math.floor(known.length / 2)] ?? null;
}

const cents = (amount: number | null) => (amount === null ? null : Math.round(amount * 100) / 100);
