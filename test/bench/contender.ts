/** What every program under test must be able to do. */
import type { Command } from './measure.ts';

export const WORKS = ['first', 'day2', 'L2b', 'L3'] as const;
export type Work = (typeof WORKS)[number];

export const STORES = ['folder', 's3'] as const;
export type StoreKind = (typeof STORES)[number];

/** Where a contender works in one round. */
export interface Place {
  /** The folder to back up. */
  source: string;
  /** Everything it keeps: its store and its caches. */
  state: string;
  /** Its repository: what counts as stored. Below `state`. Reached through `s3` when that is not null. */
  store: string;
  s3: S3Place | null;
  /** An empty folder to restore into. */
  target: string;
  /** Its environment: nothing of the person who runs this, and temporary files beside all else. */
  env: Record<string, string>;
}

/** The store as a bucket. Its keys are in the environment. */
export interface S3Place {
  /** `http://127.0.0.1:PORT`. */
  endpoint: string;
  bucket: string;
}

export interface Contender {
  name: string;
  /** Where it can keep its repository. */
  stores: readonly StoreKind[];
  /** Whether its second day is a backup of what changed; otherwise it is all again. */
  isIncremental: boolean;
  version: Command;
  /** Makes an empty repository, not measured. */
  init(place: Place): Command[];
  works: Record<Work, (place: Place) => Command>;
}
