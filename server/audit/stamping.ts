/** Has each anchor stamped by a time-stamp authority, once; what it could not stamp it is asked for again at the next round. */
import type { Tools } from '#/jobs/job.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { listUnstamped, recordStamp } from '#/plans/audit-stamps.ts';
import { askStamp } from './time-stamp.ts';

/** Beside the anchors and not among them, under the same name. */
export const stampKeyOf = (anchor: string) =>
  anchor.replace(/^audit\//, 'audit-stamps/').replace(/\.json$/, '.tsr');

export async function stampAnchors(
  { inProvider, store }: { inProvider: Tools['inProvider']; store: Store },
  provider: string,
  authority: string,
): Promise<void> {
  for (const { first, key: anchor } of await inProvider(provider, listUnstamped)) {
    const { answer, at } = await askStamp(authority, await store.get(anchor));
    const key = stampKeyOf(anchor);
    // Of two workers the second finds a stamp there, which is as good.
    await store.put(key, answer, { ifAbsent: true });
    await inProvider(provider, (work) => recordStamp(work, { first, authority, key, at }));
  }
}
