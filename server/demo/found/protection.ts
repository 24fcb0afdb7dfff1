/** Founds where clients' recovery points lie and what is backed up there. Their first backups are those of the main job. */
import { mkdir } from 'node:fs/promises';
import { addBackupPolicy, NewBackupPolicy } from '#/plans/backup-policies.ts';
import { addStore, NewStore } from '#/plans/stores.ts';
import type { DemoPolicy } from '../content/demo-client.ts';
import type { Story } from './story.ts';

export type Sources = Record<DemoPolicy['source'], string>;

export interface FoundedPolicy {
  id: string;
  asset: string;
  tests: number;
}

export async function foundProtection(
  { work, content, client, refs }: Story,
  { sources, storesFolder }: { sources: Sources; storesFolder: string },
): Promise<FoundedPolicy[]> {
  for (const { ref, ...store } of content.protection.stores) {
    const folder = `${storesFolder}/${content.key}-${ref}`;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const told = { ...refs.resolve(store), address: `file://${encodeURI(folder)}` };
    refs.set(ref, (await addStore(work, client, NewStore.parse(told))).id);
  }
  const policies: FoundedPolicy[] = [];
  for (const { asset, store, source, intervalSeconds, tests } of content.protection.policies) {
    const told = { asset: refs.id(asset), store: refs.id(store), source: sources[source], intervalSeconds };
    const policy = await addBackupPolicy(work, NewBackupPolicy.parse(told));
    policies.push({ id: policy.id, asset: policy.asset.label, tests });
  }
  return policies;
}
