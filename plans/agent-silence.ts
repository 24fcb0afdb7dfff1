/** Orders that nobody fetched in their time, and those of agents that fell silent over them. */
import { endOrder, putBack } from './agent-order-rows.ts';
import { failBackup, skipBackup } from './backup-run-ends.ts';
import { finding } from './findings.ts';
import type { Work } from './work.ts';

/** An agent that has an order and is not heard of for so long has lost it. */
const LOST_AFTER_MS = 5 * 60_000;
const MOST_ATTEMPTS = 3;

const OFFLINE = finding(
  'agent.offline',
  'The agent did not fetch the order in its time. Nothing was backed up.',
);
export const REVOKED = finding('agent.revoked', 'The agent was revoked: nothing is taken from it any more.');
const LOST = finding('agent.lost', 'The agent fell silent while it worked, and did not come back in time.');

export async function settleSilentOrders(work: Work): Promise<void> {
  await settleLost(work);
  await settleUnfetched(work);
}

/** What an agent had to do, or was doing, when it was revoked. */
export async function endOrdersOf(work: Work, agent: string): Promise<void> {
  const open = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'run_id', 'state'])
    .where('agent_id', '=', agent)
    .where('state', '<>', 'ended')
    .forUpdate()
    .execute();
  for (const { id, run_id, state } of open) {
    await endOrder(work, id);
    if (state === 'waiting') await skipBackup(work, run_id, REVOKED);
    else await failBackup(work, run_id, null, REVOKED);
  }
}

async function settleLost(work: Work) {
  const silent = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'run_id', 'attempt', 'expires_at'])
    .where('state', '=', 'handed')
    .where('beat_at', '<', new Date(work.now.getTime() - LOST_AFTER_MS))
    .limit(500)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, run_id, attempt, expires_at } of silent) {
    if (attempt! < MOST_ATTEMPTS && expires_at > work.now) await putBack(work, id);
    else {
      await endOrder(work, id);
      await failBackup(work, run_id, null, LOST);
    }
  }
}

async function settleUnfetched(work: Work) {
  const unfetched = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'run_id', 'attempt'])
    .where('state', '=', 'waiting')
    .where('expires_at', '<=', work.now)
    .limit(500)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, run_id, attempt } of unfetched) {
    await endOrder(work, id);
    if (attempt === null) await skipBackup(work, run_id, OFFLINE);
    else await failBackup(work, run_id, null, LOST);
  }
}
