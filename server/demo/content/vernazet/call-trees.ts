/** Who calls whom at the demo's client: all of the cell for the continuity plan, only those who bring the systems back for the PRA. */
import type { z } from 'zod';
import type { NewCallNode } from '#/plans/call-trees.ts';

type Node = z.input<typeof NewCallNode>;

const role = (
  key: string,
  calledBy: string | null,
  minutes: number,
  fallback: string | null = null,
): Node => ({
  key,
  crisisRole: `@${key}`,
  calledBy,
  timeoutSeconds: minutes * 60,
  fallback,
});

export const WHOLE_CELL: Node[] = [
  role('coordinator', null, 10),
  role('director', 'coordinator', 15),
  role('log-keeper', 'director', 10),
  role('it-lead', 'coordinator', 15),
  role('finance-lead', 'log-keeper', 10),
  role('spokesperson', 'log-keeper', 10),
  role('sales-lead', 'log-keeper', 10),
  role('logistics-lead', 'log-keeper', 10),
  role('production-lead', 'log-keeper', 10),
];

export const RECOVERY_TEAM: Node[] = [
  role('it-lead', null, 15),
  role('coordinator', 'it-lead', 10),
  role('director', 'coordinator', 15),
  {
    key: 'provider',
    contact: '@samia',
    calledBy: 'it-lead',
    timeoutSeconds: 600,
    note: 'Rappelle toujours au numéro du classeur.',
  },
  role('log-keeper', 'director', 10),
];
