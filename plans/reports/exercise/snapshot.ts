/** What an exercise report says: what was tried by whom, which objectives were met, what was seen, and what followed. */
import type { Aftermath } from '../after-action/aftermath.ts';
import type { ClientHead } from '../head.ts';

export interface ExerciseSnapshot extends ClientHead {
  kind: 'exercise';
  exercise: {
    id: string;
    title: string;
    kind: string;
    state: string;
    plannedOn: string;
    startedAt: string | null;
    endedAt: string | null;
    calledOffReason: string | null;
    summary: string | null;
    scenario: string | null;
    plans: string[];
    participants: { name: string; part: string; wasPresent: boolean }[];
    objectives: { objective: string; target: string | null; rating: string | null; note: string | null }[];
    injects: {
      atSeconds: number;
      message: string;
      givenTo: string | null;
      expected: string | null;
      outcome: string | null;
    }[];
    observations: { at: string; author: string; note: string; severity: string }[];
  };
  aftermath: Aftermath;
}
