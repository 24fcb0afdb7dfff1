/** One example of what each page shows, typed by the views, with a value for every branch. */

import type { Activity } from '#/plans/activities.ts';
import { CHANNELS } from '#/plans/distributions.ts';
import { TEST_LEVELS } from '#/plans/facts.ts';
import type { KeyDrill } from '#/plans/key-drills.ts';
import type { KeyHolder } from '#/plans/key-holders.ts';
import type { LeftItem } from '#/plans/left-over.ts';
import type { Plan } from '#/plans/plans.ts';
import type { Readiness } from '#/plans/readiness/readiness.ts';
import type { RestoreTest } from '#/plans/restore-tests.ts';
import type { Retention } from '#/plans/retention/retentions.ts';
import type { Shell } from '#/server/http/shell.ts';
import { keySheet } from '#/server/key-sheet.ts';
import type { CrisisPacksView } from '#/server/views/crisis-packs.ts';
import type { DistributionView } from '#/server/views/distribution.ts';
import type { ReportView } from '#/server/views/reports.ts';
import type { RetentionView } from '#/server/views/retention.ts';
import type { RunView } from '#/server/views/runs.ts';
import * as views from '#/server/views.ts';

const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
export const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
export const at = '2026-11-20T09:30:00.000Z';
export const problem = {
  type: 'about:blank',
  title: 'Unprocessable Content',
  status: 422,
  detail: 'This name is taken.',
  key: 'client.name-taken',
  errors: [{ field: 'name', detail: 'This name is taken.' }],
};
/** The second page of three. */
export const part = <Item>(items: Item[]): views.Part<Item> => ({
  items,
  total: 120,
  first: 51,
  last: 100,
  previous: '?page=1',
  next: '?page=3',
});
const none = { items: [], total: 0, first: 0, last: 0, previous: null, next: null };
export const refused = views.form({ name: 'Valmont', locale: 'en', comment: 'Not yet' }, problem);

export const shell: Omit<Shell, 'locale'> = {
  here: '/',
  viewer: {
    name: 'Claire Desrosiers',
    role: 'owner',
    mayReadAudit: true,
    mayProtect: true,
    mayFollowReports: true,
    mayReadPools: true,
    mayManagePeople: true,
    alerts: { open: 3, critical: 1 },
  },
};

export const client = {
  id: id(1),
  name: 'Groupe Valmont Distribution',
  sector: 'Distribution alimentaire',
  country: 'FR',
  locale: 'fr' as const,
  timeZone: 'Europe/Paris',
  size: 'medium' as const,
  currency: 'EUR',
  businessHours: null,
  labels: {},
  technicians: 1,
  links: 1,
  runsAtOnce: 4,
  technicianPool: null,
  closedAt: null,
};
const asset = { id: id(2), name: 'Base ERP', label: 'base-erp' };
const missing = { key: 'readiness.no-team', params: { activity: 'Préparation des commandes' } };
const contradiction = {
  key: 'readiness.recovery-over-rto',
  params: { activity: 'Paie', effectiveSeconds: 20_000, rtoSeconds: 14_400 },
};
const step = {
  asset: id(2),
  isRestorable: true,
  source: 'restore-test' as const,
  samples: 3,
  p90Seconds: null,
  measuredAt: at,
  restoreTest: id(9),
};
const path = [
  { ...step, name: 'Hyperviseur', seconds: 5760 },
  { ...step, name: 'Base ERP', seconds: 14_240 },
  { ...step, name: 'Portail client', source: null, seconds: null, measuredAt: null, restoreTest: null },
  { ...step, name: 'Équipe informatique', source: null, isRestorable: false, seconds: null },
  { ...step, name: 'Décision du comité', source: 'declared' as const, isRestorable: false, seconds: 3600 },
];
const effective: Readiness['activities'][number]['effective'] = {
  verdict: 'late',
  seconds: 20_000,
  knownSeconds: 20_000,
  scheduled: { seconds: 25_000, technicians: 1, links: 1, path: [] },
  path,
  reasons: [contradiction],
  binding: [
    {
      key: 'readiness.waits-for-technician',
      params: { asset: 'Base ERP', waitSeconds: 5000, technicians: 1 },
    },
  ],
};
const underCompromise: Readiness['activities'][number]['underCompromise'] = [
  { dwellDays: 1, state: 'kept', seconds: 100_000, asset: id(2), reasons: [] },
  { dwellDays: 7, state: 'unknown', seconds: null, asset: null, reasons: [] },
  { dwellDays: 30, state: 'none', seconds: null, asset: null, reasons: [] },
];
const observedRpo = {
  verdict: 'within' as const,
  seconds: 3000,
  asset: id(2),
  claimedSeconds: 3000,
  reasons: [],
};
const activity: Readiness['activities'][number] = {
  activity: id(3),
  name: 'Préparation des commandes',
  isPriority: true,
  mtpdSeconds: 86_400,
  rtoSeconds: 14_400,
  rpoSeconds: 3600,
  level: 4,
  missing,
  effective,
  observedRpo,
  underCompromise,
  contradictions: [contradiction],
};
const readiness: Readiness = {
  level: 4,
  weakest: id(3),
  missing,
  activities: [activity, { ...activity, effective: { ...effective, verdict: 'within' } }],
  contradictions: [],
  cycles: [],
  deadlocks: [],
};

