import { z } from 'zod';
import { OptionalText } from './text.ts';

/** A pause, shorter or longer by a quarter: what an outage stopped at once does not come back at once. */
export function pauseFrom(now: Date, seconds: number): { at: Date; afterSeconds: number } {
  const afterSeconds = Math.max(1, Math.round(seconds * (0.75 + Math.random() / 2)));
  return { at: new Date(now.getTime() + afterSeconds * 1000), afterSeconds };
}

/** Why something is called off. */
export const Cancelling = z.object({ reason: OptionalText(500).default(null) });
export type Cancelling = z.infer<typeof Cancelling>;
