import { runUntilTold } from './run-until-told.ts';

export const usage = `reprise serve [--data DIR] [--port N] [--web-only]
  Runs pages, API and clock; jobs as well, unless --web-only leaves them to reprise worker.`;

export async function run(args: string[]): Promise<number> {
  const isWebOnly = args.includes('--web-only');
  return runUntilTold(
    args.filter((argument) => argument !== '--web-only'),
    usage,
    { web: true, worker: !isWebOnly },
  );
}
