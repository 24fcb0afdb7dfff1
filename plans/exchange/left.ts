/** What of a client's file stays in it, and why. */

/** Each has its sentence in `templates/words`: `exchange.left-why.<reason>`. */
export const LEFT_REASONS = [
  'refused',
  'lacking',
  'word-there',
  'altered',
  'unreadable',
  'secret',
  'older',
  'run-there',
  'chained',
] as const;

export interface Left {
  /** A noun as its addresses have it, or a group of rows that has no noun. */
  what: string;
  count: number;
  reason: (typeof LEFT_REASONS)[number];
  /** What they are called, the first few. */
  names: string[];
}
