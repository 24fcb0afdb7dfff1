/** A finding says how well one thing is shown. Findings are combined without averaging. */
import type { Reason } from '../facts.ts';
import type { CoverageState } from './coverage.ts';

/** States that are computed. Waivers and limits of applicability are decided by people. */
export type Standing = Exclude<CoverageState, 'waived' | 'not-applicable'>;

export interface Finding {
  state: Standing;
  reasons: Reason[];
  /** Ids of the records behind the state. */
  evidence: string[];
}

/** From worst to best. */
const RANK: readonly Standing[] = ['contradicted', 'missing', 'declared', 'partial', 'proven-late', 'proven'];

export const finding = (state: Standing, reasons: Reason[] = [], evidence: string[] = []): Finding => ({
  state,
  reasons,
  evidence,
});

/** Several findings that must all hold. One contradiction decides; nothing missing is made up for by something proven. */
export function combine(findings: Finding[]): Finding {
  return {
    state: stateOf(findings.map(({ state }) => state)),
    reasons: unique(findings.flatMap(({ reasons }) => reasons)),
    evidence: [...new Set(findings.flatMap(({ evidence }) => evidence))].sort(),
  };
}

/** The finding, but no better than `limit`; the reasons of both are kept. */
export function atMost(
  found: Finding,
  limit: Standing,
  reasons: Reason[] = [],
  evidence: string[] = [],
): Finding {
  return {
    state: isBetter(found.state, limit) ? limit : found.state,
    reasons: [...found.reasons, ...reasons],
    evidence: [...found.evidence, ...evidence],
  };
}

export const isBetter = (left: Standing, right: Standing): boolean =>
  RANK.indexOf(left) > RANK.indexOf(right);

function stateOf(states: Standing[]): Standing {
  const isAll = (...wanted: Standing[]) => states.every((state) => wanted.includes(state));
  if (isAll('missing')) return 'missing';
  if (states.includes('contradicted')) return 'contradicted';
  if (isAll('proven')) return 'proven';
  if (isAll('proven', 'proven-late')) return 'proven-late';
  return isAll('declared', 'missing') ? 'declared' : 'partial';
}

function unique(reasons: Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
