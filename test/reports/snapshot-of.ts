/** The snapshot of a client made of plain facts, as the service would take it. */
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import type { ClientFacts, EvidenceFacts, RestoreTestFacts } from '#/plans/facts.ts';
import { TEST_LEVELS } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { ago, DAY, HOUR, NOW } from '../readiness/client.ts';

/** A hash that no file has. */
export const hashOf = (seed: number) => seed.toString(16).padStart(4, '0').repeat(16);

/** The snapshot a report of these facts is drawn from. */
export function snapshotOf(facts: ClientFacts, locale: Locale): ReadinessSnapshot {
  const readiness = computeReadiness(facts);
  const coverage = computeCoverage(facts, readiness, { frameworks: ['ISO22301', '2024/2690'], locale });
  const nameOf = (id: string) => facts.assets.find((asset) => asset.id === id)?.name ?? id;
  const inOrder = facts.evidence.toSorted((left, right) => left.at.localeCompare(right.at));
  const evidence = inOrder.map((record, index) => numbered(record, index, nameOf));
  return {
    format: 'reprise-report/1',
    kind: 'readiness',
    locale,
    reference: 'RPR-2026-7F3A9C21',
    madeAt: facts.now,
    period: { from: ago(90 * DAY), to: facts.now },
    provider: { id: 'provider', name: 'Amarante Continuité' },
    client: facts.client,
    preparedBy: 'Claire Desrosiers',
    versions: { product: '0.1.0', template: '1', catalogue: coverage.catalogueVersion, engine: '1' },
    readiness,
    coverage,
    plans: facts.plans.map(({ kind, title, owner, inForce }) => ({
      kind,
      title,
      owner,
      version: inForce?.number ?? null,
      sha256: inForce?.sha256 ?? null,
      approvals: inForce?.approvals ?? [],
    })),
    restoreTests: facts.restoreTests.map((test) =>
      testIn(test, { name: nameOf(test.asset), evidence: facts.evidence }),
    ),
    recoveryPoints: facts.recoveryPoints.map((point, index) => ({
      asset: nameOf(point.asset),
      id: point.id,
      dataTime: point.dataTime,
      bytes: point.bytes,
      storedBytes: Math.round(point.bytes * 0.62),
      files: point.files,
      reservations: point.reservations.torn + point.reservations.unreadable,
      headSha256: hashOf(index + 4096),
    })),
    evidence,
  };
}

function numbered(record: EvidenceFacts, index: number, nameOf: (id: string) => string) {
  const subject = { ...record.subject, name: nameOf(record.subject.name) };
  return {
    ...record,
    subject,
    sha256: hashOf(index + 513),
    number: `E-${String(index + 1).padStart(3, '0')}`,
  };
}

function testIn(
  test: RestoreTestFacts,
  { name, evidence }: { name: string; evidence: EvidenceFacts[] },
): ReadinessSnapshot['restoreTests'][number] {
  const last = test.state === 'failed' ? 'L2b' : test.reached;
  const run = last === null ? [] : TEST_LEVELS.slice(0, TEST_LEVELS.indexOf(last) + 1);
  return {
    ...test,
    asset: name,
    point: test.recoveryPoint,
    finishedAt: test.finishedAt ?? NOW,
    files: 3,
    rtoSeconds: 4 * HOUR,
    rpoSeconds: 4 * HOUR,
    levels: run.map((level) => ({
      level,
      verdict: test.state === 'failed' && level === last ? 'failed' : 'passed',
      seconds: 40 + 200 * TEST_LEVELS.indexOf(level),
      bytes: test.bytes ?? 0,
    })),
    findings:
      test.state === 'failed'
        ? [
            {
              code: 'entry.content-differs',
              params: { path: 'plans/assemblage-114.dwg' },
              message: 'plans/assemblage-114.dwg has another SHA-256.',
            },
          ]
        : [],
    tools: { age: '1.2.1', tar: '1.35' },
    evidence:
      evidence.find(
        ({ code, subject, at }) => code === 'RST' && subject.id === test.asset && at === test.finishedAt,
      )?.id ?? null,
  };
}
