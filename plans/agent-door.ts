/**
 * How an agent comes in. The first functions run before a provider is known, in a transaction that sees only the agent that
 * was shown: by the hash of its one-time code, or by the name of its key.
 */
import type { Transaction } from 'kysely';
import { record } from './audit.ts';
import { Refusal } from './errors.ts';
import type { Tables } from './tables.ts';
import type { Actor, Work } from './work.ts';

type Door = Transaction<Tables>;

/** Requests are remembered for longer than the agent's clock may be off, in either direction. */
const REMEMBERED_MS = 15 * 60_000;

export interface AgentAtDoor {
  id: string;
  provider: string;
  client: string;
  name: string;
  publicKey: unknown;
  isRevoked: boolean;
}

/** The agent that was shown; null when there is none. */
export async function findAgentAtDoor(door: Door, shown: string): Promise<AgentAtDoor | null> {
  const row = await door
    .selectFrom('agents')
    .select(['id', 'provider_id', 'client_id', 'name', 'public_key', 'revoked_at'])
    .where((where) => where.or([where('key_name', '=', shown), where('code_hash', '=', shown)]))
    .executeTakeFirst();
  return row
    ? {
        id: row.id,
        provider: row.provider_id,
        client: row.client_id,
        name: row.name,
        publicKey: row.public_key,
        isRevoked: row.revoked_at !== null,
      }
    : null;
}

/** As whom an agent works: it may do nothing but what the functions for agents do. */
export const agentActor = ({ id, name }: Pick<AgentAtDoor, 'id' | 'name'>): Actor => ({
  kind: 'agent',
  id,
  name,
  role: 'agent',
  scopes: ['run'],
});

/** Takes the agent on. Of two that show one code at once, the first. */
export async function enrolAgent(
  work: Work,
  codeHash: string,
  own: {
    keyName: string;
    publicKey: object;
    recipient: string;
    signingKey: string;
    protocol: number;
    host: object;
  },
): Promise<{ id: string; name: string; client: string }> {
  const agent = await work.db
    .updateTable('agents')
    .set({
      code_hash: null,
      code_expires_at: null,
      key_name: own.keyName,
      public_key: JSON.stringify(own.publicKey),
      recipient: own.recipient,
      signing_key: own.signingKey,
      protocol: own.protocol,
      host: JSON.stringify(own.host),
      enrolled_at: work.now,
      seen_at: work.now,
    })
    .where('code_hash', '=', codeHash)
    .where('code_expires_at', '>', work.now)
    .where('enrolled_at', 'is', null)
    .where('revoked_at', 'is', null)
    .returning(['id', 'name', 'client_id'])
    .executeTakeFirst();
  if (!agent) throw new Refusal('unauthenticated', 'agent.code');
  const { id, name, client_id: client } = agent;
  await record(
    work,
    'agent.enrolled',
    { kind: 'agent', id, client },
    { fingerprint: own.keyName, host: own.host },
  );
  return { id, name, client };
}

/** Remembers a request. Refuses one that came before: somebody else sends it once more. */
export async function takeRequest({ db, now }: Work, agent: AgentAtDoor, request: string): Promise<void> {
  const taken = await db
    .insertInto('agent_requests')
    .values({ client_id: agent.client, agent_id: agent.id, id: request, at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!taken) throw new Refusal('unauthenticated', 'agent.forged');
}

export async function forgetOldRequests({ db, now }: Work): Promise<void> {
  await db
    .deleteFrom('agent_requests')
    .where('at', '<', new Date(now.getTime() - REMEMBERED_MS))
    .execute();
}
