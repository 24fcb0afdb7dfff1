import { z } from 'zod';

/** How far a run is: files and bytes done, and bytes in all where that is known. */
export const RunProgress = z.object({
  phase: z.string(),
  files: z.int(),
  bytes: z.int(),
  totalBytes: z.int().nullable(),
});
export type RunProgress = z.infer<typeof RunProgress>;
