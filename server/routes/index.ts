import type { Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { recordsApi, recordsPages } from '../records/nouns/index.ts';
import { accountPages } from './account.ts';
import { agentsApi, agentsPages } from './agents.ts';
import { alertSettingsPages } from './alert-settings-pages.ts';
import { alertChannelsApi, alertRoutesApi, alertsApi } from './alerts-api.ts';
import { alertsPages } from './alerts-pages.ts';
import { auditApi } from './audit-api.ts';
import { auditPages } from './audit-pages.ts';
import { brandApi, brandPages } from './brand.ts';
import { claimsApi, claimsPages } from './claims.ts';
import { cleanUpsPages } from './clean-ups-pages.ts';
import { clientSettingsPages } from './client-settings.ts';
import { clientsApi } from './clients-api.ts';
import { clientsPages } from './clients-pages.ts';
import { contentionApi, contentionPages } from './contention.ts';
import { coveragePages } from './coverage-pages.ts';
import { crisisPacksApi, crisisPacksPages } from './crisis-packs.ts';
import { drillsApi } from './drills-api.ts';
import { drillsPages } from './drills-pages.ts';
import { evidencePages } from './evidence-pages.ts';
import { exchangeApi } from './exchange-api.ts';
import { exchangePages } from './exchange-pages.ts';
import { findingsApi, findingsPages } from './findings.ts';
import { inventoryPages } from './inventory-pages.ts';
import { keyDrillsPages } from './key-drills.ts';
import { keysApi } from './keys-api.ts';
import { keysPages } from './keys-pages.ts';
import { livePages } from './live-pages.ts';
import { logbookApi } from './logbook.ts';
import { ownContinuityApi, ownContinuityPages } from './own-continuity.ts';
import { peopleApi, peoplePages } from './people.ts';
import { personalDataApi, personalDataPages } from './personal-data.ts';
import { planComparisonApi, planComparisonPages } from './plan-comparison.ts';
import { planDistributionApi } from './plan-distribution-api.ts';
import { planDistributionPages } from './plan-distribution-pages.ts';
import { planDraftsPages } from './plan-drafts.ts';
import { planRunbookStepsApi, planRunbookStepsPages } from './plan-runbook-steps.ts';
import { planSectionsApi, planSectionsPages } from './plan-sections.ts';
import { plansApi } from './plans-api.ts';
import { portfolioApi } from './portfolio-api.ts';
import { portfolioPages } from './portfolio-pages.ts';
import { portfolioReportsApi, portfolioReportsPages } from './portfolio-reports.ts';
import { protectionApi } from './protection-api.ts';
import { protectionPages } from './protection-pages.ts';
import { recoveryPointsPages } from './recovery-points-pages.ts';
import { recoveryTimesPages } from './recovery-times.ts';
import { reportApi, reportPages } from './report-pages.ts';
import { reportTables } from './report-tables.ts';
import { reportsApi } from './reports-api.ts';
import { reportsPages } from './reports-pages.ts';
import { repositoriesApi, repositoriesPages } from './repositories.ts';
import { restoreTestsPages } from './restore-tests-pages.ts';
import { retentionApi } from './retention-api.ts';
import { retentionPages } from './retention-pages.ts';
import { runsApi, runsPages } from './runs-pages.ts';
import { scenarioMatrixApi, scenarioMatrixPages } from './scenario-matrix.ts';
import { singleSignOnApi, singleSignOnPages } from './single-sign-on.ts';
import { studiesApi } from './studies-api.ts';
import { styleguide } from './styleguide.ts';
import { technicianPoolsApi, technicianPoolsPages } from './technician-pools.ts';
import { toldApi, toldPages } from './told.ts';

/** Every address of the JSON interface. */
export const apiRoutes = (
  services: Pick<Services, 'templates' | 'settings' | 'doorVault' | 'log'>,
): Route[] => [
  ...clientsApi,
  ...plansApi,
  ...planSectionsApi,
  ...planComparisonApi,
  ...planDistributionApi,
  ...planRunbookStepsApi,
  ...protectionApi,
  ...agentsApi(services),
  ...claimsApi(services),
  ...repositoriesApi,
  ...runsApi,
  ...keysApi,
  ...reportsApi,
  ...reportApi,
  ...crisisPacksApi,
  ...retentionApi,
  ...findingsApi,
  ...auditApi,
  ...peopleApi(services),
  ...singleSignOnApi(services),
  ...ownContinuityApi(services),
  ...personalDataApi,
  ...recordsApi,
  ...logbookApi,
  ...scenarioMatrixApi,
  ...studiesApi,
  ...technicianPoolsApi,
  ...exchangeApi(services),
  ...toldApi,
  ...drillsApi,
  ...contentionApi,
  ...portfolioApi,
  ...portfolioReportsApi,
  ...brandApi,
  ...alertsApi,
  ...alertRoutesApi,
  ...alertChannelsApi,
];

/** Every page. The style guide is for those who build them. */
export const pageRoutes = (services: Services): Route[] => [
  ...portfolioPages,
  ...portfolioReportsPages,
  ...brandPages(services),
  ...clientsPages,
  ...findingsPages,
  ...recoveryTimesPages,
  ...clientSettingsPages,
  ...inventoryPages,
  ...planDraftsPages,
  ...planSectionsPages(services),
  ...planComparisonPages,
  ...planDistributionPages,
  ...planRunbookStepsPages,
  ...protectionPages,
  ...agentsPages(services),
  ...claimsPages(services),
  ...repositoriesPages,
  ...runsPages,
  ...keysPages,
  ...keyDrillsPages(services),
  ...cleanUpsPages,
  ...retentionPages,
  ...recoveryPointsPages,
  ...restoreTestsPages,
  ...crisisPacksPages(services),
  ...reportsPages(services),
  ...reportPages,
  ...reportTables(),
  ...auditPages,
  ...accountPages(services),
  ...peoplePages(services),
  ...singleSignOnPages(services),
  ...ownContinuityPages(services),
  ...personalDataPages,
  ...livePages,
  ...coveragePages,
  ...evidencePages,
  ...recordsPages,
  ...scenarioMatrixPages,
  ...technicianPoolsPages,
  ...exchangePages(services),
  ...toldPages,
  ...drillsPages,
  ...contentionPages,
  ...alertsPages(services),
  ...alertSettingsPages(services),
  ...(services.settings.isDevelopment ? [styleguide] : []),
];
