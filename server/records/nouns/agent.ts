import { z } from 'zod';
import { TASKS } from '#/jobs/agents/protocol.ts';
import { may } from '#/plans/access.ts';
import { revokeAgent } from '#/plans/agent-revoking.ts';
import {
  AGENT_STATES,
  Agent,
  addAgent,
  changeAgent,
  findAgent,
  findAgentForChange,
  listAgents,
  NewAgent,
} from '#/plans/agents.ts';
import { SOURCE_KINDS } from '#/plans/source-addresses.ts';
import { noun } from '../noun.ts';

export const agent = noun<Agent, NewAgent>({
  name: 'agent',
  path: 'agents',
  tab: 'protection',
  titleOf: ({ name }) => name,
  fields: [{ name: 'name', kind: 'line', max: 100 }],
  told: [
    {
      name: 'state',
      kind: 'choice',
      values: AGENT_STATES,
      words: 'agent-state',
      tones: { active: 'proof', silent: 'danger', invited: 'moving', new: 'open' },
    },
    { name: 'seenAt', kind: 'moment' },
    { name: 'host', kind: 'line' },
    { name: 'release', kind: 'line' },
    { name: 'fingerprint', kind: 'line' },
    { name: 'capacity', kind: 'number' },
    { name: 'stores', kind: 'lines' },
    { name: 'tasks', kind: 'choices', values: TASKS, words: 'agent-task' },
    { name: 'enrolledAt', kind: 'moment' },
    { name: 'codeExpiresAt', kind: 'moment' },
    { name: 'createdBy', kind: 'line' },
    { name: 'revokedAt', kind: 'moment' },
    { name: 'revokedBy', kind: 'line' },
  ],
  valuesOf: (item) => ({
    ...item,
    host: item.host && `${item.host.name} (${item.host.system})`,
    release: item.host?.release ?? null,
  }),
  columns: ['state', 'seenAt', 'host'],
  item: Agent,
  input: NewAgent,
  list: listAgents,
  find: findAgent,
  findForChange: findAgentForChange,
  add: addAgent,
  change: changeAgent,
  right: 'agent.change',
  isOpen: ({ state }) => state !== 'revoked',
  actions: [
    {
      name: 'revocation',
      fields: [],
      input: z.object({}),
      right: 'agent.change',
      isOffered: ({ state }) => state !== 'revoked',
      run: revokeAgent,
      isFinal: true,
    },
  ],
  figures: async (work, item) => {
    const mayOpen = may(work, 'agent.change') && item.state !== 'revoked' && item.enrolledAt === null;
    return mayOpen ? [{ partial: 'partials/agent-code', data: { agent: item } }] : [];
  },
  parts: async (_work, { name, sources }) => [
    {
      name: 'agent.sources',
      columns: [
        { name: 'name', kind: 'line' },
        { name: 'kind', kind: 'choice', values: SOURCE_KINDS, words: 'source-kind' },
        { name: 'address', kind: 'line' },
        { name: 'takesSentinel', kind: 'tick' },
        { name: 'policySource', kind: 'line' },
      ],
      rows: sources.map((source) => ({
        href: null,
        values: { ...source, policySource: `agent://${encodeURIComponent(name)}/${source.name}` },
      })),
    },
  ],
});
