import type { Attempt } from '#/plans/attempts.ts';
import type { BackupRun } from '#/plans/backup-runs.ts';
import type { Client } from '#/plans/clients.ts';
import type { Pace } from '#/plans/paces.ts';

/** `protection/run`. Its form posts to /backup-runs/:id/cancellation. */
export interface RunView {
  client: Client;
  run: BackupRun;
  asset: string;
  isUnderWay: boolean;
  attempts: Attempt[];
  pace: Pace | null;
  mayCancel: boolean;
}
