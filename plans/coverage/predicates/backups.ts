/** Schedules, runs and copies of everything that holds data. */
import { claimsAgainstProof } from '../../claims/contradicted.ts';
import type { AssetFacts } from '../../facts.ts';
import {
  copyNotOffsite,
  enabledPolicies,
  intervalOverRpo,
  pointWithReservations,
} from '../../readiness/contradictions.ts';
import { combine, type Finding, finding } from '../finding.ts';
import { type Held, type Predicate, traced } from '../held.ts';
import { because } from '../reasons.ts';
import { provingRecord } from '../records.ts';

/** BPO: every data set has an enabled policy whose interval fits the objective (rule 6). One of another tool is declared at most. */
export const policies: Predicate = (held) => overData('BPO', held, policyOf);

/** BRN: runs of every data set left no gap longer than the objective, and the same holds of the points proven good. */
export const runs: Predicate = (held, maxAgeDays) =>
  overData('BRN', held, (asset) => runsOf(asset, held, maxAgeDays));

/** CPY-off: a copy is said to be elsewhere. No record shows another site and account (rule 7), so it is declared at most. */
export const offsiteCopies: Predicate = (held) => overData('CPY-off', held, offsiteOf);

/** CPY-imm: the newest proven point of each data set cannot be removed yet, by anybody. A lock that some may lift is none. */
export const lockedCopies: Predicate = (held, maxAgeDays) =>
  overData('CPY-imm', held, (asset) => lockOf(asset, held, maxAgeDays));

function overData(code: string, held: Held, judge: (asset: AssetFacts, held: Held) => Finding): Finding {
  if (held.data.length === 0) return finding('missing', [because('coverage.no-record', { code })]);
  return combine(held.data.map((asset) => judge(asset, held)));
}

function policyOf(asset: AssetFacts, { survey, objectives }: Held): Finding {
  const enabled = enabledPolicies(asset.id, survey);
  if (enabled.length === 0)
    return finding('missing', [because('coverage.no-backup-policy', { asset: asset.name })]);
  const tooSlow = intervalOverRpo(asset, objectives.get(asset.id)?.rpoSeconds ?? null, survey);
  if (tooSlow.length > 0) return finding('contradicted', tooSlow);
  const [other] = enabled;
  // How often another tool backs up is its own word, or somebody's.
  if (other?.tool && enabled.every(({ tool }) => tool))
    return finding('declared', [
      because('coverage.policy-of-other-tool', { asset: asset.name, tool: other.tool }),
    ]);
  return finding('proven');
}

function runsOf(asset: AssetFacts, held: Held, maxAgeDays: number | null): Finding {
  const { survey, records, now } = held;
  const against = claimsAgainstProof(asset, survey);
  if (against.length > 0) return finding('contradicted', against);
  const newest = survey.proof.get(asset.id)!.newestPoint;
  if (!newest)
    return (
      claimed(asset, survey) ??
      finding('missing', [because('coverage.no-recovery-point', { asset: asset.name })])
    );
  const record = provingRecord(records, 'BRN', `asset:${asset.id}`, { now });
  const trace = { code: 'BRN', subject: asset.name, at: newest.endedAt, record };
  return traced(gapFinding(asset, held), trace, now, maxAgeDays);
}

/** Another tool says that it backs the asset up: its word, and never more than declared. */
function claimed({ id, name }: AssetFacts, { facts }: Held['survey']): Finding | null {
  const claim = facts.claims.find(({ asset, state }) => asset === id && state === 'said-ok');
  if (!claim?.lastOkAt) return null;
  const params = { asset: name, vendor: claim.vendor, saidAt: claim.lastOkAt };
  return finding('declared', [because('coverage.backup-claimed', params)]);
}

function gapFinding(asset: AssetFacts, { survey, objectives, priorityData }: Held): Finding {
  const { claimedGapSeconds, provenGapSeconds } = survey.proof.get(asset.id)!;
  const reserved = priorityData.has(asset.id) ? pointWithReservations(asset, survey) : [];
  if (reserved.length > 0) return finding('contradicted', reserved);
  const rpoSeconds = objectives.get(asset.id)?.rpoSeconds ?? null;
  if (rpoSeconds === null)
    return finding('partial', [because('coverage.no-rpo-to-meet', { asset: asset.name })]);

  const observedSeconds = claimedGapSeconds!;
  if (observedSeconds > rpoSeconds)
    return finding('contradicted', [
      because('coverage.gap-over-rpo', { asset: asset.name, observedSeconds, rpoSeconds }),
    ]);
  const isProven = provenGapSeconds !== null && provenGapSeconds <= rpoSeconds;
  return isProven
    ? finding('proven')
    : finding('partial', [because('coverage.runs-unproven', { asset: asset.name })]);
}

function lockOf(asset: AssetFacts, { survey, records, now }: Held, maxAgeDays: number | null): Finding {
  const locked = survey.facts.recoveryPoints.find(
    (point) =>
      point.asset === asset.id &&
      point.lock?.mode === 'compliance' &&
      point.lock.until > now &&
      survey.proof.get(asset.id)!.passed.some(({ recoveryPoint }) => recoveryPoint === point.id),
  );
  if (!locked) return finding('missing', [because('coverage.copy-not-locked', { asset: asset.name })]);
  const record = provingRecord(records, 'BRN', `asset:${asset.id}`, { now });
  const trace = { code: 'CPY-imm', subject: asset.name, at: locked.endedAt, record };
  return traced(finding('proven'), trace, now, maxAgeDays);
}

function offsiteOf(asset: AssetFacts, { survey }: Held): Finding {
  const onSite = copyNotOffsite(asset, survey);
  if (onSite.length > 0) return finding('contradicted', onSite);
  if (enabledPolicies(asset.id, survey).length === 0)
    return finding('missing', [because('coverage.no-backup-policy', { asset: asset.name })]);
  if (!survey.proof.get(asset.id)!.newestPoint)
    return finding('missing', [because('coverage.no-recovery-point', { asset: asset.name })]);
  return finding('declared', [because('coverage.offsite-declared', { asset: asset.name })]);
}
