/** What has to be said beside a plan in force: it was changed since it was tried, its review is overdue, its approvers left. */
import type { ContinuityFacts } from './continuity-facts.ts';
import type { ClientFacts, PlanFacts, Reason } from './facts.ts';
import { rolesOf } from './readiness/exercised.ts';
import { ALL_EDGES, graphOf, reach } from './readiness/graph.ts';
import { lastApprovalAt } from './readiness/plans-in-force.ts';
import { isOlderThan } from './readiness/restore-proof.ts';
import { compareTimes } from './readiness/time.ts';

export interface PlanFlags {
  /** Something that the plan rests on changed after it was last tried with success, or it never was. */
  needsReverification: boolean;
  isReviewOverdue: boolean;
  /** None of those who approved it is there any more. */
  hasApproverLeft: boolean;
  /** The words for all of these. */
  reasons: Reason[];
}

/** What flags are computed from. */
export type FlagFacts = Pick<ClientFacts, 'now' | 'activities' | 'assets' | 'dependencies' | 'plans'> &
  Pick<ContinuityFacts, 'crisisRoles' | 'exercises'>;

/** Changes that are told one by one; the rest is counted. */
const TOLD = 5;

/** A plan that is not in force has no flags. */
export function flagsOf(plan: PlanFacts, facts: FlagFacts): PlanFlags {
  if (!plan.inForce)
    return { needsReverification: false, isReviewOverdue: false, hasApproverLeft: false, reasons: [] };
  const untried = untriedReasons(plan, facts);
  const overdue = overdueReasons(plan, facts);
  const gone = goneReasons(plan);
  return {
    needsReverification: untried.length > 0,
    isReviewOverdue: overdue.length > 0,
    hasApproverLeft: gone.length > 0,
    reasons: [...untried, ...overdue, ...gone],
  };
}

/** When it was last exercised with people there, every objective rated and none missed; null when it never was. */
export function lastSuccess(
  { id }: PlanFacts,
  { exercises, now }: Pick<FlagFacts, 'exercises' | 'now'>,
): string | null {
  const ends = exercises
    .filter(({ plans, state }) => state === 'done' && plans.includes(id))
    .filter(
      ({ participantsPresent, objectives, rated, notMet }) =>
        participantsPresent > 0 && objectives > 0 && rated === objectives && notMet === 0,
    )
    .flatMap(({ endedAt }) => endedAt ?? [])
    .filter((at) => compareTimes(at, now) <= 0);
  return ends.toSorted(compareTimes).at(-1) ?? null;
}

function untriedReasons(plan: PlanFacts, facts: FlagFacts): Reason[] {
  const triedAt = lastSuccess(plan, facts);
  if (triedAt === null) return [{ key: 'plan-flag.never-tried', params: {} }];
  const changes = changesOf(plan, facts)
    .filter(({ changedAt }) => compareTimes(changedAt, triedAt) > 0)
    .toSorted(
      (left, right) =>
        compareTimes(right.changedAt, left.changedAt) || (left.changed < right.changed ? -1 : 1),
    );
  const more = changes.length - TOLD;
  return [
    ...changes
      .slice(0, TOLD)
      .map(({ key, changed, changedAt }) => ({ key, params: { changed, changedAt, triedAt } })),
    ...(more > 0 ? [{ key: 'plan-flag.more-changes', params: { count: more } }] : []),
  ];
}

interface Change {
  key: string;
  changed: string;
  changedAt: string;
}

/** Its text, its activities, all that these need, what its steps bring back, how that hangs together, and who leads. */
function changesOf(plan: PlanFacts, facts: FlagFacts): Change[] {
  const covered = facts.activities.filter(({ id }) => plan.activities.includes(id));
  const graph = graphOf(facts);
  const assets = new Set([
    ...covered.flatMap((activity) => reach(graph, activity, ALL_EDGES).assets.map(({ id }) => id)),
    ...plan.inForce!.steps.flatMap(({ asset }) => asset ?? []),
    ...plan.keptIn,
  ]);
  const name = (id: string) => graph.assets.get(id)?.name ?? id;
  const within = new Set([...covered.map(({ id }) => id), ...assets]);
  return [
    { key: 'plan-flag.text-changed', changed: plan.title, changedAt: plan.inForce!.inForceAt },
    ...covered.map((one) => ({
      key: 'plan-flag.activity-changed',
      changed: one.name,
      changedAt: one.changedAt,
    })),
    ...facts.assets
      .filter(({ id }) => assets.has(id))
      .map((one) => ({ key: 'plan-flag.asset-changed', changed: one.name, changedAt: one.changedAt })),
    ...facts.dependencies
      .filter(({ from }) => within.has(from.id))
      .map(({ to, createdAt }) => ({ key: 'plan-flag.need-added', changed: name(to), changedAt: createdAt })),
    ...rolesOf(plan, facts).flatMap((role) =>
      role.holders.map(({ since }) => ({
        key: 'plan-flag.holder-changed',
        changed: role.name,
        changedAt: since,
      })),
    ),
  ];
}

function overdueReasons(plan: PlanFacts, { now }: FlagFacts): Reason[] {
  const approvedAt = lastApprovalAt(plan);
  const { title, reviewIntervalDays } = plan;
  if (approvedAt === null || !isOlderThan(approvedAt, now, reviewIntervalDays)) return [];
  return [{ key: 'readiness.plan-review-overdue', params: { plan: title, approvedAt, reviewIntervalDays } }];
}

function goneReasons({ title, inForce }: PlanFacts): Reason[] {
  const { approvals, number } = inForce!;
  if (approvals.length === 0 || !approvals.every(({ isGone }) => isGone)) return [];
  const by = approvals.map((approval) => approval.by).join(', ');
  return [{ key: 'rules.approvers-gone', params: { plan: title, version: number, by } }];
}
