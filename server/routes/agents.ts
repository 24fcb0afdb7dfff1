import { z } from 'zod';
import { nameOfKey } from '#/jobs/agents/request-proof.ts';
import { Agent, openAgentCode } from '#/plans/agents.ts';
import type { Work } from '#/plans/work.ts';
import { hashOfCode, newCode } from '../http/agent-code.ts';
import { orderKeyOf } from '../http/order-key.ts';
import { api, page } from '../http/route.ts';
import { addressOf, type Services } from '../http/services.ts';
import { One } from '../http/shapes.ts';

type Settled = Pick<Services, 'settings'>;

const OpenedCode = z
  .object({
    agent: Agent,
    code: z.string().describe('One-time code, good for an hour; told this once'),
    service: z.string().describe('Address to enrol at'),
    fingerprint: z
      .string()
      .describe('Of the key that signs orders: the agent refuses to enrol where it finds another'),
  })
  .meta({ id: 'AgentCode' });

/** Codes by which agents enrol. The code is in the answer itself, at no address of its own. */
export const agentsApi = (services: Settled) => [
  api({
    method: 'post',
    path: '/agents/:id/codes',
    summary: 'Make a one-time code to enrol an agent with, in the place of the one before',
    params: One,
    output: OpenedCode,
    status: 201,
    run: ({ work, params: { id } }) => open(services, work, id),
  }),
];

export const agentsPages = (services: Settled) => [
  page({
    method: 'post',
    path: '/agents/:id/codes',
    summary: 'Make a code',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'protection/agent-code',
      data: await open(services, work, id),
    }),
  }),
];

async function open({ settings }: Settled, work: Work, id: string) {
  const code = newCode();
  const agent = await openAgentCode(work, id, hashOfCode(code));
  const service = addressOf(settings);
  return { agent, code, service, fingerprint: await nameOfKey(await orderKeyOf(work)) };
}
