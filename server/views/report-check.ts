import type { Problem } from '../http/problems.ts';
import type { CheckedReport } from '../pdf/check-report.ts';

/** `report-check`. Posts to /verify. */
export interface ReportCheckView {
  /** What the code on a printed page says; nothing is proven by it. */
  printed: { reference: string; fingerprint: string } | null;
  checked: CheckedReport | null;
  /** Whether the printed page and the file tell the same data; null: nothing to compare. */
  isPaperOfFile: boolean | null;
  problem: Problem | null;
}
