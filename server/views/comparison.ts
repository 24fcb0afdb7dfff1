import type { Client } from '#/plans/clients.ts';
import type { LineChange } from '#/plans/line-changes.ts';
import type { PartChange, PlanComparison } from '#/plans/plan-comparison.ts';
import type { PlanState } from '#/plans/plan-states.ts';

/** A step, a call or a role that came, went or changed. */
export type ShownPart = Omit<PartChange, 'fields'> & {
  fields: {
    /** Key of its label. */
    label: string;
    kind: 'duration' | 'choice' | 'tick' | 'text';
    /** Group of words of a choice. */
    words: string | null;
    before: string | number | boolean | null;
    after: string | number | boolean | null;
  }[];
};

/** `plans/comparison`. The form asks for this page with another `against`. */
export interface ComparisonView {
  client: Client;
  plan: { id: string; title: string };
  version: PlanComparison['version'];
  against: PlanComparison['against'];
  changeSummary: string | null;
  others: { id: string; order: number; state: PlanState; isChosen: boolean }[];
  sections: (Omit<PlanComparison['sections'][number], 'lines'> & {
    /** `left-out`: so many lines that stayed. */
    runs: { kind: LineChange['kind'] | 'left-out'; lines: string[]; count: number }[];
  })[];
  steps: ShownPart[];
  isReordered: boolean;
  calls: ShownPart[];
  roles: ShownPart[];
  isSame: boolean;
}
