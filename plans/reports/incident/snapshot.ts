/** What an incident report says: what happened and when, what it hit, who was told, and what followed. */
import type { Aftermath } from '../after-action/aftermath.ts';
import type { ClientHead } from '../head.ts';

export interface IncidentSnapshot extends ClientHead {
  kind: 'incident';
  incident: {
    id: string;
    title: string;
    class: string;
    severity: string;
    description: string | null;
    scenario: string | null;
    occurredAt: string | null;
    detectedAt: string;
    declaredAt: string | null;
    containedAt: string | null;
    restoredAt: string | null;
    closedAt: string | null;
    unrestoredReason: string | null;
    dataLossSeconds: number | null;
    isReportable: boolean;
    reports: { to: string; dueAt: string; doneAt: string | null }[];
  };
  activities: {
    name: string;
    rtoSeconds: number | null;
    rpoSeconds: number | null;
    mtpdSeconds: number | null;
  }[];
  assets: string[];
  aftermath: Aftermath;
}
