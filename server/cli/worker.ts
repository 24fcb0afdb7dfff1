import { readSettings } from '../settings.ts';
import { WRONG_CALL } from './call.ts';
import { readFlags, runUntilTold } from './run-until-told.ts';

export const usage = `reprise worker [--data DIR]
  Runs backups, restore tests and reports, without pages. As many as wanted may share one DATABASE_URL.`;

export async function run(args: string[]): Promise<number> {
  const flags = readFlags(args, { data: { type: 'string' } }, usage);
  if (!flags) return WRONG_CALL;
  return runUntilTold(readSettings({ DATA_DIR: flags.data }), { web: false, worker: true });
}
