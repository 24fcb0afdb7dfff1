/** How old data may get under a schedule, at worst, so that a schedule that cannot hold an RPO is refused when it is made. */
import { type Blackout, stretchesBetween, whenAllowed } from './blackouts.ts';
import type { Cadence, Timed } from './cadence.ts';
import { dueTimes } from './due-times.ts';

const DAY = 86_400_000;
/** All that a year brings: both changes of the clocks, months of each length. */
const AHEAD_DAYS = 400;
/** Before a blackout begins: clocks tick several times in it. */
const JUST_SECONDS = 60;
/** Starts looked at, at most: intervals of minutes repeat themselves soon. */
const MOST_STARTS = 20_000;

export interface Schedule {
  cadence: Cadence;
  blackouts: readonly Blackout[];
  zone: string;
  id: string;
}

/**
 * The oldest that restorable data get, in seconds, from `now` on: what the last finished backup shows, just before the
 * next one ends. `durationSeconds` is how long one takes. Null when it is due no more than once.
 */
export function worstDataAge(schedule: Schedule, durationSeconds: number, now: Date): number | null {
  const starts = startsOf(schedule, now);
  if (starts.length < 2) return null;
  const gaps = starts.slice(1).map((start, index) => start.getTime() - starts[index]!.getTime());
  return gaps.reduce((most, gap) => Math.max(most, gap), 0) / 1000 + durationSeconds;
}

/**
 * The blackouts during which data must grow older than an RPO allows, whatever is done before and after them, one after the other. Data
 * are as old as their backup's start, and count once it has ended.
 */
export function* impossibleBlackouts(
  { blackouts, zone }: Pick<Schedule, 'blackouts' | 'zone'>,
  { rpoSeconds, durationSeconds, now }: { rpoSeconds: number; durationSeconds: number; now: Date },
): Generator<{ name: string; from: Date; seconds: number }> {
  const stretches = stretchesBetween(blackouts, zone, now, new Date(now.getTime() + AHEAD_DAYS * DAY));
  for (const { from, blackout } of stretches) {
    const seconds = (whenAllowed(stretches, from).getTime() - from.getTime()) / 1000;
    const before = secondsBefore(blackout, durationSeconds);
    if (before + seconds + durationSeconds > rpoSeconds) yield { name: blackout.name, from, seconds };
  }
}

/** The longest that a blackout keeps two starts apart, in seconds; 0 without any. */
export function longestStretch({ blackouts, zone }: Pick<Schedule, 'blackouts' | 'zone'>, now: Date): number {
  const stretches = stretchesBetween(blackouts, zone, now, new Date(now.getTime() + AHEAD_DAYS * DAY));
  return stretches.reduce((most, { from }) => {
    const seconds = (whenAllowed(stretches, from).getTime() - from.getTime()) / 1000;
    return Math.max(most, JUST_SECONDS + seconds);
  }, 0);
}

/**
 * When the next backup must begin so that data never grow older than an RPO: a moment that may be past. Begun earlier
 * when a blackout would else keep it from ending in time.
 */
export function dueByObjective(
  lastDataTime: Date | null,
  { rpoSeconds, durationSeconds, now }: { rpoSeconds: number; durationSeconds: number; now: Date },
  { blackouts, zone }: Pick<Schedule, 'blackouts' | 'zone'>,
): Date {
  if (lastDataTime === null) return now;
  const latest = lastDataTime.getTime() + (rpoSeconds - durationSeconds) * 1000;
  const stretches = stretchesBetween(
    blackouts,
    zone,
    lastDataTime,
    new Date(latest + durationSeconds * 1000 + DAY),
  );
  let due = latest;
  for (const { from, until, blackout } of stretches.toReversed()) {
    const needed = secondsBefore(blackout, durationSeconds) * 1000;
    if (due > from.getTime() - needed && due < until.getTime()) due = from.getTime() - needed;
  }
  return new Date(due);
}

/** What may run on into a blackout may begin just before it; what is paused or aborted has to have ended. */
const secondsBefore = ({ running }: Blackout, durationSeconds: number) =>
  JUST_SECONDS + (running === 'finish' ? 0 : durationSeconds);

function startsOf({ cadence, blackouts, zone, id }: Schedule, now: Date): Date[] {
  if (cadence.kind === 'objective') return [];
  const end = new Date(now.getTime() + AHEAD_DAYS * DAY);
  const stretches = stretchesBetween(blackouts, zone, now, end);
  const starts: Date[] = [];
  for (const due of dueTimes(cadence satisfies Timed, { zone, id, after: now })) {
    if (due > end || starts.length >= MOST_STARTS) break;
    const start = whenAllowed(stretches, due);
    if (start > (starts.at(-1) ?? now)) starts.push(start);
  }
  return starts;
}
