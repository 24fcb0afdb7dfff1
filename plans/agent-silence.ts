/** Orders that nobody fetched in their time, and those of agents that fell silent over them. */
import { endOrder, putBack } from './agent-order-rows.ts';
import { failOrdered, skipOrdered } from './ordered-work.ts';
import type { Work } from './work.ts';

/** An agent that has an order and is not heard of for so long has lost it. */
const LOST_AFTER_MS = 5 * 60_000;
const MOST_ATTEMPTS = 3;

export async function settleSilentOrders(work: Work): Promise<void> {
  await settleLost(work);
  await settleUnfetched(work);
}

/** What an agent had to do, or was doing, when it was revoked. */
export async function endOrdersOf(work: Work, agent: string): Promise<void> {
  const open = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'run_id', 'test_id', 'state'])
    .where('agent_id', '=', agent)
    .where('state', '<>', 'ended')
    .forUpdate()
    .execute();
  for (const { id, state, ...ordered } of open) {
    await endOrder(work, id);
    if (state === 'waiting') await skipOrdered(work, ordered, 'revoked');
    else await failOrdered(work, ordered, 'revoked');
  }
}

async function settleLost(work: Work) {
  const silent = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'run_id', 'test_id', 'attempt', 'expires_at'])
    .where('state', '=', 'handed')
    .where('beat_at', '<', new Date(work.now.getTime() - LOST_AFTER_MS))
    .limit(500)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, attempt, expires_at, ...ordered } of silent) {
    if (attempt! < MOST_ATTEMPTS && expires_at > work.now) await putBack(work, id);
    else {
      await endOrder(work, id);
      await failOrdered(work, ordered, 'lost');
    }
  }
}

async function settleUnfetched(work: Work) {
  const unfetched = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'run_id', 'test_id', 'attempt'])
    .where('state', '=', 'waiting')
    .where('expires_at', '<=', work.now)
    .limit(500)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, attempt, ...ordered } of unfetched) {
    await endOrder(work, id);
    if (attempt === null) await skipOrdered(work, ordered, 'offline');
    else await failOrdered(work, ordered, 'lost');
  }
}
