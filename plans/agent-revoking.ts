import { allow } from './access.ts';
import { endOrdersOf } from './agent-silence.ts';
import { type Agent, findAgent, findAgentForChange } from './agents.ts';
import { record } from './audit.ts';
import { conflict } from './errors.ts';
import type { Work } from './work.ts';

/** From now on nothing it sends is taken, and no key of its own is trusted for a point that is not on record. For good. */
export async function revokeAgent(work: Work, id: string): Promise<Agent> {
  allow(work, 'agent.change');
  const agent = await findAgentForChange(work, id);
  if (agent.state === 'revoked') throw conflict('agent.revoked', { name: agent.name });
  await work.db
    .updateTable('agents')
    .set({ revoked_at: work.now, revoked_by: work.actor.name, code_hash: null, code_expires_at: null })
    .where('id', '=', id)
    .execute();
  await endOrdersOf(work, id);
  await record(work, 'agent.revoked', { kind: 'agent', id, client: agent.client }, { name: agent.name });
  return findAgent(work, id);
}
