/** When damage is noticed there is still a point from before it. */
import { enabledPolicies } from '../readiness/contradictions.ts';
import { holdsData } from '../readiness/data-needed.ts';
import { found, type Rule, ruled } from './rule.ts';

export const retention: Rule = (survey) =>
  [...survey.graph.assets.values()].filter(holdsData).flatMap(({ id, name }) => {
    // Of another tool nothing is known until something shows how far back it keeps.
    const kept = enabledPolicies(id, survey)
      .filter((policy) => !policy.tool || policy.retention !== null)
      .map((policy) => policy.retention);
    const short = kept.find((one) => one !== null && one.reachDays < one.noticedDays);
    // One policy that keeps what is needed is enough.
    if (!short || kept.some((one) => one === null || one.reachDays >= one.noticedDays)) return [];
    const reason = ruled('rules.retention-too-short', { asset: name, ...short });
    return [found('retention', { kind: 'asset', id, name }, 'contradiction', reason)];
  });
