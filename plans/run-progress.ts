import { z } from 'zod';

const Rate = z.number().min(0).nullable().default(null);

/** How far a run is: files and bytes done, and in all where that is known; how fast it goes, and what is left by that. */
export const RunProgress = z.object({
  phase: z.string(),
  files: z.int(),
  bytes: z.int(),
  totalBytes: z.int().nullable(),
  totalFiles: z.int().nullable().default(null),
  bytesPerSecond: Rate,
  filesPerSecond: Rate,
  remainingSeconds: Rate,
});
export type RunProgress = z.infer<typeof RunProgress>;
