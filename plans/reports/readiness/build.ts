/** Gathers what a readiness report says. Everything in it is of this moment, and every figure names its records. */
import { computeCoverage, frameworksOf } from '../../coverage/compute-coverage.ts';
import type { ClientFacts } from '../../facts.ts';
import { assetObjectives } from '../../readiness/asset-objectives.ts';
import { computeReadiness } from '../../readiness/compute-readiness.ts';
import { type RecoveryPoint, readRecoveryPoints } from '../../recovery-points.ts';
import { listRestoreTests, type RestoreTest } from '../../restore-tests.ts';
import type { Work } from '../../work.ts';
import { type NumberedEvidence, numberEvidence } from '../numbered-evidence.ts';
import type { Built, ClientOrder } from '../order.ts';
import { foreignProofs } from './foreign-proofs.ts';
import type { ReadinessSnapshot } from './snapshot.ts';

const PERIOD_MS = 90 * 86_400_000;

/** Of the ninety days before. */
export async function buildReadiness(
  work: Work,
  { facts, locale }: ClientOrder,
): Promise<Built<'readiness'>> {
  const readiness = computeReadiness(facts);
  const coverage = computeCoverage(facts, readiness, { frameworks: frameworksOf(facts), locale });
  const evidence = numberEvidence(facts.evidence);
  const points = await readRecoveryPoints(work, facts.client.id);
  const tests = await listRestoreTests(work, facts.client.id);
  return {
    kind: 'readiness',
    client: facts.client,
    versions: { catalogue: coverage.catalogueVersion },
    period: { from: new Date(work.now.getTime() - PERIOD_MS).toISOString(), to: work.now.toISOString() },
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
    restoreTests: [
      ...tests.flatMap((test) => testInReport(test, { facts, points, evidence })),
      ...(await foreignProofs(work, facts)),
    ],
    recoveryPoints: points
      .filter(({ loss }) => loss === null)
      .map((point) => ({
        asset: point.asset.name,
        id: point.point,
        dataTime: point.dataTime,
        bytes: point.bytes,
        storedBytes: point.storedBytes,
        files: point.files,
        reservations: point.counts.torn + point.counts.vanished + point.counts.unreadable,
        headSha256: point.headSha256,
      })),
    evidence,
  };
}

/** A test that has not ended yet says nothing. */
function testInReport(
  test: RestoreTest,
  { facts, points, evidence }: { facts: ClientFacts; points: RecoveryPoint[]; evidence: NumberedEvidence[] },
): ReadinessSnapshot['restoreTests'] {
  if (test.finishedAt === null) return [];
  const objectives = assetObjectives(facts).get(test.asset.id);
  const point = points.find(({ id }) => id === test.recoveryPoint.id);
  const proof = evidence.find(
    ({ code, subject, at }) => code === 'RST' && subject.id === test.asset.id && at === test.finishedAt,
  );
  return [
    {
      id: test.id,
      asset: test.asset.name,
      point: test.recoveryPoint.point,
      state: test.state,
      requested: test.requested,
      reached: test.reached,
      finishedAt: test.finishedAt,
      seconds: test.seconds,
      bytes: test.bytes,
      files: point?.files ?? null,
      dataAgeSeconds: test.dataAgeSeconds,
      rtoSeconds: objectives?.rtoSeconds ?? null,
      rpoSeconds: objectives?.rpoSeconds ?? null,
      plantedFaults: test.plantedFaults,
      caught: test.caught,
      levels: test.result?.levels ?? [],
      findings: test.finding === null ? [] : [test.finding],
      tools: test.result?.tools ?? {},
      evidence: proof?.id ?? null,
    },
  ];
}
