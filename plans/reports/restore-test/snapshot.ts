/** What the certificate of a restore test says: one test, its point, and what both do not show. */
import type { TestLevel, TestState } from '../../facts.ts';
import type { Finding } from '../../findings.ts';
import type { Independence, RestoreTestResult } from '../../restore-test-results.ts';
import type { ClientHead } from '../head.ts';
import type { NumberedEvidence } from '../numbered-evidence.ts';

export interface RestoreTestSnapshot extends ClientHead {
  kind: 'restore-test';
  test: {
    id: string;
    state: TestState;
    requested: TestLevel;
    reached: TestLevel | null;
    askedBy: string;
    startedAt: string | null;
    finishedAt: string;
    /** Of restoring, as measured; null when nothing was restored. */
    seconds: number | null;
    bytes: number | null;
    dataAgeSeconds: number | null;
    rtoSeconds: number | null;
    rpoSeconds: number | null;
    plantedFaults: number;
    caught: number;
    isSuspect: boolean;
    /** A test that read a sample never counts as its level. */
    isSample: boolean;
    /** The agent that did it; null: a worker of the service. */
    agent: string | null;
    independence: Independence | null;
    levels: RestoreTestResult['levels'];
    planted: { kind: string; level: TestLevel; caught: boolean; finding: Finding }[];
    checks: RestoreTestResult['checks'];
    tools: Record<string, string>;
    finding: Finding | null;
  };
  asset: { id: string; name: string };
  point: {
    id: string;
    store: string;
    dataTime: string;
    files: number;
    bytes: number;
    storedBytes: number;
    packs: number;
    reservations: number;
    headSha256: string;
    manifestSha256: string;
    sealedTo: string[];
    /** It was lost since. */
    isLost: boolean;
  };
  /** The record that the test left, if it left one. */
  evidence: NumberedEvidence[];
}
