/** Restore tests by an agent: on a machine of the client or of the provider, in the place of a worker. */
import { AGENT_RESTORE_TEST, type Agent, findAgent, listAgents } from './agents.ts';
import { conflict, invalid, notFound } from './errors.ts';
import type { TestLevel } from './facts.ts';
import type { RecoveryPoint } from './recovery-points.ts';
import type { SourceKind } from './source-addresses.ts';
import type { Work } from './work.ts';

/** Levels that take more than an agent has: L3x is done with programs of others, behind walls of ours. */
const NOT_BY_AGENTS: readonly TestLevel[] = ['L3x'];

interface Asked {
  agent: string;
  level: TestLevel;
  isSample: boolean;
  source: SourceKind | undefined;
  mayBeOwnHost: boolean;
}

/** Refuses what the agent's own machine does not allow, what it cannot do, and that it proves what it backed up itself, unless said so. */
export async function refuseAgentTest(work: Work, point: RecoveryPoint, asked: Asked): Promise<void> {
  const agent = await findAgent(work, asked.agent);
  if (agent.client !== point.client) throw notFound('agent');
  if (agent.state === 'revoked') throw conflict('agent.revoked', { name: agent.name });
  const { name } = agent;
  if (!agent.tasks.includes(AGENT_RESTORE_TEST)) throw invalid('agent', 'restore-test.agent-task', { name });
  const store = await addressOf(work, point);
  if (!agent.stores.includes(store)) throw invalid('agent', 'restore-test.agent-store', { name, store });
  refuseBeyondAgents(asked);
  if (!asked.mayBeOwnHost && (await isOwnHost(work, point, agent.id)))
    throw invalid('agent', 'restore-test.own-host', { name });
}

/** It has no throw-away PostgreSQL server of ours, and samples are drawn by what is on record here. */
export function refuseBeyondAgents({
  level,
  isSample,
  source,
}: Pick<Asked, 'level' | 'isSample' | 'source'>) {
  if (isSample) throw invalid('agent', 'restore-test.agent-sample');
  const isBeyond = NOT_BY_AGENTS.includes(level) || (level === 'L4' && source === 'postgresql');
  if (isBeyond) throw invalid('level', 'restore-test.agent-level', { level });
}

/** Those that may test points of a client. */
export async function listTestingAgents(work: Work, client: string): Promise<Agent[]> {
  const agents = await listAgents(work, client);
  return agents.filter(({ state, tasks }) => state !== 'revoked' && tasks.includes(AGENT_RESTORE_TEST));
}

/** Whether the agent makes the backups that the point came of: then it stands on the machine whose data they are. */
export async function isOwnHost(
  { db }: Work,
  point: { asset: { id: string } },
  agent: string,
): Promise<boolean> {
  const policy = await db
    .selectFrom('backup_policies')
    .select('id')
    .where('asset_id', '=', point.asset.id)
    .where('agent_id', '=', agent)
    .executeTakeFirst();
  return policy !== undefined;
}

const addressOf = async ({ db }: Work, { store }: RecoveryPoint): Promise<string> =>
  (await db.selectFrom('stores').select('address').where('id', '=', store.id).executeTakeFirstOrThrow())
    .address;
