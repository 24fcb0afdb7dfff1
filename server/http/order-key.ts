import { createPublicKey } from 'node:crypto';
import { PublicKey } from '#/jobs/agents/protocol.ts';
import { listPublicKeys } from '#/plans/keys.ts';
import type { Work } from '#/plans/work.ts';

/** The public key that the provider's orders to agents are signed by. */
export async function orderKeyOf(work: Pick<Work, 'db'>): Promise<PublicKey> {
  const [newest = ''] = await listPublicKeys(work, 'order-signing');
  return PublicKey.parse(createPublicKey(newest).export({ format: 'jwk' }));
}
