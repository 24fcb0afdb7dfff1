import { runUntilTold } from './run-until-told.ts';

export const usage = `reprise worker [--data DIR]
  Runs backups, restore tests and reports, without pages. As many as wanted may share one DATABASE_URL.`;

export const run = (args: string[]): Promise<number> =>
  runUntilTold(args, usage, { web: false, worker: true });
