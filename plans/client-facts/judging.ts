/** What clients are judged by: the approved study, what was promised to them, their frameworks and what people decided. */
import type { ClauseDecisionFacts, StudyFacts } from '../continuity-facts.ts';
import type { Hours } from '../hours.ts';
import type { Work } from '../work.ts';
import { byClient, todayAt } from './rows.ts';

export async function loadStudies({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('bia_studies')
    .select(['client_id', 'id', 'number', 'decided_at', 'decided_by_name', 'next_review_on', 'sha256'])
    .select((of) =>
      of
        .fn<unknown>('jsonb_path_query_array', [of.cast('content', 'jsonb'), of.val('$.activities[*].id')])
        .as('activities'),
    )
    .where('client_id', 'in', ids)
    .where('state', '=', 'approved')
    .limit(100_000)
    .execute();
  return byClient(
    rows,
    (row): StudyFacts => ({
      id: row.id,
      number: row.number,
      approvedAt: row.decided_at?.toISOString() ?? '',
      approvedBy: row.decided_by_name ?? '',
      nextReviewOn: row.next_review_on,
      sha256: row.sha256,
      activities: row.activities as string[],
    }),
  );
}

export async function loadAgreements({ db, now }: Work, ids: string[]) {
  const today = todayAt('client', now);
  const rows = await db
    .selectFrom('service_agreements as agreement')
    .innerJoin('clients as client', 'client.client_id', 'agreement.client_id')
    .selectAll('agreement')
    .where('agreement.client_id', 'in', ids)
    .where('valid_from', '<=', today)
    .where((row) => row.or([row('valid_until', 'is', null), row('valid_until', '>=', today)]))
    .orderBy('valid_from')
    .orderBy('agreement.id')
    .limit(100_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    title: row.title,
    responseSeconds: row.response_seconds,
    recoverySeconds: row.recovery_seconds,
    coverHours: row.cover_hours as Hours,
    restoreTestDays: row.restore_test_days,
    drillDays: row.drill_days,
    reportDays: row.report_days,
    backupSuccessPercent: row.backup_success_percent,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
  }));
}

export async function loadDecisions({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('clause_decisions')
    .selectAll()
    .where('client_id', 'in', ids)
    .where('ended_at', 'is', null)
    .orderBy('framework')
    .orderBy('ref')
    .limit(100_000)
    .execute();
  return byClient(
    rows,
    (row): ClauseDecisionFacts => ({
      id: row.id,
      framework: row.framework,
      ref: row.ref,
      decision: row.decision as ClauseDecisionFacts['decision'],
      reason: row.reason,
      by: row.decided_by,
      at: row.decided_at.toISOString(),
      until: row.until,
    }),
  );
}

export async function loadFrameworks({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('client_frameworks')
    .select(['client_id', 'framework', 'level'])
    .where('client_id', 'in', ids)
    .orderBy('framework')
    .limit(100_000)
    .execute();
  return byClient(rows, ({ framework, level }) => ({ framework, level }));
}
