/**
 * What each page shows: one interface for each template, named by its path. Routes make these values and pages say
 * them. The shell (`server/http/shell.ts`) is added around every one.
 */
import type { Activity } from '#/plans/activities.ts';
import type { Asset } from '#/plans/assets.ts';
import type { Attempt } from '#/plans/attempts.ts';
import type { AuditEvent, AuditSearch } from '#/plans/audit.ts';
import type { ChainState } from '#/plans/audit-chain.ts';
import type { BackupPolicy } from '#/plans/backup-policies.ts';
import type { BackupRun } from '#/plans/backup-runs.ts';
import type { CleanUp } from '#/plans/clean-ups.ts';
import type { Client } from '#/plans/clients.ts';
import type { ContentLook } from '#/plans/content-looks.ts';
import type { FrameworkCoverage } from '#/plans/coverage/coverage.ts';
import type { Dependency } from '#/plans/dependencies.ts';
import type { Reason, TestLevel } from '#/plans/facts.ts';
import type { KeyDrill } from '#/plans/key-drills.ts';
import type { KeyHolder } from '#/plans/key-holders.ts';
import type { ClientKey, ClientKeyPurpose } from '#/plans/keys.ts';
import type { LeftItem } from '#/plans/left-over.ts';
import type { Pace } from '#/plans/paces.ts';
import type { Plan } from '#/plans/plans.ts';
import type { ActivityReadiness, Readiness } from '#/plans/readiness/readiness.ts';
import type { Reconciliation } from '#/plans/reconciliations.ts';
import type { RecoveryPoint } from '#/plans/recovery-points.ts';
import type { Subject } from '#/plans/reports/order.ts';
import type { Report } from '#/plans/reports/reports.ts';
import type { RestoreTestResult } from '#/plans/restore-test-results.ts';
import type { RestoreTest } from '#/plans/restore-tests.ts';
import type { RunProgress } from '#/plans/run-progress.ts';
import type { Store } from '#/plans/stores.ts';
import type { Problem } from './http/problems.ts';
import type { Typed } from './http/route.ts';
import type { CameWith } from './views/came-with.ts';

/** One form of a page: what was typed and, when it was refused, why. */
export interface Form {
  typed: Typed;
  /** The sentence on top; null while nothing was refused. */
  refusal: string | null;
  /** `label`: key of what the field is called, for the list on top. */
  errors: { field: string; detail: string; label?: string }[];
}

/** An empty form, or one that was refused and is shown again. */
export const form = (typed: Typed = {}, problem: Problem | null = null): Form => ({
  typed,
  refusal: problem?.detail ?? null,
  errors: problem?.errors ?? [],
});

/** One page of a list that may be long. */
export interface Part<Item> {
  items: Item[];
  /** Length of the whole list. */
  total: number;
  /** Places of the first and the last item shown, counted from one. */
  first: number;
  last: number;
  /** Addresses of the pages around this one. */
  previous: string | null;
  next: string | null;
}

/** A measured time against its objective, drawn as a bar. */
export interface Measure {
  verdict: ActivityReadiness['effective']['verdict'];
  seconds: number | null;
  objectiveSeconds: number | null;
  /** Length of the whole bar: more than both, and more than zero. */
  scaleSeconds: number;
}

/** The bar's length leaves a tenth free past the longer of the two. */
export const measure = (
  verdict: Measure['verdict'],
  seconds: number | null,
  objectiveSeconds: number | null,
): Measure => ({
  verdict,
  seconds,
  objectiveSeconds,
  scaleSeconds: Math.max(seconds ?? 0, objectiveSeconds ?? 0, 1) * 1.1,
});

/** How long an activity takes to come back, with what the client has for it. */
export const recoveryMeasure = ({
  effective: { verdict, seconds, scheduled },
  rtoSeconds,
}: Pick<ActivityReadiness, 'effective' | 'rtoSeconds'>): Measure =>
  measure(verdict, scheduled?.seconds ?? seconds, rtoSeconds);

/** `error` */
export interface ErrorView {
  title: string;
  problem: Problem;
}

/** `portfolio`. Its form `client` posts to /clients. */
export interface PortfolioView {
  /** The worst first. */
  clients: Part<PortfolioRow>;
  search: string;
  /** The level asked for; null for all. */
  level: Readiness['level'] | null;
  levels: readonly Readiness['level'][];
  /** What waits for a second person. */
  closings: { id: string; client: string; askedBy: string; askedAt: string }[];
  closed: { id: string; name: string; closedAt: string }[];
  mayAdd: boolean;
  maySeeContention: boolean;
  /** Only who sees all clients. */
  mayReport: boolean;
  form: Form;
  /** To ask for that report; it posts to /portfolio/reports. */
  reportForm: Form;
}

export interface PortfolioRow {
  client: Client;
  /** Something happened while it was computed. */
  isStale: boolean;
  level: Readiness['level'];
  missing: Reason | null;
  contradictions: number;
  /** Priority activities that come back too late, or lose too much, as measured. */
  breaches: { rto: number; rpo: number; any: boolean };
  overdue: { reviews: number; tests: number; actions: number; any: boolean };
  /** Age of the newest data that a passed test of at least L3 restored. */
  provenAgeSeconds: number | null;
  failedTests: number;
  inconclusiveTests: number;
}

