/** One keeper of the rows of orders: waiting, handed to the agent, ended once. */
import type { Work } from './work.ts';

type Rows = Pick<Work, 'db' | 'now'>;

/** The order, held against whoever else would end it. */
export const findOrder = ({ db }: Rows, agent: string, order: string) =>
  db
    .selectFrom('agent_orders')
    .select(['run_id', 'test_id', 'state', 'attempt', 'offered_at', 'handed_at'])
    .where('id', '=', order)
    .where('agent_id', '=', agent)
    .forUpdate()
    .executeTakeFirst();

/** Hands it out, for this attempt at its run. */
export async function hand({ db, now }: Rows, id: string, attempt: number): Promise<void> {
  await db
    .updateTable('agent_orders')
    .set({ state: 'handed', attempt, handed_at: now, beat_at: now })
    .where('id', '=', id)
    .execute();
}

/** Its agent still has it. */
export async function beat({ db, now }: Rows, id: string) {
  await db.updateTable('agent_orders').set({ beat_at: now }).where('id', '=', id).execute();
}

/** Its agent has lost it. */
export async function putBack({ db }: Rows, id: string) {
  await db
    .updateTable('agent_orders')
    .set({ state: 'waiting', handed_at: null, beat_at: null })
    .where('id', '=', id)
    .execute();
}

export async function endOrder({ db, now }: Rows, id: string) {
  await db.updateTable('agent_orders').set({ state: 'ended', ended_at: now }).where('id', '=', id).execute();
}

/** The run was called off: its agent lets go of it when it next asks. */
export const endOrderOfRun = (work: Rows, run: string) => endOrderOf(work, 'run_id', run);

export const endOrderOfTest = (work: Rows, test: string) => endOrderOf(work, 'test_id', test);

async function endOrderOf({ db, now }: Rows, of: 'run_id' | 'test_id', id: string) {
  await db
    .updateTable('agent_orders')
    .set({ state: 'ended', ended_at: now })
    .where(of, '=', id)
    .where('state', '<>', 'ended')
    .execute();
}
