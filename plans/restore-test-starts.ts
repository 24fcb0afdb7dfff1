/** The beginning of a restore test: all that its worker has to know. */
import { sql } from 'kysely';
import { beginAttempt } from './attempts.ts';
import { canariesOf } from './canaries.ts';
import type { TestLevel } from './facts.ts';
import { listSealedVerifiers } from './keys.ts';
import type { FailedFile } from './openings.ts';
import { listPackProofs } from './pack-proofs.ts';
import { listPointSigners } from './point-signers.ts';
import { findRecoveryPoint, type RecoveryPoint } from './recovery-points.ts';
import { placeOf } from './restore-test-ends.ts';
import { sourceKindOf } from './restore-test-requests.ts';
import type { Independence } from './restore-test-results.ts';
import { budgetOf } from './restore-tests.ts';
import { sentinelOf } from './sentinels.ts';
import { checksumsOf } from './store-probes.ts';
import type { Work } from './work.ts';

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
  const plan = await planRestoreTest(work, test);
  const { client, store } = plan.point;
  const begun = { client, store: store.id, run: id, worker };
  return { ...plan, attempt: await beginAttempt(work, begun) };
}

interface Asked {
  recovery_point_id: string;
  client_id: string;
  requested: TestLevel;
  budget_seconds: number | null;
  budget_bytes: number | null;
}

/** What to restore and what to hold it against, with secrets still sealed. */
export async function planRestoreTest(work: Work, test: Asked) {
  const point = await findRecoveryPoint(work, test.recovery_point_id);
  const store = await work.db
    .selectFrom('stores')
    .select(['address', 'sealed_credentials', 'probe'])
    .where('id', '=', point.store.id)
    .executeTakeFirstOrThrow();
  return {
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

async function listAssertions({ db }: Work, asset: string) {
  return db
    .selectFrom('assertions')
    .select(['name', 'query', 'expectation'])
    .where('asset_id', '=', asset)
    .orderBy('name')
    .limit(200)
    .execute();
}
