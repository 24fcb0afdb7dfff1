/** What the content of a point looks like, as plain data. */

/** Files of one ending. */
export interface EndingTally {
  files: number;
  bytes: number;
  /** Of these the first block was looked at. */
  looked: number;
  odd: number;
  opaque: number;
  /** Bits a byte of all blocks looked at, added up. */
  entropy: number;
}

/** A file that shows something strange. */
export interface Strange {
  path: string;
  look: 'odd' | 'opaque';
}

export interface ContentProfile {
  files: number;
  bytes: number;
  /** By ending; those beyond the hundred most frequent together under `*`. */
  endings: Record<string, EndingTally>;
  /** Hashes below `limit`, of names and of contents. */
  sketch: { limit: number; names: number[]; contents: number[] };
  /** One of so many files was looked at. */
  oneOf: number;
  strange: Strange[];
  /** Files that somebody watches, as they are in the point. `text` is their beginning. */
  watched: { path: string; sha256: string; text: string }[];
}

/** What to look at: a point of so many entries, and files watched by name. */
export interface LookOrder {
  entries: number;
  watched: string[];
}
