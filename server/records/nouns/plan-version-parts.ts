/** What a plan version says, on its page: text, runbook, call tree, crisis roles, approvals. */
import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listAssets } from '#/plans/assets.ts';
import { readingOrder } from '#/plans/call-trees.ts';
import { CELLS, listCrisisRoles } from '#/plans/crisis-roles.ts';
import { CHANNELS, listDistributions } from '#/plans/distributions.ts';
import { SECTION_KINDS } from '#/plans/facts.ts';
import { PAYLOAD_OF } from '#/plans/plan-sections.ts';
import type { PlanVersion } from '#/plans/plan-versions.ts';
import type { Step } from '#/plans/runbooks.ts';
import { waitsText } from '#/plans/step-waits.ts';
import type { Work } from '#/plans/work.ts';
import { htmlOf } from '../../http/markdown.ts';
import type { AsTold, Figure, SubList } from '../noun.ts';

const canWrite = (work: Work, { state }: PlanVersion) => state === 'draft' && may(work, 'plan.change');

/** What stands beside the text, on pages of its own. */
export const versionLinks = ({ id, client }: PlanVersion): Figure => ({
  partial: 'partials/version-links',
  data: {
    links: [
      { href: `/runbooks/${id}`, words: 'plan-version.steps.title' },
      { href: `/call-trees/${id}#calls`, words: 'plan-version.calls.title' },
      { href: `/plan-versions/${id}/comparison`, words: 'comparison.link' },
      { href: `/plan-versions/${id}/distributions`, words: 'distribution.copies' },
      { href: `/clients/${client}/reports?subject=${id}#offer-plan`, words: 'reports.as-document' },
    ],
  },
});

/** The sections as they are read; in a draft each leads to where it is written, and those still missing stand with them. */
export function planText(work: Work, version: PlanVersion): Figure {
  const isOpen = canWrite(work, version);
  const hrefOf = (kind: string) => (isOpen ? `/plan-versions/${version.id}/sections/${kind}` : null);
  const written = version.sections.filter(({ kind }) => !version.missing.includes(kind));
  const unwritten = SECTION_KINDS.filter((kind) => !written.some((section) => section.kind === kind));
  return {
    partial: 'partials/plan-text',
    data: {
      sections: written.map(({ kind, title, body, payload, placeholders }) => ({
        kind,
        title,
        html: htmlOf(body, title),
        ...payload,
        part: PAYLOAD_OF[kind] ?? null,
        placeholders,
        href: hrefOf(kind),
      })),
      missing: version.missing.map((kind) => ({ kind, href: hrefOf(kind) })),
      further: isOpen
        ? unwritten
            .filter((kind) => !version.missing.includes(kind))
            .map((kind) => ({ kind, href: hrefOf(kind) }))
        : [],
    },
  };
}

/** Steps as they are read: who does them and what they bring back by name, and waits in words. */
async function namedSteps(work: Work, client: string, steps: readonly Step[]) {
  const assets = new Map((await listAssets(work, client)).map(({ id, name }) => [id, name]));
  const roles = new Map((await listCrisisRoles(work, client)).map(({ id, name }) => [id, name]));
  return steps.map((step) => ({
    ...step,
    role: step.role ?? roles.get(step.crisisRole ?? '') ?? null,
    asset: assets.get(step.asset ?? '') ?? null,
    after: waitsText(step.after, 'j'),
  }));
}

export const stepsPart = async (work: Work, version: PlanVersion): Promise<SubList> => ({
  name: 'plan-version.steps',
  columns: [
    { name: 'action', kind: 'line' },
    { name: 'role', kind: 'line' },
    { name: 'asset', kind: 'line' },
    { name: 'p50Seconds', kind: 'duration' },
    { name: 'p90Seconds', kind: 'duration' },
    { name: 'after', kind: 'line' },
  ],
  rows: (await namedSteps(work, version.client, version.steps)).map((values) => ({
    href: `/runbooks/${version.id}#step-${values.key}`,
    values,
  })),
  addHref: canWrite(work, version) ? `/runbooks/${version.id}/edit` : null,
});

export function callsPart(work: Work, version: PlanVersion): SubList {
  const names = new Map(version.callNodes.map(({ key, name }) => [key, name]));
  const named = (key: string | null) => names.get(key ?? '') ?? key;
  return {
    name: 'plan-version.calls',
    columns: [
      { name: 'name', kind: 'line' },
      { name: 'calledBy', kind: 'line' },
      { name: 'timeoutSeconds', kind: 'duration' },
      { name: 'fallback', kind: 'line' },
    ],
    rows: readingOrder(version.callNodes).map(({ node, depth }) => ({
      href: `/call-trees/${version.id}#call-${node.key}`,
      values: {
        ...node,
        name: `${'· '.repeat(depth)}${node.name}`,
        calledBy: named(node.calledBy),
        fallback: named(node.fallback),
      },
    })),
    addHref: canWrite(work, version) ? `/call-trees/${version.id}/edit` : null,
  };
}

export const rolesPart = (version: PlanVersion): SubList => ({
  name: 'plan-version.roles',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'cell', kind: 'choice', values: CELLS, words: 'crisis-cell' },
    { name: 'holders', kind: 'lines' },
    { name: 'mayApprove', kind: 'tick' },
  ],
  rows: version.roles.map((values) => ({ href: null, values })),
});

export const approvalsPart = ({ approvals }: PlanVersion): SubList => ({
  name: 'plan-version.approvals',
  columns: [
    { name: 'by', kind: 'line' },
    { name: 'crisisRole', kind: 'line' },
    { name: 'decision', kind: 'choice', values: ['approved', 'refused'], words: 'plan-decision' },
    { name: 'at', kind: 'moment' },
    { name: 'comment', kind: 'line' },
  ],
  rows: approvals.map((values) => ({ href: null, values })),
});

/** Who has a copy; told and noted on a page of its own. */
export async function copiesPart(work: Work, { id, state }: PlanVersion): Promise<SubList> {
  const href = `/plan-versions/${id}/distributions`;
  const copies = (await listDistributions(work, id)).map(({ read, ...copy }) => ({
    href,
    values: { ...copy, readAt: read?.at ?? null, readBy: read?.by ?? null },
  }));
  return {
    ...copiesTable(copies),
    addHref: state === 'in-force' && may(work, 'plan.change') ? href : null,
  };
}

const copiesTable = (rows: SubList['rows']): SubList => ({
  name: 'plan-version.copies',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'channel', kind: 'choice', values: CHANNELS, words: 'distribution.by' },
    { name: 'sentAt', kind: 'moment' },
    { name: 'readAt', kind: 'moment' },
    { name: 'readBy', kind: 'line' },
  ],
  rows,
});

/** What a version says that a file told: nothing of it leads on, and who had copies stands with it. */
export async function toldText(
  work: Work,
  version: PlanVersion,
  { copies }: Record<string, unknown>,
): Promise<AsTold> {
  const lists = [await stepsPart(work, version), callsPart(work, version), rolesPart(version)];
  return {
    figures: [planText(work, { ...version, missing: [] })],
    parts: [
      ...lists.map(({ name, columns, rows }) => ({
        name,
        columns,
        rows: rows.map(({ values }) => ({ href: null, values })),
      })),
      approvalsPart(version),
      copiesTable(
        z
          .array(z.record(z.string(), z.unknown()))
          .parse(copies)
          .map((values) => ({ href: null, values })),
      ),
    ],
  };
}
