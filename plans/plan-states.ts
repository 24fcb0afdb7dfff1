/** The course of a plan version: in which state it may be next, and what is told when it may not. */
import { conflict } from './errors.ts';

export const PLAN_STATES = ['draft', 'in-review', 'approved', 'in-force', 'superseded', 'withdrawn'] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** `plan_versions` holds the same course. An approved version that a newer one overtook is superseded without ever having been in force. */
export const NEXT_STATES: Record<PlanState, readonly PlanState[]> = {
  draft: ['in-review', 'withdrawn'],
  'in-review': ['approved', 'withdrawn'],
  approved: ['in-force', 'superseded', 'withdrawn'],
  'in-force': ['superseded', 'withdrawn'],
  superseded: [],
  withdrawn: [],
};

/** What can be done with a version in each state: a sentence for whoever tried something else. */
export const STATE_TELLS: Record<PlanState, string> = {
  draft: 'plan-version.is-draft',
  'in-review': 'plan-version.is-in-review',
  approved: 'plan-version.is-approved',
  'in-force': 'plan-version.is-in-force',
  superseded: 'plan-version.is-superseded',
  withdrawn: 'plan-version.is-withdrawn',
};

/** Refuses whatever does not lead from here. */
export function refuseCourse(from: PlanState, to: PlanState): void {
  if (!NEXT_STATES[from].includes(to)) throw conflict(STATE_TELLS[from]);
}
