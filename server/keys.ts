/** Makes the keys of providers and clients, each once, at the moment they are taken on. */
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { addClientKey, addProviderKey } from '#/plans/keys.ts';
import type { Work } from '#/plans/work.ts';
import { createSealIdentity } from './pdf/seal-identity.ts';

/** A key that signs recovery points, and a certificate that seals reports. */
export async function makeProviderKeys(work: Work, provider: { name: string; country: string }) {
  const signing = newSigningKey();
  await addProviderKey(work, {
    purpose: 'point-signing',
    publicPart: signing.publicKey,
    privatePart: signing.privateKey,
  });
  const sealing = await createSealIdentity({ ...provider, now: work.now });
  await addProviderKey(work, {
    purpose: 'report-sealing',
    publicPart: sealing.certificates,
    privatePart: sealing.privateKey,
  });
}

/**
 * A recovery recipient, whose identity is returned for the client to keep and is not stored, and a verifier, whose
 * identity stays sealed for the workers. Packs are sealed for both, so either opens them alone.
 */
export async function makeClientKeys(work: Work, client: string): Promise<{ recoveryIdentity: string }> {
  const recovery = newIdentity();
  const verifier = newIdentity();
  await addClientKey(work, client, { purpose: 'recovery', recipient: recovery.recipient, identity: null });
  await addClientKey(work, client, { purpose: 'verifier', ...verifier });
  return { recoveryIdentity: recovery.identity };
}
