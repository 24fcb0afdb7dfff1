/** The kinds of reports, in the order in which they are offered. */
import type { ClientKind, ReportKind } from './snapshot.ts';

/** About one client. */
export const CLIENT_KINDS = [
  'readiness',
  'plan',
  'cards',
  'coverage',
  'restore-test',
  'incident',
  'exercise',
] as const satisfies readonly ClientKind[];

export const REPORT_KINDS = [...CLIENT_KINDS, 'portfolio'] as const satisfies readonly ReportKind[];
