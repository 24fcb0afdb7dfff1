/** Rule 6: from one backup to the end of the next no more goes by than may be lost. */
import type { AssetFacts, Reason } from '../facts.ts';
import { enabledPolicies, intervalOverRpo } from '../readiness/contradictions.ts';
import { holdsData } from '../readiness/data-needed.ts';
import type { Survey } from '../readiness/survey.ts';
import { secondsBetween } from '../readiness/time.ts';
import { requiredOf } from './required.ts';
import { found, type Rule, ruled, type Severity } from './rule.ts';

export const backupInterval: Rule = (survey) => {
  const objectives = requiredOf(survey);
  return [...survey.graph.assets.values()].filter(holdsData).flatMap((asset) => {
    const rpoSeconds = objectives.get(asset.id)?.rpoSeconds ?? null;
    if (rpoSeconds === null) return [];
    const { id, name } = asset;
    return lateBackups(asset, rpoSeconds, survey).map(([severity, reason]) =>
      found('backup-interval', { kind: 'asset', id, name }, severity, reason),
    );
  });
};

function lateBackups(asset: AssetFacts, rpoSeconds: number, survey: Survey): [Severity, Reason][] {
  const { id, name } = asset;
  const policies = enabledPolicies(id, survey);
  if (policies.length === 0) return [['warning', ruled('rules.not-backed-up', { asset: name, rpoSeconds })]];
  const [tooRare] = intervalOverRpo(asset, rpoSeconds, survey);
  if (tooRare) return [['contradiction', tooRare]];
  const intervalSeconds = Math.min(...policies.map((policy) => policy.intervalSeconds));
  const runSeconds = lastRunSeconds(id, survey);
  if (intervalSeconds + runSeconds <= rpoSeconds) return [];
  const reason = ruled('rules.interval-and-run-over-rpo', {
    asset: name,
    intervalSeconds,
    runSeconds,
    rpoSeconds,
  });
  return [['contradiction', reason]];
}

/** From the moment of the data until the newest point was whole in its store: the run and the copying. */
function lastRunSeconds(asset: string, { proof }: Survey): number {
  const { newestPoint } = proof.get(asset)!;
  return newestPoint ? secondsBetween(newestPoint.dataTime, newestPoint.endedAt) : 0;
}
