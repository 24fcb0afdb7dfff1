/** What is known of a client besides its assets, activities and backups, as plain data: see `facts.ts`. */
import type { Hours } from './hours.ts';

export const SITE_KINDS = [
  'office',
  'plant',
  'shop',
  'data-centre',
  'cloud-region',
  'home',
  'other',
] as const;
export type SiteKind = (typeof SITE_KINDS)[number];

export interface SiteFacts {
  id: string;
  name: string;
  kind: SiteKind;
}

export const CONTACT_POINT_KINDS = [
  'mobile',
  'phone',
  'mail',
  'messaging',
  'radio',
  'address',
  'other',
] as const;

export interface ContactFacts {
  id: string;
  name: string;
  employer: string | null;
  hasLeft: boolean;
  /** In the order in which to try. */
  points: {
    id: string;
    kind: (typeof CONTACT_POINT_KINDS)[number];
    isOutOfBand: boolean;
    /** Asset without which it does not work, for example the mail server. */
    needsAsset: string | null;
    verifiedAt: string | null;
  }[];
}

/** How a dependency is known: guessed, said by the client, or seen. */
export const CONFIDENCES = ['assumed', 'told', 'observed'] as const;

/** What a supplier says it does: declared, all of it. */
export interface SupplierFacts {
  asset: string;
  contact: string | null;
  promiseSeconds: number | null;
  hours: Hours;
  hasExitPlan: boolean;
  contractUntil: string | null;
  checkedOn: string | null;
}

/** The first nine are those of Delegated Regulation (EU) 2024/1774, article 26(2), in its order. */
export const SCENARIO_FAMILIES = [
  'cyber-attack',
  'provision-quality',
  'premises-lost',
  'ict-assets-lost',
  'staff-lost',
  'natural-disaster',
  'insider-attack',
  'instability',
  'power-lost',
  'ransomware-admin-stolen',
  'msp-lost',
] as const;
export type ScenarioFamily = (typeof SCENARIO_FAMILIES)[number];

export const EFFECT_KINDS = ['lost', 'slow', 'untrusted'] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

export interface ScenarioFacts {
  id: string;
  name: string;
  family: ScenarioFamily;
  likelihood: number | null;
  state: 'proposed' | 'retained' | 'set-aside';
  /** On an asset (suppliers are assets), or on a site and with it on what stands there. */
  effects: {
    on: { kind: 'asset' | 'site'; id: string };
    effect: EffectKind;
    durationSeconds: number | null;
  }[];
}

export interface StrategyFacts {
  id: string;
  name: string;
  protects: { kind: 'activity' | 'asset'; id: string };
  /** Null: whatever happens. */
  scenario: string | null;
  state: 'proposed' | 'chosen' | 'in-place' | 'refused';
  reason: string | null;
  /** Of the option that was chosen. */
  chosen: {
    name: string;
    costOnce: number | null;
    costYearly: number | null;
    rtoSeconds: number | null;
    rpoSeconds: number | null;
  } | null;
  decidedAt: string | null;
}

export interface CrisisRoleFacts {
  id: string;
  name: string;
  cell: 'decision' | 'operations' | 'communication' | 'support';
  mayApprove: boolean;
  /** As of now: 0 holds it, 1 and on stand in. `since` is a day. */
  holders: { contact: string; rank: number; since: string }[];
}

export interface StepFacts {
  key: string;
  action: string;
  role: string | null;
  skill: string | null;
  resource: 'none' | 'technician' | 'link';
  p50Seconds: number | null;
  p90Seconds: number | null;
  hasSuccessTest: boolean;
  hasOwner: boolean;
  /** What it brings back. */
  asset: string | null;
  after: { key: string; lagSeconds: number }[];
}

export interface CallNodeFacts {
  key: string;
  contact: string | null;
  role: string | null;
  name: string;
  calledBy: string | null;
  timeoutSeconds: number;
  fallback: string | null;
}

