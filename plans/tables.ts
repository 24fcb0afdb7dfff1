import type { Generated } from 'kysely';

/** The rows of each table, as PostgreSQL returns them. Generated from a migrated database. */
export interface Tables {
  activations: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    incident_id: string | null;
    exercise_id: string | null;
    plan_version_id: string;
    decided_by: string;
    started_at: Date;
    stood_down_at: Date | null;
    exit_criteria: string | null;
    stood_down_by: string | null;
  };
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
    parent_id: string | null;
    calendar: Generated<'always' | 'business-hours'>;
    peak_periods: Generated<unknown>;
    rpo_target_seconds: number | null;
    wrt_seconds: number | null;
    mbco_percent: number | null;
    mtpd_reason: string | null;
  };
  agent_orders: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    agent_id: string;
    run_id: string;
    signed: string;
    state: Generated<'waiting' | 'handed' | 'ended'>;
    attempt: number | null;
    offered_at: Date;
    expires_at: Date;
    handed_at: Date | null;
    beat_at: Date | null;
    ended_at: Date | null;
  };
  agent_requests: {
    provider_id: Generated<string>;
    client_id: string;
    agent_id: string;
    id: string;
    at: Date;
  };
  agents: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    code_hash: string | null;
    code_expires_at: Date | null;
    key_name: string | null;
    public_key: unknown | null;
    recipient: string | null;
    signing_key: string | null;
    protocol: number | null;
    host: unknown | null;
    capacity: number | null;
    tasks: Generated<string[]>;
    sources: Generated<unknown>;
    stores: Generated<string[]>;
    created_by: string;
    created_at: Date;
    enrolled_at: Date | null;
    seen_at: Date | null;
    revoked_at: Date | null;
    revoked_by: string | null;
  };
  alert_channels: {
    provider_id: Generated<string>;
    client_id: string | null;
    id: Generated<string>;
    name: string;
    kind: 'webhook' | 'slack' | 'teams';
    host: string;
    sealed_address: Buffer;
    sealed_secret: Buffer | null;
    locale: string;
    created_at: Date;
    changed_at: Date;
  };
  alert_deliveries: {
    provider_id: Generated<string>;
    client_id: string | null;
    id: Generated<string>;
    alert_id: string | null;
    event_id: string | null;
    route_id: string | null;
    recipient: string;
    name: string;
    is_digest: Generated<boolean>;
    batch_id: string | null;
    state: Generated<'waiting' | 'sending' | 'accepted' | 'failed' | 'dropped'>;
    due_at: Date;
    tries: Generated<number>;
    claimed_at: Date | null;
    answer: string | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
    created_at: Date;
    ended_at: Date | null;
  };
  alert_events: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    alert_id: string;
    kind: string;
    opening: number;
    at: Date;
    by_name: string | null;
    note: string | null;
    route_id: string | null;
    planned_at: Date | null;
    told: number | null;
  };
  alert_recipients: {
    provider_id: Generated<string>;
    id: Generated<string>;
    route_id: string;
    position: number;
    is_deputy: boolean;
    person_id: string | null;
    contact_id: string | null;
    contact_client_id: string | null;
    channel_id: string | null;
    time_zone: string | null;
  };
  alert_routes: {
    provider_id: Generated<string>;
    client_id: string | null;
    id: Generated<string>;
    name: string;
    least_severity: 'notice' | 'warning' | 'critical';
    rules: Generated<string[]>;
    pace: string;
    quiet_from: string | null;
    quiet_until: string | null;
    is_quiet_at_weekends: Generated<boolean>;
    does_critical_pass: boolean;
    escalate_after_seconds: number | null;
    is_enabled: Generated<boolean>;
    created_at: Date;
    changed_at: Date;
  };
  alert_watches: {
    provider_id: Generated<string>;
    watched_at: Date;
  };
  alerts: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    rule: string;
    key: string;
    severity: 'notice' | 'warning' | 'critical';
    reason: unknown;
    because: unknown | null;
    subjects: unknown;
    subject_count: number;
    opening: Generated<number>;
    since: Date;
    opened_at: Date;
    last_seen_at: Date;
    acknowledged_at: Date | null;
    acknowledged_by: string | null;
    acknowledged_until: Date | null;
    acknowledged_note: string | null;
    resolved_at: Date | null;
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
    crisis_role: string | null;
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
      | 'virtual-machine'
      | 'data-set'
      | 'identity'
      | 'network'
      | 'saas'
      | 'endpoint-fleet'
      | 'premises'
      | 'equipment'
      | 'team'
      | 'person'
      | 'skill'
      | 'document'
      | 'key'
      | 'supplier';
    owner: string | null;
    location: string | null;
    description: string | null;
    created_at: Date;
    retired_at: Date | null;
    site_id: string | null;
    supplier_id: string | null;
    holder_id: string | null;
    deputy_id: string | null;
    state: Generated<'planned' | 'in-service' | 'being-replaced'>;
    volume_bytes: number | null;
    change_bytes_per_day: number | null;
    end_of_support_on: string | null;
    declared_recovery_seconds: number | null;
    recovery_resource: Generated<string>;
    is_remote_work_possible: Generated<boolean>;
    external_source: string | null;
    external_id: string | null;
    changed_at: Date | null;
  };
  attempts: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    run_id: string;
    store_id: string;
    number: number;
    worker: string;
    started_at: Date;
    beat_at: Date;
    moved_at: Generated<Date>;
    phase: string | null;
    files: Generated<number>;
    bytes: Generated<number>;
    ended_at: Date | null;
    how: 'done' | 'failed' | 'retried' | 'lost' | 'cancelled' | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  audit_anchors: {
    provider_id: Generated<string>;
    first_seq: number;
    last_seq: number;
    hash: string;
    signer: string;
    store: string;
    object_key: string;
    locked_until: Date | null;
    at: Date;
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
    lock_mode: string | null;
    lock_days: number | null;
    is_gentle: Generated<boolean>;
    is_enabled: boolean;
    created_at: Date;
    agent_id: string | null;
    agent_source: string | null;
  };
  backup_runs: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    policy_id: string;
    state: Generated<
      'queued' | 'running' | 'done' | 'done-with-reservations' | 'failed' | 'skipped' | 'cancelled'
    >;
    cause: string;
    asked_by: string;
    asked_at: Date;
    started_at: Date | null;
    finished_at: Date | null;
    progress: unknown | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
    end_by: Date | null;
    retry_at: Date | null;
    turn_asked_at: Date | null;
    cancelled_by: string | null;
    cancel_reason: string | null;
  };
  bia_studies: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    number: number;
    title: string;
    perimeter: string | null;
    method: string | null;
    state: 'in-review' | 'approved' | 'superseded' | 'withdrawn';
    content: string;
    sha256: string;
    created_by: string;
    created_by_name: string;
    created_at: Date;
    decided_by: string | null;
    decided_by_name: string | null;
    decided_at: Date | null;
    comment: string | null;
    next_review_on: string;
  };
  blackouts: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    during: unknown;
    running: string;
    created_at: Date;
  };
  call_nodes: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    plan_version_id: string;
    key: string;
    position: number;
    called_by: string | null;
    contact_id: string | null;
    role_id: string | null;
    name: string;
    timeout_seconds: number;
    fallback: string | null;
    note: string | null;
  };
  canaries: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    path: string;
    sha256: string | null;
    first_seen_at: Date | null;
    created_at: Date;
  };
  claim_sources: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    vendor: string;
    asset_id: string;
    cadence: unknown;
    grace_seconds: number;
    longest_seconds: number | null;
    token_hash: string | null;
    sealed_key: Buffer | null;
    token_made_at: Date | null;
    created_at: Date;
  };
  claims: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    source_id: string;
    kind: 'start' | 'ok' | 'fail' | 'log';
    run_id: string | null;
    heard_at: Date;
    signature: string | null;
    exit_status: number | null;
    job: string | null;
    files: number | null;
    bytes: number | null;
    data_time: Date | null;
    body: string;
  };
  clause_decisions: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    framework: string;
    ref: string;
    decision: string;
    reason: string;
    decided_by: string;
    decided_at: Date;
    until: string | null;
    ended_at: Date | null;
    ended_by: string | null;
  };
  client_frameworks: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    framework: string;
    level: string | null;
    reason: string | null;
    created_at: Date;
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
  client_standings: {
    provider_id: Generated<string>;
    client_id: string;
    computed_at: Date | null;
    good_until: Date | null;
    is_stale: Generated<boolean>;
    changes: Generated<number>;
    catalogue_version: string | null;
    level: number | null;
    contradictions: number | null;
    rpo_breaches: number | null;
    rto_breaches: number | null;
    overdue_reviews: number | null;
    overdue_tests: number | null;
    overdue_actions: number | null;
    failed_tests: number | null;
    inconclusive_tests: number | null;
    proven_data_at: Date | null;
    missing: unknown | null;
    frameworks: unknown | null;
  };
  client_takings: {
    provider_id: Generated<string>;
    client_id: string;
    sha256: string;
    told_name: string;
    made_by: string;
    made_at: Date;
    taken_by: string;
    taken_at: Date;
    ids: unknown;
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
    business_hours: unknown | null;
    currency: Generated<string>;
    size: 'micro' | 'small' | 'medium' | 'large' | null;
    labels: Generated<unknown>;
    technicians: Generated<number>;
    link_count: Generated<number>;
    changed_at: Date | null;
    technician_pool_id: string | null;
    runs_at_once: Generated<number>;
    key_drill_days: Generated<number>;
  };
  clock_beats: {
    provider_id: Generated<string>;
    at: Date;
  };
  clock_rounds: {
    is_only: Generated<boolean>;
    started_at: Date;
    ended_at: Date | null;
  };
  contact_points: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    contact_id: string;
    kind: 'mobile' | 'phone' | 'mail' | 'messaging' | 'radio' | 'address' | 'other';
    value: string;
    is_out_of_band: boolean;
    rank: number;
    needs_asset_id: string | null;
    verified_at: Date | null;
    verified_by: string | null;
    created_at: Date;
  };
  contact_tests: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    contact_id: string;
    contact_point_id: string | null;
    exercise_id: string | null;
    plan_version_id: string | null;
    at: Date;
    method: string;
    is_reached: boolean;
    answer_seconds: number | null;
    note: string | null;
    recorded_by: string;
  };
  contacts: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    employer: string | null;
    job_title: string | null;
    languages: Generated<string[]>;
    person_id: string | null;
    left_on: string | null;
    created_at: Date;
    changed_at: Date;
  };
  content_looks: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    recovery_point_id: string;
    test_id: string;
    looked_at: Date;
    state: string;
    history: number;
    reasons: unknown;
    profile: unknown;
    explained_at: Date | null;
    explained_by: string | null;
    explanation: string | null;
  };
  corrective_actions: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    lesson_id: string | null;
    title: string;
    owner: string;
    owner_contact_id: string | null;
    due_on: string;
    done_at: Date | null;
    done_by: string | null;
    done_by_person: string | null;
    verified_at: Date | null;
    verified_by: string | null;
    effect: string | null;
    dropped_at: Date | null;
    dropped_reason: string | null;
    created_at: Date;
    changed_at: Date;
    told_lesson_id: string | null;
  };
  crisis_roles: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    cell: string;
    mandate: string | null;
    may_approve: Generated<boolean>;
    created_at: Date;
    changed_at: Date;
  };
  dependencies: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    from_activity_id: string | null;
    from_asset_id: string | null;
    to_asset_id: string;
    kind: 'hard' | 'soft' | 'start-order' | 'data' | 'human' | 'recovery';
    note: string | null;
    created_at: Date;
    group_name: string | null;
    required_k: number | null;
    degradation_percent: number | null;
    confidence: Generated<'assumed' | 'told' | 'observed'>;
    confirmed_at: Date | null;
    confirmed_by: string | null;
  };
  distributions: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    plan_version_id: string;
    contact_id: string | null;
    name: string;
    channel: string;
    sha256: string;
    sent_at: Date;
    sent_by: string;
    read_at: Date | null;
    read_by: string | null;
    is_read_by_self: boolean | null;
  };
  drill_events: {
    provider_id: Generated<string>;
    client_id: string;
    drill_id: string;
    seq: number;
    at: Date;
    actor: string;
    event: string;
    item: string | null;
    note: string | null;
  };
  drill_items: {
    provider_id: Generated<string>;
    client_id: string;
    drill_id: string;
    key: string;
    kind: string;
    restore_test_id: string | null;
    state: Generated<
      'waiting' | 'running' | 'done' | 'talked' | 'failed' | 'inconclusive' | 'skipped' | 'not-reached'
    >;
    started_at: Date | null;
    started_by: string | null;
    ended_at: Date | null;
    ended_by: string | null;
    is_own: boolean | null;
    note: string | null;
  };
  drills: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    scenario_id: string;
    mode: string;
    state: Generated<'running' | 'passed' | 'failed' | 'inconclusive' | 'cancelled'>;
    plan: unknown;
    asked_by: string;
    alarm_at: Date;
    deadline_at: Date;
    ended_at: Date | null;
    cancelled_by: string | null;
    reason: string | null;
    outcome: unknown | null;
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
  exchange_uploads: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    kind: string;
    sha256: string;
    content: unknown;
    outlook: unknown;
    sent_by: string;
    sent_at: Date;
    taken_at: Date | null;
  };
  exercise_objectives: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    exercise_id: string;
    position: number;
    objective: string;
    target: string | null;
    rating: string | null;
    note: string | null;
  };
  exercise_plans: {
    provider_id: Generated<string>;
    client_id: string;
    exercise_id: string;
    plan_id: string;
  };
  exercises: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    title: string;
    kind: 'tabletop' | 'functional' | 'full';
    state: Generated<'planned' | 'running' | 'done' | 'called-off'>;
    scenario_id: string | null;
    planned_on: string;
    started_at: Date | null;
    ended_at: Date | null;
    participants: Generated<unknown>;
    summary: string | null;
    called_off_reason: string | null;
    created_at: Date;
    changed_at: Date;
  };
  expiries: {
    provider_id: Generated<string>;
    client_id: string;
    policy_id: string;
    state: Generated<string>;
    next_due_at: Date;
    ended_at: Date | null;
    record: unknown | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  idempotency_keys: {
    provider_id: Generated<string>;
    actor: string;
    key: string;
    request_sha256: string;
    answer: unknown | null;
    at: Date;
  };
  impact_categories: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    position: number;
    levels: unknown;
    created_at: Date;
    changed_at: Date;
  };
  impact_points: {
    provider_id: Generated<string>;
    client_id: string;
    activity_id: string;
    category_id: string;
    after_seconds: number;
    level: number;
    amount: number | null;
    justification: string | null;
  };
  incident_objects: {
    provider_id: Generated<string>;
    client_id: string;
    incident_id: string;
    activity_id: string | null;
    asset_id: string | null;
  };
  incidents: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    title: string;
    class: string;
    severity: 'minor' | 'significant' | 'major' | 'crisis';
    description: string | null;
    scenario_id: string | null;
    occurred_at: Date | null;
    detected_at: Date;
    declared_at: Date | null;
    contained_at: Date | null;
    restored_at: Date | null;
    closed_at: Date | null;
    unrestored_reason: string | null;
    data_loss_seconds: number | null;
    is_reportable: boolean | null;
    reports: Generated<unknown>;
    created_at: Date;
    changed_at: Date;
  };
  injects: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    exercise_id: string;
    at_seconds: number;
    message: string;
    given_to: string | null;
    expected: string | null;
    sent_at: Date | null;
    outcome: string | null;
  };
  key_drills: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    holder_id: string;
    recovery_point_id: string | null;
    state: Generated<'open' | 'judging' | 'passed' | 'failed' | 'inconclusive' | 'expired'>;
    sealed: string;
    salt: string;
    answer_sha256: string;
    challenge: string;
    asked_by: string;
    asked_at: Date;
    answer_until: Date;
    wrong_answers: Generated<number>;
    last_wrong_at: Date | null;
    opened_at: Date | null;
    opened_by: string | null;
    is_by_holder: boolean | null;
    told: unknown | null;
    result: unknown | null;
    ended_at: Date | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  key_holders: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    key_id: string;
    contact_id: string;
    place: string | null;
    since: Date;
    ended_at: Date | null;
  };
  legal_holds: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string | null;
    recovery_point_id: string | null;
    reason: string;
    placed_at: Date;
    placed_by: string;
    until: Date | null;
    lifted_at: Date | null;
    lifted_by: string | null;
  };
  lessons: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    origin_kind: string;
    origin_id: string | null;
    text: string;
    severity: string;
    recorded_by: string;
    created_at: Date;
  };
  log_entries: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    incident_id: string | null;
    exercise_id: string | null;
    seq: number;
    at: Date;
    recorded_at: Date;
    author: string;
    kind: 'fact' | 'decision' | 'message' | 'risk' | 'waiver' | 'correction';
    text: string;
    corrects: number | null;
    previous_hash: string;
    hash: string;
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
  observations: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    exercise_id: string;
    at: Date;
    author: string;
    note: string;
    severity: string;
  };
  occurrences: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    schedule_id: string;
    due_at: Date;
    begin_from: Date;
    start_by: Date;
    state: Generated<'planned' | 'begun' | 'missed' | 'skipped'>;
    cause: string | null;
    run_id: string | null;
    settled_at: Date | null;
  };
  omission_checks: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    recovery_point_id: string;
    state: string;
    asked_by: string;
    asked_at: Date;
    looked_at: Date | null;
    result: unknown | null;
    omitted: Generated<number>;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  own_backups: {
    id: Generated<string>;
    started_at: Date;
    ended_at: Date | null;
    state: string;
    database_point: string | null;
    files_point: string | null;
    stored_bytes: number | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  pack_proofs: {
    provider_id: Generated<string>;
    client_id: string;
    asset_id: string;
    store_id: string;
    sha256: string;
    level: 'L0' | 'L1' | 'L2a' | 'L2b' | 'L3' | 'L3x' | 'L4';
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
  plan_scenarios: {
    provider_id: Generated<string>;
    client_id: string;
    plan_id: string;
    scenario_id: string;
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
    payload: Generated<unknown>;
    edition: Generated<number>;
  };
  plan_versions: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    plan_id: string;
    number: number;
    state: Generated<'draft' | 'in-review' | 'approved' | 'in-force' | 'superseded' | 'withdrawn'>;
    change_summary: string | null;
    created_by: string;
    created_by_name: string;
    created_at: Date;
    sha256: string | null;
    in_force_at: Date | null;
    format: Generated<number>;
    plan_title: string | null;
    roles: unknown | null;
    written_by: Generated<string[]>;
    effective_on: string | null;
    supersedes: string | null;
    withdrawn_reason: string | null;
    approved_at: Date | null;
    changed_at: Date | null;
  };
  plans: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    kind: 'bcp' | 'drp' | 'crisis-management' | 'crisis-communication' | 'it-recovery';
    title: string;
    owner: string | null;
    review_interval_days: number;
    created_at: Date;
    kept_in: Generated<string[]>;
    changed_at: Date | null;
  };
  planted_sentinels: {
    provider_id: Generated<string>;
    client_id: string;
    run_id: string;
    asset_id: string;
    text: string;
    planted_at: Date;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
  };
  point_expiries: {
    provider_id: Generated<string>;
    client_id: string;
    recovery_point_id: string;
    state: string;
    cause: string;
    decided_at: Date;
    decided_by: string;
    reason: string | null;
    ended_at: Date | null;
    finding: string | null;
    finding_code: string | null;
    finding_params: unknown | null;
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
    given_up_at: Date | null;
    given_up_by: string | null;
    given_up_reason: string | null;
  };
  point_packs: {
    provider_id: Generated<string>;
    client_id: string;
    recovery_point_id: string;
    packs: unknown;
  };
  provider_keys: {
    provider_id: Generated<string>;
    id: Generated<string>;
    purpose: 'point-signing' | 'report-sealing' | 'order-signing';
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
  removal_requests: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    kind: string;
    policy_id: string | null;
    hold_id: string | null;
    retention: unknown | null;
    points: unknown;
    reason: string;
    asked_at: Date;
    asked_by: string;
    asked_by_person: string;
    lapses_at: Date;
    decision: string | null;
    decided_at: Date | null;
    decided_by: string | null;
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
  resource_needs: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    activity_id: string;
    after_seconds: number;
    kind: 'people' | 'workplace' | 'application' | 'data' | 'equipment' | 'supplier' | 'other';
    name: string;
    quantity: number;
  };
  restore_tests: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    recovery_point_id: string;
    requested: 'L0' | 'L1' | 'L2a' | 'L2b' | 'L3' | 'L3x' | 'L4';
    budget_seconds: number | null;
    budget_bytes: number | null;
    reached: 'L0' | 'L1' | 'L2a' | 'L2b' | 'L3' | 'L3x' | 'L4' | null;
    state: Generated<'queued' | 'running' | 'passed' | 'failed' | 'inconclusive' | 'cancelled'>;
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
    retry_at: Date | null;
    turn_asked_at: Date | null;
    rank: Generated<number>;
    cancelled_by: string | null;
    cancel_reason: string | null;
  };
  retentions: {
    provider_id: Generated<string>;
    client_id: string;
    policy_id: string;
    number: number;
    rules: unknown | null;
    needs_second_person: boolean;
    damage_noticed_days: number | null;
    set_at: Date;
    set_by: string;
    granted_by: string | null;
  };
  reviews: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    incident_id: string | null;
    exercise_id: string | null;
    due_on: string;
    held_on: string | null;
    participants: string | null;
    causes: string | null;
    what_worked: string | null;
    what_failed: string | null;
    closed_at: Date | null;
    closed_by: string | null;
    changed_at: Date;
  };
  risk_scenarios: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    family:
      | 'cyber-attack'
      | 'provision-quality'
      | 'premises-lost'
      | 'ict-assets-lost'
      | 'staff-lost'
      | 'natural-disaster'
      | 'insider-attack'
      | 'instability'
      | 'power-lost'
      | 'ransomware-admin-stolen'
      | 'msp-lost';
    description: string | null;
    likelihood: number | null;
    state: 'proposed' | 'retained' | 'set-aside';
    reason: string | null;
    created_at: Date;
    changed_at: Date;
  };
  role_assignments: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    role_id: string;
    contact_id: string;
    rank: number;
    valid_from: string;
    valid_until: string | null;
  };
  rule_findings: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    rule: string;
    object_kind: string;
    object_id: string;
    severity: string;
    params: unknown;
    since: Date;
    ended_at: Date | null;
  };
  runbook_steps: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    plan_version_id: string;
    key: string;
    position: number;
    action: string;
    detail: string | null;
    role_id: string | null;
    role: string | null;
    skill: string | null;
    resource: Generated<string>;
    p50_seconds: number | null;
    p90_seconds: number | null;
    success_test: string | null;
    rollback: string | null;
    asset_id: string | null;
    link: string | null;
    after: Generated<unknown>;
  };
  scenario_effects: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    scenario_id: string;
    asset_id: string | null;
    site_id: string | null;
    effect: 'lost' | 'slow' | 'untrusted';
    duration_seconds: number | null;
  };
  scheduled_tests: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    policy_id: string;
    level: 'L0' | 'L1' | 'L2a' | 'L2b' | 'L3' | 'L3x' | 'L4';
    budget_seconds: number | null;
    budget_bytes: number | null;
    created_at: Date;
  };
  schedules: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    purpose: string;
    subject_id: string;
    cadence: unknown;
    start_window_seconds: number;
    completion_window_seconds: number | null;
    catch_up: string;
    longest_gap_seconds: number | null;
    is_enabled: boolean;
    planned_until: Date;
    plan_at: Date;
    created_at: Date;
  };
  sentinels: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    asset_id: string;
    created_at: Date;
  };
  service_agreements: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    title: string;
    monthly_fee: number;
    currency: string;
    services: string[];
    cover_hours: unknown;
    response_seconds: number | null;
    recovery_seconds: number | null;
    restore_test_days: number | null;
    drill_days: number | null;
    report_days: number | null;
    backup_success_percent: number | null;
    valid_from: string;
    valid_until: string | null;
    created_at: Date;
    changed_at: Date;
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
  sites: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    kind: 'office' | 'plant' | 'shop' | 'data-centre' | 'cloud-region' | 'home' | 'other';
    address: string | null;
    latitude: number | null;
    longitude: number | null;
    power: string | null;
    telecom: string | null;
    created_at: Date;
    changed_at: Date;
  };
  step_runs: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    activation_id: string;
    step_key: string;
    state: string;
    started_at: Date | null;
    started_by: string | null;
    ended_at: Date | null;
    ended_by: string | null;
    note: string | null;
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
    site_id: string | null;
    account: string | null;
    needs: Generated<string[]>;
    runs_at_once: Generated<number>;
    egress_price: number | null;
  };
  strategies: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    name: string;
    activity_id: string | null;
    asset_id: string | null;
    scenario_id: string | null;
    state: 'proposed' | 'chosen' | 'in-place' | 'refused';
    options: unknown;
    chosen: number | null;
    reason: string | null;
    residual_risk: string | null;
    proposed_by: string;
    proposed_by_person: string | null;
    decided_by: string | null;
    decided_at: Date | null;
    created_at: Date;
    changed_at: Date;
  };
  supplier_terms: {
    provider_id: Generated<string>;
    client_id: string;
    asset_id: string;
    registration: string | null;
    service: string | null;
    contact_id: string | null;
    recovery_promise_seconds: number | null;
    hours: unknown;
    sub_suppliers: string | null;
    exit_plan: string | null;
    contract_until: string | null;
    checked_on: string | null;
    checked_by: string | null;
    changed_at: Date;
  };
  technician_pools: {
    provider_id: Generated<string>;
    id: Generated<string>;
    name: string;
    head_count: number;
    skills: Generated<string[]>;
    hours: unknown;
    created_at: Date;
    changed_at: Date;
  };
  throttles: {
    key: string;
    window_started_at: Date;
    tries: number;
  };
  told_records: {
    provider_id: Generated<string>;
    client_id: string;
    id: Generated<string>;
    noun: string;
    origin: string;
    title: string;
    content: unknown;
    parts: unknown;
    sha256: string;
    told_before: Generated<unknown>;
    told_by: string;
    told_at: Date;
  };
}
