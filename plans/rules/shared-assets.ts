/** Rule 2: what many need owes the shortest of their objectives, and may break it all by itself. */
import type { AssetFacts } from '../facts.ts';
import { because } from '../readiness/reasons.ts';
import type { Survey } from '../readiness/survey.ts';
import { requiredOf } from './required.ts';
import { found, type Rule, type RuleFinding, ruled } from './rule.ts';

export const sharedAssets: Rule = (survey) => {
  const objectives = requiredOf(survey);
  return [...survey.graph.assets.values()].flatMap((asset) => {
    const { rtoSeconds = null, rpoSeconds = null } = objectives.get(asset.id) ?? {};
    return [...overRto(asset, rtoSeconds, survey), ...overRpo(asset, rpoSeconds, survey)];
  });
};

function overRto({ id, name }: AssetFacts, rtoSeconds: number | null, { timings }: Survey): RuleFinding[] {
  const { standing, seconds } = timings.get(id)!;
  if (rtoSeconds === null || seconds <= rtoSeconds) return [];
  const object = { kind: 'asset', id, name } as const;
  if (standing === 'measured')
    return [
      found(
        'shared-assets',
        object,
        'contradiction',
        ruled('rules.asset-over-rto', { asset: name, seconds, rtoSeconds }),
      ),
    ];
  const told = ruled('rules.asset-declared-over-rto', { asset: name, declaredSeconds: seconds, rtoSeconds });
  return [found('shared-assets', object, 'warning', told)];
}

function overRpo({ id, name }: AssetFacts, rpoSeconds: number | null, { proof }: Survey): RuleFinding[] {
  const observedSeconds = proof.get(id)!.provenGapSeconds;
  if (rpoSeconds === null || observedSeconds === null || observedSeconds <= rpoSeconds) return [];
  const reason = because('readiness.loss-over-rpo', { asset: name, observedSeconds, rpoSeconds });
  return [found('shared-assets', { kind: 'asset', id, name }, 'contradiction', reason)];
}