const passedTest: RestoreTest = {
  id: id(4),
  client: client.id,
  asset,
  recoveryPoint: { id: id(5), point: '20261120T093000Z-7f3a', dataTime: at },
  requested: 'L4',
  agent: null,
  budget: null,
  reached: 'L4',
  state: 'passed',
  askedBy: 'Thomas Nguyen',
  askedAt: at,
  startedAt: at,
  finishedAt: at,
  progress: null,
  retryAt: null,
  isWaitingForTurn: false,
  cancelledBy: null,
  cancelReason: null,
  seconds: 1834,
  bytes: 48_210_334_211,
  dataAgeSeconds: 2400,
  plantedFaults: 3,
  caught: 3,
  isSuspect: false,
  result: null,
  finding: null,
};
const failedTest: RestoreTest = {
  ...passedTest,
  id: id(6),
  state: 'failed',
  reached: 'L2a',
  caught: 2,
  finding: {
    code: 'tree.content',
    params: { path: 'var/erp/journal.log' },
    message: 'tree-content: expected one hash, found another.',
  },
};
const runningTest: RestoreTest = {
  ...passedTest,
  state: 'running',
  reached: null,
  seconds: null,
  bytes: null,
  dataAgeSeconds: null,
  plantedFaults: 0,
  caught: 0,
  progress: {
    phase: 'restore',
    files: 1200,
    bytes: 21_000_000_000,
    totalBytes: 48_210_334_211,
    totalFiles: null,
    bytesPerSecond: 84e6,
    filesPerSecond: 5,
    remainingSeconds: 324,
  },
};

const plan = {
  id: id(7),
  client: client.id,
  kind: 'drp' as const,
  title: 'PRA du système d’information',
  owner: 'Marc Lefèvre',
  reviewIntervalDays: 365,
  activities: [id(3)],
  scenarios: [],
  keptIn: [],
  inForce: { id: id(9), number: 2, state: 'in-force' as const, inForceAt: at },
  inWork: { id: id(8), number: 3, state: 'in-review' as const, inForceAt: null },
};
const plans: Plan[] = [plan, { ...plan, kind: 'bcp', owner: null, inForce: null, inWork: null }];
const run = {
  id: id(9),
  policy: id(5),
  client: client.id,
  state: 'running' as const,
  cause: 'asked' as const,
  askedBy: 'Thomas Nguyen',
  askedAt: at,
  startedAt: at,
  finishedAt: null,
  progress: {
    ...{ phase: 'pack', files: 12_400, bytes: 9_100_000_000, totalBytes: null, totalFiles: null },
    ...{ bytesPerSecond: 84e6, filesPerSecond: 110, remainingSeconds: null },
  },
  retryAt: null,
  isWaitingForTurn: false,
  cancelledBy: null,
  cancelReason: null,
  finding: null,
};
const point = {
  id: id(5),
  client: client.id,
  asset,
  store: { id: id(6), name: 'Coffre S3 Roubaix' },
  point: '20261120T093000Z-7f3a',
  dataTime: at,
  startedAt: at,
  endedAt: at,
  files: 48_200,
  bytes: 48_210_334_211,
  storedBytes: 912_000_000,
  packs: 58,
  counts: { torn: 1, vanished: 0, unreadable: 0, skipped: 1 },
  reservations: [
    {
      kind: 'torn' as const,
      path: 'var/erp/journal.log',
      code: 'capture.grew',
      params: {},
      reason: 'it grew while it was read',
    },
    {
      kind: 'skipped' as const,
      path: 'run/erp.sock',
      code: 'capture.socket',
      params: {},
      reason: 'a socket has no content',
    },
  ],
  headSha256: hash,
  manifestSha256: hash,
  sealedTo: ['3f2a9c0d1e4b5a67', '0011223344556677'],
  loss: null,
  expiry: null,
  holds: [],
};
const store = {
  id: id(6),
  client: client.id,
  name: 'Coffre S3 Roubaix',
  kind: 's3' as const,
  address: 's3://valmont-reprise/prod',
  isOffsite: true,
  site: null,
  account: null,
  needs: [],
  egressPrice: null,
  runsAtOnce: 4,
  probe: {
    standing: 'weak' as const,
    probedAt: '2026-11-20T08:00:00.000Z',
    weaknesses: ['no-locks' as const, 'no-versions' as const],
    lines: [],
    leftBehind: [{ key: '.reprise-probe/1/canary', version: '1', until: '2026-11-20T08:00:30.000Z' }],
    finding: null,
  },
};

/** The same store in each standing that a probe can give it. */
const storesOfEachStanding = (['sound', 'stale', 'failed', 'not-probed', 'queued', 'running'] as const).map(
  (standing) => ({
    ...store,
    name: `Coffre ${standing}`,
    probe: {
      standing,
      probedAt: null,
      weaknesses: [],
      lines: [],
      leftBehind: [],
      finding:
        standing === 'failed'
          ? { code: 'store.full', params: { address: '/var/stores' }, message: 'The disk is full.' }
          : null,
    },
  }),
);

const counts = {
  proven: 4,
  'proven-late': 1,
  partial: 2,
  declared: 3,
  missing: 2,
  contradicted: 1,
  waived: 0,
  'not-applicable': 1,
};
const states = Object.keys(counts) as (keyof typeof counts)[];

export const portfolio: views.PortfolioView = {
  closings: [
    { id: id(1), client: 'Ferme Lenoir', askedBy: 'Alice Martin', askedAt: '2026-11-20T09:00:00.000Z' },
  ],
  closed: [{ id: id(2), name: 'Vieux Moulin', closedAt: '2026-06-30T16:00:00.000Z' }],
  clients: part([
    {
      client,
      isStale: true,
      level: 4 as const,
      missing,
      contradictions: 2,
      breaches: { rto: 1, rpo: 2, any: true },
      overdue: { reviews: 1, tests: 3, actions: 2, any: true },
      provenAgeSeconds: 190_000,
      failedTests: 1,
      inconclusiveTests: 2,
    },
    {
      client: { ...client, name: 'Ateliers Brisson', sector: null },
      isStale: false,
      level: 7 as const,
      missing: null,
      contradictions: 0,
      breaches: { rto: 0, rpo: 0, any: false },
      overdue: { reviews: 0, tests: 0, actions: 0, any: false },
      provenAgeSeconds: null,
      failedTests: 0,
      inconclusiveTests: 0,
    },
  ]),
  search: 'val',
  level: 4,
  levels: [0, 4, 7],
  mayAdd: true,
  maySeeContention: true,
  mayReport: true,
  form: refused,
  reportForm: views.form(),
};
export const emptyPortfolio: views.PortfolioView = {
  ...portfolio,
  closings: [],
  closed: [],
  clients: none,
  search: '',
  level: null,
  form: views.form(),
};

