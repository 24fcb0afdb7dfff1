import cron from 'node-cron';
import type { Log } from './job.ts';

/**
 * The tick. It only asks whether anything is due: due times are rows, so nothing is lost while nobody ticks,
 * and node-cron's habits at the change to summer time do not matter.
 */
export function startClock(tick: () => Promise<void>, log: Log): Disposable {
  const task = cron.schedule(
    '*/15 * * * * *',
    () => tick().catch((error) => log.error({ err: error }, 'the clock could not look for due work')),
    { noOverlap: true },
  );
  return { [Symbol.dispose]: () => void task.destroy() };
}
