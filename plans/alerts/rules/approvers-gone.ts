import type { FactRule } from './rule.ts';

/** None of those who approved a plan in force has a right here any more. */
export const approversGone: FactRule = {
  name: 'approvers-gone',
  find: ({ plans, now }) =>
    plans.flatMap(({ id, title, inForce }) => {
      const approvals = inForce?.approvals ?? [];
      if (approvals.length === 0 || !approvals.every(({ isGone }) => isGone)) return [];
      return [
        {
          key: id,
          severity: 'warning',
          since: new Date(now),
          reason: {
            key: 'alert.approvers-gone',
            params: { plan: title, names: approvals.map(({ by }) => by).join(', ') },
          },
          because: null,
          subjects: [{ kind: 'plan', id, name: title }],
        },
      ];
    }),
};
