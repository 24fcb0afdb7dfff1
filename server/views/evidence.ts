import type { Client } from '#/plans/clients.ts';
import type { Evidence } from '#/plans/evidence.ts';

/** `audit/evidence` */
export interface EvidenceView {
  client: Client;
  evidence: Omit<Evidence, 'content'>;
  /** The content, indented for people. */
  content: string;
  /** The hash was computed again and is the one on record. */
  isIntact: boolean;
  /** Page of what it is about, where there is one. */
  subjectHref: string | null;
  /** Clauses that it stands behind now. */
  clauses: {
    framework: string;
    name: string;
    ref: string;
    paraphrase: string;
    state: string;
    href: string;
  }[];
}
