/** The kinds of reports, in the order in which they are offered. */
import type { ReportKind } from './snapshot.ts';

export const REPORT_KINDS = [
  'readiness',
  'plan',
  'cards',
  'coverage',
  'restore-test',
  'incident',
  'exercise',
] as const satisfies readonly ReportKind[];
