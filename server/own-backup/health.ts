import type { Database } from '../database.ts';
import type { Settings } from '../settings.ts';
import { lastProvedOwnBackup, listOwnBackups } from './records.ts';

/** How old the newest own backup is that was proved; null where the installation makes none. Not well after two rhythms. */
export async function ownBackupHealth({
  database,
  settings,
  clock,
}: {
  database: Pick<Database, 'atDoor'>;
  settings: Settings;
  clock: () => Date;
}) {
  if (!settings.ownBackup) return null;
  const proved = await lastProvedOwnBackup(database);
  const seconds = proved && (clock().getTime() - proved.getTime()) / 1000;
  if (seconds !== null)
    return { ok: seconds <= 2 * settings.ownBackup.hours * 3600, secondsSinceProved: seconds };
  const tried = await listOwnBackups(database);
  return {
    ok: !tried.some(({ state }) => state === 'failed' || state === 'unproved'),
    secondsSinceProved: null,
  };
}
