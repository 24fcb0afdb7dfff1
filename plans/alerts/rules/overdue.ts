/** Promises to look again or to do something, whose day has passed. */
import { todayIn } from '../../days.ts';
import type { ClientFacts } from '../../facts.ts';
import { lastApprovalAt } from '../../readiness/plans-in-force.ts';
import type { AlertSubject } from '../condition.ts';
import type { FactRule, Found } from './rule.ts';

const DAY_MS = 86_400_000;

export const reviewOverdue: FactRule = {
  name: 'review-overdue',
  find: (facts) => [
    ...facts.reviews
      .filter(({ closedAt }) => closedAt === null)
      .flatMap(({ id, dueOn, of }) =>
        late(facts, dueOn, 'alert.review-overdue', { kind: 'review', id, name: of.title }),
      ),
    ...facts.plans.flatMap((plan) => {
      const approvedAt = lastApprovalAt(plan);
      if (approvedAt === null) return [];
      const dueOn = new Date(Date.parse(approvedAt) + plan.reviewIntervalDays * DAY_MS).toISOString();
      return late(facts, dueOn.slice(0, 10), 'alert.plan-review-overdue', {
        kind: 'plan',
        id: plan.id,
        name: plan.title,
      });
    }),
    ...(facts.study
      ? late(facts, facts.study.nextReviewOn, 'alert.study-review-overdue', {
          kind: 'study',
          id: facts.study.id,
          name: `BIA ${facts.study.number}`,
        })
      : []),
  ],
};

export const actionOverdue: FactRule = {
  name: 'action-overdue',
  find: (facts) =>
    facts.actions
      .filter(({ doneAt, isDropped }) => doneAt === null && !isDropped)
      .flatMap(({ id, title, dueOn }) =>
        late(facts, dueOn, 'alert.action-overdue', { kind: 'action', id, name: title }),
      ),
};

/** Late from the day after on, where the client is. */
function late({ now, client }: ClientFacts, dueOn: string, key: string, subject: AlertSubject): Found[] {
  if (dueOn >= todayIn(client.timeZone, new Date(now))) return [];
  return [
    {
      key: `${subject.kind}:${subject.id}`,
      severity: 'notice',
      since: new Date(
        Temporal.PlainDate.from(dueOn).add({ days: 1 }).toZonedDateTime(client.timeZone).epochMilliseconds,
      ),
      reason: { key, params: { name: subject.name, dueDate: dueOn } },
      because: null,
      subjects: [subject],
    },
  ];
}
