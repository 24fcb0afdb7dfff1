import { once } from 'node:events';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Parts, type Service, startService } from '../service.ts';
import type { Settings } from '../settings.ts';

/** Waits until the process is told to stop: by a signal, or by Ctrl+C. */
export const untilTold = () => Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);

/** Runs parts of the service until told to stop, then lets running work end and closes everything. */
export async function runUntilTold(
  settings: Settings,
  parts: Parts,
  begin: (service: Service) => Promise<void> = async () => {},
): Promise<number> {
  await using service = await startService(settings, parts);
  await begin(service);
  console.error(service.url ? `Reprise listens on ${service.url}` : 'Reprise works. Stop it with Ctrl+C.');
  await untilTold();
  return 0;
}

/** Reads the flags of a command that runs on. Null when they are wrong, which is told together with its usage. */
export function readFlags<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
  usage: string,
) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return null;
  }
}
