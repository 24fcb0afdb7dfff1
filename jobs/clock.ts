import cron from 'node-cron';
import type { Log } from './job.ts';

const EVERY_QUARTER = '*/15 * * * * *';
export const EVERY_MINUTE = '7 * * * * *';

/**
 * The tick. It only asks whether anything is due: due times are rows, so nothing is lost while nobody ticks,
 * and node-cron's habits at the change to summer time do not matter. Ends once the tick under way has ended.
 */
export function startClock(
  tick: () => Promise<void>,
  log: Log,
  at: typeof EVERY_QUARTER | typeof EVERY_MINUTE = EVERY_QUARTER,
): AsyncDisposable {
  let underWay = Promise.resolve();
  const task = cron.schedule(
    at,
    () => {
      underWay = tick().catch((error) => log.error({ err: error }, 'the clock could not look for due work'));
      return underWay;
    },
    { noOverlap: true },
  );
  return {
    async [Symbol.asyncDispose]() {
      await task.destroy();
      await underWay;
    },
  };
}
