/** A client made of plain facts, in which everything is as good as records can show; each test spoils what it is about. */
import type {
  ContactFacts,
  ContinuityFacts,
  CrisisRoleFacts,
  ExerciseFacts,
  ScenarioFacts,
  SupplierFacts,
} from '#/plans/continuity-facts.ts';
import type {
  ActivityFacts,
  AssetFacts,
  AssetKind,
  ClientFacts,
  DependencyFacts,
  DependencyKind,
  EvidenceFacts,
  PlanFacts,
  RecoveryKeyFacts,
  RecoveryPointFacts,
  RestoreTestFacts,
} from '#/plans/facts.ts';
import { SECTION_KINDS } from '#/plans/facts.ts';

export const NOW = '2026-11-22T12:00:00.000Z';
export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** The moment so many seconds before now. */
export const ago = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

export const anActivity = (given: Partial<ActivityFacts> = {}): ActivityFacts => ({
  id: 'billing',
  name: 'Billing',
  owner: 'Alice',
  isPriority: true,
  parent: null,
  calendar: 'always',
  mtpdSeconds: 2 * DAY,
  // As its impacts say, unless a test says otherwise.
  derivedMtpdSeconds: given.mtpdSeconds === undefined ? 2 * DAY : given.mtpdSeconds,
  mtpdReason: null,
  rtoSeconds: 8 * HOUR,
  wrtSeconds: 2 * HOUR,
  rpoSeconds: DAY,
  rpoTargetSeconds: DAY,
  mbco: 'Invoices of the day',
  mbcoPercent: 40,
  changedAt: ago(31 * DAY),
  approval: { by: 'Bob', at: ago(30 * DAY) },
  ...given,
});

export const anAsset = (id: string, kind: AssetKind, given: Partial<AssetFacts> = {}): AssetFacts => ({
  id,
  name: id,
  kind,
  location: null,
  site: null,
  supplier: null,
  holder: kind === 'team' ? 'alice' : null,
  deputy: kind === 'team' ? 'bob' : null,
  state: 'in-service',
  volumeBytes: null,
  changeBytesPerDay: null,
  endOfSupportOn: null,
  declaredRecoverySeconds: null,
  recoveryResource: 'technician',
  isRemoteWorkPossible: false,
  changedAt: ago(300 * DAY),
  ...given,
});

/** `from` is an asset's id, or `activity:<id>`. */
export function needs(
  from: string,
  to: string,
  kind: DependencyKind = 'hard',
  given: Partial<DependencyFacts> = {},
): DependencyFacts {
  const [, activity] = from.split('activity:');
  const end = activity ? { kind: 'activity' as const, id: activity } : { kind: 'asset' as const, id: from };
  return {
    id: `${from} ${kind} ${to}`,
    from: end,
    to,
    kind,
    group: null,
    degradationPercent: null,
    confirmedAt: ago(30 * DAY),
    createdAt: ago(300 * DAY),
    ...given,
  };
}

export const aPoint = (
  asset: string,
  age: number,
  given: Partial<RecoveryPointFacts> = {},
): RecoveryPointFacts => ({
  id: `${asset} of ${age}`,
  asset,
  dataTime: ago(age),
  endedAt: ago(age),
  bytes: 1000,
  files: 10,
  reservations: { torn: 0, vanished: 0, unreadable: 0, skipped: 0 },
  lock: null,
  ...given,
});

/** A passed full restore that ended `age` seconds ago. */
export const aTest = (
  asset: string,
  age: number,
  given: Partial<RestoreTestFacts> = {},
): RestoreTestFacts => ({
  id: `${asset} tested ${age} ago ${JSON.stringify(given)}`,
  asset,
  recoveryPoint: `${asset} of ${age}`,
  state: 'passed',
  requested: 'L3',
  reached: 'L3',
  finishedAt: ago(age),
  provedAt: null,
  seconds: HOUR,
  dataAgeSeconds: 0,
  bytes: 1000,
  plantedFaults: 7,
  caught: 7,
  ...given,
});

export const aFailedTest = (asset: string, age: number, given: Partial<RestoreTestFacts> = {}) =>
  aTest(asset, age, { state: 'failed', reached: null, seconds: null, ...given });

export const aPlan = (given: Partial<PlanFacts> = {}): PlanFacts => ({
  id: 'drp',
  kind: 'drp',
  title: 'Recovery plan',
  owner: 'Alice',
  reviewIntervalDays: 365,
  activities: ['billing'],
  scenarios: ['ransomware'],
  keptIn: [],
  inForce: {
    id: 'drp-1',
    inForceAt: ago(20 * DAY),
    number: 1,
    sha256: 'ab',
    createdBy: 'Alice',
    approvals: [{ by: 'Bob', role: 'client-approver', at: ago(20 * DAY), isGone: false }],
    sections: SECTION_KINDS.map((kind) => ({ kind, isEmpty: false })),
    steps: [],
    callNodes: [],
    distributions: [
      {
        contact: 'alice',
        name: 'Alice',
        channel: 'service',
        sentAt: ago(19 * DAY),
        readAt: ago(18 * DAY),
        isReadBySelf: true,
      },
    ],
  },
  ...given,
});

export const aRecord = (
  code: string,
  kind: EvidenceFacts['subject']['kind'],
  id: string,
  given: Partial<EvidenceFacts> = {},
): EvidenceFacts => ({
  id: `${code} of ${id}`,
  code,
  subject: { kind, id, name: id },
  finding: 'supports',
  assertedBy: 'system',
  by: 'the service',
  at: ago(0),
  validUntil: null,
  sha256: 'cd',
  ...given,
});

