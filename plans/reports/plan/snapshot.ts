/** What a plan document says: a version as it was frozen, and beside it what a crisis needs and changes every day. */
import type { ContactPoint } from '../../contact-points.ts';
import type { CELLS } from '../../crisis-roles.ts';
import type { Criticality } from '../../criticality.ts';
import type { PlanKind, SectionKind } from '../../facts.ts';
import type { Payload } from '../../plan-sections.ts';
import type { PlanState } from '../../plan-states.ts';
import type { PlanVersion } from '../../plan-versions.ts';
import type { RestartStep } from '../../readiness/restart-order.ts';
import type { CellState } from '../../readiness/scenario-matrix.ts';
import type { STEP_RESOURCES } from '../../runbooks.ts';
import type { ClientHead } from '../head.ts';

export interface PlanSnapshot extends ClientHead {
  kind: 'plan';
  plan: { id: string; kind: PlanKind; title: string; owner: string | null; keptIn: string[] };
  version: {
    id: string;
    number: number;
    state: PlanState;
    changeSummary: string | null;
    effectiveOn: string | null;
    createdBy: string;
    createdAt: string;
    inForceAt: string | null;
    /** Of the frozen content; null while it is a draft. */
    sha256: string | null;
    /** The content was hashed again when this document was made. */
    isIntact: boolean | null;
    openQuestions: number;
  };
  approvals: Omit<PlanVersion['approvals'][number], 'sha256'>[];
  /** All versions, newest first. */
  history: {
    number: number;
    state: PlanState;
    createdBy: string;
    createdAt: string;
    inForceAt: string | null;
  }[];
  distribution: {
    name: string;
    channel: string;
    sentAt: string;
    sentBy: string;
    read: { at: string; by: string; isSelf: boolean } | null;
  }[];
  sections: { kind: SectionKind; title: string; body: string; payload: Payload }[];
  runbook: {
    steps: RunbookStepShown[];
    p50Seconds: number;
    p90Seconds: number;
    withoutTime: number;
  };
  callTree: { calls: CallShown[]; bestSeconds: number; worstSeconds: number };
  /** As they stood when the version was frozen; numbers are of the directory of today. */
  roles: {
    name: string;
    cell: (typeof CELLS)[number];
    mandate: string | null;
    mayApprove: boolean;
    holders: PersonShown[];
  }[];
  directory: (PersonShown & { employer: string | null; jobTitle: string | null; languages: string[] })[];
  activities: ActivityShown[];
  restart: { steps: RestartStep[]; edges: { from: string; to: string }[] };
  scenarios: { id: string; name: string; likelihood: number | null }[];
  matrix: { scenario: string; activity: string; state: CellState }[];
  strategies: {
    name: string;
    protects: string;
    state: 'proposed' | 'chosen' | 'in-place' | 'refused';
    option: string | null;
    rtoSeconds: number | null;
    rpoSeconds: number | null;
    residualRisk: string | null;
  }[];
}

export interface RunbookStepShown {
  key: string;
  action: string;
  detail: string | null;
  who: string | null;
  skill: string | null;
  resource: (typeof STEP_RESOURCES)[number];
  asset: string | null;
  after: string[];
  beginsAfterSeconds: number;
  p50Seconds: number | null;
  p90Seconds: number | null;
  isOnLongestChain: boolean;
  successTest: string | null;
  rollback: string | null;
  link: string | null;
}

/** Somebody with the ways to reach them, in the order in which to try. */
export interface PersonShown {
  name: string;
  hasLeft: boolean;
  points: Pick<ContactPoint, 'kind' | 'value' | 'isOutOfBand' | 'verifiedAt'>[];
}

export interface CallShown {
  key: string;
  name: string;
  depth: number;
  people: PersonShown[];
  timeoutSeconds: number;
  /** Who is called once that time is over. */
  fallback: string | null;
  note: string | null;
}

export interface ActivityShown {
  id: string;
  name: string;
  owner: string | null;
  isPriority: boolean;
  criticality: Criticality | null;
  mtpdSeconds: number | null;
  derivedMtpdSeconds: number | null;
  mtpdReason: string | null;
  rtoSeconds: number | null;
  wrtSeconds: number | null;
  rpoSeconds: number | null;
  mbco: string | null;
  mbcoPercent: number | null;
  peaks: { name: string; from: string; to: string }[];
  curves: {
    category: string;
    top: number;
    points: { afterSeconds: number; level: number; isTolerable: boolean }[];
  }[];
  resources: { afterSeconds: number; kind: string; name: string; quantity: number }[];
  approval: { by: string; at: string } | null;
}
