import { opendir } from 'node:fs/promises';
import { because } from '../recovery-points/finding-codes.ts';
import { SENTINEL_FILE } from './sentinel.ts';
import { type Source, SourceError } from './source.ts';

/** What we put into sources ourselves says nothing of what should be there. */
const isOurs = (name: string): boolean => name.includes(SENTINEL_FILE) || name.startsWith('.reprise-canary-');

/** Refuses a folder in which nothing lies any more: its share is not mounted, and a point of nothing would push the others out. */
export async function refuseEmptySource({ kind, address }: Source): Promise<void> {
  if (kind !== 'folder') return;
  // Whether it can be read at all shows when it is prepared.
  const entries = await opendir(address).catch(() => null);
  if (entries === null) return;
  for await (const { name } of entries) if (!isOurs(name)) return;
  throw new SourceError(
    'unreachable',
    because('source.empty', { address }),
    `There is nothing in ${address} any more, and there was at the last backup. Is its disk or share mounted?`,
  );
}
