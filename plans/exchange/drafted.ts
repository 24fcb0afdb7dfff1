/** What a file would do to a client, before anything is done. */
import type { Problem } from './cell.ts';
import type { Token } from './names.ts';
import type { Value } from './read-cell.ts';
import type { SheetName } from './sheets.ts';

export const WHATS = ['add', 'change', 'remove', 'none'] as const;
export type What = (typeof WHATS)[number];

export interface Difference {
  column: string;
  before: Value;
  after: Value;
}

/** A row as it is shown. References are names. */
export interface DraftRow {
  sheet: SheetName;
  where: string;
  what: What;
  name: string;
  differences: Difference[];
}

/** One thing to do. */
export interface Step {
  of: Exclude<SheetName, 'impacts'>;
  what: Exclude<What, 'none'>;
  where: string;
  /** What others call that which it adds. */
  token: Token | null;
  id: string | null;
  /** The fields that it sets; all others stay. References may be tokens. */
  input: Record<string, unknown>;
  /** Where each field stands; of impacts, each point: `impacts.0`. */
  places: Record<string, string>;
}

export interface Draft {
  rows: DraftRow[];
  steps: Step[];
  problems: Problem[];
}