/** A recovery key and who holds it. */
export const aKey = (
  fingerprint: string,
  holders: (Omit<RecoveryKeyFacts['holders'][number], 'id' | 'name' | 'hasLeft'> & { hasLeft?: boolean })[],
): RecoveryKeyFacts => ({
  id: fingerprint,
  fingerprint,
  holders: holders.map((one) => ({
    hasLeft: false,
    ...one,
    id: `${one.contact} with ${fingerprint}`,
    name: one.contact.replace(/^./, (letter) => letter.toUpperCase()),
  })),
});

/** R5: billing needs an application on a server and a database; everything is tested, approved and recorded. */
export function aReadyClient(given: Partial<ClientFacts> = {}): ClientFacts {
  return {
    now: NOW,
    client: {
      id: 'clinic',
      name: 'Clinic',
      sector: null,
      country: 'FR',
      timeZone: 'Europe/Paris',
      businessHours: 'always',
      technicians: 1,
      links: 1,
    },
    activities: [anActivity()],
    assets: [
      anAsset('erp', 'application'),
      anAsset('host', 'server'),
      anAsset('sql', 'data-set'),
      anAsset('staff', 'team'),
      anAsset('office', 'premises'),
      anAsset('vendor', 'supplier'),
    ],
    dependencies: [
      needs('activity:billing', 'erp'),
      needs('erp', 'host'),
      needs('erp', 'sql', 'data'),
      needs('sql', 'host', 'start-order'),
      needs('activity:billing', 'staff', 'human'),
      needs('activity:billing', 'office'),
      needs('erp', 'vendor', 'soft'),
    ],
    plans: [aPlan()],
    policies: [
      {
        id: 'nightly',
        asset: 'sql',
        intervalSeconds: DAY,
        isEnabled: true,
        retention: null,
        store: {
          id: 'far',
          kind: 's3',
          isOffsite: true,
          site: null,
          account: null,
          needs: [],
        },
      },
    ],
    recoveryPoints: [aPoint('sql', 12 * HOUR)],
    lostPoints: [],
    recoveryKeys: [],
    drills: [],
    claims: [],
    restoreTests: [
      aTest('sql', 2 * DAY, { recoveryPoint: 'sql of 43200', finishedAt: ago(11 * HOUR), seconds: 2 * HOUR }),
      aTest('host', 10 * DAY),
      aTest('erp', 10 * DAY),
    ],
    evidence: [
      aRecord('BIA', 'activity', 'billing'),
      aRecord('PLN', 'plan', 'drp'),
      aRecord('BRN', 'asset', 'sql'),
      aRecord('RST', 'asset', 'sql'),
      aRecord('INT', 'asset', 'sql'),
    ],
    ...nothingElse(),
    suppliers: [aSupplier('vendor')],
    ...given,
  };
}

export const aContact = (id: string, given: Partial<ContactFacts> = {}): ContactFacts => ({
  id,
  name: id,
  employer: null,
  hasLeft: false,
  points: [],
  ...given,
});

/** A role in a crisis, held by the first and backed by the others. */
export const aRole = (
  id: string,
  holders: string[],
  given: Partial<CrisisRoleFacts> = {},
): CrisisRoleFacts => ({
  id,
  name: id,
  cell: 'decision',
  mayApprove: false,
  holders: holders.map((contact, rank) => ({ contact, rank, since: '2020-01-01' })),
  ...given,
});

/** One in which these assets are lost. */
export const aScenario = (lost: string[], given: Partial<ScenarioFacts> = {}): ScenarioFacts => ({
  id: 'ransomware',
  name: 'Ransomware',
  family: 'ransomware-admin-stolen',
  likelihood: 3,
  state: 'retained',
  effects: lost.map((id) => ({ on: { kind: 'asset', id }, effect: 'lost', durationSeconds: null })),
  ...given,
});

/** A recovery plan tried by people yesterday, with each objective rated. */
export const anExercise = (given: Partial<ExerciseFacts> = {}): ExerciseFacts => ({
  id: 'drill',
  title: 'Drill',
  kind: 'functional',
  state: 'done',
  scenario: null,
  plans: ['drp'],
  plannedOn: ago(DAY).slice(0, 10),
  endedAt: ago(DAY),
  objectives: 2,
  rated: 2,
  notMet: 0,
  participantsPresent: 5,
  hasReport: true,
  ...given,
});

/** One that somebody looked at a month ago. */
export const aSupplier = (asset: string, given: Partial<SupplierFacts> = {}): SupplierFacts => ({
  asset,
  contact: null,
  promiseSeconds: null,
  hours: 'always',
  hasExitPlan: true,
  contractUntil: null,
  checkedOn: ago(30 * DAY).slice(0, 10),
  ...given,
});

/** What is known beside assets, activities and backups: nothing. */
export const nothingElse = (): ContinuityFacts => ({
  sites: [],
  contacts: [],
  suppliers: [],
  scenarios: [],
  strategies: [],
  crisisRoles: [],
  contactTests: [],
  exercises: [],
  incidents: [],
  stepRuns: [],
  reviews: [],
  actions: [],
  study: null,
  agreements: [],
  decisions: [],
  service: { backupsSucceeded: 0, backupsFailed: 0, lastReportAt: null },
  frameworks: [],
});
