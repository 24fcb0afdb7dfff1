/** What goes into a restore by other people's programs, and what comes out. */
import type { PlantedFault, Verdict, VerifyRequest } from '../contract.ts';
import type { Because } from '../finding-codes.ts';
import type { Isolation } from './bare-root.ts';
import type { Paper } from './paper.ts';
import type { TreeRoot } from './tree-root.ts';

export interface ForeignRequest
  extends Pick<
    VerifyRequest,
    'store' | 'asset' | 'point' | 'trust' | 'scratchDir' | 'onProgress' | 'signal'
  > {
  identity: string;
  /** Commands of a printed sheet, in the place of those in the store. */
  sheet?: Paper & { sha256: string };
  /** Worked into the fingerprint of what was restored, where somebody else is to compare it. */
  challenge?: string;
}

export interface ForeignCheck {
  name: string;
  level: 'L3x';
  verdict: Verdict;
  expected: string;
  observed: string;
  where: string | null;
  because: Because | null;
}

export interface ForeignResult {
  pointId: string;
  verdict: Verdict;
  /** From the first byte fetched until the page's own command said that every hash is right. Null when it never did. */
  seconds: number | null;
  bytes: number;
  checks: ForeignCheck[];
  plantedFaults: (Omit<PlantedFault, 'level'> & { level: 'L3x' })[];
  isolation: Isolation;
  /** Whose commands were run, and whether they are those that this version publishes. */
  paper: { source: 'store' | 'sheet'; sha256: string; isOurs: boolean };
  root: TreeRoot | null;
  tools: Record<string, string>;
}
