/** Everything that is on record of a client, row by row and without secrets: to be kept and read, and not taken over. */
import type { Tables } from '../tables.ts';
import type { Work } from '../work.ts';

/** Every table with rows of a client, but for `LEFT_OUT`. A test holds it to the database. */
export const ARCHIVED = [
  'activations',
  'activities',
  'agents',
  'alert_channels',
  'alert_deliveries',
  'alert_events',
  'alert_routes',
  'alerts',
  'approvals',
  'assertions',
  'assets',
  'attempts',
  'audit_events',
  'backup_policies',
  'backup_runs',
  'bia_studies',
  'blackouts',
  'call_nodes',
  'canaries',
  'claim_sources',
  'claims',
  'clause_decisions',
  'client_frameworks',
  'client_keys',
  'client_takings',
  'clients',
  'contact_points',
  'contact_tests',
  'contacts',
  'content_looks',
  'corrective_actions',
  'crisis_pack_handovers',
  'crisis_pack_settings',
  'crisis_packs',
  'crisis_roles',
  'dependencies',
  'distributions',
  'drill_calls',
  'drill_events',
  'drill_items',
  'drills',
  'evidence',
  'exercise_objectives',
  'exercise_plans',
  'exercises',
  'expiries',
  'impact_categories',
  'impact_points',
  'incident_objects',
  'incidents',
  'injects',
  'key_drills',
  'key_holders',
  'legal_holds',
  'lessons',
  'log_entries',
  'observations',
  'occurrences',
  'omission_checks',
  'pack_proofs',
  'plan_activities',
  'plan_scenarios',
  'plan_sections',
  'plan_versions',
  'planted_sentinels',
  'plans',
  'point_expiries',
  'point_losses',
  'reconciliations',
  'recovery_points',
  'removal_requests',
  'report_deliveries',
  'report_downloads',
  'report_recipients',
  'report_runs',
  'report_schedules',
  'reports',
  'resource_needs',
  'repositories',
  'repository_looks',
  'repository_proofs',
  'repository_schedules',
  'repository_snapshots',
  'restore_tests',
  'retentions',
  'reviews',
  'risk_scenarios',
  'role_assignments',
  'rule_findings',
  'runbook_steps',
  'scenario_effects',
  'scheduled_drills',
  'scheduled_tests',
  'schedules',
  'sentinels',
  'service_agreements',
  'sites',
  'step_runs',
  'stores',
  'strategies',
  'supplier_terms',
  'told_records',
] as const satisfies (keyof Tables)[];

/** Computed again at any time, or of no worth after an hour; and who may see it, which is the provider's. */
export const LEFT_OUT = [
  'agent_orders',
  'agent_requests',
  'client_changes',
  'client_closings',
  'client_standings',
  'exchange_uploads',
  'membership_clients',
  'point_packs',
  'work_progress',
];

/** Sealed with a master key that is not in the file, so that nobody could open them elsewhere; or what opens a door. */
const isSecret = (column: string) =>
  /^(sealed_(private|identity|credentials|source|address|secret)|code_hash)$/.test(column);

export type Row = Record<string, unknown>;
export type Archive = Record<string, Row[]>;

export async function readArchive({ db }: Work, client: string): Promise<Archive> {
  const archive: Archive = {};
  for (const table of ARCHIVED) {
    const rows: Row[] = await db
      .selectFrom(table as 'assets')
      .selectAll()
      .where('client_id', '=', client)
      .execute();
    archive[table] = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(([column]) => column !== 'provider_id' && !isSecret(column)),
      ),
    );
  }
  return archive;
}
