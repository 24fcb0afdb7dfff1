import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { PLAN_KINDS } from '#/plans/facts.ts';
import { findFlaggedPlan } from '#/plans/flagged-plans.ts';
import { listApprovers } from '#/plans/plan-approvers.ts';
import {
  Decision,
  decideVersion,
  submitVersion,
  Withdrawal,
  withdrawVersion,
} from '#/plans/plan-decisions.ts';
import { PLAN_STATES } from '#/plans/plan-states.ts';
import {
  changeDraft,
  checkVersion,
  DraftHead,
  findVersion,
  findVersionForChange,
  listEveryVersion,
  listOpenVersions,
  PlanVersion,
  takeStarter,
} from '#/plans/plan-versions.ts';
import { hasStarter } from '#/plans/starter-plans.ts';
import type { Work } from '#/plans/work.ts';
import { type Notice, noun } from '../noun.ts';
import { PLAN_TONES, versionsPart } from './plan.ts';
import {
  approvalsPart,
  callsPart,
  copiesPart,
  planText,
  rolesPart,
  stepsPart,
  toldText,
  versionLinks,
} from './plan-version-parts.ts';

const mayTakeBack = ({ state }: PlanVersion, work: Work): boolean =>
  state === 'draft' || state === 'in-review'
    ? may(work, 'plan.change')
    : (state === 'approved' || state === 'in-force') && may(work, 'plan.approve');

export const planVersion = noun<PlanVersion, never, DraftHead>({
  name: 'plan-version',
  path: 'plan-versions',
  tab: 'plans',
  titleOf: ({ title, number }) => `${title} · v${number}`,
  fields: [
    { name: 'changeSummary', kind: 'text', optional: true, max: 2000, rows: 3 },
    { name: 'effectiveOn', kind: 'date', optional: true },
  ],
  told: [
    { name: 'kind', kind: 'choice', values: PLAN_KINDS, words: 'plan-kind' },
    { name: 'state', kind: 'choice', values: PLAN_STATES, words: 'plan-stands', tones: PLAN_TONES },
    { name: 'createdBy', kind: 'line' },
    { name: 'createdAt', kind: 'moment' },
    { name: 'approvedAt', kind: 'moment' },
    { name: 'inForceAt', kind: 'moment' },
    { name: 'withdrawnReason', kind: 'text' },
    { name: 'sha256', kind: 'line' },
  ],
  columns: ['kind', 'state', 'createdBy', 'createdAt', 'effectiveOn', 'inForceAt'],
  item: PlanVersion,
  input: null,
  changeInput: DraftHead,
  list: listOpenVersions,
  listAll: listEveryVersion,
  find: findVersion,
  findForChange: findVersionForChange,
  change: changeDraft,
  right: 'plan.change',
  isOpen: ({ state }) => state === 'draft',
  notices: async (work, one) => [...(await soundness(work, one)), ...(await standing(work, one))],
  figures: async (work, one) => [versionLinks(one), planText(work, one)],
  parts: async (work, one) => [
    await stepsPart(work, one),
    callsPart(work, one),
    rolesPart(one),
    approvalsPart(one),
    ...(one.inForceAt ? [await copiesPart(work, one)] : []),
    await versionsPart(work, await findFlaggedPlan(work, one.plan)),
  ],
  asTold: toldText,
  actions: [
    {
      name: 'starter',
      fields: [],
      input: z.object({}),
      right: 'plan.change',
      isOffered: ({ state, kind, missing }) => state === 'draft' && missing.length > 0 && hasStarter(kind),
      run: (work, id) => takeStarter(work, id),
    },
    {
      name: 'submission',
      fields: [],
      input: z.object({}),
      right: 'plan.change',
      isOffered: ({ state }) => state === 'draft',
      run: (work, id) => submitVersion(work, id),
    },
    {
      name: 'approval',
      fields: [
        { name: 'decision', kind: 'choice', values: ['approved', 'refused'], words: 'plan-decision' },
        { name: 'comment', kind: 'text', optional: true, max: 2000, rows: 3 },
      ],
      input: Decision,
      right: 'plan.approve',
      isOffered: ({ state }) => state === 'in-review',
      run: decideVersion,
    },
    {
      name: 'withdrawal',
      fields: [{ name: 'reason', kind: 'text', max: 2000, rows: 2 }],
      input: Withdrawal,
      right: 'plan.approve',
      isOffered: mayTakeBack,
      run: withdrawVersion,
      isFinal: true,
    },
  ],
});

/** Whether what stands there is what was approved, found out anew each time it is shown. */
async function soundness(work: Work, { id, sha256 }: PlanVersion): Promise<Notice[]> {
  if (sha256 === null) return [];
  const { isIntact } = await checkVersion(work, id);
  return [
    isIntact
      ? { kind: 'plain', reason: { key: 'plan-version.intact', params: {} } }
      : { kind: 'danger', reason: { key: 'plan-version.altered', params: {} } },
  ];
}

async function standing(work: Work, version: PlanVersion): Promise<Notice[]> {
  const { state, missing, placeholders, plan, client, effectiveOn } = version;
  if (state === 'draft' && missing.length + placeholders > 0)
    return [
      {
        kind: 'warning',
        reason: { key: 'plan-version.not-ready', params: { missing: missing.length, placeholders } },
      },
    ];
  if (state === 'in-review') return [await whoDecides(work, client)];
  if (state === 'approved' && effectiveOn)
    return [{ kind: 'plain', reason: { key: 'plan-version.waits-for-day', params: { effectiveOn } } }];
  if (state !== 'in-force') return [];
  const { flags } = await findFlaggedPlan(work, plan);
  return flags.reasons.map((reason) => ({ kind: 'warning' as const, reason }));
}

async function whoDecides(work: Work, client: string): Promise<Notice> {
  const approvers = await listApprovers(work, client);
  const names = [...new Set(approvers.map(({ name, role }) => `${name} (${role})`))].join(', ');
  return {
    kind: 'plain',
    reason: names
      ? { key: 'plan-version.decided-by', params: { names } }
      : { key: 'plan-version.decided-by-another', params: {} },
  };
}
