/** What a manifest says beside its entries, and how it is laid out in frames. */
import type { Inventory, SourceReservation } from '../../sources/source.ts';
import type { Pack } from '../packs/packer.ts';

export const MANIFEST_FORMAT = 'reprise-manifest-1';

/** A pack and the run that made it: a place in `runs`. */
export type RunPack = Pack & { run: number };

/** All of a manifest but its entries. */
export interface ManifestFacts {
  format: typeof MANIFEST_FORMAT;
  asset: string;
  pointId: string;
  startedAt: string;
  endedAt: string;
  dataTime: string;
  source: { kind: string; address: string };
  /** For points that store pieces of files or differences of dumps: what they are differences from. */
  base: null;
  tools: Record<string, string>;
  inventory: Inventory | null;
  /** What was left out on purpose. */
  rules: { include: string[]; exclude: string[] };
  /** What the source could not hand over as it should be, under names of its own. Absent: nothing. */
  sourceReservations?: SourceReservation[];
  /** How many lines follow. */
  entryCount: number;
  /** The points whose tar streams hold this one's files, oldest first; the last is this point itself. */
  runs: string[];
  /** All packs of all runs, run by run, each run's in the order of its tar stream. */
  packs: RunPack[];
}

/** A frame that decompressors pass over. Source: RFC 8878, section 3.1.2. */
export const SKIPPABLE_MAGIC = 0x184d2a50;

/** Compressed and plain length of a zstd frame. */
export type Frame = [number, number];

/** What the beginning of a line tells. `at` is null where nothing was stored. */
export interface Scanned {
  line: string;
  path: string;
  type: string;
  at: [pack: number, offset: number, span: number] | null;
  isCopy: boolean;
}

/** What a line tells that was compared with all that a line may be. */
export interface Checked extends Scanned {
  size: number | null;
  isSparse: boolean;
  isReserved: boolean;
}
