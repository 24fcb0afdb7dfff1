/** What some clauses ask for beyond their evidence codes. */
import type { Need } from '../catalogue.ts';
import { combine, finding } from '../finding.ts';
import type { Predicate } from '../held.ts';
import { because } from '../reasons.ts';
import { planFinding } from './plans.ts';

/** Each priority activity has a curve that reaches what cannot be borne; so the scale says what that is. */
const impactCurve: Predicate = ({ priorities }) => {
  if (priorities.length === 0) return finding('missing', [because('readiness.no-priority-activity', {})]);
  return combine(
    priorities.map(({ name, derivedMtpdSeconds }) =>
      derivedMtpdSeconds === null
        ? finding('missing', [because('coverage.no-impact-curve', { activity: name })])
        : finding('proven'),
    ),
  );
};

/** A crisis management plan is in force, approved by another than its author, and reviewed in time. */
const crisisPlan: Predicate = (held, maxAgeDays) => {
  const plans = held.survey.facts.plans.filter(
    ({ kind, inForce }) => kind === 'crisis-management' && inForce,
  );
  if (plans.length === 0) return finding('missing', [because('coverage.no-crisis-plan', {})]);
  return combine(plans.map((plan) => planFinding(plan, held, maxAgeDays)));
};

export const NEED_PREDICATES: Record<Need, Predicate> = {
  'impact-scale': impactCurve,
  'impact-curve': impactCurve,
  'crisis-plan': crisisPlan,
};
