/** What lies in a store that no recovery point needs, and what came of cleaning it up. */
import { z } from 'zod';
import { Finding } from './findings.ts';

export const ITEMS_TOLD = 100;

export const Left = z.object({ count: z.int(), bytes: z.int() });
export type Left = z.infer<typeof Left>;

export const Removed = z.object({
  packs: z.int().describe('That no point cites'),
  points: z.int().describe('Whose head was never written'),
  uploads: z.int().describe('That broke off'),
  bytes: z.int(),
});
export type Removed = z.infer<typeof Removed>;

export const CleanUpRecord = z.object({
  removed: Removed,
  blocked: Finding.nullable().describe('Why nothing more was removed'),
  kept: z.object({ count: z.int(), because: Finding.nullable() }).describe('What the store did not let go'),
});
export type CleanUpRecord = z.infer<typeof CleanUpRecord>;

/** One thing that is to go. */
export const LeftItem = z.object({
  kind: z.enum(['pack', 'cut-off-point', 'upload']),
  name: z.string(),
  bytes: z.int().nullable(),
  since: z.iso.datetime(),
  goesAt: z.iso.datetime().describe('No clean-up takes it sooner'),
  kept: Finding.nullable().describe('Why the store did not let it go'),
});
export type LeftItem = z.infer<typeof LeftItem>;

export const countOf = ({ packs, points, uploads }: Removed): number => packs + points + uploads;
