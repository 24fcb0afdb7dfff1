import { expect } from 'chai';
import fc from 'fast-check';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import {
  aFailedTest,
  ago,
  anActivity,
  anAsset,
  aPoint,
  aReadyClient,
  aTest,
  DAY,
  HOUR,
  needs,
} from './client.ts';

const billing = (facts: ClientFacts) => computeReadiness(facts).activities[0]!;
const keys = (facts: ClientFacts) => billing(facts).effective.reasons.map(({ key }) => key);

/** A chain of servers, the activity on top; each restore takes an hour. */
const chainOf = (length: number): Partial<ClientFacts> => {
  const ids = Array.from({ length }, (_, index) => `server ${index}`);
  return {
    assets: ids.map((id) => anAsset(id, 'server')),
    dependencies: ids.map((id, index) => needs(index === 0 ? 'activity:billing' : ids[index - 1]!, id)),
    restoreTests: ids.map((id) => aTest(id, DAY)),
  };
};

describe('effective recovery time', () => {
  it('adds up the chain over hard, data and start-order edges', () => {
    const { effective } = billing(aReadyClient());

    expect(effective.verdict).to.equal('within');
    expect(effective.seconds).to.equal(4 * HOUR);
    expect(effective.path.map(({ name }) => name)).to.deep.equal(['host', 'sql', 'erp']);
    expect(effective.path[0]).to.include({ seconds: HOUR, measuredAt: ago(10 * DAY), isRestorable: true });
  });

  it('does not wait over soft and human edges', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('wiki', 'application'));
    facts.dependencies.push(needs('activity:billing', 'wiki', 'soft'), needs('erp', 'wiki', 'human'));

    expect(billing(facts).effective).to.include({ verdict: 'within', seconds: 4 * HOUR });
  });

  it('is unmeasured while anything restorable has no measure, with the rest as lower bound', () => {
    const facts = aReadyClient();
    facts.restoreTests = facts.restoreTests.filter(({ asset }) => asset !== 'erp');

    expect(billing(facts).effective).to.deep.include({
      verdict: 'unmeasured',
      seconds: 3 * HOUR,
      reasons: [{ key: 'readiness.restore-never-measured', params: { asset: 'erp' } }],
    });
  });

  it('says so when the lower bound alone is over the objective', () => {
    const facts = aReadyClient({ activities: [anActivity({ rtoSeconds: 2 * HOUR })] });
    facts.restoreTests = facts.restoreTests.filter(({ asset }) => asset !== 'erp');

    expect(billing(facts).effective.verdict).to.equal('unmeasured');
    expect(billing(facts).contradictions.map(({ key }) => key)).to.include(
      'readiness.known-recovery-over-rto',
    );
  });

  for (const [what, given] of Object.entries({
    'a lower level': { requested: 'L2b', reached: 'L2b' },
    'a test without a duration': { seconds: null },
    'a test without planted faults': { plantedFaults: 0, caught: 0 },
    'a queued test': { state: 'queued', finishedAt: null, reached: null },
    'a running test': { state: 'running', finishedAt: null },
    'an inconclusive test': { state: 'inconclusive' },
    'a test that ends in the future': { finishedAt: ago(-DAY) },
  } as const))
    it(`takes no duration from ${what}`, () => {
      const facts = aReadyClient();
      facts.restoreTests = facts.restoreTests.map((test) =>
        test.asset === 'erp' ? { ...test, ...given } : test,
      );

      expect(keys(facts)).to.deep.equal(['readiness.restore-never-measured']);
    });

  it('forgets a measure that is older than the interval', () => {
    const facts = aReadyClient();

    expect(computeReadiness(facts, { restoreIntervalDays: 10 }).activities[0]?.effective.verdict).to.equal(
      'within',
    );
    expect(
      computeReadiness(facts, { restoreIntervalDays: 9 }).activities[0]?.effective.reasons,
    ).to.deep.include({
      key: 'readiness.restore-stale',
      params: { asset: 'erp', measuredAt: ago(10 * DAY), intervalDays: 9 },
    });
  });

  it('takes the slower of two measures', () => {
    const facts = aReadyClient();
    facts.restoreTests.push(aTest('erp', DAY, { seconds: 3 * HOUR }));

    expect(billing(facts).effective.seconds).to.equal(6 * HOUR);
  });

  it('lets people and premises stand in the path without a time', () => {
    const facts = aReadyClient();
    facts.dependencies.push(needs('host', 'office'));
    const { effective } = billing(facts);

    expect(effective).to.include({ verdict: 'within', seconds: 4 * HOUR });
    expect(effective.path[0]).to.include({ name: 'office', isRestorable: false, seconds: null });
  });

  it('is not zero but unmeasured when nothing can be restored', () => {
    const people = { dependencies: [needs('activity:billing', 'office')], restoreTests: [] };

    expect(billing(aReadyClient(people)).effective).to.include({ verdict: 'unmeasured', seconds: null });
    expect(keys(aReadyClient(people))).to.deep.equal(['readiness.nothing-to-restore']);
    expect(keys(aReadyClient({ dependencies: [] }))).to.deep.equal(['readiness.no-dependencies']);
  });

  it('does not cut off what the inventory does not hold', () => {
    const facts = aReadyClient();
    facts.dependencies.push(needs('sql', 'gone'));

    expect(billing(facts).effective.reasons).to.deep.equal([
      { key: 'readiness.unknown-dependency', params: { activity: 'Billing', asset: 'gone' } },
    ]);
  });

  it('walks a chain deeper than the call stack', () => {
    expect(billing(aReadyClient(chainOf(20_000))).effective.seconds).to.equal(20_000 * HOUR);
  });
});

