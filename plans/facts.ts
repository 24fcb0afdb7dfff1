/**
 * What is known of one client at one moment, as plain data. Readiness and coverage are computed from this alone,
 * so the same facts give the same result in a page, in a report and in a test.
 * Durations are whole seconds, sizes bytes, times ISO 8601 in UTC.
 */

import type { ClaimState } from './claims/standing.ts';
import type { CallNodeFacts, ContinuityFacts, DistributionFacts, StepFacts } from './continuity-facts.ts';
import type { Hours } from './hours.ts';

export const ASSET_KINDS = [
  'application',
  'server',
  'virtual-machine',
  'data-set',
  'identity',
  'network',
  'saas',
  'endpoint-fleet',
  'premises',
  'equipment',
  'team',
  'person',
  'skill',
  'document',
  'key',
  'supplier',
] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];

/** `recovery`: needed to bring the other back and for nothing else, as a backup key, a plan, a vault, the way to the backups. */
export const DEPENDENCY_KINDS = ['hard', 'soft', 'start-order', 'data', 'human', 'recovery'] as const;
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number];

/** Fixed kinds of plan sections; see `plans/README.md` for what each must say. */
export const SECTION_KINDS = [
  'scope',
  'roles',
  'comms',
  'activation',
  'deactivation',
  'degraded',
  'return',
  'security',
  'resources',
  'recovery-order',
] as const;
export type SectionKind = (typeof SECTION_KINDS)[number];

