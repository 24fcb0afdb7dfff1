/** Whether a plan may be relied on: in force, approved by somebody else than its author alone, and not overdue. */
import type { ActivityFacts, ClientFacts, PlanFacts, Reason } from '../facts.ts';
import { because } from './reasons.ts';
import { isOlderThan } from './restore-proof.ts';
import { compareTimes } from './time.ts';

/** Plans that cover an activity, in order of title. */
export const plansOf = ({ plans }: ClientFacts, { id }: ActivityFacts): PlanFacts[] =>
  plans.filter(({ activities }) => activities.includes(id)).sort(comparePlans);

/** Rule 10: an author does not approve alone. */
export function authorAlone({ title, inForce }: PlanFacts): Reason[] {
  if (!inForce || inForce.approvals.length === 0) return [];
  const { createdBy: by, number: version, approvals } = inForce;
  if (approvals.some((approval) => approval.by !== by)) return [];
  return [because('readiness.plan-approved-by-author-alone', { plan: title, version, by })];
}

/** What keeps a plan from counting as approved; nothing when it does. */
export function planGaps(plan: PlanFacts, now: string): Reason[] {
  const { title, inForce, reviewIntervalDays } = plan;
  if (!inForce) return [because('readiness.plan-not-in-force', { plan: title })];
  const approvedAt = lastApprovalAt(plan);
  if (!approvedAt) return [because('readiness.plan-not-approved', { plan: title, version: inForce.number })];
  const isOverdue = isOlderThan(approvedAt, now, reviewIntervalDays);
  return [
    ...authorAlone(plan),
    ...(isOverdue
      ? [because('readiness.plan-review-overdue', { plan: title, approvedAt, reviewIntervalDays })]
      : []),
  ];
}

/** A version in force that did not go to those who lead by it. Without roles, to anybody. */
export function distributionGaps(
  { title: plan, inForce }: PlanFacts,
  { crisisRoles, contacts }: ClientFacts,
): Reason[] {
  if (!inForce) return [];
  const { distributions, number: version } = inForce;
  if (distributions.length === 0) return [because('readiness.plan-not-distributed', { plan, version })];
  const holders = new Set(crisisRoles.flatMap((role) => role.holders.map((holder) => holder.contact)));
  return contacts
    .filter(({ id, hasLeft }) => holders.has(id) && !hasLeft)
    .filter(({ id }) => !distributions.some(({ contact }) => contact === id))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name: contact }) => because('readiness.plan-not-sent-to', { plan, version, contact }));
}

export const lastApprovalAt = ({ inForce }: PlanFacts): string | null =>
  inForce?.approvals
    .map(({ at }) => at)
    .sort(compareTimes)
    .at(-1) ?? null;

export function comparePlans(left: PlanFacts, right: PlanFacts): number {
  if (left.title !== right.title) return left.title < right.title ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}
