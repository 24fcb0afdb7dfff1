/** What clients do for a living and how long it may stand still. */
import { derivedMtpd, type ImpactLevel, rated } from '../impact.ts';
import type { Work } from '../work.ts';
import { byClient } from './rows.ts';

export async function loadActivities({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('activities')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('name')
    .limit(100_000)
    .execute();
  const derived = await loadDerivedMtpds({ db }, ids);
  return byClient(rows, (row) => ({
    id: row.id,
    name: row.name,
    owner: row.owner,
    isPriority: row.is_priority,
    parent: row.parent_id,
    calendar: row.calendar,
    mtpdSeconds: row.mtpd_seconds,
    derivedMtpdSeconds: derived.get(row.id) ?? null,
    mtpdReason: row.mtpd_reason,
    rtoSeconds: row.rto_seconds,
    wrtSeconds: row.wrt_seconds,
    rpoSeconds: row.rpo_seconds,
    rpoTargetSeconds: row.rpo_target_seconds,
    mbco: row.mbco,
    mbcoPercent: row.mbco_percent,
    changedAt: row.changed_at.toISOString(),
    approval:
      row.approved_by && row.approved_at ? { by: row.approved_by, at: row.approved_at.toISOString() } : null,
  }));
}

async function loadDerivedMtpds({ db }: Pick<Work, 'db'>, ids: string[]) {
  const categories = await db
    .selectFrom('impact_categories')
    .select(['id', 'levels'])
    .where('client_id', 'in', ids)
    .limit(100_000)
    .execute();
  const scales = new Map(categories.map((row) => [row.id, row.levels as ImpactLevel[]]));
  const points = await db
    .selectFrom('impact_points')
    .select(['activity_id', 'category_id as category', 'after_seconds as afterSeconds', 'level'])
    .where('client_id', 'in', ids)
    .limit(1_000_000)
    .execute();
  const curves = Map.groupBy(points, ({ activity_id }) => activity_id);
  return new Map([...curves].map(([activity, curve]) => [activity, derivedMtpd(rated(curve, scales))]));
}