/** `key-sheet`, and within `clients/created`. For a safe: what opens recovery points, and how. */
export interface KeySheetView {
  client: Pick<Client, 'name'> & Partial<Pick<Client, 'timeZone'>>;
  /** Null when the sheet is made apart from a service. */
  provider: string | null;
  /** Null when nobody wrote down when the key was made. */
  madeAt: string | null;
  /** Text of the age identity. */
  identity: string;
  /** The identity in pieces that can be typed one after the other. */
  groups: string[];
  recipient: string;
  fingerprint: string;
  /** The fingerprint of the key in whose place this one was put. */
  replaces: string | null;
  /** The identity as a QR code. */
  qr: string;
  /** Numbers of the copies, each signed for by its holder. */
  holders: number[];
}

/** `clients/created`. The identity is shown this once. */
export interface ClientCreatedView extends KeySheetView {
  client: Client;
  /** What came of the file it was taken over from; null when it came from none. */
  cameWith: CameWith | null;
}

/** `protection/keys`. Forms post to /clients/:client/keys/recovery and …/verifier. */
export interface KeysView {
  client: Client;
  keys: ClientKey[];
  /** Fingerprints of the keys in use. */
  inUse: Record<ClientKeyPurpose, string | null>;
  /** Those who hold one now. */
  holders: KeyHolder[];
  mayReplace: boolean;
  mayChangeInterval: boolean;
  forms: Record<ClientKeyPurpose | 'interval', Form>;
}

/** `clients/overview`. Its form posts to /clients/:client/reports. */
export interface OverviewView {
  client: Client;
  /** The sentence on top, as `conclude` finds it. */
  conclusion: Reason;
  readiness: Readiness;
  /** Contradictions of the client, then of each activity; many of them fold away. */
  contradictions: { first: Reason[]; more: Reason[] };
  /** What never comes back, with what would open it and the names of the activities it holds up. */
  deadlocks: { reason: Reason; activities: string; breaks: Reason[] }[];
  /** Priority ones first, and of those the least far ones. */
  activities: Part<{
    readiness: ActivityReadiness;
    recovery: Measure;
    /** What the client has to recover with, where something waits for it. */
    means: { technicians: number; links: number; unlimitedSeconds: number } | null;
    loss: Measure;
  }>;
  frameworks: (Omit<FrameworkCoverage, 'clauses'> & {
    /** The first reasons of each, and how many more there are. */
    clauses: (FrameworkCoverage['clauses'][number] & { moreReasons: number })[];
  })[];
  latestTests: RestoreTest[];
  plans: Plan[];
  /** Who holds its recovery key now, and whether they showed it. */
  keyHolders: KeyHolder[];
  /** Drills that wait for an answer from this reader. */
  keyDrills: KeyDrill[];
  mayMakeReport: boolean;
  form: Form;
}

/** The sentence that an overview begins with: the worst news first. `words` hold each key. */
export function conclude(client: Client, readiness: Readiness, contradictions: number): Reason {
  const priority = readiness.activities.filter(({ isPriority }) => isPriority);
  const back = priority.filter(
    ({ effective, observedRpo }) => effective.verdict === 'within' && observedRpo.verdict === 'within',
  );
  const params = { client: client.name, count: contradictions, back: back.length, total: priority.length };
  if (priority.length === 0) return { key: 'overview.conclusion-nothing', params };
  if (contradictions === 1) return { key: 'overview.conclusion-one-contradiction', params };
  if (contradictions > 1) return { key: 'overview.conclusion-contradictions', params };
  if (back.length === priority.length) return { key: 'overview.conclusion-all', params };
  if (back.length === 0) return { key: 'overview.conclusion-none', params };
  return { key: 'overview.conclusion-some', params };
}

/** `clients/inventory` */
export interface InventoryView {
  client: Client;
  search: string;
  activities: Part<{ activity: Activity; version: string }>;
  assets: Part<Asset>;
  dependencies: Part<Dependency>;
  may: { changeActivities: boolean; approve: boolean; changeInventory: boolean };
}

/** `partials/run-row`; alone at /backup-runs/:id/row it comes with its `client`, whose time zone it tells. */
export interface RunRow {
  run: BackupRun;
  asset: string;
  /** Queued or running: the row asks again every two seconds. */
  isUnderWay: boolean;
}

/** `protection/overview`. Forms post to /clients/:client/stores and …/backup-policies. */
export interface ProtectionView {
  client: Client;
  stores: Store[];
  policies: Part<{ policy: BackupPolicy; isUnderWay: boolean }>;
  runs: RunRow[];
  points: {
    point: RecoveryPoint;
    /** Torn, vanished and unreadable entries; what was skipped takes nothing from a point. */
    reservations: number;
    latestTest: RestoreTest | null;
  }[];
  /** What the store of each policy was found to hold. */
  reconciliations: Reconciliation[];
  /** Address of older points. */
  next: string | null;
  assets: Asset[];
  /** Folders that may be named in the forms. */
  places: { sources: readonly string[]; stores: readonly string[] };
  may: { change: boolean; backUp: boolean };
  forms: { store: Form; policy: Form };
}

