/** What restore tests say: that it does not come back, that nobody could tell, and that the proof grows old. */
import type { ClientFacts, RestoreTestFacts } from '../../facts.ts';
import { RESTORE_INTERVAL_DAYS } from '../../readiness/compute-readiness.ts';
import { type AssetProof, measureOf, proofOf } from '../../readiness/restore-proof.ts';
import type { FactRule } from './rule.ts';

const DAY_MS = 86_400_000;
/** So long before a proof expires there is time for another. */
const AHEAD_DAYS = 14;

export const testFailed: FactRule = {
  name: 'test-failed',
  find: (facts) =>
    backedUp(facts).flatMap(({ asset, proof: { failure } }) =>
      failure
        ? [
            {
              key: asset.id,
              severity: 'critical',
              since: new Date(failure.finishedAt),
              reason: { key: 'alert.test-failed', params: { asset: asset.name, level: failure.requested } },
              because: null,
              subjects: [asset, subjectOf(failure)],
            },
          ]
        : [],
    ),
};

export const testInconclusive: FactRule = {
  name: 'test-inconclusive',
  find: (facts) =>
    backedUp(facts).flatMap(({ asset }) => {
      const last = facts.restoreTests
        .filter((test) => test.asset === asset.id && test.finishedAt !== null)
        .reduce<ClientFacts['restoreTests'][number] | null>(
          (late, test) => (late && late.finishedAt! >= test.finishedAt! ? late : test),
          null,
        );
      if (last?.state !== 'inconclusive') return [];
      return [
        {
          key: asset.id,
          severity: 'warning',
          since: new Date(last.finishedAt!),
          reason: { key: 'alert.test-inconclusive', params: { asset: asset.name, level: last.requested } },
          because: null,
          subjects: [asset, subjectOf(last)],
        },
      ];
    }),
};

export const proofStale: FactRule = {
  name: 'proof-stale',
  find: (facts) =>
    lastProofs(facts).flatMap(({ asset, expiresAt, isStale }) =>
      isStale
        ? [
            {
              key: asset.id,
              severity: 'warning',
              since: new Date(expiresAt),
              reason: { key: 'alert.proof-stale', params: { asset: asset.name } },
              because: null,
              subjects: [asset],
            },
          ]
        : [],
    ),
};

export const proofExpiring: FactRule = {
  name: 'proof-expiring',
  find: (facts) =>
    lastProofs(facts).flatMap(({ asset, expiresAt, isStale }) =>
      !isStale && expiresAt - Date.parse(facts.now) <= AHEAD_DAYS * DAY_MS
        ? [
            {
              key: asset.id,
              severity: 'notice',
              since: new Date(expiresAt - AHEAD_DAYS * DAY_MS),
              reason: {
                key: 'alert.proof-expiring',
                params: { asset: asset.name, expiresAt: new Date(expiresAt).toISOString() },
              },
              because: null,
              subjects: [asset],
            },
          ]
        : [],
    ),
  moments: (facts) => lastProofs(facts).map(({ expiresAt }) => expiresAt - AHEAD_DAYS * DAY_MS),
};

const subjectOf = ({ id, requested, tool }: RestoreTestFacts) => ({
  kind: tool ? 'repository-proof' : 'restore-test',
  id,
  name: requested,
});

interface BackedUp {
  asset: { kind: 'asset'; id: string; name: string };
  proof: AssetProof;
}

/** What a policy that is switched on backs up. */
function backedUp(facts: ClientFacts): BackedUp[] {
  const wanted = new Set(facts.policies.filter(({ isEnabled }) => isEnabled).map((policy) => policy.asset));
  if (wanted.size === 0) return [];
  const proofs = proofOf(facts);
  return facts.assets
    .filter(({ id }) => wanted.has(id))
    .map(({ id, name }) => ({ asset: { kind: 'asset', id, name }, proof: proofs.get(id)! }));
}

/** Where a full restore once passed and no failure stands since: when that ceases to count. */
const lastProofs = (facts: ClientFacts) =>
  backedUp(facts).flatMap(({ asset, proof }) => {
    const measure = measureOf(proof, facts.now, RESTORE_INTERVAL_DAYS);
    if (measure.kind !== 'measured' && measure.kind !== 'stale') return [];
    const expiresAt = Date.parse(measure.test.finishedAt) + RESTORE_INTERVAL_DAYS * DAY_MS;
    return [{ asset, expiresAt, isStale: measure.kind === 'stale' }];
  });
