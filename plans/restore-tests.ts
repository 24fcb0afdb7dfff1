/** Restore tests: proof that a recovery point comes back, how long it takes, and how old its data are. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findClient } from './clients.ts';
import { isTestSuspect } from './content-looks.ts';
import { notFound } from './errors.ts';
import { TEST_LEVELS, type TestState } from './facts.ts';
import { Finding, findingOfRow } from './findings.ts';
import { RestoreTestResult } from './restore-test-results.ts';
import { RunProgress } from './run-progress.ts';
import type { Work } from './work.ts';

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
    agent: z
      .object({ id: z.uuid(), name: z.string() })
      .nullable()
      .describe('Who does it on a machine of the client or provider; null: a worker of the service'),
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

export const budgetOf = (row: { budget_seconds: number | null; budget_bytes: number | null }) =>
  row.budget_seconds === null && row.budget_bytes === null
    ? null
    : { seconds: row.budget_seconds, bytes: row.budget_bytes };

const selectTests = ({ db }: Work) =>
  db
    .selectFrom('restore_tests as test')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'test.asset_id').onRef('asset.client_id', '=', 'test.client_id'),
    )
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.id', '=', 'test.recovery_point_id').onRef('point.client_id', '=', 'test.client_id'),
    )
    .leftJoin('agents as agent', (join) =>
      join.onRef('agent.id', '=', 'test.agent_id').onRef('agent.client_id', '=', 'test.client_id'),
    )
    .selectAll('test')
    .select('agent.name as agent_name')
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
  agent: row.agent_id === null ? null : { id: row.agent_id, name: row.agent_name ?? '' },
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
