/** Plans of clients, and of each what stands in the version in force. */
import type { DistributionFacts, StepFacts } from '../continuity-facts.ts';
import type { PlanFacts, SectionKind } from '../facts.ts';
import type { Work } from '../work.ts';
import { byClient } from './rows.ts';

export async function loadPlans(work: Work, ids: string[]) {
  const { db } = work;
  const plans = await db
    .selectFrom('plans')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('id')
    .limit(10_000)
    .execute();
  const activities = await db
    .selectFrom('plan_activities')
    .select(['plan_id', 'activity_id'])
    .where('client_id', 'in', ids)
    .limit(100_000)
    .execute();
  const scenarios = await db
    .selectFrom('plan_scenarios')
    .select(['plan_id', 'scenario_id'])
    .where('client_id', 'in', ids)
    .limit(100_000)
    .execute();
  const activitiesOf = Map.groupBy(activities, ({ plan_id }) => plan_id);
  const scenariosOf = Map.groupBy(scenarios, ({ plan_id }) => plan_id);
  const versions = await loadVersionsInForce(work, ids);
  return byClient(
    plans,
    (row): PlanFacts => ({
      id: row.id,
      kind: row.kind,
      title: row.title,
      owner: row.owner,
      reviewIntervalDays: row.review_interval_days,
      activities: (activitiesOf.get(row.id) ?? []).map(({ activity_id }) => activity_id),
      scenarios: (scenariosOf.get(row.id) ?? []).map(({ scenario_id }) => scenario_id),
      keptIn: row.kept_in,
      inForce: versions.get(row.id) ?? null,
    }),
  );
}

async function loadVersionsInForce(work: Work, ids: string[]): Promise<Map<string, PlanFacts['inForce']>> {
  const versions = await work.db
    .selectFrom('plan_versions')
    .select(['id', 'plan_id', 'number', 'sha256', 'created_by_name', 'created_at', 'in_force_at'])
    .where('client_id', 'in', ids)
    .where('state', '=', 'in-force')
    .limit(10_000)
    .execute();
  const versionIds = versions.map(({ id }) => id);
  if (versionIds.length === 0) return new Map();
  const sections = await loadSections(work, versionIds);
  const approvals = await loadApprovals(work, versionIds);
  const steps = await loadSteps(work, versionIds);
  const nodes = await loadCallNodes(work, versionIds);
  const distributions = await loadDistributions(work, versionIds);
  return new Map(
    versions.map((version) => [
      version.plan_id,
      {
        id: version.id,
        number: version.number,
        sha256: version.sha256 ?? '',
        createdBy: version.created_by_name,
        inForceAt: (version.in_force_at ?? version.created_at).toISOString(),
        approvals: (approvals.get(version.id) ?? []).map(({ person_name, role, at, is_gone }) => ({
          by: person_name,
          role,
          at: at.toISOString(),
          isGone: is_gone === true,
        })),
        sections: (sections.get(version.id) ?? []).map(({ kind, text }) => ({
          kind: kind as SectionKind,
          isEmpty: text === '',
        })),
        steps: (steps.get(version.id) ?? []).map(presentStep),
        callNodes: (nodes.get(version.id) ?? []).map((node) => ({
          key: node.key,
          contact: node.contact_id,
          role: node.role_id,
          name: node.name,
          calledBy: node.called_by,
          timeoutSeconds: node.timeout_seconds,
          fallback: node.fallback,
        })),
        distributions: (distributions.get(version.id) ?? []).map(
          (row): DistributionFacts => ({
            contact: row.contact_id,
            name: row.name,
            channel: row.channel as DistributionFacts['channel'],
            sentAt: row.sent_at.toISOString(),
            readAt: row.read_at?.toISOString() ?? null,
            isReadBySelf: row.is_read_by_self === true,
          }),
        ),
      },
    ]),
  );
}

async function loadSections({ db }: Work, versions: string[]) {
  const rows = await db
    .selectFrom('plan_sections')
    .select(({ fn, ref }) => ['plan_version_id', 'kind', fn<string>('btrim', [ref('body')]).as('text')])
    .where('plan_version_id', 'in', versions)
    .limit(100_000)
    .execute();
  return Map.groupBy(rows, ({ plan_version_id }) => plan_version_id);
}

/** Somebody is gone when their membership has ended, or is no more. */
async function loadApprovals({ db, now }: Work, versions: string[]) {
  const rows = await db
    .selectFrom('approvals as approval')
    .leftJoin('memberships as member', 'member.person_id', 'approval.person_id')
    .select(['approval.plan_version_id', 'approval.person_name', 'approval.role', 'approval.at'])
    .select((of) =>
      of
        .or([
          of('member.person_id', 'is', null),
          of('member.ended_at', '<=', now),
          of('member.valid_until', '<=', now),
        ])
        .as('is_gone'),
    )
    .where('approval.plan_version_id', 'in', versions)
    .where('approval.decision', '=', 'approved')
    .orderBy('approval.at')
    .limit(100_000)
    .execute();
  return Map.groupBy(rows, ({ plan_version_id }) => plan_version_id);
}

async function loadSteps({ db }: Work, versions: string[]) {
  const rows = await db
    .selectFrom('runbook_steps')
    .selectAll()
    .where('plan_version_id', 'in', versions)
    .orderBy('position')
    .limit(200_000)
    .execute();
  return Map.groupBy(rows, ({ plan_version_id }) => plan_version_id);
}

async function loadCallNodes({ db }: Work, versions: string[]) {
  const rows = await db
    .selectFrom('call_nodes')
    .selectAll()
    .where('plan_version_id', 'in', versions)
    .orderBy('position')
    .limit(200_000)
    .execute();
  return Map.groupBy(rows, ({ plan_version_id }) => plan_version_id);
}

async function loadDistributions({ db }: Work, versions: string[]) {
  const rows = await db
    .selectFrom('distributions')
    .selectAll()
    .where('plan_version_id', 'in', versions)
    .orderBy('sent_at')
    .limit(200_000)
    .execute();
  return Map.groupBy(rows, ({ plan_version_id }) => plan_version_id);
}

const presentStep = (row: {
  key: string;
  action: string;
  role_id: string | null;
  role: string | null;
  skill: string | null;
  resource: string;
  p50_seconds: number | null;
  p90_seconds: number | null;
  success_test: string | null;
  asset_id: string | null;
  after: unknown;
}): StepFacts => ({
  key: row.key,
  action: row.action,
  role: row.role,
  skill: row.skill,
  resource: row.resource as StepFacts['resource'],
  p50Seconds: row.p50_seconds,
  p90Seconds: row.p90_seconds,
  hasSuccessTest: (row.success_test ?? '').trim() !== '',
  hasOwner: row.role_id !== null || (row.role ?? '').trim() !== '',
  asset: row.asset_id,
  after: row.after as StepFacts['after'],
});