export const created: views.ClientCreatedView = {
  ...keySheet({
    client,
    identity: `AGE-SECRET-KEY-1${'QYQSZQGP'.repeat(7)}K3`,
    recipient: 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj',
    provider: 'Valmont Conseil',
    madeAt: at,
    replaces: '8899aabbccddeeff',
  }),
  client,
  cameWith: null,
};

const key = (
  purpose: 'recovery' | 'verifier',
  fingerprint: string,
  retiredAt: string | null,
  points: number,
) => ({
  id: id(7),
  purpose,
  recipient: created.recipient,
  fingerprint,
  createdAt: at,
  retiredAt,
  points,
});

const keyHolder = (name: string, state: KeyHolder['state'], openedAt: string | null): KeyHolder => ({
  id: hash.slice(0, 8).concat('-0000-4000-8000-00000000000b'),
  client: client.id,
  key: client.id,
  contact: client.id,
  place: 'Coffre du siège',
  name,
  fingerprint: '3f2a9c0d1e4b5a67',
  since: at,
  endedAt: null,
  state,
  openedAt,
  dueAt: openedAt,
});
const keyHolders = [
  keyHolder('Ana Ruiz', 'opened', at),
  keyHolder('Paul Lemaire', 'overdue', at),
  keyHolder('Inès Caillat', 'never', null),
];
export const keyDrill: KeyDrill = {
  id: keyHolders[0]!.id,
  client: client.id,
  holder: keyHolders[0]!.id,
  name: 'Ana Ruiz',
  person: null,
  fingerprint: '3f2a9c0d1e4b5a67',
  recoveryPoint: null,
  point: null,
  asset: null,
  state: 'open',
  sealed: `-----BEGIN AGE ENCRYPTED FILE-----\n${hash}\n-----END AGE ENCRYPTED FILE-----\n`,
  askedBy: 'Marc Petit',
  askedAt: at,
  answerUntil: at,
  wrongAnswers: 0,
  openedAt: null,
  openedBy: null,
  isByHolder: null,
  seconds: null,
  isolation: null,
  source: null,
  tools: null,
  files: null,
  bytes: null,
  endedAt: null,
  finding: null,
};

export const keys: views.KeysView = {
  client,
  keys: [
    key('recovery', '3f2a9c0d1e4b5a67', null, 4),
    key('verifier', '0011223344556677', null, 4),
    key('recovery', '8899aabbccddeeff', at, 12),
    key('verifier', 'ffeeddccbbaa9988', at, 0),
  ],
  inUse: { recovery: '3f2a9c0d1e4b5a67', verifier: '0011223344556677' },
  holders: keyHolders,
  mayReplace: true,
  mayChangeInterval: true,
  forms: { recovery: views.form(), verifier: views.form(), interval: views.form({ days: '180' }) },
};

export const overview: views.OverviewView = {
  client,
  conclusion: views.conclude(client, readiness, 2),
  readiness,
  contradictions: {
    first: [contradiction],
    more: [{ key: 'readiness.copy-not-offsite', params: { asset: 'Plans CAO' } }],
  },
  deadlocks: [
    {
      reason: {
        key: 'readiness.recovery-deadlock',
        params: { circle: 'Base ERP › PRA › Base ERP', scenarios: 'Rançongiciel' },
      },
      activities: 'Paie, Préparation des commandes',
      breaks: [
        { key: 'readiness.break-plan', params: { plan: 'PRA', needed: 'Base ERP' } },
        { key: 'readiness.break-store', params: { asset: 'Base ERP', needed: 'Annuaire' } },
      ],
    },
  ],
  activities: part([
    {
      readiness: activity,
      recovery: views.measure('late', 20_000, 14_400),
      means: { technicians: 1, links: 1, unlimitedSeconds: 19_000 },
      loss: views.measure('within', 3000, 3600),
      expiry: null,
      holds: [],
    },
    {
      readiness: { ...activity, name: 'Paie', isPriority: false, level: 2 },
      recovery: views.measure('unmeasured', 900, 28_800),
      means: null,
      loss: views.measure('no-objective', null, null),
      expiry: null,
      holds: [],
    },
  ]),
  frameworks: [
    {
      framework: 'recyf',
      name: 'ReCyF',
      level: null,
      total: 14,
      provenShare: 0.29,
      declaredShare: 0.21,
      counts,
      clauses: states.map((state, index) => ({
        framework: 'recyf',
        ref: `13.${index + 1}`,
        paraphrase: 'Les sauvegardes sont restaurées en test chaque année.',
        state,
        reasons: [missing],
        evidence: [],
        isUnchecked: index === 1,
        moreReasons: index,
      })),
    },
    {
      framework: 'dora',
      name: 'DORA',
      level: null,
      total: 9,
      provenShare: 0,
      declaredShare: 1,
      counts: { ...counts, contradicted: 0 },
      clauses: [],
    },
  ],
  latestTests: [passedTest, failedTest],
  plans,
  keyHolders,
  keyDrills: [keyDrill],
  mayMakeReport: true,
  form: views.form(),
};
export const emptyOverview: views.OverviewView = {
  ...overview,
  readiness: { ...readiness, level: 0, weakest: null, missing: null },
  contradictions: { first: [], more: [] },
  deadlocks: [],
  activities: none,
  frameworks: [],
  latestTests: [],
  plans: [],
  keyHolders: [],
  keyDrills: [],
  mayMakeReport: false,
};

