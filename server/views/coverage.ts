import type { Client } from '#/plans/clients.ts';
import type { FrameworkCoverage } from '#/plans/coverage/coverage.ts';

/** `clients/coverage` */
export interface CoverageView {
  client: Client;
  catalogueVersion: string;
  frameworks: {
    id: string;
    name: string;
    href: string;
    isShown: boolean;
    provenShare: number;
    declaredShare: number;
    contradicted: number;
  }[];
  shown: FrameworkCoverage | null;
  appliesTo: string;
  source: string;
  levelName: string | null;
  /** States of its clauses that occur, with how many. */
  counts: { state: string; count: number }[];
  mayDecide: boolean;
}
