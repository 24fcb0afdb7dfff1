/** A backup in a process that kills itself, as a power cut would, when so many of its awaits went on. */
import { createHook } from 'node:async_hooks';
import { backup } from '#/jobs/recovery-points/backup.ts';
import type { BackupRequest } from '#/jobs/recovery-points/contract.ts';
import { folderSource } from '#/jobs/sources/folder.ts';
import { openStore } from '#/jobs/stores/open.ts';

export interface KilledBackup {
  request: Omit<BackupRequest, 'source' | 'store' | 'now'>;
  source: string;
  storeAddress: string;
  now: number;
  awaits: number;
}

process.once('message', async ({ request, source, storeAddress, now, awaits }: KilledBackup) => {
  let left = awaits;
  const watch = createHook({
    before: () => {
      if (--left === 0) process.kill(process.pid, 'SIGKILL');
    },
  });
  const store = await openStore(storeAddress);
  watch.enable();
  await backup({ ...request, source: folderSource(source), store, now: () => new Date(now) });
  process.disconnect!();
});