const NO_ANALYSIS = {
  parent: null,
  calendar: 'business-hours' as const,
  peakPeriods: [],
  mtpdReason: null,
  wrtSeconds: null,
  rpoTargetSeconds: null,
  mbcoPercent: null,
  impacts: [],
  resources: [],
  derivedMtpdSeconds: null,
};
export const activities: [Activity, Activity] = [
  {
    ...NO_ANALYSIS,
    id: id(3),
    client: client.id,
    name: 'Préparation des commandes',
    owner: 'Marc Lefèvre',
    description: null,
    isPriority: true,
    peakPeriods: [{ name: 'Fêtes', from: '12-01', to: '01-06' }],
    criticality: 'critical',
    mtpdSeconds: 86_400,
    rtoSeconds: 14_400,
    rpoSeconds: 3600,
    mbco: '40 commandes par heure',
    approval: null,
  },
  {
    ...NO_ANALYSIS,
    id: id(4),
    client: client.id,
    name: 'Paie',
    owner: null,
    description: 'Le 28 du mois',
    isPriority: false,
    criticality: 'moderate',
    mtpdSeconds: 604_800,
    rtoSeconds: null,
    rpoSeconds: 0,
    mbco: null,
    approval: { by: 'Marc Lefèvre', at },
  },
];
export const wholeAsset = {
  ...asset,
  client: client.id,
  kind: 'data-set' as const,
  owner: null,
  site: null,
  location: 'Roubaix',
  description: 'PostgreSQL 17',
  supplier: null,
  holder: null,
  deputy: null,
  state: 'in-service' as const,
  volumeBytes: 250e9,
  changeBytesPerDay: 3.5e9,
  endOfSupportOn: '2029-11-08',
  declaredRecoverySeconds: 14_400,
  recoveryResource: 'technician' as const,
  isRemoteWorkPossible: false,
  externalSource: 'mercator',
  externalId: 'db-12',
};
const dependency = {
  id: id(1),
  client: client.id,
  from: { kind: 'activity' as const, id: id(3) },
  fromName: 'Préparation des commandes',
  to: id(2),
  toName: 'Base ERP',
  kind: 'hard' as const,
  group: 'Bases',
  requiredK: 1,
  degradationPercent: 80,
  confidence: 'told' as const,
  note: 'Aucun mode papier',
  confirmedAt: at,
  confirmedBy: 'Ana Ruiz',
};
export const changedMeanwhile = {
  ...problem,
  status: 409,
  key: 'http.changed-meanwhile',
  detail: 'Somebody changed this.',
  errors: [],
};

export const inventory: views.InventoryView = {
  client,
  search: 'commande',
  activities: part(activities.map((activity) => ({ activity, version: hash }))),
  assets: part([wholeAsset]),
  dependencies: part([dependency, { ...dependency, group: null, requiredK: null, confirmedAt: null }]),
  may: { changeActivities: true, approve: true, changeInventory: true },
};
export const emptyInventory: views.InventoryView = {
  ...inventory,
  search: '',
  activities: none,
  assets: none,
  dependencies: none,
  may: { changeActivities: false, approve: false, changeInventory: false },
};

const version = { id: id(4), number: 2, state: 'in-force' as const };
const copy: DistributionView['copies'][number] = {
  id: id(4),
  client: client.id,
  version: version.id,
  contact: id(5),
  name: 'Anne Quéré',
  channel: 'paper',
  sha256: hash,
  sentAt: at,
  sentBy: 'Hugo Lemaire',
  read: { at, by: 'Anne Quéré', isSelf: true },
  state: 'done',
  receipt: null,
};
export const planDistributions: DistributionView = {
  client,
  plan,
  version,
  copies: [
    copy,
    {
      ...copy,
      id: id(6),
      name: 'Bastien Lô',
      state: 'declared',
      read: { at, by: 'Hugo Lemaire', isSelf: false },
    },
    {
      ...copy,
      id: id(7),
      name: 'Chloé Ndiaye',
      channel: 'mail',
      state: 'waiting',
      read: null,
      receipt: 'note',
    },
    {
      ...copy,
      id: id(8),
      name: 'Claire Desrosiers',
      channel: 'service',
      state: 'waiting',
      read: null,
      receipt: 'give',
    },
  ],
  outdated: [
    { name: 'Denis Moreau', channel: 'paper', number: 2 },
    { name: 'Elsa Roy', channel: 'mail', number: 1 },
  ],
  lacking: [{ id: id(3), name: 'Marc Lefèvre' }],
  contacts: [
    { id: id(5), name: 'Anne Quéré', jobTitle: 'Directrice', isTicked: true },
    { id: id(6), name: 'Bastien Lô', jobTitle: null, isTicked: false },
  ],
  channels: CHANNELS,
  mayHandOut: true,
  form: refused,
};

