/** The snapshot of each kind of report, made of plain facts. A kind that these facts give nothing to tell has none. */
import type { ClientFacts } from '#/plans/facts.ts';
import type { Locale } from '#/plans/reports/head.ts';
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
  'restore-test': certificateOf,
};

export const KINDS = Object.keys(MAKERS) as ReportKind[];

export const documentOf = (kind: ReportKind, facts: ClientFacts, locale: Locale): ReportSnapshot | null =>
  MAKERS[kind](snapshotOf(facts, locale));

const headOf = ({ format, locale, reference, madeAt, provider, client, preparedBy, versions }: Head) => ({
  ...{ format, locale, reference, madeAt, provider, client, preparedBy, versions },
});
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