describe('a circle of dependencies', () => {
  it('is named, and leaves the time unmeasured', () => {
    const facts = aReadyClient();
    facts.dependencies.push(needs('host', 'erp'));

    expect(computeReadiness(facts).cycles).to.deep.equal([['erp', 'host', 'sql']]);
    expect(billing(facts).effective).to.deep.include({
      verdict: 'unmeasured',
      reasons: [{ key: 'readiness.dependency-cycle', params: { assets: 'erp, host, sql' } }],
    });
  });

  it('may be one asset that waits for itself', () => {
    const facts = aReadyClient();
    facts.dependencies.push(needs('host', 'host'));

    expect(computeReadiness(facts).cycles).to.deep.equal([['host']]);
    expect(billing(facts).level).to.equal(1);
  });

  it('is told in a sentence, though it goes through a thousand', () => {
    const count = 1000;
    const facts = aReadyClient();
    facts.assets.push(...Array.from({ length: count }, (_, id) => anAsset(`${id}`, 'server')));
    facts.dependencies.push(
      needs('activity:billing', '0'),
      ...Array.from({ length: count }, (_, id) => needs(`${id}`, `${(id + 1) % count}`)),
    );
    const told = billing(facts).effective.reasons.find(({ key }) => key === 'readiness.dependency-cycle');

    expect(told?.params.assets)
      .to.be.a('string')
      .that.matches(/, … \(1000\)$/);
    expect(String(told?.params.assets).split(', ')).to.have.length(13);
  });

  it('is none over soft edges', () => {
    const facts = aReadyClient();
    facts.dependencies.push(needs('host', 'erp', 'soft'));

    expect(computeReadiness(facts).cycles).to.deep.equal([]);
  });
});

describe('a failed test', () => {
  const withTests = (...tests: ReturnType<typeof aTest>[]) => {
    const facts = aReadyClient();
    facts.recoveryPoints.push(aPoint('erp', 3 * DAY), aPoint('erp', 2 * DAY), aPoint('erp', DAY));
    facts.restoreTests.push(...tests);
    return facts;
  };
  const ended = (age: number) => ({ finishedAt: ago(age) });

  it('makes older measures void', () => {
    expect(keys(withTests(aFailedTest('erp', 2 * DAY)))).to.deep.equal(['readiness.restore-failed']);
  });

  it('is disproved by a later restore of newer data', () => {
    expect(keys(withTests(aFailedTest('erp', 2 * DAY), aTest('erp', DAY)))).to.deep.equal([]);
  });

  it('is not disproved by a later look that is less deep', () => {
    const facts = withTests(
      aFailedTest('erp', 2 * DAY),
      aTest('erp', DAY, { requested: 'L0', reached: 'L0' }),
    );

    expect(keys(facts)).to.deep.equal(['readiness.restore-failed']);
  });

  it('is not disproved by testing an older point again', () => {
    const again = aTest('erp', 3 * DAY, ended(HOUR));

    expect(keys(withTests(aFailedTest('erp', 2 * DAY), again))).to.deep.equal(['readiness.restore-failed']);
  });

  it('is not disproved by an inconclusive one', () => {
    const later = aTest('erp', DAY, { state: 'inconclusive' });

    expect(keys(withTests(aFailedTest('erp', 2 * DAY), later))).to.deep.equal(['readiness.restore-failed']);
  });

  it('is also one that passed but missed a planted fault', () => {
    expect(billing(withTests(aTest('erp', DAY, { caught: 6 }))).contradictions).to.deep.include({
      key: 'readiness.planted-fault-missed',
      params: { asset: 'erp', planted: 7, caught: 6, finishedAt: ago(DAY) },
    });
  });
});

describe('the longest chain, of any graph without circles', () => {
  const SIZE = 7;
  const graphs = fc.record({
    hours: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: SIZE, maxLength: SIZE }),
    edges: fc.array(fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)), { maxLength: 18 }),
    tops: fc.uniqueArray(fc.nat(SIZE - 1), { minLength: 1 }),
  });
  type Drawn = { hours: number[]; edges: [number, number][]; tops: number[] };
  const factsOf = ({ hours, edges, tops }: Drawn) =>
    aReadyClient({
      assets: hours.map((_, index) => anAsset(`asset ${index}`, 'server')),
      dependencies: [
        ...tops.map((top) => needs('activity:billing', `asset ${top}`)),
        ...edges.filter(([from, to]) => from < to).map(([from, to]) => needs(`asset ${from}`, `asset ${to}`)),
      ],
      restoreTests: hours.map((one, index) => aTest(`asset ${index}`, DAY, { seconds: one * HOUR })),
    });
  const byTrying = ({ hours, edges }: Drawn, from: number): number =>
    hours[from]! +
    Math.max(
      0,
      ...edges
        .filter(([low, high]) => low === from && low < high)
        .map(([, to]) => byTrying({ hours, edges, tops: [] }, to)),
    );

  it('is what trying every path gives, and the steps of the path add up to it', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const { effective } = billing(factsOf(drawn));

        expect(effective.seconds).to.equal(Math.max(...drawn.tops.map((top) => byTrying(drawn, top))) * HOUR);
        expect(effective.path.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)).to.equal(
          effective.seconds,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
