/** Plans in force, and what their approved version says. */
import { type PlanFacts, SECTION_KINDS, type SectionKind } from '../../facts.ts';
import { authorAlone, lastApprovalAt, planGaps, plansOf } from '../../readiness/plans-in-force.ts';
import { atMost, combine, type Finding, finding } from '../finding.ts';
import { type Held, type Predicate, traced } from '../held.ts';
import { because } from '../reasons.ts';
import { provingRecord } from '../records.ts';

/** PLN: every priority activity is covered by a plan in force, approved by another than its author, and reviewed in time. */
export const plans: Predicate = (held, maxAgeDays) =>
  overPlans(held, (plan) => planFinding(plan, held, maxAgeDays));

/** SEC:x: the section stands in the approved version of each of those plans, and is not empty. */
export const section =
  (kind: SectionKind): Predicate =>
  (held, maxAgeDays) =>
    overPlans(held, (plan) => sectionOf(plan, kind, planFinding(plan, held, maxAgeDays)));

/** SEC:all: every fixed kind of section. */
export const everySection: Predicate = (held, maxAgeDays) =>
  combine(SECTION_KINDS.map((kind) => section(kind)(held, maxAgeDays)));

/** Over the plans that cover priority activities; with `isMeant`, those of them that it is about. */
export function overPlans(
  held: Held,
  judge: (plan: PlanFacts) => Finding,
  isMeant: (plan: PlanFacts) => boolean = () => true,
): Finding {
  if (held.priorities.length === 0)
    return finding('missing', [because('readiness.no-priority-activity', {})]);
  return combine(
    held.priorities.flatMap((activity) => {
      const covering = plansOf(held.survey.facts, activity).filter(isMeant);
      if (covering.length === 0)
        return [finding('missing', [because('readiness.no-plan', { activity: activity.name })])];
      // A draft beside a plan in force takes nothing from it.
      const inForce = covering.filter((plan) => plan.inForce);
      return (inForce.length > 0 ? inForce : covering).map(judge);
    }),
  );
}

/** How well a plan stands: in force, approved by another than its author, reviewed in time, with its record. */
export function planFinding(plan: PlanFacts, { records, now }: Held, maxAgeDays: number | null): Finding {
  const gaps = planGaps(plan, now);
  const approvedAt = lastApprovalAt(plan);
  if (!approvedAt) return finding('missing', gaps);
  if (authorAlone(plan).length > 0) return finding('contradicted', gaps);
  const found = finding(gaps.length > 0 ? 'proven-late' : 'proven', gaps);
  const record = provingRecord(records, 'PLN', `plan:${plan.id}`, { now });
  return traced(found, { code: 'PLN', subject: plan.title, at: approvedAt, record }, now, maxAgeDays);
}

function sectionOf({ title, inForce }: PlanFacts, kind: SectionKind, plan: Finding): Finding {
  const isWritten = inForce?.sections.some((own) => own.kind === kind && !own.isEmpty) ?? false;
  const found = isWritten
    ? finding('proven')
    : finding('missing', [because('coverage.section-empty', { plan: title, section: kind })]);
  return atMost(found, plan.state, plan.reasons, plan.evidence);
}
