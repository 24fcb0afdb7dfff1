import type { Client } from '#/plans/clients.ts';
import type { ReportDownload } from '#/plans/reports/downloads.ts';
import type { Report } from '#/plans/reports/reports.ts';
import type { Form } from '../views.ts';

/** `reports/show`: one report, who may see it, and who took it. */
export interface ReportView {
  /** Null: all clients. */
  client: Client | null;
  report: Report;
  isUnderWay: boolean;
  hasFile: boolean;
  mayRelease: boolean;
  release: Form;
  /** Who has it: for the provider and its auditors. */
  mayFollow: boolean;
  downloads: ReportDownload[];
}
