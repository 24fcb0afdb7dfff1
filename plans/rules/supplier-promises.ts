/** Rule 8: what a supplier promises, and when it works, fits what is wanted of it: 08:00 to 18:00 cannot meet 4 h at 22:00. */
import type { AssetFacts, ClientFacts, Reason } from '../facts.ts';
import { type Hours, longestWait } from '../hours.ts';
import { assetObjectives } from '../readiness/asset-objectives.ts';
import { type Graph, RECOVERY_EDGES, reach } from '../readiness/graph.ts';
import type { Survey } from '../readiness/survey.ts';
import { found, type Rule, ruled, type Severity } from './rule.ts';

export const supplierPromises: Rule = (survey) => {
  const wanted = wantedOf(survey);
  return [...survey.graph.assets.values()]
    .filter(({ kind }) => kind === 'supplier')
    .flatMap((supplier) => {
      const { id, name } = supplier;
      return promiseGaps(supplier, wanted.get(id) ?? null, survey.facts).map(([severity, reason]) =>
        found('supplier-promises', { kind: 'asset', id, name }, severity, reason),
      );
    });
};

interface Wanted {
  rtoSeconds: number;
  hours: Hours;
}

/** The shortest objective of all that need a supplier or what it provides, and whether they need it at any hour. */
function wantedOf({ facts, graph }: Survey): Map<string, Wanted> {
  const objectives = assetObjectives(facts);
  const always = neededAlways(facts, graph);
  const wanted = new Map<string, Wanted>();
  for (const { id, supplier, kind } of graph.assets.values()) {
    const from = kind === 'supplier' ? id : supplier;
    const rtoSeconds = objectives.get(id)?.rtoSeconds ?? null;
    if (from === null || rtoSeconds === null) continue;
    const known = wanted.get(from);
    const isAlways = known?.hours === 'always' || always.has(id);
    wanted.set(from, {
      rtoSeconds: Math.min(rtoSeconds, known?.rtoSeconds ?? rtoSeconds),
      hours: isAlways ? 'always' : facts.client.businessHours,
    });
  }
  return wanted;
}

const neededAlways = ({ activities }: ClientFacts, graph: Graph): Set<string> =>
  new Set(
    activities
      .filter(({ calendar }) => calendar === 'always')
      .flatMap((activity) => reach(graph, activity, RECOVERY_EDGES).assets.map(({ id }) => id)),
  );

function promiseGaps(
  { id, name: asset }: AssetFacts,
  wanted: Wanted | null,
  { suppliers, now }: ClientFacts,
): [Severity, Reason][] {
  const terms = suppliers.find((one) => one.asset === id);
  const ended = terms?.contractUntil != null && terms.contractUntil < now.slice(0, 10);
  return [
    ...(ended
      ? ([
          ['warning', ruled('rules.supplier-contract-ended', { asset, endedDate: terms.contractUntil! })],
        ] as [Severity, Reason][])
      : []),
    ...(wanted ? timeGaps(asset, wanted, terms) : []),
  ];
}

function timeGaps(
  asset: string,
  { rtoSeconds, hours }: Wanted,
  terms: ClientFacts['suppliers'][number] | undefined,
): [Severity, Reason][] {
  if (!terms || terms.promiseSeconds === null)
    return [['warning', ruled('rules.supplier-promises-nothing', { asset, rtoSeconds })]];
  const { promiseSeconds } = terms;
  const waitSeconds = longestWait(terms.hours, hours);
  if (waitSeconds === null) return [['contradiction', ruled('rules.supplier-never-there', { asset })]];
  if (waitSeconds + promiseSeconds <= rtoSeconds) return [];
  return [
    [
      'contradiction',
      waitSeconds === 0
        ? ruled('rules.promise-over-rto', { asset, promiseSeconds, rtoSeconds })
        : ruled('rules.supplier-over-rto', { asset, promiseSeconds, waitSeconds, rtoSeconds }),
    ],
  ];
}
