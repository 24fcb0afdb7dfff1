/**
 * What a holder's machine tells of a restore that it did with other people's programs: `key: value` lines, as our own command and
 * the printed commands both write them.
 */
import { z } from 'zod';

const FIRST_LINE = 'reprise-foreign-restore 1';
const MOST_LINES = 60;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

export const ForeignResult = z.object({
  drill: z.uuid(),
  answer: z.string().max(60),
  point: z.string().max(200),
  /** SHA-256 of the page whose commands were run, and whether it lay in the store or was printed. */
  paper: Hash,
  source: z.enum(['store', 'sheet', 'hand']),
  isolation: z.string().max(60),
  seconds: z.coerce.number().min(0).max(31_536_000),
  files: z.coerce.number().int().min(0),
  bytes: z.coerce.number().int().min(0),
  /** Over names, sizes and contents, with the drill's challenge in each content's hash. */
  root: Hash,
  tools: z.string().max(400).default(''),
});
export type ForeignResult = z.infer<typeof ForeignResult>;

/** Null where the text is none, or not a whole one. */
export function readForeignResult(text: string): ForeignResult | null {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines[0] !== FIRST_LINE || lines.length > MOST_LINES) return null;
  const told = Object.fromEntries(
    lines.slice(1).map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
  return ForeignResult.safeParse(told).data ?? null;
}

export const writeForeignResult = (result: ForeignResult): string =>
  [FIRST_LINE, ...Object.entries(result).map(([key, value]) => `${key}: ${value}`), ''].join('\n');
