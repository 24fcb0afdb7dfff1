/** What the page of recovery times shows. */
import type { Client } from '#/plans/clients.ts';
import type { Reason } from '#/plans/facts.ts';
import type { LossUnderCompromise, PathStep } from '#/plans/readiness/readiness.ts';

/** One asset on the longest way of at least one activity. */
export interface TimedAsset extends PathStep {
  href: string;
  /** Names of the activities that wait for it; those beyond a few fold away. */
  activities: string[];
  moreActivities: string[];
}

/** `clients/recovery-times` */
export interface RecoveryTimesView {
  client: Client;
  /** What takes longest first; before all, what nobody knows. */
  assets: TimedAsset[];
  deadlocks: { scenario: string; reasons: Reason[] }[];
  losses: { name: string; href: string; kept: (LossUnderCompromise & { assetName: string | null })[] }[];
  dwellDays: number[];
}