export interface DistributionFacts {
  contact: string | null;
  name: string;
  /** Paper and a pack on a stick are read without any of the client's systems. */
  channel: 'service' | 'mail' | 'paper' | 'offline-pack';
  sentAt: string;
  readAt: string | null;
  /** Somebody else said that they read it. */
  isReadBySelf: boolean;
}

export interface ContactTestFacts {
  id: string;
  contact: string;
  at: string;
  isReached: boolean;
  answerSeconds: number | null;
}

export interface ExerciseFacts {
  id: string;
  title: string;
  kind: 'tabletop' | 'functional' | 'full';
  state: 'planned' | 'running' | 'done' | 'called-off';
  scenario: string | null;
  plans: string[];
  plannedOn: string;
  endedAt: string | null;
  objectives: number;
  rated: number;
  notMet: number;
  participantsPresent: number;
  hasReport: boolean;
}

export interface IncidentFacts {
  id: string;
  title: string;
  severity: 'minor' | 'significant' | 'major' | 'crisis';
  scenario: string | null;
  occurredAt: string | null;
  detectedAt: string;
  declaredAt: string | null;
  restoredAt: string | null;
  closedAt: string | null;
  dataLossSeconds: number | null;
  activities: string[];
  assets: string[];
  logEntries: number;
  /** Statutory reports with a deadline. */
  reports: { to: string; dueAt: string; doneAt: string | null }[];
  /** Plans that were put to use. */
  plans: string[];
}

/** One step of a runbook as it was run. */
export interface StepRunFacts {
  plan: string;
  planVersion: string;
  key: string;
  asset: string | null;
  state: 'started' | 'done' | 'failed' | 'skipped';
  seconds: number | null;
  endedAt: string | null;
  /** In earnest or for practice. */
  during: { kind: 'incident' | 'exercise' | 'drill'; id: string };
}

export interface ReviewFacts {
  id: string;
  of: { kind: 'incident' | 'exercise'; id: string; title: string };
  dueOn: string;
  heldOn: string | null;
  closedAt: string | null;
}

export interface ActionFacts {
  id: string;
  title: string;
  owner: string;
  dueOn: string;
  doneAt: string | null;
  verifiedAt: string | null;
  isDropped: boolean;
}

export interface StudyFacts {
  id: string;
  number: number;
  approvedAt: string;
  approvedBy: string;
  nextReviewOn: string;
  sha256: string;
  /** Ids of the activities in it. */
  activities: string[];
}

/** What the provider promised. */
export interface AgreementFacts {
  id: string;
  title: string;
  responseSeconds: number | null;
  recoverySeconds: number | null;
  coverHours: Hours;
  restoreTestDays: number | null;
  drillDays: number | null;
  reportDays: number | null;
  backupSuccessPercent: number | null;
  validFrom: string;
  validUntil: string | null;
}

export interface ClauseDecisionFacts {
  id: string;
  framework: string;
  ref: string;
  decision: 'waived' | 'not-applicable';
  reason: string;
  by: string;
  at: string;
  /** Last day, in the client's zone. Null only for what does not apply. */
  until: string | null;
}

/** What became of backups that ended in the last 90 days, and when the client was handed a report last. */
export interface ServiceFacts {
  backupsSucceeded: number;
  backupsFailed: number;
  lastReportAt: string | null;
}

export interface ContinuityFacts {
  sites: SiteFacts[];
  contacts: ContactFacts[];
  suppliers: SupplierFacts[];
  scenarios: ScenarioFacts[];
  strategies: StrategyFacts[];
  crisisRoles: CrisisRoleFacts[];
  contactTests: ContactTestFacts[];
  exercises: ExerciseFacts[];
  incidents: IncidentFacts[];
  stepRuns: StepRunFacts[];
  reviews: ReviewFacts[];
  actions: ActionFacts[];
  /** The approved one. */
  study: StudyFacts | null;
  /** In force today. */
  agreements: AgreementFacts[];
  decisions: ClauseDecisionFacts[];
  service: ServiceFacts;
  frameworks: { framework: string; level: string | null }[];
}
