/** The escrow sheet of a recovery key, made while its identity is at hand; it is stored nowhere. */
import { fingerprint } from '#/jobs/recovery-points/age/keys.ts';
import type { Client } from '#/plans/clients.ts';
import { providerName } from '#/plans/providers.ts';
import type { Work } from '#/plans/work.ts';
import { qr } from './charts/qr.ts';
import type { ClientCreatedView, KeySheetView } from './views.ts';

const PREFIX = 'AGE-SECRET-KEY-1';

/** What the sheet tells. The code survives a stain: a third of it may be unreadable. */
export function keySheet(
  key: Pick<KeySheetView, 'client' | 'provider' | 'madeAt' | 'identity' | 'recipient' | 'replaces'>,
): KeySheetView {
  const print = fingerprint(key.recipient);
  return {
    ...key,
    fingerprint: print,
    groups: [PREFIX, ...(key.identity.slice(PREFIX.length).match(/.{1,4}/g) ?? [])],
    qr: qr(key.identity, print, 'H'),
    holders: [1, 2],
  };
}

/** The sheet of a key that was made for a client just now. */
export async function sheetOf(
  work: Work,
  {
    cameWith = null,
    ...made
  }: {
    client: Client;
    identity: string;
    recipient: string;
    replaces: string | null;
    cameWith?: ClientCreatedView['cameWith'];
  },
): Promise<ClientCreatedView> {
  const sheet = keySheet({
    ...made,
    provider: await providerName(work),
    madeAt: work.now.toISOString(),
  });
  return { ...sheet, client: made.client, cameWith };
}
