/** Gathers what the certificate of a restore test says. */
import { assetObjectives } from '../../readiness/asset-objectives.ts';
import { findRecoveryPoint } from '../../recovery-points.ts';
import { findRestoreTest, type RestoreTest } from '../../restore-tests.ts';
import type { Work } from '../../work.ts';
import { numberEvidence } from '../numbered-evidence.ts';
import type { Built, ClientOrder } from '../order.ts';

export async function buildRestoreTest(
  work: Work,
  { facts, subject }: ClientOrder,
): Promise<Built<'restore-test'>> {
  const test = await findRestoreTest(work, subject);
  const point = await findRecoveryPoint(work, test.recoveryPoint.id);
  const { rtoSeconds = null, rpoSeconds = null } = assetObjectives(facts).get(test.asset.id) ?? {};
  const { torn, vanished, unreadable } = point.counts;
  return {
    kind: 'restore-test',
    client: facts.client,
    versions: {},
    test: { ...toldOf(test), rtoSeconds, rpoSeconds },
    asset: { id: test.asset.id, name: test.asset.name },
    point: {
      id: point.point,
      store: point.store.name,
      dataTime: point.dataTime,
      files: point.files,
      bytes: point.bytes,
      storedBytes: point.storedBytes,
      packs: point.packs,
      reservations: torn + vanished + unreadable,
      headSha256: point.headSha256,
      manifestSha256: point.manifestSha256,
      sealedTo: point.sealedTo,
      isLost: point.loss !== null,
    },
    evidence: numberEvidence(
      facts.evidence.filter(
        ({ code, subject: about, at }) =>
          code === 'RST' && about.id === test.asset.id && at === test.finishedAt,
      ),
    ),
  };
}

/** Only tests that ended are offered as subjects. */
const toldOf = (test: RestoreTest) => ({
  id: test.id,
  state: test.state,
  requested: test.requested,
  reached: test.reached,
  askedBy: test.askedBy,
  startedAt: test.startedAt,
  finishedAt: test.finishedAt ?? test.askedAt,
  seconds: test.seconds,
  bytes: test.bytes,
  dataAgeSeconds: test.dataAgeSeconds,
  plantedFaults: test.plantedFaults,
  caught: test.caught,
  isSuspect: test.isSuspect,
  isSample: test.budget !== null,
  agent: test.agent?.name ?? null,
  independence: test.result?.independence ?? null,
  levels: test.result?.levels ?? [],
  planted: test.result?.plantedFaults ?? [],
  checks: test.result?.checks ?? [],
  tools: test.result?.tools ?? {},
  finding: test.finding,
});
