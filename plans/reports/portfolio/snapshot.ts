/** What the provider's own report says: where all its clients stand beside each other, and what to do first. */
import type { Contention } from '../../contention.ts';
import type { Reason } from '../../facts.ts';
import type { Severity } from '../../rules/rule.ts';
import type { WeakestActivity } from '../../standing.ts';
import type { SnapshotHead } from '../head.ts';

export interface PortfolioSnapshot extends SnapshotHead {
  kind: 'portfolio';
  /** In which moments are told: that of most clients. */
  timeZone: string;
  /** The worst first. */
  lines: PortfolioLine[];
  /** Clients taken on a moment ago, of whom nothing was computed yet. */
  unknown: string[];
  first: FirstThing[];
  /** What is found at most clients. */
  recurring: { rule: string; clients: number; findings: number; contradictions: number }[];
  /** What most clients share, with whose RTO falls when they fail together. */
  shared: SharedLoss[];
  /** How many things clients share at all; only the first are reckoned. */
  sharedTotal: number;
  frameworks: PortfolioFramework[];
  trend: PortfolioTrend | null;
}

export interface PortfolioLine {
  id: string;
  name: string;
  computedAt: string;
  /** Something happened at this client since. */
  isStale: boolean;
  level: number;
  missing: Reason | null;
  weakest: WeakestActivity | null;
  contradictions: number;
  rtoBreaches: number;
  rpoBreaches: number;
  overdueReviews: number;
  overdueTests: number;
  overdueActions: number;
  failedTests: number;
  inconclusiveTests: number;
  provenDataAt: string | null;
}

/** The gravest finding of a client. */
export interface FirstThing {
  client: string;
  level: number;
  object: string;
  severity: Severity;
  reason: Reason;
  remedy: Reason;
  since: string;
  /** How many more stand open at this client. */
  others: number;
}

export interface SharedLoss extends Pick<Contention, 'considered' | 'lostFrom'> {
  shared: Pick<Contention['shared'], 'kind' | 'name' | 'isByName' | 'clients'>;
  lossCount: number;
  lateAloneCount: number;
  untimedActivities: number;
  losses: Pick<
    Contention['losses'][number],
    'client' | 'activity' | 'rtoSeconds' | 'aloneSeconds' | 'lostFrom' | 'togetherSeconds' | 'isDeclared'
  >[];
}

/** Shares are never averaged: the client with the least and the one with the most stand side by side. */
export interface PortfolioFramework {
  framework: string;
  name: string;
  clients: number;
  contradictedClients: number;
  contradictions: number;
  leastProven: number;
  mostProven: number;
}

/** Against the last report of this kind that was issued. */
export interface PortfolioTrend {
  reference: string;
  madeAt: string;
  up: LevelChange[];
  down: LevelChange[];
  joined: string[];
  left: string[];
  /** Of all clients, then and now. */
  totals: { key: TrendKey; before: number; now: number }[];
}

export interface LevelChange {
  name: string;
  from: number;
  to: number;
}

export const TREND_KEYS = [
  'contradictions',
  'rtoBreaches',
  'rpoBreaches',
  'overdueReviews',
  'overdueTests',
  'overdueActions',
] as const;
export type TrendKey = (typeof TREND_KEYS)[number];
