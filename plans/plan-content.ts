/** What a plan version is hashed over, so that anybody can compute the hash again from what stands in it. */
import type { CallNode } from './call-trees.ts';
import { canonical, sha256 } from './canonical.ts';
import type { CrisisRole } from './crisis-roles.ts';
import type { PlanKind } from './facts.ts';
import type { Section } from './plan-sections.ts';
import type { Step } from './runbooks.ts';

/** A crisis role with its holders as they stood when a version was frozen. Names only: numbers change, and stay in the directory. */
export interface FrozenRole {
  name: string;
  cell: CrisisRole['cell'];
  mandate: string | null;
  mayApprove: boolean;
  /** The holder, then the deputies. */
  holders: string[];
}

export interface FrozenVersion {
  plan: { id: string; kind: PlanKind; title: string };
  number: number;
  /** 1: plan, number and sections. 2: all that follows, too. */
  format: number;
  changeSummary: string | null;
  effectiveOn: string | null;
  sections: readonly Section[];
  steps: readonly Step[];
  callNodes: readonly CallNode[];
  roles: readonly FrozenRole[];
}

export const FORMAT = 2;

/**
 * The text that is hashed and that approvals sign. Contacts and crisis roles stand in it by name, as they were called then:
 * what goes out of the directory later changes nothing.
 */
export function contentOf(version: FrozenVersion): string {
  const { plan, number, format, sections } = version;
  const told = { plan: plan.id, kind: plan.kind, title: plan.title, number };
  if (format === 1)
    return canonical({ ...told, sections: sections.map(({ kind, title, body }) => ({ kind, title, body })) });
  return canonical({
    ...told,
    format,
    changeSummary: version.changeSummary,
    effectiveOn: version.effectiveOn,
    sections: sections.map(({ kind, title, body, payload }) => ({ kind, title, body, payload })),
    runbook: version.steps.map(({ crisisRole, ...step }) => step),
    callTree: version.callNodes.map(({ contact, crisisRole, ...node }) => node),
    roles: version.roles,
  });
}

export const hashOfVersion = (version: FrozenVersion): string => sha256(contentOf(version));
