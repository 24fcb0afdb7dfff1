/** What a report says: an immutable picture of one client, hashed before anything is drawn. The PDF is made from this alone. */
import type { Coverage } from '../coverage/coverage.ts';
import type { EvidenceFacts, PlanKind, TestLevel, TestState } from '../facts.ts';
import type { Finding } from '../findings.ts';
import type { Readiness } from '../readiness/readiness.ts';

export const LOCALES = ['fr', 'en', 'nl'] as const;
export type Locale = (typeof LOCALES)[number];

export interface ReportSnapshot {
  format: 'reprise-report/1';
  kind: 'readiness';
  locale: Locale;
  /** Printed on every page and in the QR code, for example `RPR-2026-7F3A9C21`. */
  reference: string;
  madeAt: string;
  period: { from: string; to: string };
  provider: { id: string; name: string };
  client: { id: string; name: string; sector: string | null; country: string; timeZone: string };
  preparedBy: string;
  versions: { product: string; template: string; catalogue: string; engine: string };
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
  evidence: (EvidenceFacts & { number: string })[];
}
