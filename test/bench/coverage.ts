/**
 * How long it takes to know where one large client stands: `node test/bench/coverage.ts [--rounds 20]`. 500 assets, 60
 * activities, 10,000 records of evidence, every framework of the catalogue.
 */
import { parseArgs } from 'node:util';
import { CATALOGUE } from '#/plans/coverage/catalogue.ts';
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import { ASSET_KINDS, type ClientFacts, type DependencyFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import {
  ago,
  anActivity,
  anAsset,
  aPlan,
  aPoint,
  aReadyClient,
  aRecord,
  aTest,
  DAY,
  HOUR,
  needs,
} from '../readiness/client.ts';

const SIZE = { assets: 500, activities: 60, evidence: 10_000, points: 90, tests: 4 };

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const facts = aLargeClient();
const frameworks = [...CATALOGUE.keys()];
const rows = [...CATALOGUE.values()].reduce((sum, framework) => sum + framework.rows.length, 0);
const times: Record<'readiness' | 'coverage' | 'both', number[]> = { readiness: [], coverage: [], both: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  const start = performance.now();
  const readiness = computeReadiness(facts);
  const between = performance.now();
  computeCoverage(facts, readiness, { frameworks, locale: 'fr' });
  const end = performance.now();
  times.readiness.push(between - start);
  times.coverage.push(end - between);
  times.both.push(end - start);
}

console.log(
  `${facts.assets.length} assets, ${facts.activities.length} activities, ${facts.dependencies.length} dependencies, ${facts.evidence.length} records, ${facts.recoveryPoints.length} points, ${facts.restoreTests.length} tests; ${rows} rows of ${frameworks.length} frameworks; Node ${process.version}`,
);
console.log('\n| ms | first | median | slowest |\n| --- | --- | --- | --- |');
for (const [what, all] of Object.entries(times)) {
  const sorted = all.toSorted((left, right) => left - right);
  const [first, median, slowest] = [all[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  console.log(`| ${what} | ${first?.toFixed(0)} | ${median?.toFixed(0)} | ${slowest?.toFixed(0)} |`);
}

/** Every third asset needs two before it, so chains are long and shared; every sixth holds data. */
function aLargeClient(): ClientFacts {
  const kinds = ASSET_KINDS;
  const assets = Array.from({ length: SIZE.assets }, (_, place) =>
    anAsset(`asset ${place}`, place % 6 === 0 ? 'data-set' : kinds[place % kinds.length]!),
  );
  const activities = Array.from({ length: SIZE.activities }, (_, place) =>
    anActivity({ id: `activity ${place}`, name: `Activity ${place}`, isPriority: place % 3 === 0 }),
  );
  const dependencies: DependencyFacts[] = [
    ...assets.flatMap(({ id }, place) =>
      place < 3
        ? []
        : [
            needs(id, `asset ${place - 1 - (place % 3)}`),
            needs(id, `asset ${Math.floor(place / 2)}`, 'data'),
          ],
    ),
    ...activities.flatMap(({ id }, place) =>
      Array.from({ length: 8 }, (_, one) =>
        needs(`activity:${id}`, `asset ${(place * 8 + one * 37) % SIZE.assets}`),
      ),
    ),
  ];
  const data = assets.filter(({ kind }) => kind === 'data-set');
  return aReadyClient({
    assets,
    activities,
    dependencies,
    plans: [aPlan({ activities: activities.map(({ id }) => id) })],
    policies: data.map(({ id }) => ({
      id: `policy of ${id}`,
      asset: id,
      intervalSeconds: DAY,
      isEnabled: true,
      retention: null,
      store: {
        id: 'far',
        kind: 's3',
        isOffsite: true,
        lockedUntil: null,
        site: null,
        account: null,
        needs: [],
      },
    })),
    recoveryPoints: data.flatMap(({ id }) =>
      Array.from({ length: SIZE.points }, (_, day) => aPoint(id, day * DAY + HOUR)),
    ),
    restoreTests: data.flatMap(({ id }) =>
      Array.from({ length: SIZE.tests }, (_, quarter) =>
        aTest(id, quarter * 90 * DAY + HOUR, { recoveryPoint: `${id} of ${quarter * 90 * DAY + HOUR}` }),
      ),
    ),
    evidence: Array.from({ length: SIZE.evidence }, (_, place) =>
      aRecord(['BRN', 'RST', 'INT', 'BIA', 'EXE'][place % 5]!, 'asset', `asset ${place % SIZE.assets}`, {
        id: `record ${place}`,
        at: ago(place * 60),
      }),
    ),
  });
}