export const runRow: views.RunRow = { run, asset: asset.name, isUnderWay: true };
const lostPoint: views.PointView['point'] = {
  ...point,
  id: id(3),
  loss: {
    kind: 'gone',
    foundAt: at,
    finding: {
      code: 'point.missing',
      params: { asset: 'base-erp', point: point.point, address: 's3://coffre' },
      message: 'There is no such point.',
    },
    givenUp: { at, by: 'Ana Ruiz', reason: 'Seau vidé par erreur' },
  },
};
const unreadable = { code: 'head.altered', params: { point: point.point }, message: 'It was changed.' };
const stopped = {
  code: 'clean-up.backup-running',
  params: { asset: 'base-erp', since: at },
  message: 'A backup runs.',
};
const locked = {
  code: 'store.locked',
  params: { address: 's3://coffre', object: 'base-erp/packs/4f2a', until: at },
  message: 'It is locked.',
};
const lostBefore = { code: 'clean-up.point-lost', params: { point: point.point }, message: 'It is lost.' };
const looked: views.ProtectionView['reconciliations'][number] = {
  policy: id(5),
  client: client.id,
  progress: null,
  asset: { id: asset.id, name: asset.name },
  store: { id: id(6), name: 'Coffre' },
  standing: 'agrees',
  lookedAt: at,
  found: {
    heads: 12,
    adopted: 0,
    lost: 0,
    orphans: { count: 0, bytes: 0 },
    orphansUnknown: null,
    incomplete: { count: 0, bytes: 0 },
    uploads: { count: 0, bytes: 0 },
    uploadsUnknown: null,
    refused: [],
    foreign: 0,
    cleanUp: null,
    lastRemoved: null,
    packsRead: { point: point.point, cited: 180, lately: 120, never: 12, stalestAt: at },
  },
  finding: null,
};
const reconciliations: views.ProtectionView['reconciliations'] = [
  looked,
  {
    ...looked,
    standing: 'agrees',
    found: { ...looked.found!, adopted: 1, orphans: { count: 3, bytes: 190_000_000 } },
  },
  {
    ...looked,
    found: {
      ...looked.found!,
      uploads: { count: 2, bytes: 34_000_000 },
      cleanUp: {
        removed: { packs: 12, points: 1, uploads: 2, bytes: 201_000_000 },
        blocked: stopped,
        kept: { count: 2, because: locked },
      },
      lastRemoved: { packs: 12, points: 1, uploads: 2, bytes: 201_000_000, at },
    },
  },
  {
    ...looked,
    found: {
      ...looked.found!,
      orphans: { count: 3, bytes: 190_000_000 },
      cleanUp: {
        removed: { packs: 0, points: 0, uploads: 0, bytes: 0 },
        blocked: lostBefore,
        kept: { count: 0, because: null },
      },
    },
  },
  {
    ...looked,
    standing: 'differs',
    found: {
      ...looked.found!,
      lost: 2,
      orphans: null,
      orphansUnknown: unreadable,
      incomplete: { count: 1, bytes: 9000 },
      refused: [{ point: point.point, finding: unreadable }],
      foreign: 4,
    },
  },
  { ...looked, standing: 'never', lookedAt: null, found: null },
  { ...looked, standing: 'stale' },
  { ...looked, standing: 'queued' },
  {
    ...looked,
    standing: 'failed',
    finding: { code: 'store.full', params: { address: 'x' }, message: 'Full.' },
  },
];
const leftItem = (kind: LeftItem['kind'], more: Partial<LeftItem> = {}) => ({
  item: {
    kind,
    name: 'base-erp/packs/9b1c27f0a6d34e5f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7.tar.zst.age',
    bytes: 16_700_000,
    since: at,
    goesAt: at,
    kept: null,
    ...more,
  },
  isDue: false,
});
const leftItems = [
  leftItem('pack'),
  { ...leftItem('cut-off-point', { name: point.point, bytes: 9000 }), isDue: true },
  leftItem('upload', { bytes: null }),
  leftItem('pack', { kept: locked }),
];
const wouldGo = {
  ...looked,
  found: {
    ...reconciliations[2]!.found!,
    uploadsUnknown: {
      code: 'store.denied',
      params: { address: 's3://coffre', object: 'base-erp' },
      message: 'No.',
    },
    foreign: 2,
  },
  left: { count: 140, bytes: 2_300_000_000 },
  items: leftItems.map(({ item }) => item),
};
export const cleanUpShow: views.CleanUpView = {
  client,
  cleanUp: wouldGo,
  items: leftItems,
  isCut: true,
  isUnderWay: false,
  mayCleanUp: true,
  form: views.form(),
};
export const cleanUpEmpty: views.CleanUpView = {
  ...cleanUpShow,
  cleanUp: { ...wouldGo, found: looked.found, left: { count: 0, bytes: 0 }, items: [] },
  items: [],
  isCut: false,
};
export const cleanUpNever: views.CleanUpView = {
  ...cleanUpEmpty,
  cleanUp: { ...cleanUpEmpty.cleanUp, found: null, lookedAt: null, standing: 'queued' },
  isUnderWay: true,
};
const retained: Retention = {
  policy: id(5),
  client: client.id,
  asset: { id: asset.id, name: asset.name },
  store: { id: store.id, name: store.name },
  number: 2,
  rules: { last: 0, withinDays: 2, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 },
  needsSecondPerson: true,
  damageNoticedDays: 30,
  reachDays: 6,
  isTooShort: true,
  setAt: at,
  setBy: 'Alice Martin',
  grantedBy: 'Karim Haddad',
};
const KEPT_CODES = [
  'newest',
  'last',
  'within',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'yearly',
  'locked',
  'held',
];
export const retentionShow: RetentionView = {
  client,
  retention: retained,
  version: '"1"',
  history: [retained, { ...retained, number: 1, rules: null, reachDays: null, grantedBy: null }],
  expiry: {
    policy: id(5),
    standing: 'done',
    progress: null,
    endedAt: at,
    last: {
      removed: 3,
      packs: 9,
      bytes: 2e9,
      kept: 1,
      left: { count: 2, bytes: 3e8 },
      blocked: { code: 'clean-up.under-way', params: { asset: 'base-erp' }, message: 'No.' },
    },
    finding: { code: 'expiry.worker-died', params: {}, message: 'No.' },
  },
  isTried: true,
  rules: Object.entries(retained.rules!).map(([name, count]) => ({ name, count })),
  keepsAll: false,
  sets: ['small-firm', 'long-unnoticed', 'seven-years', 'ten-years', 'short-lived'],
  simulation: {
    points: [...KEPT_CODES, 'last-proven', 'no-proven-successor', 'dated-ahead', null].map((code, index) => ({
      id: id(700 + index),
      point: `20261123T120000000Z-${String(index).padStart(12, '0')}`,
      dataTime: at,
      storedBytes: 1e9,
      because:
        code === null
          ? []
          : [
              { code, rank: 2, until: at },
              { code: 'newest', rank: null, until: null },
            ],
      isByRules: true,
    })),
    stay: 12,
    go: 1,
    bytes: { stay: 9e9, free: 1e9, lockedThough: 5e8 },
    forecast: null,
  },
  isCut: true,
  forecast: [{ at, points: 7, bytes: 7e9 }],
  mayChange: true,
  form: views.form({ daily: '7' }),
};
export const retentionNever: RetentionView = {
  ...retentionShow,
  retention: {
    ...retained,
    number: 0,
    rules: null,
    needsSecondPerson: false,
    damageNoticedDays: null,
    reachDays: null,
    isTooShort: false,
    setAt: null,
    setBy: null,
    grantedBy: null,
  },
  history: [],
  expiry: { policy: id(5), standing: 'never', progress: null, endedAt: null, last: null, finding: null },
  isTried: false,
  keepsAll: true,
  simulation: { points: [], stay: 0, go: 0, bytes: null, forecast: null },
  isCut: false,
  forecast: null,
};
export const protection: views.ProtectionView = {
  client,
  stores: [
    store,
    { ...store, name: 'Dossier local', kind: 'folder', isOffsite: false },
    ...storesOfEachStanding,
  ],
  policies: part(
    [
      { isEnabled: true, isUnderWay: true },
      { isEnabled: true, isUnderWay: false },
      { isEnabled: false, isUnderWay: false },
    ].map(({ isEnabled, isUnderWay }) => ({
      policy: {
        id: id(5),
        client: client.id,
        asset,
        store: { id: store.id, name: store.name },
        sourceKind: 'postgresql',
        source: 'postgresql://erp@db:5432/erp',
        schedule: {
          cadence: { kind: 'interval', everySeconds: 3600 },
          startWindowSeconds: 3600,
          completionWindowSeconds: null,
          catchUp: 'once',
        },
        intervalSeconds: 3600,
        lock: { mode: 'compliance' as const, days: 30 },
        isGentle: true,
        isEnabled,
        nextDueAt: at,
      },
      isUnderWay,
    })),
  ),
  runs: [
    runRow,
    {
      run: {
        ...run,
        id: id(1),
        state: 'failed',
        cause: 'due',
        progress: null,
        finding: {
          code: 'store.full',
          params: { address: '/var/stores' },
          message: 'The disk is full.',
        },
      },
      asset: asset.name,
      isUnderWay: false,
    },
  ],
  points: [
    { point, reservations: 2, latestTest: passedTest },
    { point, reservations: 0, latestTest: null },
    { point: lostPoint, reservations: 0, latestTest: passedTest },
  ],
  reconciliations,
  next: '/clients/1/protection?before=2026',
  assets: [wholeAsset],
  places: { sources: ['/srv'], stores: ['/var/stores'] },
  may: { change: true, backUp: true },
  forms: { store: refused, policy: views.form() },
};
export const emptyProtection: views.ProtectionView = {
  ...protection,
  stores: [],
  policies: none,
  runs: [],
  points: [],
  reconciliations: [],
  next: null,
};
export const goneShow: views.PointView = {
  agents: [{ id: id(2), name: 'Siège' }],
  client,
  point: lostPoint,
  reservations: 2,
  tests: [passedTest],
  sealedTo: [
    { fingerprint: '3f2a9c0d1e4b5a67', key: keys.keys[0]! },
    { fingerprint: 'ffeeddccbbaa9988', key: keys.keys[3]! },
    { fingerprint: '1234123412341234', key: null },
  ],
  levels: TEST_LEVELS,
  highest: 'L4',
  mayTest: true,
  mayGiveUp: false,
  givingUp: views.form(),
  mayRemove: true,
  removal: views.form(),
  form: views.form(),
};
export const pointLost: views.PointView = {
  ...goneShow,
  point: { ...lostPoint, loss: { ...lostPoint.loss!, givenUp: null } },
  mayGiveUp: true,
  givingUp: refused,
};
export const pointShow: views.PointView = {
  agents: [{ id: id(2), name: 'Siège' }],
  client,
  point,
  reservations: 2,
  tests: [passedTest],
  sealedTo: [{ fingerprint: '3f2a9c0d1e4b5a67', key: keys.keys[0]! }],
  levels: TEST_LEVELS,
  highest: 'L4',
  mayTest: true,
  mayGiveUp: false,
  givingUp: views.form(),
  mayRemove: true,
  removal: views.form(),
  form: views.form({ level: 'L3' }),
};
export const untestedPoint: views.PointView = {
  ...pointShow,
  point: { ...point, reservations: [] },
  reservations: 0,
  tests: [],
  mayTest: false,
};

