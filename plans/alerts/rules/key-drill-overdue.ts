import { compareTimes } from '../../readiness/time.ts';
import type { FactRule } from './rule.ts';

/** A holder of a recovery key has not shown in time that they can still open with it. */
export const keyDrillOverdue: FactRule = {
  name: 'key-drill-overdue',
  find: ({ recoveryKeys, now }) =>
    recoveryKeys.flatMap(({ fingerprint, holders }) =>
      holders
        .filter(({ dueAt }) => dueAt !== null && compareTimes(dueAt, now) < 0)
        .map(({ id, contact, name, dueAt }) => ({
          key: id,
          severity: 'warning' as const,
          since: new Date(dueAt!),
          reason: {
            key: 'alert.key-drill-overdue',
            params: { contact: name, fingerprint, dueDate: dueAt!.slice(0, 10) },
          },
          because: null,
          subjects: [{ kind: 'contact', id: contact, name }],
        })),
    ),
  moments: ({ recoveryKeys }) =>
    recoveryKeys.flatMap(({ holders }) => holders.flatMap(({ dueAt }) => (dueAt ? [Date.parse(dueAt)] : []))),
};
