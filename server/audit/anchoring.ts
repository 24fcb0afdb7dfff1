/** Anchors the trail once a day: signs what came since the last time, and puts it where it cannot be written over. */
import type { Tools } from '#/jobs/job.ts';
import { parseSigningKey, signerOf } from '#/jobs/recovery-points/signing.ts';
import { type Retention, type Store, StoreError } from '#/jobs/stores/store.ts';
import { type DueAnchor, findDueAnchor, recordAnchor } from '#/plans/audit-anchors.ts';
import type { Database } from '../database.ts';
import type { ServiceLog } from '../log.ts';
import { keyOf, openAnchor, sealAnchor } from './anchor.ts';
import { stampAnchors } from './stamping.ts';

export interface Anchoring {
  database: Pick<Database, 'providerIds'>;
  inProvider: Tools['inProvider'];
  store: Store;
  /** In PEM. */
  signingKey: string;
  lockDays: number;
  /** Address of a time-stamp authority; null where nobody else says when. */
  authority: string | null;
  log: Pick<ServiceLog, 'error' | 'warn'>;
  clock: () => Date;
}

/** Anchors what is due, for each provider. One that fails keeps no other from its own; answers whether none did. */
export async function anchorTrails(anchoring: Anchoring, { isAsked = false } = {}): Promise<boolean> {
  let isWhole = true;
  for (const provider of await anchoring.database.providerIds())
    try {
      while (await anchorNext(anchoring, provider, isAsked));
      if (anchoring.authority !== null) await stampAnchors(anchoring, provider, anchoring.authority);
    } catch (error) {
      isWhole = false;
      anchoring.log.error({ err: error, provider }, 'the audit trail could not be anchored');
    }
  return isWhole;
}

async function anchorNext(anchoring: Anchoring, provider: string, isAsked: boolean): Promise<boolean> {
  const { inProvider, store } = anchoring;
  const due = await inProvider(provider, (work) => findDueAnchor(work, isAsked));
  if (!due) return false;
  const key = keyOf(provider, due.first);
  const outcome = await putHeld(anchoring, provider, due);
  const { first, last, hash } = outcome === 'created' ? due : await readOther(anchoring, key);
  const held = await store.locks?.retention(key).catch(() => null);
  await inProvider(provider, (work) =>
    recordAnchor(work, {
      first,
      last,
      hash,
      signer: signerOf(parseSigningKey(anchoring.signingKey)),
      store: store.address,
      key,
      lockedUntil: held?.until ?? null,
    }),
  );
  return true;
}

/** Where the store has no locks, it is written without one, and the record says so. */
async function putHeld(
  { store, signingKey, lockDays, clock }: Anchoring,
  provider: string,
  due: DueAnchor,
): Promise<'created' | 'exists'> {
  const now = clock();
  const key = keyOf(provider, due.first);
  const body = sealAnchor({ provider, ...due, at: now.toISOString() }, parseSigningKey(signingKey));
  const until = new Date(now.getTime() + lockDays * 86_400_000);
  const retention: Retention = { mode: 'compliance', until };
  if (store.locks !== null && lockDays > 0)
    try {
      return await store.put(key, body, { ifAbsent: true, retention });
    } catch (error) {
      if (!(error instanceof StoreError && error.because.code === 'store.no-locks')) throw error;
    }
  return store.put(key, body, { ifAbsent: true });
}

/** Another worker was faster, or the answer of an earlier try was lost. What lies there counts only if we signed it. */
async function readOther({ store, signingKey }: Anchoring, key: string) {
  const anchor = openAnchor(await store.get(key), [signerOf(parseSigningKey(signingKey))]);
  if (typeof anchor === 'string')
    throw new Error(`${key} in ${store.address} is no anchor of ours (${anchor}).`);
  return anchor;
}
