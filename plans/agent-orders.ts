/** Orders to agents: a backup run that an agent makes in the place of a worker, signed by a worker and laid out to be fetched. */
import { allow } from './access.ts';
import { findBackupPolicy } from './backup-policies.ts';
import { skipBackup } from './backup-run-ends.ts';
import { isLastProofBad } from './backup-run-starts.ts';
import { hadFiles, holdsPoints } from './expected-there.ts';
import { type Finding, finding } from './findings.ts';
import { findProviderKey, listRecipients } from './keys.ts';
import { type Ordered, skipOrdered } from './ordered-work.ts';
import { checksumsOf } from './store-probes.ts';
import { askBeside } from './told-beside-point.ts';
import type { Work } from './work.ts';

const NOT_ENROLLED = finding(
  'agent.not-enrolled',
  'The agent of this backup was never enrolled. Nothing was backed up.',
);

/**
 * What an order for a run says, to be signed by a worker. Null when the run is over, has its order already, or cannot be ordered of
 * anybody: then it is skipped, and says why.
 */
export async function prepareOrder(work: Work, run: string) {
  const row = await selectRun(work, run);
  if (!row) return null;
  const { key_name: keyName, recipient } = row;
  if (row.revoked_at) return revoked(work, run);
  if (!keyName || !recipient) return skip(work, run, NOT_ENROLLED);
  const policy = await findBackupPolicy(work, row.policy_id);
  const { sealedPrivate } = await findProviderKey(work, 'order-signing');
  return {
    agent: row.agent,
    keyName,
    sealedOrderKey: sealedPrivate,
    order: {
      task: 'backup' as const,
      source: row.agent_source!,
      hadFiles: await hadFiles(work, policy),
      store: {
        address: row.address,
        checksums: checksumsOf(row.probe),
        isInUse: await holdsPoints(work, policy.store.id),
      },
      asset: policy.asset.label,
      recipients: [...(await listRecipients(work, row.client_id)), recipient],
      retention: policy.lock,
      isGentle: policy.isGentle,
      isFull: await isLastProofBad(work, policy.asset.id),
      ...(await askBeside(work, run, { asset: policy.asset.id, isBucket: row.source_kind === 's3' })),
    },
  };
}

/** Lays an order out for its agent to fetch. */
export async function offerOrder(
  work: Work,
  ordered: Ordered,
  { id, agent, signed, expiresAt }: { id: string; agent: string; signed: string; expiresAt: Date },
): Promise<void> {
  allow(work, 'work.finish');
  const { client_id } = await work.db
    .selectFrom('agents')
    .select('client_id')
    .where('id', '=', agent)
    .executeTakeFirstOrThrow();
  await work.db
    .insertInto('agent_orders')
    .values({
      id,
      client_id,
      agent_id: agent,
      ...ordered,
      signed,
      offered_at: work.now,
      expires_at: expiresAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function revoked(work: Work, run: string): Promise<null> {
  await skipOrdered(work, { run_id: run, test_id: null }, 'revoked');
  return null;
}

async function skip(work: Work, run: string, why: Finding): Promise<null> {
  await skipBackup(work, run, why);
  return null;
}

const selectRun = ({ db }: Work, run: string) =>
  db
    .selectFrom('backup_runs as run')
    .innerJoin('backup_policies as policy', (join) =>
      join.onRef('policy.id', '=', 'run.policy_id').onRef('policy.client_id', '=', 'run.client_id'),
    )
    .innerJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'policy.store_id').onRef('store.client_id', '=', 'policy.client_id'),
    )
    .innerJoin('agents as agent', (join) =>
      join.onRef('agent.id', '=', 'policy.agent_id').onRef('agent.client_id', '=', 'policy.client_id'),
    )
    .select(['run.policy_id', 'run.client_id', 'policy.agent_source', 'policy.source_kind'])
    .select(['store.address', 'store.probe'])
    .select(['agent.id as agent', 'agent.key_name', 'agent.recipient', 'agent.revoked_at'])
    .where('run.id', '=', run)
    .where('run.state', '=', 'queued')
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('agent_orders').select('id').whereRef('run_id', '=', 'run.id')),
      ),
    )
    .executeTakeFirst();
