/** Who this agent is: its keys, made here and kept here, and the service it took an order key from. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PublicKey } from '#/jobs/agents/protocol.ts';
import { StartError } from '../start-error.ts';
import { readJson, writeJson } from './files.ts';

const AgentIdentity = z.object({
  /** Address of the service, without a slash at its end. */
  service: z.url(),
  orderKey: PublicKey,
  agent: z.uuid(),
  name: z.string(),
  client: z.string(),
  /** Signs requests. */
  key: PublicKey.extend({ d: z.string() }),
  /** age identity that opens the last point of this agent. */
  identity: z.string(),
  /** Signs recovery points; PKCS#8 PEM. */
  signingKey: z.string(),
});
export type AgentIdentity = z.infer<typeof AgentIdentity>;

const fileIn = (folder: string) => join(folder, 'agent.json');

export async function saveIdentity(folder: string, identity: AgentIdentity): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeJson(fileIn(folder), identity);
}

export async function hasIdentity(folder: string): Promise<boolean> {
  return (await readJson(fileIn(folder))) !== null;
}

export async function loadIdentity(folder: string): Promise<AgentIdentity> {
  const found = await readJson(fileIn(folder));
  if (found === null)
    throw new StartError(
      `There is no agent in ${folder}. Enrol it first: reprise agent enrol https://… --code CODE --dir ${folder}`,
    );
  const { data } = AgentIdentity.safeParse(found);
  if (!data) throw new StartError(`${fileIn(folder)} is not the identity of an agent. Enrol it anew.`);
  return data;
}
