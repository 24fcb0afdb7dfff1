/** What a look at a store found, as it is kept and as the engine hands it over. */
import { z } from 'zod';
import { Finding } from './findings.ts';
import { CleanUpRecord, ITEMS_TOLD, Left, LeftItem, Removed } from './left-over.ts';
import { PacksRead } from './pack-proofs.ts';
import type { FoundLoss } from './point-losses.ts';
import type { NewRecoveryPoint } from './recovery-points.ts';

const NamedPoint = z.object({ point: z.string(), finding: Finding });

/** What the engine found, as far as it is kept. */
export const ReconciliationRecord = z.object({
  heads: z.int(),
  adopted: z.int(),
  lost: z.int(),
  /** Packs that no point cites. Null where that cannot be told. */
  orphans: Left.nullable(),
  orphansUnknown: Finding.nullable(),
  incomplete: Left,
  /** Of uploads that broke off. Null where that cannot be told. */
  uploads: Left.nullable().default(null),
  uploadsUnknown: Finding.nullable().default(null),
  refused: z.array(NamedPoint).max(100),
  foreign: z.int(),
  /** Null where nothing was old enough to go. What it removed is not among the above. */
  cleanUp: CleanUpRecord.nullable().default(null),
  lastRemoved: Removed.extend({ at: z.iso.datetime() }).nullable().default(null),
  /** Of the packs of the newest point. */
  packsRead: PacksRead.nullable().default(null),
});
export type ReconciliationRecord = z.infer<typeof ReconciliationRecord>;

/** Kept in the same record, and told for one policy at a time. */
export const WithItems = z.object({ items: z.array(LeftItem).max(ITEMS_TOLD).default([]) });

/** What the engine hands over. */
export interface Reconciled
  extends Omit<ReconciliationRecord, 'adopted' | 'lost' | 'lastRemoved' | 'packsRead'>,
    z.infer<typeof WithItems> {
  toAdopt: NewRecoveryPoint[];
  losses: FoundLoss[];
  newest: { point: string; packs: string[] } | null;
}
