/** The snapshot of each kind of report, made of plain facts. A kind that these facts give nothing to tell has none. */
import type { ClientFacts } from '#/plans/facts.ts';
import type { Aftermath } from '#/plans/reports/after-action/aftermath.ts';
import type { CardsSnapshot } from '#/plans/reports/cards/snapshot.ts';
import type { ExerciseSnapshot } from '#/plans/reports/exercise/snapshot.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { IncidentSnapshot } from '#/plans/reports/incident/snapshot.ts';
import type { PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import type { PortfolioLine, PortfolioSnapshot } from '#/plans/reports/portfolio/snapshot.ts';
import { trendOf } from '#/plans/reports/portfolio/trend.ts';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import type { RestoreTestSnapshot } from '#/plans/reports/restore-test/snapshot.ts';
import type { ReportKind, ReportSnapshot } from '#/plans/reports/snapshot.ts';
import { ago, DAY } from '../readiness/client.ts';
import { hashOf, snapshotOf } from './snapshot-of.ts';

type Makers = {
  [Kind in ReportKind]: (readiness: ReadinessSnapshot) => Extract<ReportSnapshot, { kind: Kind }> | null;
};

const MAKERS: Makers = {
  readiness: (readiness) => readiness,
  coverage: ({ coverage, evidence, ...told }) => ({
    ...headOf(told),
    kind: 'coverage',
    coverage,
    evidence,
    decisions: coverage.frameworks.slice(0, 1).map(({ framework, clauses }) => ({
      framework,
      ref: clauses[0]!.ref,
      state: 'waived',
      reason: told.client.name,
      by: told.preparedBy,
      at: ago(DAY),
      endsAt: '2027-01-31',
    })),
  }),
  plan: planOf,
  cards: cardsOf,
  'restore-test': certificateOf,
  incident: incidentOf,
  exercise: exerciseOf,
  portfolio: portfolioOf,
};

export const KINDS = Object.keys(MAKERS) as ReportKind[];

export const documentOf = (kind: ReportKind, facts: ClientFacts, locale: Locale): ReportSnapshot | null =>
  MAKERS[kind](snapshotOf(facts, locale));

const headOf = ({ format, locale, reference, madeAt, provider, client, preparedBy, versions }: Head) => ({
  ...{ format, locale, reference, madeAt, provider, client, preparedBy, versions },
});
function headOfAll(told: Head) {
  const { client: _, ...head } = headOf(told);
  return head;
}
type Head = Omit<ReadinessSnapshot, 'coverage' | 'evidence'>;

function certificateOf(readiness: ReadinessSnapshot): RestoreTestSnapshot | null {
  const [test] = readiness.restoreTests;
  if (!test) return null;
  const { files, asset, point, findings, evidence, ...told } = test;
  return {
    ...headOf(readiness),
    kind: 'restore-test',
    test: {
      ...told,
      askedBy: 'Claire Desrosiers',
      startedAt: ago(DAY),
      isSuspect: false,
      isSample: false,
      agent: null,
      independence: {
        host: readiness.client.name,
        ...{ otherHost: 'no', otherKey: 'yes', otherAccount: 'unknown', otherImplementation: 'no' },
      },
      planted: [
        {
          ...{ kind: 'pack-missing', level: 'L0', caught: true },
          finding: { code: 'pack.missing', params: { object: 'a/packs/b' }, message: '' },
        },
      ],
      checks: findings.map((finding) => ({
        ...{ name: 'content', level: 'L2b', verdict: 'failed', expected: '', observed: '' },
        where: readiness.client.name,
        because: finding,
      })),
      finding: findings[0] ?? null,
    },
    asset: { id: 'asset', name: asset },
    point: {
      ...{ id: point, store: readiness.client.name, dataTime: ago(DAY), files: files ?? 0, bytes: 2048 },
      ...{ storedBytes: 1024, packs: 1, reservations: 2, headSha256: hashOf(1), manifestSha256: hashOf(2) },
      sealedTo: [hashOf(3)],
      isLost: true,
    },
    evidence: readiness.evidence.filter(({ id }) => id === evidence),
  };
}

/** Every part of a plan once, with the client's own name wherever people type. */
function planOf(readiness: ReadinessSnapshot): PlanSnapshot {
  const { name } = readiness.client;
  const person = {
    ...{ name, hasLeft: true },
    points: [{ kind: 'mobile' as const, value: '06 39 98 01 14', isOutOfBand: true, verifiedAt: ago(DAY) }],
  };
  const [activity] = readiness.readiness.activities;
  return {
    ...headOf(readiness),
    kind: 'plan',
    plan: { id: 'plan', kind: 'drp', title: name, owner: null, keptIn: [name] },
    version: {
      ...{ id: 'version', number: 2, state: 'in-force', changeSummary: name, effectiveOn: null },
      ...{ createdBy: name, createdAt: ago(DAY), inForceAt: ago(DAY), sha256: hashOf(4), isIntact: true },
      openQuestions: 1,
    },
    approvals: [
      {
        by: name,
        role: 'client-approver',
        crisisRole: null,
        decision: 'approved',
        comment: name,
        at: ago(DAY),
      },
    ],
    history: [{ number: 2, state: 'in-force', createdBy: name, createdAt: ago(DAY), inForceAt: ago(DAY) }],
    distribution: [
      {
        name,
        channel: 'paper',
        sentAt: ago(DAY),
        sentBy: name,
        read: { at: ago(DAY), by: name, isSelf: true },
      },
      { name, channel: 'mail', sentAt: ago(DAY), sentBy: name, read: null },
    ],
    sections: [
      {
        ...{ kind: 'activation', title: name },
        body: `# ${name}\n\n- un **point**\n- un *autre*\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n    code\n    <script>\n\nfin\n`,
        payload: { thresholds: [{ sign: name, limit: '2 h', decidedBy: null }] },
      },
      {
        kind: 'comms',
        title: name,
        body: '',
        payload: { channels: [{ audience: name, channel: name, fallback: null, by: null }] },
      },
    ],
    runbook: {
      ...{ p50Seconds: 3600, p90Seconds: 7200, withoutTime: 1 },
      steps: [
        {
          ...{
            key: 'a',
            action: name,
            detail: name,
            who: null,
            skill: name,
            resource: 'technician',
            asset: name,
            after: [],
          },
          ...{ beginsAfterSeconds: 0, p50Seconds: 3600, p90Seconds: 7200, isOnLongestChain: true },
          ...{ successTest: name, rollback: name, link: 'https://example.org' },
        },
      ],
    },
    callTree: {
      ...{ bestSeconds: 120, worstSeconds: 900 },
      calls: [
        { key: 'a', name, depth: 0, people: [person], timeoutSeconds: 600, fallback: name, note: name },
      ],
    },
    roles: [{ name, cell: 'decision', mandate: name, mayApprove: true, holders: [person] }],
    directory: [{ ...person, points: [], employer: name, jobTitle: null, languages: ['fr'] }],
    activities: activity ? [activityShown(activity)] : [],
    restart: {
      steps: [
        restartStep('a', 1, []),
        restartStep('b', 2, ['a']),
        { ...restartStep('c', 3, ['b']), wave: null, standing: 'declared', beginsAfterSeconds: null },
      ],
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
    },
    scenarios: [{ id: 's', name, likelihood: 3 }],
    matrix: activity ? [{ scenario: 's', activity: activity.activity, state: 'gap' }] : [],
    strategies: [
      {
        name,
        protects: name,
        state: 'chosen',
        option: null,
        rtoSeconds: null,
        rpoSeconds: 3600,
        residualRisk: name,
      },
    ],
  };
}

function cardsOf(readiness: ReadinessSnapshot): CardsSnapshot {
  const { roles, callTree, plan } = planOf(readiness);
  const [role] = roles;
  return {
    ...headOf(readiness),
    kind: 'cards',
    cards: [
      {
        ...role!,
        decides: [{ plan: plan.title, sign: plan.title, limit: '2 h' }],
        calls: callTree.calls,
        steps: [{ plan: plan.title, place: 1, action: plan.title, beginsAfterSeconds: 0, p50Seconds: 600 }],
      },
    ],
    plans: [{ title: plan.title, number: 2, sha256: hashOf(4) }],
  };
}

type Activity = ReadinessSnapshot['readiness']['activities'][number];

const activityShown = ({ activity: id, name, mtpdSeconds, rtoSeconds, rpoSeconds }: Activity) => ({
  ...{
    id,
    name,
    owner: null,
    isPriority: true,
    criticality: 'vital' as const,
    mtpdSeconds,
    derivedMtpdSeconds: 3600,
  },
  ...{
    mtpdReason: name,
    rtoSeconds,
    wrtSeconds: null,
    rpoSeconds,
    mbco: name,
    mbcoPercent: 40,
    approval: null,
  },
  peaks: [{ name, from: '12-01', to: '01-15' }],
  curves: [
    {
      ...{ category: name, top: 4 },
      points: [
        { afterSeconds: 0, level: 1, isTolerable: true },
        { afterSeconds: 3600, level: 4, isTolerable: false },
      ],
    },
  ],
  resources: [{ afterSeconds: 0, kind: 'people', name, quantity: 2 }],
});

const restartStep = (
  asset: string,
  wave: number,
  after: string[],
): PlanSnapshot['restart']['steps'][number] => ({
  ...{
    asset,
    name: `Serveur de fichiers du siège ${asset}`,
    kind: 'server',
    wave,
    after,
    standing: 'measured',
  },
  ...{ seconds: 600, source: 'restore-test', beginsAfterSeconds: 600 * (wave - 1), activities: [] },
});

function incidentOf(readiness: ReadinessSnapshot): IncidentSnapshot {
  const { name } = readiness.client;
  return {
    ...headOf(readiness),
    kind: 'incident',
    incident: {
      ...{
        id: 'incident',
        title: name,
        class: 'cyber',
        severity: 'major',
        description: name,
        scenario: null,
      },
      ...{
        occurredAt: ago(3 * DAY),
        detectedAt: ago(2.9 * DAY),
        declaredAt: null,
        containedAt: ago(2 * DAY),
      },
      ...{
        restoredAt: ago(DAY),
        closedAt: null,
        unrestoredReason: name,
        dataLossSeconds: 3600,
        isReportable: true,
      },
      reports: [
        { to: name, dueAt: ago(DAY), doneAt: null },
        { to: name, dueAt: ago(DAY), doneAt: ago(2 * DAY) },
      ],
    },
    activities: readiness.readiness.activities.map(
      ({ name: activity, rtoSeconds, rpoSeconds, mtpdSeconds }) => ({
        ...{ name: activity, rtoSeconds, rpoSeconds, mtpdSeconds },
      }),
    ),
    assets: [name],
    aftermath: aftermathOf(name),
  };
}

function exerciseOf(readiness: ReadinessSnapshot): ExerciseSnapshot {
  const { name } = readiness.client;
  return {
    ...headOf(readiness),
    kind: 'exercise',
    exercise: {
      ...{ id: 'exercise', title: name, kind: 'tabletop', state: 'done', plannedOn: '2026-10-01' },
      ...{ startedAt: ago(2 * DAY), endedAt: ago(DAY), calledOffReason: name, summary: name, scenario: name },
      plans: [name],
      participants: [{ name, part: 'player', wasPresent: false }],
      objectives: [
        { objective: name, target: name, rating: 'met', note: name },
        { objective: name, target: null, rating: null, note: null },
      ],
      injects: [{ atSeconds: 600, message: name, givenTo: name, expected: name, outcome: null }],
      observations: [{ at: ago(DAY), author: name, note: name, severity: 'strength' }],
    },
    aftermath: { ...aftermathOf(name), isLogIntact: false, review: null, activations: [] },
  };
}

/** The client twice, better than it was at the last report, and another that is new. */
function portfolioOf({ client, readiness, coverage, ...told }: ReadinessSnapshot): PortfolioSnapshot {
  const { name } = client;
  const weakest = readiness.activities[0];
  const reason = { key: 'readiness.restore-never-measured', params: { asset: name } };
  const line = (id: string, level: number): PortfolioLine => ({
    ...{ id, name, level, computedAt: told.madeAt, isStale: level > 0, missing: readiness.missing },
    weakest: weakest
      ? {
          name: weakest.name,
          rtoSeconds: weakest.rtoSeconds,
          seconds: weakest.effective.seconds,
          verdict: weakest.effective.verdict,
        }
      : null,
    ...{ contradictions: 2, rtoBreaches: 1, rpoBreaches: 1, failedTests: 1, inconclusiveTests: 1 },
    ...{ overdueReviews: 1, overdueTests: 2, overdueActions: 3 },
    provenDataAt: level === 0 ? null : ago(200 * DAY),
  });
  const lines = weakest ? [line('a', 0), line('b', 3), line('c', 4)] : [];
  const before = {
    lines: [line('a', 2), line('b', 1), line('d', 5)],
    reference: told.reference,
    madeAt: ago(DAY),
  };
  return {
    ...headOfAll({ client, readiness, ...told }),
    kind: 'portfolio',
    timeZone: client.timeZone,
    lines,
    unknown: [name],
    first: weakest
      ? [
          {
            ...{
              client: name,
              level: 0,
              object: name,
              severity: 'contradiction',
              since: ago(DAY),
              others: 2,
            },
            ...{ reason, remedy: { ...reason, key: `report.action.${reason.key}` } },
          },
        ]
      : [],
    recurring: weakest ? [{ rule: 'restore-tests', clients: 2, findings: 3, contradictions: 1 }] : [],
    shared: weakest
      ? [
          {
            shared: { kind: 'supplier', name, isByName: true, clients: 120 },
            ...{ considered: 100, lostFrom: 2, lossCount: 3, lateAloneCount: 1, untimedActivities: 2 },
            losses: [
              {
                client: { id: 'a', name },
                activity: { id: 'x', name },
                ...{
                  rtoSeconds: 3600,
                  aloneSeconds: 3000,
                  lostFrom: 2,
                  togetherSeconds: 6000,
                  isDeclared: true,
                },
              },
            ],
          },
        ]
      : [],
    sharedTotal: weakest ? 4 : 0,
    frameworks: coverage.frameworks.map(({ framework, name: called, provenShare }) => ({
      ...{ framework, name: called, clients: 2, contradictedClients: 1, contradictions: 3 },
      ...{ leastProven: 0, mostProven: provenShare },
    })),
    trend: weakest ? trendOf(before, lines) : null,
  };
}

const aftermathOf = (name: string): Aftermath => ({
  log: [
    { seq: 1, at: ago(DAY), author: name, kind: 'fact', text: name, corrects: null },
    { seq: 2, at: ago(DAY), author: name, kind: 'correction', text: name, corrects: 1 },
  ],
  isLogIntact: true,
  activations: [
    {
      ...{ plan: name, number: 2, decidedBy: name, startedAt: ago(DAY), stoodDownAt: null },
      steps: [
        {
          ...{
            action: name,
            state: 'done',
            startedAt: ago(DAY),
            endedAt: ago(DAY),
            seconds: 700,
            plannedSeconds: 600,
          },
          ...{ by: name, note: name },
        },
      ],
    },
  ],
  review: {
    ...{
      dueOn: '2026-10-15',
      isOverdue: true,
      heldOn: null,
      closedAt: null,
      participants: name,
      causes: name,
    },
    ...{ whatWorked: name, whatFailed: null },
    lessons: [{ id: 'lesson', text: name, severity: 'major' }],
  },
  actions: [
    { title: name, owner: name, dueOn: '2026-12-01', state: 'overdue', effect: name, lesson: 'lesson' },
  ],
});
