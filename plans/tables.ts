import type { Generated } from 'kysely';

/** The rows of each table, as PostgreSQL returns them. Generated from a migrated database. */
export interface Tables {
  activities: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    owner: string | null;
    description: string | null;
    is_priority: boolean;
    mtpd_seconds: number | null;
    rto_seconds: number | null;
    rpo_seconds: number | null;
    mbco: string | null;
    approved_by: string | null;
    approved_at: Date | null;
    created_at: Date;
    changed_at: Date;
  };
  api_tokens: {
    provider_id: Generated<string>;
    id: Generated<string>;
    name: string;
    hash: string;
    role: 'owner' | 'consultant' | 'technician' | 'client-approver' | 'client-reader' | 'auditor';
    scopes: string[];
    client_ids: string[] | null;
    created_by: string;
    created_at: Date;
    expires_at: Date | null;
    revoked_at: Date | null;
  };
  approvals: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    plan_version_id: string;
    person_id: string;
    person_name: string;
    role: 'owner' | 'consultant' | 'technician' | 'client-approver' | 'client-reader' | 'auditor';
    decision: string;
    comment: string | null;
    sha256: string;
    at: Date;
  };
  assertions: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    plan_id: string;
    asset_id: string;
    name: string;
    query: string;
    expectation: unknown;
    created_at: Date;
  };
  assets: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    label: string;
    kind:
      | 'application'
      | 'server'
      | 'data-set'
      | 'identity'
      | 'network'
      | 'saas'
      | 'endpoint-fleet'
      | 'premises'
      | 'equipment'
      | 'team'
      | 'skill'
      | 'document'
      | 'key'
      | 'supplier';
    owner: string | null;
    location: string | null;
    description: string | null;
    created_at: Date;
    retired_at: Date | null;
  };
  audit_events: {
    provider_id: Generated<string>;
    id: Generated<string>;
    client_id: string | null;
    at: Date;
    actor: string;
    action: string;
    object_kind: string;
    object_id: string;
    content: string;
    seq: number | null;
    previous_hash: string | null;
    hash: string | null;
  };
  audit_heads: {
    provider_id: string;
    seq: number;
    hash: string;
  };
  backup_policies: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    store_id: string;
    source_kind: 'folder' | 'postgresql' | 'mariadb' | 'sqlite' | 's3';
    source_address: string;
    sealed_source: Buffer;
    interval_seconds: number;
    lock_mode: string | null;
    lock_days: number | null;
    is_gentle: Generated<boolean>;
    is_enabled: boolean;
    next_due_at: Date;
    created_at: Date;
  };
  backup_runs: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    policy_id: string;
    state: Generated<'queued' | 'running' | 'done' | 'done-with-reservations' | 'failed' | 'skipped'>;
    cause: string;
    asked_by: string;
    asked_at: Date;
    started_at: Date | null;
    finished_at: Date | null;
    progress: unknown | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  client_keys: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    purpose: 'recovery' | 'verifier';
    recipient: string;
    sealed_identity: Buffer | null;
    created_at: Date;
    retired_at: Date | null;
    fingerprint: Generated<string>;
  };
  clients: {
    provider_id: Generated<string>;
    client_id: Generated<string>;
    name: string;
    sector: string | null;
    country: string;
    locale: string;
    time_zone: string;
    created_at: Date;
  };
  dependencies: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    from_activity_id: string | null;
    from_asset_id: string | null;
    to_asset_id: string;
    kind: 'hard' | 'soft' | 'start-order' | 'data' | 'human';
    note: string | null;
    created_at: Date;
  };
  evidence: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    code: string;
    subject_kind: string;
    subject_id: string;
    subject_name: string;
    finding: 'supports' | 'contradicts';
    asserted_by: 'system' | 'person' | 'vendor';
    produced_by: string;
    at: Date;
    valid_until: Date | null;
    content: string;
    sha256: string;
  };
  idempotency_keys: {
    provider_id: Generated<string>;
    actor: string;
    key: string;
    request_sha256: string;
    answer: unknown | null;
    at: Date;
  };
  membership_clients: {
    provider_id: Generated<string>;
    person_id: string;
    client_id: string;
  };
  memberships: {
    provider_id: Generated<string>;
    person_id: string;
    role: 'owner' | 'consultant' | 'technician' | 'client-approver' | 'client-reader' | 'auditor';
    sees_all_clients: boolean;
    valid_until: Date | null;
    ended_at: Date | null;
    created_at: Date;
  };
  pack_proofs: {
    provider_id: Generated<string>;
    client_id: string;
    asset_id: string;
    store_id: string;
    sha256: string;
    level: 'L0' | 'L1' | 'L2a' | 'L2b' | 'L3' | 'L4';
    proven_at: Date;
    damaged_at: Date | null;
  };
  people: {
    id: Generated<string>;
    email: string;
    name: string;
    locale: string;
    created_at: Date;
  };
  person_passwords: {
    person_id: string;
    hash: string;
    changed_at: Date;
  };
  plan_activities: {
    provider_id: Generated<string>;
    client_id: string;
    plan_id: string;
    activity_id: string;
  };
  plan_sections: {
    provider_id: Generated<string>;
    client_id: string;
    plan_version_id: string;
    kind:
      | 'scope'
      | 'roles'
      | 'comms'
      | 'activation'
      | 'deactivation'
      | 'degraded'
      | 'return'
      | 'security'
      | 'resources'
      | 'recovery-order';
    position: number;
    title: string;
    body: string;
  };
  plan_versions: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    plan_id: string;
    number: number;
    state: Generated<'draft' | 'in-review' | 'in-force' | 'superseded' | 'withdrawn'>;
    change_summary: string | null;
    created_by: string;
    created_by_name: string;
    created_at: Date;
    sha256: string | null;
    in_force_at: Date | null;
  };
  plans: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    kind: 'bcp' | 'drp';
    title: string;
    owner: string | null;
    review_interval_days: number;
    created_at: Date;
  };
  point_losses: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    recovery_point_id: string;
    kind: string;
    finding: string;
    finding_code: string;
    finding_params: unknown;
    found_at: Date;
    ended_at: Date | null;
  };
  provider_keys: {
    provider_id: Generated<string>;
    id: Generated<string>;
    purpose: 'point-signing' | 'report-sealing';
    public_part: string;
    sealed_private: Buffer;
    created_at: Date;
    retired_at: Date | null;
  };
  providers: {
    id: Generated<string>;
    name: string;
    country: string;
    locale: string;
    created_at: Date;
  };
  reconciliations: {
    provider_id: Generated<string>;
    client_id: string;
    policy_id: string;
    state: Generated<'waiting' | 'queued' | 'running' | 'done' | 'failed'>;
    next_due_at: Date;
    looked_at: Date | null;
    record: unknown | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  recovery_points: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    store_id: string;
    run_id: string | null;
    point: string;
    data_time: Date;
    started_at: Date;
    ended_at: Date;
    files: number;
    bytes: number;
    stored_bytes: number;
    packs: number;
    torn: number;
    vanished: number;
    unreadable: number;
    skipped: number;
    reservations: unknown;
    head_sha256: string;
    manifest_sha256: string;
    created_at: Date;
    sealed_to: Generated<string[]>;
  };
  reports: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    kind: string;
    locale: string;
    reference: string;
    state: Generated<'queued' | 'running' | 'done' | 'failed'>;
    asked_by: string;
    asked_at: Date;
    finished_at: Date | null;
    snapshot: string;
    snapshot_sha256: string;
    object_key: string | null;
    sha256: string | null;
    pages: number | null;
    bytes: number | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  restore_tests: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    recovery_point_id: string;
    requested: 'L0' | 'L1' | 'L2a' | 'L2b' | 'L3' | 'L4';
    budget_seconds: number | null;
    budget_bytes: number | null;
    reached: 'L0' | 'L1' | 'L2a' | 'L2b' | 'L3' | 'L4' | null;
    state: Generated<'queued' | 'running' | 'passed' | 'failed' | 'inconclusive'>;
    asked_by: string;
    asked_at: Date;
    started_at: Date | null;
    finished_at: Date | null;
    progress: unknown | null;
    seconds: number | null;
    bytes: number | null;
    data_age_seconds: number | null;
    planted_faults: Generated<number>;
    caught: Generated<number>;
    result: unknown | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  sessions: {
    hash: string;
    provider_id: string;
    person_id: string;
    created_at: Date;
    seen_at: Date;
    expires_at: Date;
    address: string;
  };
  stores: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    kind: 'folder' | 's3';
    address: string;
    sealed_credentials: Buffer | null;
    is_offsite: boolean;
    created_at: Date;
    probe_state: 'queued' | 'running' | 'done' | 'failed' | null;
    probe_asked_at: Date | null;
    probed_at: Date | null;
    probe: unknown | null;
    probe_finding: string | null;
    probe_finding_code: string | null;
    probe_finding_params: unknown | null;
  };
  throttles: {
    key: string;
    window_started_at: Date;
    tries: number;
  };
}
