/** Records as a report cites them: E-001 on, in order of time. */
import type { EvidenceFacts } from '../facts.ts';

export type NumberedEvidence = EvidenceFacts & { number: string };

/** The same facts always get the same numbers. */
export function numberEvidence(evidence: EvidenceFacts[]): NumberedEvidence[] {
  const inOrder = evidence.toSorted(
    (left, right) => left.at.localeCompare(right.at) || left.id.localeCompare(right.id),
  );
  return inOrder.map((one, index) => ({ ...one, number: `E-${String(index + 1).padStart(3, '0')}` }));
}
