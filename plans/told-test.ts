import { z } from 'zod';
import { ContentProfile } from './content/profile.ts';
import { PackProof } from './pack-proofs.ts';
import { RestoreTestResult } from './restore-test-results.ts';

/** So many packs are told one by one. */
export const MOST_PROOFS = 10_000;

/** What an agent says that a restore test has shown. */
export const ToldTest = z.object({
  result: RestoreTestResult,
  proofs: z.array(PackProof).max(MOST_PROOFS),
  content: ContentProfile.nullable(),
});
export type ToldTest = z.infer<typeof ToldTest>;
