/** What a report says: an immutable picture, hashed before anything is drawn. The PDF is made from this alone. */
import type { CardsSnapshot } from './cards/snapshot.ts';
import type { CoverageSnapshot } from './coverage/snapshot.ts';
import type { ExerciseSnapshot } from './exercise/snapshot.ts';
import type { IncidentSnapshot } from './incident/snapshot.ts';
import type { PlanSnapshot } from './plan/snapshot.ts';
import type { PortfolioSnapshot } from './portfolio/snapshot.ts';
import type { ReadinessSnapshot } from './readiness/snapshot.ts';
import type { RestoreTestSnapshot } from './restore-test/snapshot.ts';

export type ReportSnapshot =
  | ReadinessSnapshot
  | CoverageSnapshot
  | PlanSnapshot
  | CardsSnapshot
  | RestoreTestSnapshot
  | IncidentSnapshot
  | ExerciseSnapshot
  | PortfolioSnapshot;
export type ReportKind = ReportSnapshot['kind'];
/** Those that are about one client. */
export type ClientKind = Exclude<ReportKind, 'portfolio'>;
