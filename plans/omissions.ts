import { z } from 'zod';

/** What a source holds, held against a recovery point of it, thing by thing. */
export const Omissions = z.object({
  listed: z.int(),
  held: z.int(),
  newer: z.int().describe('Changed after the backup began'),
  reserved: z.int().describe('Told by the backup itself: unreadable, vanished, a socket'),
  ruledOut: z.record(z.string(), z.int()).describe('Left out on purpose, by rule'),
  omitted: z.object({ count: z.int(), first: z.array(z.string()) }),
  unconfirmed: z.array(z.string()).describe('Tables that count when the next look finds them missing still'),
  beside: z
    .array(z.string())
    .describe('Other databases of the same server that no policy of the client backs up'),
  unseen: z.int().describe('What could not be looked into'),
  caught: z.boolean().describe('Whether an omission that was planted was seen'),
});
export type Omissions = z.infer<typeof Omissions>;
