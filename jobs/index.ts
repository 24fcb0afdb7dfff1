import { checkOmissions } from './check-omissions.ts';
import { computeStandings } from './compute-standings.ts';
import { expirePoints } from './expire-points.ts';
import { hearClaimJob } from './hear-claim.ts';
import { judgeForeignRestore } from './judge-foreign-restore.ts';
import { lookAtRepository } from './look-at-repository.ts';
import { mailFactorReset } from './mail-factor-reset.ts';
import { mailInvitation } from './mail-invitation.ts';
import { mailReport } from './mail-report.ts';
import { mailReset } from './mail-reset.ts';
import { makeCrisisPack } from './make-crisis-pack.ts';
import { makeReport } from './make-report.ts';
import { moveDrillJob } from './move-drill.ts';
import { offerOrderJob } from './offer-order.ts';
import { offerTestOrder } from './offer-test-order.ts';
import { packAfterApprovalJob } from './pack-after-approval.ts';
import { probeStoreJob } from './probe-store.ts';
import { proveRepository } from './prove-repository.ts';
import { reconcileStore } from './reconcile-store.ts';
import { runBackup } from './run-backup.ts';
import { runRestoreTest } from './run-restore-test.ts';
import { takeReportJob } from './take-report.ts';
import { tellAlerts } from './tell-alerts.ts';
import { watchAlerts } from './watch-alerts.ts';

/** Every job of the service. */
export const jobs = [
  runBackup,
  runRestoreTest,
  makeReport,
  makeCrisisPack,
  packAfterApprovalJob,
  offerOrderJob,
  offerTestOrder,
  probeStoreJob,
  reconcileStore,
  expirePoints,
  checkOmissions,
  computeStandings,
  judgeForeignRestore,
  moveDrillJob,
  watchAlerts,
  tellAlerts,
  hearClaimJob,
  lookAtRepository,
  proveRepository,
  mailInvitation,
  mailReset,
  mailFactorReset,
  takeReportJob,
  mailReport,
];
