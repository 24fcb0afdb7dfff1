/** The escrow sheet of a recovery key, at the one moment its identity is known here. */
import { fingerprint } from '#/jobs/recovery-points/age/keys.ts';
import type { Client } from '#/plans/clients.ts';
import { providerName } from '#/plans/providers.ts';
import type { Work } from '#/plans/work.ts';
import { qr } from './charts/qr.ts';
import type { ClientCreatedView } from './views.ts';

export async function sheetOf(
  work: Work,
  { client, identity, recipient }: { client: Client; identity: string; recipient: string },
): Promise<ClientCreatedView> {
  const print = fingerprint(recipient);
  return {
    client,
    provider: await providerName(work),
    madeAt: work.now.toISOString(),
    identity,
    recipient,
    fingerprint: print,
    qr: qr(identity, print),
    holders: [1, 2],
  };
}
