/** How often another tool is expected to say that a backup ended well. */
import { z } from 'zod';
import { Cadence, type Timed } from '../schedules/cadence.ts';
import { nextDueTimes } from '../schedules/due-times.ts';
import { RhythmShape, rhythmOf, rulesFrom } from '../schedules/rhythm.ts';
import type { Expected } from './standing.ts';

/** The service begins nothing there, so no objective says when. */
export const CLAIM_RHYTHMS = ['interval', 'daily', 'weekly', 'monthly', 'cron'] as const;

const { everySeconds, at, weekdays, monthDays, expression } = RhythmShape;
/** To be spread into the shape of a source. Times are those at which the backup begins, on walls in the client's zone. */
export const ClaimRhythm = {
  rhythm: z.enum(CLAIM_RHYTHMS).default('interval'),
  everySeconds: everySeconds
    .unwrap()
    .default(86_400)
    .describe('Of `interval`: a good end comes at least as often'),
  at,
  weekdays,
  monthDays,
  expression,
};
const Rhythm = z.object(ClaimRhythm);
type Rhythm = z.infer<typeof Rhythm>;

/** Of a run that is begun elsewhere, no window is asked and none is used. */
const NO_WINDOWS = { startWindowSeconds: 3600, completionWindowSeconds: null, catchUp: 'skip' } as const;

/** Refuses a rhythm without what it goes by, field by field. */
export const cadenceFrom = (rhythm: Rhythm): Cadence =>
  rulesFrom({ ...rhythm, ...NO_WINDOWS, rpoSeconds: null, spreadSeconds: 0 }, CLAIM_RHYTHMS).cadence;

/** The fields that say a cadence as it is kept. */
export const rhythmFrom = (kept: unknown): Rhythm =>
  Rhythm.parse(rhythmOf({ ...NO_WINDOWS, cadence: Cadence.parse(kept) }));

interface Kept {
  id: string;
  cadence: unknown;
  grace_seconds: number;
  longest_seconds: number | null;
  time_zone: string;
}

export function expectedFrom({ id, cadence, grace_seconds, longest_seconds, time_zone }: Kept): Expected {
  const timed = Cadence.parse(cadence) as Timed;
  return {
    nextAfter: (moment) =>
      timed.kind === 'interval'
        ? new Date(moment.getTime() + timed.everySeconds * 1000)
        : (nextDueTimes(timed, { zone: time_zone, id, after: moment }, 1)[0] ?? null),
    graceSeconds: grace_seconds,
    longestSeconds: longest_seconds,
  };
}
