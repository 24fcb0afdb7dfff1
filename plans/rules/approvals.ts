/** Rule 10: a plan was approved by somebody who may, and not by its author alone; and somebody of them is still there. */
import { RIGHTS } from '../access.ts';
import type { PlanFacts, Reason } from '../facts.ts';
import { authorAlone, comparePlans } from '../readiness/plans-in-force.ts';
import { because } from '../readiness/reasons.ts';
import { found, type Rule, ruled, type Severity } from './rule.ts';

const APPROVERS: readonly string[] = RIGHTS['plan.approve'].roles;

export const approvals: Rule = ({ facts }) =>
  facts.plans
    .toSorted(comparePlans)
    .flatMap((plan) =>
      approvalGaps(plan).map(([severity, reason]) =>
        found('approvals', { kind: 'plan', id: plan.id, name: plan.title }, severity, reason),
      ),
    );

function approvalGaps(plan: PlanFacts): [Severity, Reason][] {
  if (!plan.inForce) return [];
  const { title, inForce } = plan;
  const told = { plan: title, version: inForce.number };
  if (inForce.approvals.length === 0)
    return [['contradiction', because('readiness.plan-not-approved', told)]];
  const by = inForce.approvals.map((approval) => approval.by).join(', ');
  return [
    ...authorAlone(plan).map((reason): [Severity, Reason] => ['contradiction', reason]),
    ...when(
      inForce.approvals.every(({ role }) => !APPROVERS.includes(role)),
      'contradiction',
      ruled('rules.approved-without-authority', { ...told, by }),
    ),
    ...when(
      inForce.approvals.every(({ isGone }) => isGone),
      'warning',
      ruled('rules.approvers-gone', { ...told, by }),
    ),
  ];
}

const when = (isSo: boolean, severity: Severity, reason: Reason): [Severity, Reason][] =>
  isSo ? [[severity, reason]] : [];
