/** What a job needs to make a crisis pack, with its second store sealed as it is on record. */
import { findPackSettings } from './crisis-pack-settings.ts';
import { findProviderKey } from './keys.ts';
import { checksumsOf, isSeenToHold, presentProbe } from './store-probes.ts';
import type { Work } from './work.ts';

/** Null when it is finished already. */
export async function startCrisisPack(work: Work, id: string) {
  const pack = await work.db
    .updateTable('crisis_packs')
    .set({ state: 'running' })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['client_id', 'locale', 'asked_at', 'snapshot', 'recipients'])
    .executeTakeFirst();
  if (!pack) return null;
  const { store, holdDays } = await findPackSettings(work, pack.client_id);
  const { publicPart, sealedPrivate } = await findProviderKey(work, 'report-sealing');
  return {
    client: pack.client_id,
    askedAt: pack.asked_at,
    snapshot: pack.snapshot,
    recipients: pack.recipients,
    second: store ? { id: store.id, holdDays, ...(await findSealed(work, store.id)) } : null,
    sealedKey: sealedPrivate,
    certificates: publicPart,
  };
}

async function findSealed({ db, now }: Work, id: string) {
  const store = await db.selectFrom('stores').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return {
    sealed: {
      address: store.address,
      sealedCredentials: store.sealed_credentials,
      checksums: checksumsOf(store.probe),
      isInUse: true,
    },
    /** Its last probe has seen that a lock holds there. */
    canHold: isSeenToHold(presentProbe(store, now), 'governance'),
  };
}
