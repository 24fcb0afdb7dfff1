/** What a restore test found, as the engine tells it. */
import { z } from 'zod';
import { TEST_LEVELS } from './facts.ts';
import { Because, Finding } from './findings.ts';
import { Openings } from './openings.ts';
import { Damage, ProofScope } from './pack-proofs.ts';

const Verdict = z.enum(['passed', 'failed', 'inconclusive']);

const Otherness = z.enum(['yes', 'no', 'unknown']);

/** Whether the test would have noticed what its own surroundings hide. */
export const Independence = z.object({
  host: z.string().describe('Where it ran'),
  otherHost: Otherness.describe('Elsewhere than on the machine whose data they are'),
  otherKey: Otherness.describe('By another key than the one that the client keeps'),
  otherAccount: Otherness.describe('With other rights on the store than the backup'),
  otherImplementation: Otherness.describe('By other programs than those that wrote the point'),
});

export type Independence = z.infer<typeof Independence>;

const ForeignTold = z.object({
  isolation: z.enum(['namespaces', 'bare-path']),
  paper: z.object({ source: z.enum(['store', 'sheet']), sha256: z.string(), isOurs: z.boolean() }),
});

/** What a test found, as the engine tells it. Seconds measured, sizes in bytes. */
export const RestoreTestResult = z.object({
  verdict: Verdict,
  reached: z.enum(TEST_LEVELS).nullable(),
  /** From the first byte fetched to the last check that the data are back; null when nothing was restored. */
  seconds: z.number().nullable(),
  bytes: z.int().nullable(),
  signature: z.string().nullable(),
  levels: z.array(
    z.object({ level: z.enum(TEST_LEVELS), verdict: Verdict, seconds: z.number(), bytes: z.int() }),
  ),
  checks: z.array(
    z.object({
      name: z.string(),
      level: z.enum(TEST_LEVELS),
      verdict: Verdict,
      expected: z.string(),
      observed: z.string(),
      where: z.string().nullable(),
      /** What is wrong, for people; null when it passed. */
      because: Because.nullable(),
    }),
  ),
  plantedFaults: z.array(
    z.object({
      kind: z.string(),
      level: z.enum(TEST_LEVELS),
      caught: z.boolean(),
      finding: Finding,
    }),
  ),
  /** Null when the test did not get so far, and in tests of before this was kept. */
  scope: ProofScope.nullable().default(null),
  /** What is affected, where something stored is missing or bad. */
  damage: Damage.nullable().default(null),
  tools: z.record(z.string(), z.string()),
  /** How far what tested stands from what was tested. Null in tests of before this was kept. */
  independence: Independence.nullable().default(null),
  /** Of L3x: behind which walls, and by whose page. */
  foreign: ForeignTold.nullable().default(null),
  /** The moment that the restored data are of by their own sentinel; null where they hold none. */
  dataFrom: z.iso.datetime().nullable().default(null),
  /** What files opened, where they were. */
  openings: Openings.nullable().default(null),
  /** Why it did not pass. */
  finding: Finding.nullable(),
});

export type RestoreTestResult = z.infer<typeof RestoreTestResult>;

/** Of a test that came to no answer, or to one before anything was read. */
export const nothingShown = (verdict: 'failed' | 'inconclusive', found: Finding): RestoreTestResult => ({
  verdict,
  reached: null,
  seconds: null,
  bytes: null,
  signature: null,
  levels: [],
  checks: [],
  plantedFaults: [],
  scope: null,
  damage: null,
  tools: {},
  independence: null,
  foreign: null,
  openings: null,
  dataFrom: null,
  finding: found,
});
