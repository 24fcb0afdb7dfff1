/** The result of `computeCoverage`: for each clause of a framework, its state and the records behind it. */
import type { Reason } from '../facts.ts';

export const COVERAGE_STATES = [
  'proven',
  'proven-late',
  'partial',
  'declared',
  'missing',
  'contradicted',
  'waived',
  'not-applicable',
] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

export interface ClauseCoverage {
  framework: string;
  ref: string;
  /** In the reader's language, our own words. */
  paraphrase: string;
  state: CoverageState;
  reasons: Reason[];
  /** Evidence ids behind the state, whatever the state. */
  evidence: string[];
  /** The clause number was not checked against the source text. */
  isUnchecked: boolean;
}

export interface FrameworkCoverage {
  framework: string;
  name: string;
  /** The client's level of the framework; null: all levels are looked at. */
  level: string | null;
  /** Rows that apply. */
  total: number;
  /** Shares of `total`, 0 to 1; never added up. */
  provenShare: number;
  declaredShare: number;
  counts: Record<CoverageState, number>;
  clauses: ClauseCoverage[];
}

export interface Coverage {
  catalogueVersion: string;
  frameworks: FrameworkCoverage[];
}
