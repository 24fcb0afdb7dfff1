/** What a coverage report says: each clause of the client's frameworks with its state and its records. */
import type { Coverage } from '../../coverage/coverage.ts';
import type { ClientHead } from '../head.ts';
import type { NumberedEvidence } from '../numbered-evidence.ts';

export interface CoverageSnapshot extends ClientHead {
  kind: 'coverage';
  coverage: Coverage;
  /** What somebody decided of a clause, with the day on which the decision ends. */
  decisions: {
    framework: string;
    ref: string;
    state: 'waived' | 'not-applicable';
    reason: string;
    by: string;
    at: string;
    endsAt: string | null;
  }[];
  evidence: NumberedEvidence[];
}
