/** Gathers what a report says. Everything in it is of this moment, and every figure names its records. */

import { loadFacts } from '../client-facts.ts';
import { findClient } from '../clients.ts';
import { computeCoverage, frameworksOf } from '../coverage/compute-coverage.ts';
import { notFound } from '../errors.ts';
import type { ClientFacts, EvidenceFacts } from '../facts.ts';
import { assetObjectives } from '../readiness/asset-objectives.ts';
import { computeReadiness } from '../readiness/compute-readiness.ts';
import { type RecoveryPoint, readRecoveryPoints } from '../recovery-points.ts';
import { listRestoreTests, type RestoreTest } from '../restore-tests.ts';
import type { Work } from '../work.ts';
import { foreignProofs } from './foreign-proofs.ts';
import type { Locale, ReportSnapshot } from './snapshot.ts';

export const TEMPLATE_VERSION = '1';
const PERIOD_MS = 90 * 86_400_000;

/** `versions` are those of the product and of the engine that made the points. */
export async function buildSnapshot(
  work: Work,
  clientId: string,
  {
    locale,
    reference,
    versions,
  }: { locale: Locale; reference: string; versions: { product: string; engine: string } },
): Promise<ReportSnapshot> {
  const client = await findClient(work, clientId);
  const facts = (await loadFacts(work, [client])).get(clientId);
  if (!facts) throw notFound('client');
  const readiness = computeReadiness(facts);
  const coverage = computeCoverage(facts, readiness, { frameworks: frameworksOf(facts), locale });
  const provider = await work.db
    .selectFrom('providers')
    .select(['id', 'name'])
    .where('id', '=', work.provider)
    .executeTakeFirstOrThrow();
  const evidence = number(facts.evidence);
  const points = await readRecoveryPoints(work, clientId);
  const tests = await listRestoreTests(work, clientId);

  return {
    format: 'reprise-report/1',
    kind: 'readiness',
    locale,
    reference,
    madeAt: work.now.toISOString(),
    period: { from: new Date(work.now.getTime() - PERIOD_MS).toISOString(), to: work.now.toISOString() },
    provider,
    client: facts.client,
    preparedBy: work.actor.name,
    versions: { ...versions, template: TEMPLATE_VERSION, catalogue: coverage.catalogueVersion },
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

type Numbered = ReportSnapshot['evidence'][number];

/** E-001 on, in order of time; the same facts always get the same numbers. */
function number(evidence: EvidenceFacts[]): Numbered[] {
  const inOrder = evidence.toSorted(
    (left, right) => left.at.localeCompare(right.at) || left.id.localeCompare(right.id),
  );
  return inOrder.map((one, index) => ({ ...one, number: `E-${String(index + 1).padStart(3, '0')}` }));
}

/** A test that has not ended yet says nothing. */
function testInReport(
  test: RestoreTest,
  { facts, points, evidence }: { facts: ClientFacts; points: RecoveryPoint[]; evidence: Numbered[] },
): ReportSnapshot['restoreTests'] {
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
