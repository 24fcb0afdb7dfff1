/** Finds out what of a client's file stays in it. */
import type { Archive } from '#/plans/exchange/client-archive.ts';
import type { Left } from '#/plans/exchange/left.ts';
import { nouns } from '../records/nouns/index.ts';
import type { ClientContent } from './client-file.ts';
import type { Tellings } from './tell-records.ts';

/** Nouns that hang on stores, keys and agents of the other service, whose secrets are not in the file. */
const SET_UP_AGAIN = [
  'stores',
  'backup-policies',
  'agents',
  'claim-sources',
  'repositories',
  'report-schedules',
  'repository-schedules',
  'scheduled-drills',
  'scheduled-tests',
  'canaries',
];

/** Rows that no noun tells, in groups. What is in none of them ran there. */
const GROUPS: { what: string; reason: Left['reason']; tables: string[] }[] = [
  { what: 'exchange.rows.keys', reason: 'secret', tables: ['client_keys'] },
  {
    what: 'exchange.rows.set-up',
    reason: 'secret',
    tables: ['alert_channels', 'alert_routes', 'blackouts', 'schedules'],
  },
  { what: 'exchange.rows.trail', reason: 'chained', tables: ['audit_events'] },
  {
    what: 'exchange.rows.reports',
    reason: 'run-there',
    tables: [
      'reports',
      'report_deliveries',
      'report_downloads',
      'report_runs',
      'crisis_packs',
      'crisis_pack_handovers',
      'crisis_pack_settings',
    ],
  },
];
const RAN = { what: 'exchange.rows.runs', reason: 'run-there' as const };

/** Tables whose rows nouns tell, and those that say how a client was taken over. */
const TOLD_BY_NOUNS = new Set([
  'activations',
  'activities',
  'agents',
  'approvals',
  'assets',
  'backup_policies',
  'bia_studies',
  'call_nodes',
  'canaries',
  'claim_sources',
  'clause_decisions',
  'client_frameworks',
  'client_takings',
  'clients',
  'contact_points',
  'contact_tests',
  'contacts',
  'content_looks',
  'corrective_actions',
  'crisis_roles',
  'dependencies',
  'distributions',
  'evidence',
  'exercise_objectives',
  'exercise_plans',
  'exercises',
  'impact_categories',
  'impact_points',
  'incident_objects',
  'incidents',
  'injects',
  'key_drills',
  'key_holders',
  'lessons',
  'log_entries',
  'observations',
  'plan_activities',
  'plan_scenarios',
  'plan_sections',
  'plan_versions',
  'plans',
  'resource_needs',
  'report_recipients',
  'report_schedules',
  'repositories',
  'repository_schedules',
  'reviews',
  'risk_scenarios',
  'role_assignments',
  'runbook_steps',
  'scenario_effects',
  'scheduled_drills',
  'scheduled_tests',
  'service_agreements',
  'sites',
  'step_runs',
  'stores',
  'strategies',
  'supplier_terms',
  'told_records',
]);

/** What somebody there approved, confirmed, checked or decided about a record that goes on here. */
const WORD_THERE: Record<string, (item: Record<string, unknown>) => boolean> = {
  activities: ({ approval }) => approval != null,
  contacts: ({ points }) => rowsOf(points).some(({ verifiedAt }) => verifiedAt != null),
  'crisis-roles': ({ former }) => rowsOf(former).length > 0,
  dependencies: ({ confirmedAt }) => confirmedAt != null,
  strategies: ({ decidedAt }) => decidedAt != null,
  suppliers: ({ checkedOn }) => checkedOn != null,
};

const rowsOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);

export const isSetUpAgain = (path: string) => SET_UP_AGAIN.includes(path);

/** Whether a record of the file goes on here or is kept as told. */
export type IsHere = (path: string, id: string) => boolean;

export function leftBehind(
  { records, archive }: Pick<ClientContent, 'records' | 'archive'>,
  { faults }: Tellings,
  { isHere, lacking }: { isHere: IsHere; lacking: { path: string; id: string }[] },
): Left[] {
  const faulty = new Set(faults.map(({ path, id }) => `${path} ${id}`));
  const named = (path: string, id: string) => nameOf(records[path]?.find((item) => item.id === id) ?? {});
  const because = (reason: Left['reason']) => (one: { path: string; id: string }) => ({
    what: one.path,
    reason,
    name: named(one.path, one.id),
  });
  const all = [
    // What is written on as a draft may have a history that is not kept.
    ...faults.map((one) => because(one.fault)(one)),
    ...lacking.map(because('lacking')),
    ...Object.entries(records).flatMap(([path, items]) =>
      items
        .filter(({ id }) => !faulty.has(`${path} ${id}`) && !isHere(path, String(id)))
        .map((item) => ({ what: path, reason: reasonOf(path), name: nameOf(item) })),
    ),
  ];
  return [...grouped(all), ...wordsLeft(records, isHere), ...rowsLeft(archive)];
}

const wordsLeft = (records: ClientContent['records'], isHere: IsHere): Left[] =>
  Object.entries(WORD_THERE).flatMap(([path, hasWord]) => {
    const count = (records[path] ?? []).filter(
      (item) => isHere(path, String(item.id)) && hasWord(item),
    ).length;
    return count > 0 ? [{ what: path, count, reason: 'word-there' as const, names: [] }] : [];
  });

const reasonOf = (path: string): Left['reason'] => {
  if (isSetUpAgain(path)) return 'secret';
  return nouns.some((noun) => noun.path === path) ? 'refused' : 'unreadable';
};

const MOST_NAMES = 10;

const grouped = (all: { what: string; reason: Left['reason']; name: string | null }[]): Left[] =>
  [...Map.groupBy(all, ({ what, reason }) => `${what} ${reason}`).values()].map((own) => ({
    what: own[0]!.what,
    reason: own[0]!.reason,
    count: own.length,
    names: own.flatMap(({ name }) => name ?? []).slice(0, MOST_NAMES),
  }));

const nameOf = ({ name, title }: Record<string, unknown>): string | null =>
  ([name, title].find((one) => typeof one === 'string') as string | undefined) ?? null;

function rowsLeft(archive: Archive): Left[] {
  const counts = new Map<string, Left>();
  for (const [table, rows] of Object.entries(archive)) {
    if (TOLD_BY_NOUNS.has(table) || rows.length === 0) continue;
    const { what, reason } = GROUPS.find(({ tables }) => tables.includes(table)) ?? RAN;
    const count = (counts.get(what)?.count ?? 0) + rows.length;
    counts.set(what, { what, reason, count, names: [] });
  }
  return [...counts.values()];
}
