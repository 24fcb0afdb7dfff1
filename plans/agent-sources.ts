/** What a policy backs up: something a worker reaches, or a source of an agent, `agent://NAME/SOURCE`. */

import { type AgentSource, listAgents } from './agents.ts';
import { invalid } from './errors.ts';
import { readSource, type SourceKind } from './source-addresses.ts';
import type { Work } from './work.ts';

export interface PolicySource {
  kind: SourceKind;
  /** Without secrets. */
  address: string;
  agent: string | null;
  /** As the agent's own machine calls it. */
  agentSource: string | null;
}

/** Refuses what an agent's own machine does not offer: an order for it would be refused there each time. */
export async function readPolicySource(
  work: Work,
  { client, store }: { client: string; store: string },
  text: string,
): Promise<PolicySource> {
  if (!text.startsWith('agent:')) return { ...readSource(work, text), agent: null, agentSource: null };
  const [, name = '', source = ''] = /^agent:\/\/([^/]+)\/([\w.-]+)$/.exec(text) ?? [];
  const agent = (await listAgents(work, client)).find((one) => one.name === decoded(name));
  if (!agent || agent.enrolledAt === null || agent.state === 'revoked')
    throw invalid('source', 'backup-policy.no-agent');
  const offered = agent.sources.find((one) => one.name === source);
  if (!offered)
    throw invalid('source', 'backup-policy.agent-source', {
      agent: agent.name,
      sources: namesOf(agent.sources),
    });
  if (!agent.stores.includes(store))
    throw invalid('store', 'backup-policy.agent-store', {
      agent: agent.name,
      stores: agent.stores.join(', ') || '–',
    });
  return { kind: offered.kind, address: text, agent: agent.id, agentSource: source };
}

const namesOf = (sources: AgentSource[]) => sources.map(({ name }) => name).join(', ') || '–';

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
