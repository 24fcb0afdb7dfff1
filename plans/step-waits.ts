/** What a step waits for, as people type it: `contain, decide + 30 min`. */
import { z } from 'zod';
import { durationText, secondsFrom } from './durations.ts';
import { Key } from './keyed.ts';

const LONGEST_LAG = 31_536_000;

export const StepWait = z.object({
  key: Key,
  lagSeconds: z.int().min(0).max(LONGEST_LAG).default(0).describe('To wait once that step is done'),
});
export type StepWait = z.infer<typeof StepWait>;

/** In JSON a list, in a form a line, which may be empty. */
export const StepWaits = z.preprocess(
  (value) => (value === null ? [] : typeof value === 'string' ? (waitsFrom(value) ?? value) : value),
  z.array(StepWait, { error: 'runbook.waits-unreadable' }).max(50),
);

/** Null when nobody can read it. */
function waitsFrom(text: string): StepWait[] | null {
  const pieces = text
    .split(/[,;]/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  const waits = pieces.map(waitFrom);
  return waits.every((wait) => wait !== null) ? waits : null;
}

function waitFrom(piece: string): StepWait | null {
  const [key = '', lag] = piece.split('+').map((part) => part.trim());
  const lagSeconds = lag === undefined ? 0 : secondsFrom(lag);
  return lagSeconds === null || !Key.safeParse(key).success ? null : { key, lagSeconds };
}

export const waitsText = (waits: readonly StepWait[], day: 'd' | 'j' = 'd'): string =>
  waits
    .map(({ key, lagSeconds }) => (lagSeconds === 0 ? key : `${key} + ${durationText(lagSeconds, day)}`))
    .join(', ');
