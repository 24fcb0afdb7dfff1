/** What the page of findings shows. */
import type { Client } from '#/plans/clients.ts';
import type { StandingFinding } from '#/plans/rule-findings.ts';
import type { Fix, Gain } from '#/plans/rules/fix.ts';
import type { Severity } from '#/plans/rules/rule.ts';

export interface FoundThing extends StandingFinding {
  /** Page of its object. */
  href: string | null;
  /** The form that mends it, for who may use it. */
  mendHref: string | null;
}

/** `clients/findings` */
export interface FindingsView {
  client: Client;
  /** In order of what they bring; the rest is counted. */
  fixes: (Omit<Fix, 'gains'> & { href: string | null; gains: (Gain & { href: string })[] })[];
  moreFixes: number;
  /** The worst first. */
  groups: { severity: Severity; found: FoundThing[] }[];
  /** Found no more, the latest first. */
  ended: FoundThing[];
  mayMend: boolean;
}
