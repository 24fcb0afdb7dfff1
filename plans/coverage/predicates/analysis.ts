/** The impact analysis, what depends on what, the inventory and the suppliers. */
import type { ActivityFacts, AssetFacts } from '../../facts.ts';
import { ALL_EDGES, byName, reach } from '../../readiness/graph.ts';
import { analysisGaps, dependencyGaps } from '../../readiness/ladder.ts';
import { rtoAgainstMtpd } from '../../readiness/objectives.ts';
import { combine, type Finding, finding } from '../finding.ts';
import { type Held, type Predicate, traced } from '../held.ts';
import { because } from '../reasons.ts';
import { provingRecord } from '../records.ts';

/** BIA: each activity's analysis is approved, complete and does not contradict itself. */
export const analysis: Predicate = (held, maxAgeDays) => {
  if (held.activities.length === 0) return finding('missing', [because('coverage.no-activity', {})]);
  return combine(held.activities.map((activity) => analysisOf(activity, held, maxAgeDays)));
};

/** DEP: each priority activity reaches data, people, premises and a supplier, and nothing waits for itself. */
export const dependencies: Predicate = (held) => {
  if (held.priorities.length === 0)
    return finding('missing', [because('readiness.no-priority-activity', {})]);
  return combine(held.priorities.map((activity) => dependenciesOf(activity, held)));
};

/** INV: nothing in the inventory stands alone. Whether it is complete no record can say. */
export const inventory: Predicate = ({ survey, activities }) => {
  const { facts } = survey;
  if (facts.assets.length === 0) return finding('missing', [because('coverage.no-asset', {})]);
  const tied = new Set(
    facts.dependencies.flatMap(({ from, to }) => [`${from.kind}:${from.id}`, `asset:${to}`]),
  );
  return combine([
    ...activities.map(({ id, name }) =>
      tied.has(`activity:${id}`)
        ? finding('proven')
        : finding('missing', [because('readiness.no-dependencies', { activity: name })]),
    ),
    ...byName(facts.assets).map(({ id, name }) =>
      tied.has(`asset:${id}`)
        ? finding('proven')
        : finding('missing', [because('coverage.asset-orphan', { asset: name })]),
    ),
  ]);
};

/** SUP: suppliers are named, with a contact and a promise. Their promises and hours are what somebody says, so this is never more than declared. */
export const suppliers: Predicate = ({ survey }) => {
  const named = byName(survey.facts.assets).filter(({ kind }: AssetFacts) => kind === 'supplier');
  if (named.length === 0) return finding('missing', [because('coverage.no-record', { code: 'SUP' })]);
  return combine(
    named.map(({ id, name }) => {
      const terms = survey.facts.suppliers.find(({ asset }) => asset === id);
      return terms && terms.contact !== null && terms.promiseSeconds !== null
        ? finding('declared', [because('coverage.supplier-declared', { asset: name })])
        : finding('missing', [because('coverage.supplier-lacks-terms', { asset: name })]);
    }),
  );
};

/** SLA: an agreement is in force. What it promises is what somebody says. */
export const agreements: Predicate = ({ survey }) => {
  const [agreement] = survey.facts.agreements;
  return agreement
    ? finding('declared', [because('coverage.agreement-said', { agreement: agreement.title })])
    : finding('missing', [because('coverage.no-record', { code: 'SLA' })]);
};

function analysisOf(activity: ActivityFacts, { records, now }: Held, maxAgeDays: number | null): Finding {
  const { id, name, owner, mbco, approval } = activity;
  const gaps = [
    ...analysisGaps(activity),
    ...(owner ? [] : [because('coverage.analysis-lacks-owner', { activity: name })]),
    ...(mbco ? [] : [because('coverage.analysis-lacks-mbco', { activity: name })]),
  ];
  if (rtoAgainstMtpd(activity).length > 0) return finding('contradicted', gaps);
  if (!approval) return finding('missing', gaps);
  const record = provingRecord(records, 'BIA', `activity:${id}`, { now });
  const found = finding(gaps.length > 0 ? 'partial' : 'proven', gaps);
  return traced(found, { code: 'BIA', subject: name, at: approval.at, record }, now, maxAgeDays);
}

function dependenciesOf(activity: ActivityFacts, { survey, circular }: Held): Finding {
  const gaps = dependencyGaps(activity, survey);
  const { assets } = reach(survey.graph, activity, ALL_EDGES);
  if (assets.some(({ id }) => circular.has(id))) return finding('contradicted', gaps);
  if (assets.length === 0) return finding('missing', gaps);
  return finding(gaps.length > 0 ? 'partial' : 'proven', gaps);
}
