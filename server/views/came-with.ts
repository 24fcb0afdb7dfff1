import type { Left } from '#/plans/exchange/left.ts';

/** What comes of a client's file; `words` are keys of what they are called. */
export interface CameWith {
  came: { words: string; taken: number; told: number }[];
  left: { words: string; count: number; reason: Left['reason']; names: string[] }[];
}
