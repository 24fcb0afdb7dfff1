/** The fields by which people say how often something is due; see `plans/schedules/rhythm.ts`. */
import { CATCH_UPS, RHYTHMS, type RhythmKind } from '#/plans/schedules/rhythm.ts';
import { DAYS, type Field } from './field.ts';

const OF_RHYTHM: Record<RhythmKind, string[]> = {
  interval: ['everySeconds'],
  daily: ['at', 'spreadSeconds'],
  weekly: ['at', 'weekdays', 'spreadSeconds'],
  monthly: ['at', 'monthDays', 'spreadSeconds'],
  cron: ['expression', 'spreadSeconds'],
  objective: ['rpoSeconds'],
};

/** Fields of rhythms that it does not go by. */
export const besidesRhythm = (kind: RhythmKind): string[] =>
  Object.values(OF_RHYTHM)
    .flat()
    .filter((name) => !OF_RHYTHM[kind].includes(name));

export const scheduleFields = (rhythms: readonly RhythmKind[] = RHYTHMS): Field[] => [
  { name: 'rhythm', kind: 'choice', values: rhythms, words: 'rhythm' },
  { name: 'at', kind: 'lines', optional: true },
  { name: 'weekdays', kind: 'choices', values: DAYS.map(String), words: 'weekday', optional: true },
  { name: 'monthDays', kind: 'lines', optional: true },
  { name: 'everySeconds', kind: 'duration', optional: true },
  { name: 'expression', kind: 'line', max: 100, optional: true },
  ...(rhythms.includes('objective')
    ? [{ name: 'rpoSeconds', kind: 'duration', optional: true } satisfies Field]
    : []),
  { name: 'spreadSeconds', kind: 'duration', optional: true },
  { name: 'startWindowSeconds', kind: 'duration', optional: true },
  { name: 'completionWindowSeconds', kind: 'duration', optional: true },
  { name: 'catchUp', kind: 'choice', values: CATCH_UPS, words: 'catch-up' },
];
