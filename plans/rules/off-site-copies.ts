/** Rule 7: a copy that is called off-site lies at another site than its source, and in an account of its own. */
import type { AssetFacts, PolicyFacts, Reason } from '../facts.ts';
import { copyNotOffsite, enabledPolicies } from '../readiness/contradictions.ts';
import { holdsData } from '../readiness/data-needed.ts';
import type { Survey } from '../readiness/survey.ts';
import { found, type Rule, ruled, type Severity } from './rule.ts';

export const offSiteCopies: Rule = (survey) =>
  [...survey.graph.assets.values()].filter(holdsData).flatMap((asset) => {
    const { id, name } = asset;
    return copyGaps(asset, survey).map(([severity, reason]) =>
      found('off-site-copies', { kind: 'asset', id, name }, severity, reason),
    );
  });

function copyGaps(asset: AssetFacts, survey: Survey): [Severity, Reason][] {
  const [none] = copyNotOffsite(asset, survey);
  if (none) return [['contradiction', none]];
  const offsite = enabledPolicies(asset.id, survey).filter(({ store }) => store.isOffsite);
  if (offsite.length === 0 || offsite.some((policy) => isShown(policy, asset))) return [];
  if (asset.site !== null && offsite.every(({ store }) => store.site === asset.site)) {
    const site = survey.facts.sites.find(({ id }) => id === asset.site)?.name ?? '';
    return [['contradiction', ruled('rules.offsite-at-same-site', { asset: asset.name, site })]];
  }
  return [['warning', ruled('rules.offsite-not-shown', { asset: asset.name })]];
}

/** Somebody said where both stand, and whose account the copy is in. */
const isShown = ({ store }: PolicyFacts, { site }: AssetFacts): boolean =>
  site !== null && store.site !== null && store.site !== site && (store.account ?? '').trim() !== '';
