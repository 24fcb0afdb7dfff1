/** What a readiness report says: where a client stands, activity by activity and clause by clause, and the records behind it. */
import type { Coverage } from '../../coverage/coverage.ts';
import type { PlanKind, TestLevel, TestState } from '../../facts.ts';
import type { Finding } from '../../findings.ts';
import type { Readiness } from '../../readiness/readiness.ts';
import type { ClientHead, Period } from '../head.ts';
import type { NumberedEvidence } from '../numbered-evidence.ts';

export interface ReadinessSnapshot extends ClientHead {
  kind: 'readiness';
  period: Period;
  readiness: Readiness;
  coverage: Coverage;
  plans: {
    kind: PlanKind;
    title: string;
    owner: string | null;
    version: number | null;
    sha256: string | null;
    approvals: { by: string; role: string; at: string }[];
  }[];
  restoreTests: {
    id: string;
    asset: string;
    point: string;
    state: TestState;
    requested: TestLevel;
    reached: TestLevel | null;
    finishedAt: string;
    seconds: number | null;
    bytes: number | null;
    files: number | null;
    dataAgeSeconds: number | null;
    rtoSeconds: number | null;
    rpoSeconds: number | null;
    plantedFaults: number;
    caught: number;
    levels: {
      level: TestLevel;
      verdict: 'passed' | 'failed' | 'inconclusive';
      seconds: number;
      bytes: number;
    }[];
    /** What went wrong; empty when passed. */
    findings: Finding[];
    tools: Record<string, string>;
    evidence: string | null;
  }[];
  recoveryPoints: {
    asset: string;
    id: string;
    dataTime: string;
    bytes: number;
    storedBytes: number;
    files: number;
    reservations: number;
    headSha256: string;
  }[];
  /** Every record cited anywhere in the report, numbered E-001 on in order of time. */
  evidence: NumberedEvidence[];
}
