/** What the content of a point looks like, as the engine counts it while it reads. */
import { z } from 'zod';

export const EndingTally = z.object({
  files: z.number(),
  bytes: z.number(),
  looked: z.number().describe('Files whose beginning was looked at'),
  odd: z.number().describe('Of a known kind by name, and random or empty of meaning by content'),
  opaque: z.number().describe('Random, under a name that says nothing'),
  entropy: z.number().describe('Bits a byte of all that was looked at, added up'),
});
export type EndingTally = z.infer<typeof EndingTally>;

export const ContentProfile = z.object({
  files: z.number(),
  bytes: z.number(),
  /** By ending of the name; `*` for the rare ones together. */
  endings: z.record(z.string(), EndingTally),
  /** Hashes below `limit`, of names and of contents: two points are compared by them. */
  sketch: z.object({ limit: z.number(), names: z.array(z.number()), contents: z.array(z.number()) }),
  oneOf: z.number(),
  strange: z.array(z.object({ path: z.string(), look: z.enum(['odd', 'opaque']) })),
  watched: z.array(z.object({ path: z.string(), sha256: z.string(), text: z.string() })),
});
export type ContentProfile = z.infer<typeof ContentProfile>;