/** `protection/clean-up`. The form posts nothing to /backup-policies/:id/clean-ups. */
export interface CleanUpView {
  client: Client;
  cleanUp: CleanUp;
  items: {
    item: LeftItem;
    /** Nothing but the next clean-up stands between it and its end. */
    isDue: boolean;
  }[];
  /** There are more than are listed. */
  isCut: boolean;
  isUnderWay: boolean;
  mayCleanUp: boolean;
  form: Form;
}

/** `protection/point`. The form posts `recoveryPoint` and `level` to /restore-tests. */
export interface PointView {
  client: Client;
  point: RecoveryPoint;
  reservations: number;
  tests: RestoreTest[];
  /** Levels that the source allows. */
  levels: readonly TestLevel[];
  /** Asked for unless another is: L3x is never the first choice. */
  highest: TestLevel;
  /** The keys that open it; null where one is not on record. */
  sealedTo: { fingerprint: string; key: ClientKey | null }[];
  /** It is gone, and somebody still waits for it: posts to /recovery-points/:id/giving-up. */
  mayGiveUp: boolean;
  givingUp: Form;
  /** Posts to /recovery-points/:id/removal. */
  mayRemove: boolean;
  removal: Form;
  mayTest: boolean;
  /** Who may test it on a machine of theirs. */
  agents: { id: string; name: string }[];
  form: Form;
}

/** `restore-tests/list` */
export interface RestoreTestListView {
  client: Client;
  tests: RestoreTest[];
  /** Address of older tests. */
  next: string | null;
}

/** `restore-tests/show`, and `partials/test-progress` alone at /restore-tests/:id/progress */
export interface RestoreTestView {
  client: Client;
  test: RestoreTest;
  isUnderWay: boolean;
  /** It ended with an answer, of which a certificate can be made. */
  isOver: boolean;
  attempts: Attempt[];
  pace: Pace | null;
  mayCancel: boolean;
  /** All in order. `waiting`: asked for and not reached yet; `not-asked`: above the level asked for. */
  levels: {
    level: TestLevel;
    state: 'passed' | 'failed' | 'inconclusive' | 'waiting' | 'not-asked';
    seconds: number | null;
    bytes: number | null;
  }[];
  failedChecks: RestoreTestResult['checks'];
  plantedFaults: RestoreTestResult['plantedFaults'];
  /** Null where no pack was ever read. */
  scope: RestoreTestResult['scope'];
  damage: RestoreTestResult['damage'];
  independence: RestoreTestResult['independence'];
  foreign: RestoreTestResult['foreign'];
  tools: { name: string; version: string }[];
  /** Duration against RTO, and data age against RPO, of the strictest activity that needs the asset. */
  recovery: Measure;
  loss: Measure;
  evidence: { id: string; code: string; sha256: string }[];
  /** What the point's source could not hand over, and what was not taken whole: how many, and the first hundred. */
  reservations: number;
  told: RecoveryPoint['reservations'];
  /** Fingerprints of the keys that open the point. */
  sealedTo: string[];
  /** The moment that the data are of by their own sentinel; null without one. */
  dataFrom: string | null;
  /** Null where no files were opened; those that did not open before either stand apart. */
  openings: RestoreTestResult['openings'];
  brokenAtSource: { path: string }[];
  /** What it saw of the content; null where it did not read all of it. */
  content: ContentLook | null;
}

/** `reports/list`. The form posts `locale` to /clients/:client/reports. */
export interface ReportListView {
  client: Client;
  reports: { report: Report; isUnderWay: boolean }[];
  /** Kinds that can be made now; none for whoever may only read. */
  offers: ReportOffer[];
  form: Form;
}

/** `portfolio/reports`. Its form `portfolio` posts to itself. */
export interface PortfolioReportsView {
  reports: { report: Report; isUnderWay: boolean }[];
  mayReport: boolean;
  form: Form;
}

/** A kind of report with the records that it can be about; null where it needs none. */
export interface ReportOffer {
  kind: string;
  subjects: Subject[] | null;
  isWithoutSubject: boolean;
}

/** `audit/list` */
export interface AuditListView {
  events: { event: AuditEvent; client: string | null }[];
  /** Address of older events. */
  next: string | null;
  asked: Record<keyof AuditSearch, string | null>;
  isSearch: boolean;
  clients: { id: string; name: string }[];
  /** Null when the chain was not checked for this page. */
  chain: ChainState | null;
  /** Only who sees all clients can check the whole chain. */
  mayVerify: boolean;
}

/** `api-docs`, which has no shell around it. */
export interface ApiDocsView {
  openapi: object;
  locale: string;
  title: string;
}

/** `styleguide` */
export interface StyleguideView {
  /** One of each verdict. */
  measures: Measure[];
  /** A refused one. */
  form: Form;
  progress: RunProgress;
}
