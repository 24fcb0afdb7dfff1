import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { NewActivity } from '#/plans/activities.ts';
import { type Expectation, NewAssertion } from '#/plans/assertions.ts';
import { labelFrom } from '#/plans/asset-labels.ts';
import { NewAsset } from '#/plans/assets.ts';
import { NewClient } from '#/plans/clients.ts';
import { NewDependency } from '#/plans/dependencies.ts';
import { type ClientFacts, SECTION_KINDS } from '#/plans/facts.ts';
import { NewPlanVersion } from '#/plans/plan-versions.ts';
import { NewPlan } from '#/plans/plans.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { DEMO } from '#/server/demo/content/client.ts';
import { fillErpDatabase } from '#/server/demo/erp-database.ts';
import {
  ago,
  anActivity,
  anAsset,
  aPlan,
  aPoint,
  aSupplier,
  aTest,
  DAY,
  HOUR,
  NOW,
  needs,
  nothingElse,
} from '../readiness/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgresql.ts';

const ANY_ID = '00000000-0000-4000-8000-000000000000';
const assetRefs = DEMO.assets.map(({ ref }) => ref);
const activityRefs = DEMO.activities.map(({ ref }) => ref);

describe('the content of the demo', () => {
  it('is what the service takes', () => {
    NewClient.parse(DEMO.client);
    for (const asset of DEMO.assets) NewAsset.parse(asset);
    for (const activity of DEMO.activities) NewActivity.parse(activity);
    for (const plan of DEMO.plans) NewPlan.parse({ ...plan, activities: [] });
    for (const { version } of DEMO.plans) NewPlanVersion.parse(version);
    for (const assertion of DEMO.assertions) NewAssertion.parse({ ...assertion, asset: ANY_ID });
    for (const { kind } of DEMO.dependencies)
      NewDependency.parse({ from: { kind: 'asset', id: ANY_ID }, to: ANY_ID, kind });
  });

  it('names only what it has, and each thing once', () => {
    const refs = [...assetRefs, ...activityRefs];
    const labels = DEMO.assets.map(({ label, name }) => label ?? labelFrom(name));
    const edges = DEMO.dependencies.map(({ from, to, kind }) => `${from} ${kind} ${to}`);

    for (const names of [refs, labels, edges, DEMO.activities.map(({ name }) => name)])
      expect(new Set(names).size).to.equal(names.length);
    expect(labels).to.include.members(['erp-postgresql', 'documents-partages']);
    expect(refs).to.include.members(DEMO.dependencies.map(({ from }) => from));
    expect(assetRefs).to.include.members(DEMO.dependencies.map(({ to }) => to));
    expect(assetRefs).to.include.members(DEMO.assertions.map(({ asset }) => asset));
    expect(activityRefs).to.include.members(DEMO.plans.flatMap(({ activities }) => activities));
  });

  it('has every asset needed by something, and no circle', () => {
    const finished = new Set<string>();
    const visit = (ref: string, trail: string[]) => {
      expect(trail, 'a circle').not.to.include(ref);
      if (finished.has(ref)) return;
      for (const { from, to } of DEMO.dependencies) if (from === ref) visit(to, [...trail, ref]);
      finished.add(ref);
    };
    for (const ref of activityRefs) visit(ref, []);

    expect([...finished]).to.include.members(assetRefs);
  });

  it('wants every activity back before its stop can no longer be borne', () => {
    for (const { name, rtoSeconds, mtpdSeconds } of DEMO.activities.map((one) => NewActivity.parse(one)))
      expect(rtoSeconds, name).to.be.lessThan(mtpdSeconds ?? 0);
  });

  it('has a PCA and a PRA, each with every section written out', () => {
    expect(DEMO.plans.map(({ kind }) => kind)).to.deep.equal(['bcp', 'drp']);
    for (const { title, version } of DEMO.plans) {
      expect(version.sections.map(({ kind }) => kind)).to.deep.equal([...SECTION_KINDS]);
      for (const { kind, body } of version.sections) {
        const words = body.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length;
        expect(words, `${title}, ${kind}`).to.be.within(120, 350);
        expect(body, `${title}, ${kind}`).not.to.match(/XXX|TODO|lorem|'/i);
      }
    }
  });

  it('lets billing climb on the two restores that are measured, and shows the rest as not measured', () => {
    const { activities } = computeReadiness(factsOfDemo(), { restoreIntervalDays: 365 });
    const levels = new Map(activities.map(({ activity, level }) => [activity, level]));
    const verdicts = new Map(activities.map(({ activity, effective }) => [activity, effective.verdict]));

    expect(levels.get('billing')).to.equal(5);
    expect(verdicts.get('billing')).to.equal('within');
    for (const ref of ['orders', 'shipping', 'assembly'])
      expect([levels.get(ref), verdicts.get(ref)]).to.deep.equal([ref === 'orders' ? 3 : 4, 'unmeasured']);
  });
});

describe('the ERP database of the demo', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });

  after(() => database.drop());

  it('is filled once, the same each time', async () => {
    const first = await fillErpDatabase(database.ownerUrl);
    const second = await fillErpDatabase(database.ownerUrl);

    expect(first).to.deep.equal({ tables: 10, rows: 34_540 });
    expect(second).to.deep.equal(first);
  });

  for (const { name, query, expectation } of DEMO.assertions)
    it(`answers: ${name}`, async () => {
      await using session = await openSession(database.ownerUrl);

      const answer = await session.queryText(query);

      expect(answer).to.have.length(1);
      expect(answer[0]).to.have.length(1);
      expect(isAsExpected(answer[0]?.[0] ?? null, expectation), String(answer)).to.equal(true);
    });
});

function isAsExpected(answer: string | null, expectation: Expectation): boolean {
  if (expectation.op === 'not-empty') return answer !== null && answer !== '';
  if (expectation.op === '=') return answer === String(expectation.value);
  if (expectation.op === '>=') return Number(answer) >= expectation.value;
  return Number(answer) >= expectation.low && Number(answer) <= expectation.high;
}

/** The client as it stands once both data sets were restored in a test: an hour each, of data an hour old. */
function factsOfDemo(): ClientFacts {
  const approval = { by: 'Philippe Garnier', at: ago(DAY) };
  const measured = ['erp-data', 'documents'];
  return {
    now: NOW,
    client: { ...NewClient.parse(DEMO.client), id: 'client', businessHours: 'always' },
    activities: DEMO.activities.map(({ ref, ...activity }) =>
      anActivity({ ...NewActivity.parse(activity), id: ref, approval }),
    ),
    assets: DEMO.assets.map(({ ref, name, kind, location = null }) =>
      anAsset(ref, kind, { name, location: location as string | null }),
    ),
    dependencies: DEMO.dependencies.map(({ from, to, kind }, position) => ({
      ...needs(activityRefs.includes(from) ? `activity:${from}` : from, to, kind),
      id: String(position),
    })),
    plans: [aPlan({ activities: activityRefs })],
    policies: [],
    recoveryPoints: measured.map((asset) => aPoint(asset, HOUR)),
    lostPoints: [],
    restoreTests: measured.map((asset) => aTest(asset, HOUR)),
    evidence: [],
    ...nothingElse(),
    suppliers: DEMO.assets.filter(({ kind }) => kind === 'supplier').map(({ ref }) => aSupplier(ref)),
  };
}
