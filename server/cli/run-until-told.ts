import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { type Parts, startService } from '../service.ts';
import { readSettings } from '../settings.ts';

/** Waits until the process is told to stop: by a signal, or by Ctrl+C. */
export const untilTold = () => Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);

/** Runs parts of the service until told to stop, then lets running work end and closes everything. */
export async function runUntilTold(args: string[], usage: string, parts: Parts): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.error(usage);
    return 2;
  }
  const settings = readSettings({ DATA_DIR: options.data, PORT: options.port });
  await using service = await startService(settings, parts);
  console.error(service.url ? `Reprise listens on ${service.url}` : 'Reprise works. Stop it with Ctrl+C.');
  await untilTold();
  return 0;
}

function readOptions(args: string[]) {
  try {
    return parseArgs({ args, options: { data: { type: 'string' }, port: { type: 'string' } } }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}
