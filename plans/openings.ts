/** What a restore test opened of the files that came back, kind by kind. */
import { z } from 'zod';

const KindCount = z.object({
  opened: z.int(),
  failed: z.int(),
  locked: z.int().describe('Asks for a password, or is past what the place of trial may hold'),
});

export const FailedFile = z.object({
  path: z.string(),
  kind: z.string(),
  sha256: z.string(),
  why: z.string().describe('In English'),
  isKnown: z
    .boolean()
    .describe('The same file did not open in the last test either: it is broken at its source'),
});
export type FailedFile = z.infer<typeof FailedFile>;

export const Openings = z
  .object({
    kinds: z.record(z.string(), KindCount),
    unknown: z.int().describe('Files of kinds that nothing here opens'),
    failed: z.array(FailedFile).describe('The first thousand'),
    isolation: z
      .enum(['namespaces', 'limits'])
      .describe('`namespaces`: no network; `limits`: memory, time and disk only'),
  })
  .meta({ id: 'Openings' });
export type Openings = z.infer<typeof Openings>;