export const expiredPoint: views.PointView = {
  ...pointShow,
  point: {
    ...point,
    expiry: {
      state: 'kept',
      cause: 'asked',
      decidedAt: at,
      decidedBy: 'Alice Martin',
      reason: 'Test',
      endedAt: at,
      finding: { code: 'expiry.worker-died', params: {}, message: 'No.' },
    },
    holds: [{ id: id(60), reason: 'Ordonnance du tribunal' }],
  },
  removal: views.form({ reason: 'x' }, { detail: 'No.', errors: [] } as never),
};

export const testList: views.RestoreTestListView = {
  client,
  tests: [passedTest, failedTest, { ...failedTest, state: 'inconclusive', plantedFaults: 0 }],
  next: '/clients/1/restore-tests?before=2026',
};
export const testShow: views.RestoreTestView = {
  client,
  test: passedTest,
  isUnderWay: false,
  isOver: true,
  pace: {
    run: '01a0c0de-0000-4000-8000-000000000001',
    kind: 'backup-run',
    pace: 'stalled',
    movedAt: '2026-11-20T02:10:00.000Z',
    beatAt: '2026-11-20T02:30:00.000Z',
    bytesPerSecond: 1000,
    usualBytesPerSecond: 9000,
    left: { fromSeconds: 60, toSeconds: 300 },
  },
  attempts: [
    {
      number: 1,
      worker: 'serveur (411)',
      startedAt: at,
      beatAt: at,
      endedAt: at,
      how: 'retried',
      finding: {
        code: 'store.unreachable',
        params: { address: 's3://b', cause: 'ECONNREFUSED' },
        message: 'x',
      },
    },
    {
      number: 2,
      worker: 'serveur (411)',
      startedAt: at,
      beatAt: at,
      endedAt: null,
      how: null,
      finding: null,
    },
  ],
  mayCancel: true,
  levels: TEST_LEVELS.map((level) => ({ level, state: 'passed', seconds: 12, bytes: 48_000_000 })),
  failedChecks: [],
  plantedFaults: ['pack-bit-flipped', 'pack-missing', 'row-deleted'].map((kind) => ({
    kind,
    level: 'L3' as const,
    caught: true,
    finding: { code: 'pack.damaged', params: { object: 'erp/packs/1.age' }, message: 'The hash differs.' },
  })),
  scope: {
    isSample: false,
    packsRead: 0,
    packsCited: 163,
    packsReadLately: 162,
    neverRead: 1,
    oldestProofAt: at,
  },
  damage: null,
  content: null,
  dataFrom: null,
  openings: null,
  brokenAtSource: [],
  independence: {
    host: 'worker-1',
    otherHost: 'unknown',
    otherKey: 'yes',
    otherAccount: 'no',
    otherImplementation: 'yes',
  },
  foreign: { isolation: 'namespaces', paper: { source: 'store', sha256: hash, isOurs: false } },
  tools: [{ name: 'pg_restore', version: '18.4' }],
  recovery: views.measure('within', 1834, 14_400),
  loss: views.measure('within', 2400, 3600),
  reservations: 1,
  told: point.reservations,
  sealedTo: ['3f2a9c0d1e4b5a67'],
  evidence: [{ id: id(2), code: 'RST', sha256: hash }],
};
export const failedTestShow: views.RestoreTestView = {
  ...testShow,
  test: failedTest,
  failedChecks: [
    {
      name: 'entry-content',
      level: 'L3',
      verdict: 'failed',
      expected: hash,
      observed: hash.toUpperCase(),
      where: 'var/erp/journal.log',
      because: { code: 'tree.content', params: { path: 'var/erp/journal.log' } },
    },
  ],
  plantedFaults: testShow.plantedFaults.map((fault, index) => ({ ...fault, caught: index > 0 })),
  damage: {
    packs: [hash],
    files: { count: 240, first: ['var/erp/journal.log'] },
    otherPoints: ['20260101T000000000Z-0123456789ab'],
    newestWhole: {
      point: '20251231T000000000Z-0123456789ab',
      dataTime: at,
      packsProven: 12,
      packsCited: 14,
      oldestProofAt: at,
    },
  },
  recovery: views.measure('late', 20_000, 14_400),
};
const storeIsDown = {
  code: 'store.unreachable',
  params: { address: 's3://coffre', cause: 'ECONNREFUSED' },
  message: 'The store did not answer.',
};
export const inconclusiveTestShow: views.RestoreTestView = {
  ...testShow,
  test: { ...failedTest, state: 'inconclusive', finding: storeIsDown },
  scope: null,
  damage: { packs: [], files: null, otherPoints: null, newestWhole: null },
  evidence: [],
};
export const suspectTestShow: views.RestoreTestView = {
  ...testShow,
  test: { ...passedTest, isSuspect: true },
  content: {
    id: id(7),
    client: client.id,
    asset: { id: asset.id, name: asset.name },
    recoveryPoint: { id: id(5), dataTime: at },
    test: passedTest.id,
    lookedAt: at,
    state: 'suspect',
    history: 7,
    reasons: [{ key: 'content.odd', params: { count: 212, percent: 21.2 }, files: ['compta/2026.xlsx'] }],
    profile: { files: 1000, bytes: 48_000_000, endings: {}, oneOf: 1, strange: [] },
    explained: null,
  },
};
export const openedTestShow: views.RestoreTestView = {
  ...testShow,
  openings: {
    kinds: { pdf: { opened: 812, failed: 1, locked: 2 } },
    unknown: 41,
    failed: [],
    isolation: 'namespaces',
  },
  dataFrom: at,
  brokenAtSource: [{ path: 'scans/2019.pdf' }],
};
export const explainedTestShow: views.RestoreTestView = {
  ...suspectTestShow,
  test: passedTest,
  content: { ...suspectTestShow.content!, state: 'explained' },
};