export const PLAN_KINDS = ['bcp', 'drp', 'crisis-management', 'crisis-communication', 'it-recovery'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** What another backup tool says of an asset. `state` is as told: nothing of it was proved here. */
export interface ClaimFacts {
  id: string;
  asset: string;
  name: string;
  vendor: string;
  state: ClaimState;
  lastOkAt: string | null;
}

export interface ActivityFacts {
  id: string;
  name: string;
  owner: string | null;
  isPriority: boolean;
  parent: string | null;
  calendar: 'always' | 'business-hours';
  mtpdSeconds: number | null;
  /** What follows from the impact over time; null while no curve passes what can be borne. */
  derivedMtpdSeconds: number | null;
  mtpdReason: string | null;
  rtoSeconds: number | null;
  /** Work recovery time: from systems back to work back. */
  wrtSeconds: number | null;
  /** The tolerance (PDMA). */
  rpoSeconds: number | null;
  /** What backups are built for (PRD). */
  rpoTargetSeconds: number | null;
  mbco: string | null;
  mbcoPercent: number | null;
  /** When this analysis was changed last. */
  changedAt: string;
  /** Who approved this analysis and when; null while it is a draft. */
  approval: { by: string; at: string } | null;
}

export interface AssetFacts {
  id: string;
  name: string;
  kind: AssetKind;
  location: string | null;
  site: string | null;
  /** Asset of kind supplier. */
  supplier: string | null;
  /** Contacts: who holds or leads it, and who else can. */
  holder: string | null;
  deputy: string | null;
  state: 'planned' | 'in-service' | 'being-replaced';
  volumeBytes: number | null;
  changeBytesPerDay: number | null;
  endOfSupportOn: string | null;
  declaredRecoverySeconds: number | null;
  /** What bringing it back keeps busy. */
  recoveryResource: 'none' | 'technician' | 'link';
  isRemoteWorkPossible: boolean;
  changedAt: string;
}

/** `from` needs `to`. */
export interface DependencyFacts {
  id: string;
  from: { kind: 'activity' | 'asset'; id: string };
  to: string;
  kind: DependencyKind;
  /** Needs of one `from` in one group stand in for each other: so many of them are enough. */
  group: { name: string; requiredK: number } | null;
  degradationPercent: number | null;
  confirmedAt: string | null;
  createdAt: string;
}

export interface PlanFacts {
  id: string;
  kind: PlanKind;
  title: string;
  owner: string | null;
  reviewIntervalDays: number;
  /** Ids of the activities the plan covers. */
  activities: string[];
  scenarios: string[];
  /** Assets from which it is read in a crisis. */
  keptIn: string[];
  /** The version in force, or null when none was ever approved. */
  inForce: {
    id: string;
    inForceAt: string;
    number: number;
    sha256: string;
    createdBy: string;
    /** `isGone`: whoever it was has no right here any more. */
    approvals: { by: string; role: string; at: string; isGone: boolean }[];
    sections: { kind: SectionKind; isEmpty: boolean }[];
    steps: StepFacts[];
    callNodes: CallNodeFacts[];
    distributions: DistributionFacts[];
  } | null;
}

export interface PolicyFacts {
  id: string;
  asset: string;
  /** Another backup tool makes them, as somebody says: this is its repository. Absent where we do. */
  tool?: string;
  intervalSeconds: number;
  isEnabled: boolean;
  /** What the last look found at the source and in no point. Absent in reports of before this was kept. */
  omitted?: { count: number; foundAt: string } | null;
  /** How far back its points reach, and how long damage may go unnoticed; null where either is without end or not said. */
  retention: { reachDays: number; noticedDays: number } | null;
  store: {
    id: string;
    kind: 'folder' | 's3';
    isOffsite: boolean;
    /** Where it stands, and whose account it is in, when somebody said so. */
    site: string | null;
    account: string | null;
    /** Assets without which nobody gets at the copies. */
    needs: string[];
  };
}

export interface RecoveryPointFacts {
  id: string;
  asset: string;
  /** Another backup tool lists it. Absent where we made it. */
  tool?: string;
  /** The moment the data are of. */
  dataTime: string;
  endedAt: string;
  bytes: number;
  files: number;
  reservations: { torn: number; vanished: number; unreadable: number; skipped: number };
  /** Until when nothing of it can be removed; `governance` can be lifted by whoever may. Null: no lock is recorded. */
  lock: { mode: 'governance' | 'compliance'; until: string } | null;
}

/** A point that is recorded and not in its store any more, or not as it was made. It is no recovery point of the client. */
export interface LostPointFacts {
  id: string;
  asset: string;
  kind: 'gone' | 'altered';
  foundAt: string;
}

export type TestState = 'queued' | 'running' | 'passed' | 'failed' | 'inconclusive' | 'cancelled';

export const TEST_LEVELS = ['L0', 'L1', 'L2a', 'L2b', 'L3', 'L3x', 'L4'] as const;
export type TestLevel = (typeof TEST_LEVELS)[number];

/** L3x stands beside L3: as much is shown of the data, and of whose programs read them more. */
export const rankOf = (level: TestLevel): number => TEST_LEVELS.indexOf(level === 'L3x' ? 'L3' : level);

/** The levels that a test of one goes through. None above goes through L3x. */
export const levelsIn = (level: TestLevel): TestLevel[] =>
  TEST_LEVELS.filter((one) => one === level || (one !== 'L3x' && rankOf(one) <= rankOf(level)));

export interface RestoreTestFacts {
  id: string;
  asset: string;
  /** Of what another backup tool made: a proof of its repository. */
  tool?: string;
  recoveryPoint: string;
  state: TestState;
  requested: TestLevel;
  reached: TestLevel | null;
  /** The higher level it ended on, where no planted damage shows that it would have noticed any: it counts for nothing. */
  unshown?: TestLevel;
  finishedAt: string | null;
  /** When its point was first shown to come back so far; a second test of one point is no newer proof. Null while it never was. */
  provedAt: string | null;
  /** Measured from the first byte fetched to the last check that the data are back. */
  seconds: number | null;
  /** Age of the restored data when the test began. */
  dataAgeSeconds: number | null;
  bytes: number | null;
  plantedFaults: number;
  caught: number;
  /** Whether what it read looks encrypted, wiped or lost, and nobody explained it. Absent in reports of before this was kept. */
  isSuspect?: boolean;
}

/** A recovery key in use, or one that points still need, and who holds it. */
export interface RecoveryKeyFacts {
  id: string;
  fingerprint: string;
  holders: {
    id: string;
    contact: string;
    name: string;
    /** Whether they left, with the key or without. */
    hasLeft: boolean;
    /** When a drill last showed that they can open with it, and by when the next is to; null while none did. */
    openedAt: string | null;
    dueAt: string | null;
  }[];
}

/** A scenario drill that ended by itself: what fell short, and of which plans people did steps. */
export interface DrillFacts {
  id: string;
  scenario: string;
  state: 'passed' | 'failed' | 'inconclusive';
  endedAt: string;
  deviations: { object: { kind: 'activity' | 'asset' | 'step'; id: string; name: string }; reason: Reason }[];
  /** Plans of which all steps in it were done or talked through, with how many people. */
  plans: { plan: string; people: number }[];
  isTableTop: boolean;
}

/** Codes of `plans/coverage/README.md`. */
export type EvidenceCode = string;

/** One record that backs a figure. `system` means we proved it, `person` that somebody said it. */
export interface EvidenceFacts {
  id: string;
  code: EvidenceCode;
  subject: {
    kind:
      | 'activity'
      | 'asset'
      | 'plan'
      | 'recovery-point'
      | 'restore-test'
      | 'exercise'
      | 'incident'
      | 'scenario'
      | 'contact'
      | 'key-holder'
      | 'client';
    id: string;
    name: string;
  };
  /** What the record says: it supports, or says the opposite. */
  finding: 'supports' | 'contradicts';
  assertedBy: 'system' | 'person' | 'vendor';
  by: string;
  at: string;
  validUntil: string | null;
  sha256: string;
}

export interface ClientFacts extends ContinuityFacts {
  now: string;
  client: {
    id: string;
    name: string;
    sector: string | null;
    country: string;
    timeZone: string;
    businessHours: Hours;
    /** What bringing everything back has to get by with at once. */
    technicians: number;
    links: number;
  };
  activities: ActivityFacts[];
  assets: AssetFacts[];
  dependencies: DependencyFacts[];
  plans: PlanFacts[];
  policies: PolicyFacts[];
  recoveryPoints: RecoveryPointFacts[];
  lostPoints: LostPointFacts[];
  /** Without those that passed on a point that was lost since. */
  restoreTests: RestoreTestFacts[];
  recoveryKeys: RecoveryKeyFacts[];
  /** Newest first. */
  drills: DrillFacts[];
  /** What other backup tools say. It is never proof. */
  claims: ClaimFacts[];
  evidence: EvidenceFacts[];
}

/** Why something is as it is, in words that `templates/words` hold for each language. */
export interface Reason {
  key: string;
  params: Record<string, string | number>;
}
