import type { ClientFacts } from '../../facts.ts';
import type { Work } from '../../work.ts';
import type { AlertRule, Condition } from '../condition.ts';

/** Found in the facts of one client, whenever its standing is computed. */
export interface FactRule {
  name: AlertRule;
  find(facts: ClientFacts): Found[];
  /** Moments, in milliseconds, at which time alone may bring or end one. */
  moments?(facts: ClientFacts): number[];
}

/** Found in the rows of all clients of the provider, every minute. */
export interface RecordRule {
  name: AlertRule;
  find(work: Work): Promise<(Found & { client: string })[]>;
}

/** A condition as its rule tells it. */
export type Found = Omit<Condition, 'client' | 'rule'>;

/** More subjects than this are counted and not named. */
export const MOST_SUBJECTS = 100;