export const runningTestShow: views.RestoreTestView = {
  ...testShow,
  independence: null,
  foreign: null,
  test: runningTest,
  isUnderWay: true,
  isOver: true,
  levels: TEST_LEVELS.map((level, index) => ({
    level,
    state: index < 4 ? 'passed' : 'waiting',
    seconds: index < 4 ? 12 : null,
    bytes: null,
  })),
  plantedFaults: [],
  evidence: [],
  recovery: views.measure('unmeasured', null, 14_400),
  loss: views.measure('unmeasured', null, 3600),
};
export const readableTestShow: views.RestoreTestView = {
  ...testShow,
  test: { ...passedTest, requested: 'L2a', reached: 'L2a', seconds: null, plantedFaults: 0, caught: 0 },
  plantedFaults: [],
  damage: { packs: [hash], files: null, otherPoints: [], newestWhole: null },
};

const report = {
  id: id(1),
  client: client.id,
  kind: 'readiness' as const,
  subject: null,
  locale: 'fr',
  reference: 'RPR-2026-7F3A9C2110',
  state: 'done' as const,
  askedBy: 'Claire Desrosiers',
  askedAt: at,
  finishedAt: at,
  released: null,
  fileRemovedAt: null,
  snapshotSha256: hash,
  sha256: hash,
  pages: 11,
  bytes: 812_000,
  progress: null,
  finding: null,
};
const pack = {
  ...{
    id: id(5),
    client: client.id,
    state: 'done' as const,
    locale: 'fr',
    askedBy: 'Claire Desrosiers',
    askedAt: at,
  },
  ...{ finishedAt: at, snapshotSha256: hash, sha256: hash, manifestSha256: hash, bytes: 2_400_000 },
  files: [{ name: 'plans/1-drp-v2.pdf', sha256: hash, bytes: 900_000 }],
  copy: { store: id(6), key: 'crisis-packs/2026-11-22.zip.age', heldUntil: at },
  copyFinding: { code: 'crisis-pack.not-held', params: {}, message: 'Nothing holds it.' },
  handovers: [
    {
      id: id(7),
      recipient: 'Mme Roche',
      medium: 'usb' as const,
      place: 'Coffre',
      handedOn: '2026-11-22',
      notedBy: 'Claire',
      notedAt: at,
    },
  ],
  finding: null,
};
export const crisisPacks: CrisisPacksView = {
  client,
  standing: { state: 'stale', madeAt: at },
  packs: [
    { pack, isUnderWay: false },
    {
      pack: {
        ...{ ...pack, state: 'failed', copy: null, copyFinding: null, handovers: [] },
        finding: { code: 'crisis-pack.not-made', params: {}, message: 'Chromium is missing.' },
      },
      isUnderWay: false,
    },
  ],
  isUnderWay: false,
  newest: pack,
  stores: [{ id: id(6), name: 'Coffre' }],
  media: ['usb', 'paper'],
  ...{ mayMake: true, maySet: true, mayNote: true },
  ...{ make: views.form(), change: views.form({ holdDays: '400' }), handover: views.form() },
};

