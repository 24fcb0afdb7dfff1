import type { Choice } from '#/plans/choices.ts';
import type { Client } from '#/plans/clients.ts';
import type { ReportDelivery } from '#/plans/reports/delivery/deliveries.ts';
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
  /** Whom it can be sent to; none where it cannot be sent. */
  readers: Choice[];
  ways: readonly string[];
  /** Posts to /reports/:id/deliveries. */
  deliver: Form;
  deliveries: ReportDelivery[];
  /** Who has it: for the provider and its auditors. */
  mayFollow: boolean;
  downloads: ReportDownload[];
}
