/** Makes the keys of providers and clients, each once, at the moment they are taken on. */
import { newIdentity, parseRecipient } from '#/jobs/recovery-points/age/keys.ts';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { invalid } from '#/plans/errors.ts';
import { addClientKey, addProviderKey, replaceClientKey } from '#/plans/keys.ts';
import type { Work } from '#/plans/work.ts';
import { createSealIdentity } from './pdf/seal-identity.ts';

/** A key that signs recovery points, one that signs the orders of agents, and a certificate that seals reports. */
export async function makeProviderKeys(work: Work, provider: { name: string; country: string }) {
  const signing = newSigningKey();
  await addProviderKey(work, {
    purpose: 'point-signing',
    publicPart: signing.publicKey,
    privatePart: signing.privateKey,
  });
  const ordering = newSigningKey();
  await addProviderKey(work, {
    purpose: 'order-signing',
    publicPart: ordering.publicKey,
    privatePart: ordering.privateKey,
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
export async function makeClientKeys(
  work: Work,
  client: string,
): Promise<{ recoveryIdentity: string; recoveryRecipient: string }> {
  const recovery = newIdentity();
  const verifier = newIdentity();
  await addClientKey(work, client, { purpose: 'recovery', recipient: recovery.recipient, identity: null });
  await addClientKey(work, client, { purpose: 'verifier', ...verifier });
  return { recoveryIdentity: recovery.identity, recoveryRecipient: recovery.recipient };
}

/**
 * A new recovery key in the place of the one named. Without a recipient of the client's own one is made, and its identity
 * returned for the client to keep; it is not stored.
 */
export async function replaceRecoveryKey(
  work: Work,
  client: string,
  { replaces, recipient }: { replaces: string; recipient: string | null },
): Promise<{ recipient: string; recoveryIdentity: string | null }> {
  const made = recipient === null ? newIdentity() : { recipient: checked(recipient), identity: null };
  const key = { purpose: 'recovery', recipient: made.recipient, identity: null, replaces } as const;
  await replaceClientKey(work, client, key);
  return { recipient: made.recipient, recoveryIdentity: made.identity };
}

/** A new verifier key in the place of the one named. Both identities stay sealed for the workers. */
export const replaceVerifierKey = (work: Work, client: string, { replaces }: { replaces: string }) =>
  replaceClientKey(work, client, { purpose: 'verifier', ...newIdentity(), replaces });

function checked(recipient: string): string {
  try {
    parseRecipient(recipient);
    return recipient.trim();
  } catch (error) {
    if (error instanceof EngineError) throw invalid('recipient', 'client-key.bad-recipient');
    throw error;
  }
}