export const noSubject = [{ kind: 'restore-test' as const, subjects: [], isWithoutSubject: true }];
export const reportList: views.ReportListView = {
  client,
  reports: [
    { report, isUnderWay: false },
    {
      report: {
        ...{ ...report, id: id(2), state: 'running', sha256: null, pages: null, bytes: null },
        progress: run.progress,
      },
      isUnderWay: true,
    },
    {
      report: {
        ...report,
        id: id(3),
        state: 'failed',
        sha256: null,
        pages: null,
        finding: { code: 'report.not-drawn', params: {}, message: 'Chromium is missing.' },
      },
      isUnderWay: false,
    },
  ],
  offers: [
    { kind: 'readiness', subjects: null, isWithoutSubject: false },
    { kind: 'restore-test', subjects: [{ id: id(4), name: 'Fichiers', at }], isWithoutSubject: false },
  ],
  form: views.form(),
};

export const reportShow: ReportView = {
  client,
  report,
  isUnderWay: false,
  hasFile: true,
  mayRelease: true,
  release: views.form(),
  readers: [{ id: `contact:${id(7)}`, name: 'Ana Duarte' }],
  ways: ['link', 'file'],
  deliver: views.form(),
  deliveries: [
    {
      ...{ id: id(8), report: id(1), to: `contact:${id(7)}`, name: 'Ana Duarte', way: 'file' },
      ...{ sha256: 'a'.repeat(64), state: 'sent', askedAt: at, askedBy: 'Reprise' },
      ...{ address: 'ana@example.org', endedAt: at, finding: null },
    },
    {
      ...{ id: id(9), report: id(1), to: `person:${id(6)}`, name: 'Paul Roy', way: 'link' },
      ...{ sha256: 'a'.repeat(64), state: 'failed', askedAt: at, askedBy: 'Reprise' },
      ...{ address: null, endedAt: at },
      finding: { code: 'report-recipient.gone', params: {}, message: 'Gone.' },
    },
  ],
  mayFollow: true,
  downloads: [{ at, by: 'Ana Duarte', sha256: 'a'.repeat(64) }],
};

export const portfolioReports: views.PortfolioReportsView = {
  reports: reportList.reports,
  mayReport: true,
  form: refused,
};

const event = {
  id: id(1),
  seq: 41,
  at,
  actor: 'Claire Desrosiers',
  action: 'plan-version.approved',
  client: client.id,
  object: { kind: 'plan-version', id: id(8) },
  hash,
};
const NOTHING_ASKED = {
  client: null,
  actor: null,
  action: null,
  kind: null,
  object: null,
  from: null,
  until: null,
  text: null,
};
export const auditList: views.AuditListView = {
  events: [
    { event, client: client.name },
    { event: { ...event, action: 'session.opened', client: null }, client: null },
  ],
  next: '/audit?before=41',
  asked: {
    ...NOTHING_ASKED,
    actor: 'Alice',
    client: client.id,
    object: event.object.id,
    kind: event.object.kind,
  },
  isSearch: true,
  clients: [{ id: client.id, name: client.name }],
  chain: { intact: true, events: 41, head: hash, anchored: 0 },
  mayVerify: true,
};
export const brokenAudit: views.AuditListView = {
  events: [],
  next: null,
  asked: NOTHING_ASKED,
  isSearch: false,
  clients: [],
  chain: { intact: false, events: 40, at: 41, alteration: 'changed' },
  mayVerify: true,
};

export const error: Omit<views.ErrorView, 'title'> = { problem };

export const backupRunShow: RunView = {
  client,
  run: {
    ...runRow.run,
    state: 'queued',
    retryAt: at,
    cancelledBy: 'Thomas Nguyen',
    cancelReason: 'Le disque a été changé',
  },
  asset: 'Base ERP',
  isUnderWay: true,
  pace: testShow.pace,
  attempts: testShow.attempts,
  mayCancel: true,
};

export const claimAddress = {
  source: { id: client.id, name: 'Sauvegarde nocturne NAS' },
  ping: 'https://reprise.example/ping/Zm9v',
  webhook: `https://reprise.example/claims/${client.id}`,
  key: 'YmFy',
};
