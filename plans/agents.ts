/** Agents: programs at a client's site that back up what the service cannot reach. They are enrolled by a one-time code. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { SOURCE_KINDS } from './source-addresses.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

/** Not heard of for so long, it is silent: it asks at least once a minute. */
export const SILENT_AFTER_MS = 5 * 60_000;
export const CODE_LIFE_MS = 3_600_000;

/** The task that lets an agent test recovery points. */
export const AGENT_RESTORE_TEST = 'restore-test';

export const AGENT_STATES = ['new', 'invited', 'active', 'silent', 'revoked'] as const;
export type AgentState = (typeof AGENT_STATES)[number];

export const NewAgent = z.object({ name: Line(100) });
export type NewAgent = z.infer<typeof NewAgent>;

const AgentSource = z.object({
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  address: z.string(),
  takesSentinel: z.boolean().describe('Its own machine lets the agent put a dated sentinel there'),
});
export type AgentSource = z.infer<typeof AgentSource>;

export const Agent = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewAgent.shape,
    state: z
      .enum(AGENT_STATES)
      .describe('`invited` while a code is open, `silent` when it was not heard of for five minutes'),
    fingerprint: z.string().nullable().describe('Thumbprint of its public key (RFC 7638)'),
    host: z.object({ name: z.string(), system: z.string(), release: z.string() }).nullable(),
    capacity: z.int().nullable().describe('Orders it does at once'),
    sources: z.array(AgentSource).describe('What its own machine lets it back up'),
    stores: z.array(z.string()).describe('Where its own machine lets it write to'),
    tasks: z.array(z.string()).describe('What its own machine lets it be asked for'),
    createdBy: z.string(),
    enrolledAt: z.iso.datetime().nullable(),
    seenAt: z.iso.datetime().nullable(),
    codeExpiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    revokedBy: z.string().nullable(),
  })
  .meta({ id: 'Agent' });
export type Agent = z.infer<typeof Agent>;

export async function addAgent(work: Work, client: string, agent: NewAgent): Promise<Agent> {
  allow(work, 'agent.change');
  await findClient(work, client);
  await refuseTakenName(work, client, agent.name);
  const { id } = await work.db
    .insertInto('agents')
    .values({ client_id: client, ...agent, created_by: work.actor.name, created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'agent.added', { kind: 'agent', id, client }, agent);
  return findAgent(work, id);
}

export async function changeAgent(work: Work, id: string, agent: NewAgent): Promise<Agent> {
  allow(work, 'agent.change');
  const before = await findAgentForChange(work, id);
  if (agent.name !== before.name) await refuseTakenName(work, before.client, agent.name);
  await work.db.updateTable('agents').set(agent).where('id', '=', id).execute();
  await record(
    work,
    'agent.changed',
    { kind: 'agent', id, client: before.client },
    { before: { name: before.name }, after: agent },
  );
  return findAgent(work, id);
}

/** Opens a one-time code, in the place of one that is open. `hash` is of a code made at the edge, which shows it once. */
export async function openAgentCode(work: Work, id: string, hash: string): Promise<Agent> {
  allow(work, 'agent.change');
  const agent = await findAgentForChange(work, id);
  if (agent.state === 'revoked') throw conflict('agent.revoked', { name: agent.name });
  if (agent.enrolledAt !== null) throw conflict('agent.enrolled', { name: agent.name });
  const code_expires_at = new Date(work.now.getTime() + CODE_LIFE_MS);
  await work.db
    .updateTable('agents')
    .set({ code_hash: hash, code_expires_at })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'agent.code-opened',
    { kind: 'agent', id, client: agent.client },
    { until: code_expires_at },
  );
  return findAgent(work, id);
}

export async function findAgent(work: Work, id: string): Promise<Agent> {
  allow(work, 'protection.read');
  const row = await work.db.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('agent');
  return present(row, work.now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findAgentForChange(work: Work, id: string): Promise<Agent> {
  await work.db.selectFrom('agents').select('id').where('id', '=', id).forUpdate().execute();
  return findAgent(work, id);
}

export async function listAgents(work: Work, client: string): Promise<Agent[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('agents')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map((row) => present(row, work.now));
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('agents')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('agent.name-taken', { name });
}

interface Row {
  id: string;
  client_id: string;
  name: string;
  key_name: string | null;
  code_expires_at: Date | null;
  host: unknown;
  capacity: number | null;
  sources: unknown;
  stores: string[];
  tasks: string[];
  created_by: string;
  enrolled_at: Date | null;
  seen_at: Date | null;
  revoked_at: Date | null;
  revoked_by: string | null;
}

const present = (row: Row, now: Date): Agent => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  state: stateOf(row, now),
  fingerprint: row.key_name,
  host: row.host as Agent['host'],
  capacity: row.capacity,
  sources: (row.sources as Omit<AgentSource, 'takesSentinel'>[]).map((source) => ({
    takesSentinel: false,
    ...source,
  })),
  stores: row.stores,
  tasks: row.tasks,
  createdBy: row.created_by,
  enrolledAt: row.enrolled_at?.toISOString() ?? null,
  seenAt: row.seen_at?.toISOString() ?? null,
  codeExpiresAt: row.code_expires_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  revokedBy: row.revoked_by,
});

function stateOf(row: Row, now: Date): AgentState {
  if (row.revoked_at) return 'revoked';
  if (!row.enrolled_at) return row.code_expires_at && row.code_expires_at > now ? 'invited' : 'new';
  const isHeard = row.seen_at !== null && now.getTime() - row.seen_at.getTime() < SILENT_AFTER_MS;
  return isHeard ? 'active' : 'silent';
}
