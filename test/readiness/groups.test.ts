/** Needs that stand in for each other: so many of them are enough. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { ClientFacts, DependencyFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { anActivity, anAsset, aReadyClient, aTest, DAY, HOUR, needs } from './client.ts';

const billing = (facts: ClientFacts) => computeReadiness(facts).activities[0]!;
const oneOf = (from: string, members: string[], requiredK = 1): DependencyFacts[] =>
  members.map((to) => needs(from, to, 'hard', { group: { name: 'either', requiredK } }));

/** Billing needs so many of three servers, which take 1, 2 and 3 hours. */
const ofThree = (requiredK: number, given: Partial<ClientFacts> = {}) =>
  aReadyClient({
    assets: ['one', 'two', 'three'].map((id) => anAsset(id, 'server', { recoveryResource: 'none' })),
    dependencies: oneOf('activity:billing', ['one', 'two', 'three'], requiredK),
    restoreTests: ['one', 'two', 'three'].map((id, hours) => aTest(id, DAY, { seconds: (hours + 1) * HOUR })),
    ...given,
  });

describe('needs in a group', () => {
  for (const [requiredK, hours] of [
    [1, 1],
    [2, 2],
    [3, 3],
  ] as const)
    it(`take the ${requiredK} fastest of three`, () => {
      expect(billing(ofThree(requiredK)).effective).to.include({ verdict: 'within', seconds: hours * HOUR });
    });

  it('ask for all there are when more are required than are left', () => {
    expect(billing(ofThree(9)).effective.seconds).to.equal(3 * HOUR);
  });

  it('do without a measure of what is not needed', () => {
    const facts = ofThree(2);
    const untested = facts.restoreTests.filter(({ asset }) => asset !== 'one');

    expect(billing({ ...facts, restoreTests: untested }).effective).to.include({
      verdict: 'within',
      seconds: 3 * HOUR,
    });
    expect(billing({ ...facts, restoreTests: untested.slice(1) }).effective.verdict).to.equal('unmeasured');
  });

  it('take what is measured before what is only said to be faster', () => {
    const facts = ofThree(1);
    facts.assets.push(anAsset('spare', 'server', { declaredRecoverySeconds: 60 }));
    facts.dependencies.push(...oneOf('activity:billing', ['spare']));

    expect(billing(facts).effective).to.include({ verdict: 'within', seconds: HOUR });
  });

  it('keep the least it can take true: the one not measured might be the fastest', () => {
    const facts = ofThree(2, { activities: [anActivity({ rtoSeconds: 1 })] });
    facts.restoreTests = facts.restoreTests.filter(({ asset }) => asset === 'three');

    expect(billing(facts).effective).to.include({ verdict: 'unmeasured', knownSeconds: 0 });
    expect(billing(facts).contradictions).to.deep.equal([]);
  });

  it('of one kind do not stand in for those of a kind that is not asked', () => {
    const facts = ofThree(1);
    facts.dependencies = facts.dependencies.map((one) => (one.to === 'one' ? { ...one, kind: 'soft' } : one));

    expect(billing(facts).effective.seconds).to.equal(2 * HOUR);
  });

  it('are not held up by a circle while enough others are left', () => {
    const facts = ofThree(2);
    facts.dependencies.push(needs('one', 'one'));

    expect(computeReadiness(facts).cycles).to.deep.equal([['one']]);
    expect(billing(facts).effective).to.include({ verdict: 'within', seconds: 3 * HOUR });

    facts.dependencies.push(needs('two', 'two'));
    expect(billing(facts).effective.verdict).to.equal('unmeasured');
  });

  it('make no circle when each waits for a group that holds something else', () => {
    const facts = ofThree(1);
    facts.dependencies.push(...oneOf('one', ['two', 'three']), ...oneOf('two', ['one', 'three']));

    expect(computeReadiness(facts).cycles).to.deep.equal([]);
    facts.dependencies.push(needs('three', 'three'));
    expect(computeReadiness(facts).cycles).to.deep.equal([['one', 'two'], ['three']]);
  });
});

describe('a need for the recovery alone', () => {
  it('is waited for, and gives no data', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('vault', 'data-set'));
    facts.dependencies.push(needs('host', 'vault', 'recovery'));
    facts.restoreTests.push(aTest('vault', DAY, { seconds: HOUR }));

    expect(billing(facts).effective.seconds).to.equal(5 * HOUR);
    expect(billing(facts).observedRpo.verdict).to.equal('within');
  });

  it('closes a circle with what it keeps', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('backup key', 'key'));
    facts.dependencies.push(needs('sql', 'backup key', 'recovery'), needs('backup key', 'sql'));

    expect(computeReadiness(facts).cycles).to.deep.equal([['backup key', 'sql']]);
  });
});

describe('the time of any graph, circles and groups and all', () => {
  const SIZE = 7;
  type Drawn = {
    hours: number[];
    edges: { from: number; to: number; group: string | null; requiredK: number }[];
  };
  const graphs: fc.Arbitrary<Drawn> = fc.record({
    hours: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: SIZE, maxLength: SIZE }),
    edges: fc.uniqueArray(
      fc.record({
        from: fc.nat(SIZE - 1),
        to: fc.nat(SIZE - 1),
        group: fc.constantFrom(null, null, 'g', 'h'),
        requiredK: fc.constantFrom(1, 1, 2),
      }),
      { maxLength: 16, selector: ({ from, to }) => `${from} ${to}` },
    ),
  });
  const factsOf = ({ hours, edges }: Drawn) =>
    aReadyClient({
      assets: hours.map((_, index) => anAsset(`${index}`, 'server', { recoveryResource: 'none' })),
      dependencies: [
        needs('activity:billing', '0'),
        ...edges.map(({ from, to, group, requiredK }) =>
          needs(`${from}`, `${to}`, 'hard', { group: group === null ? null : { name: group, requiredK } }),
        ),
      ],
      restoreTests: hours.map((one, index) => aTest(`${index}`, DAY, { seconds: one * HOUR })),
    });

  /** Round by round from "never": what has its demands met comes back, and nothing gets faster in the end. */
  function byRounds({ hours, edges }: Drawn): number[] {
    let times = hours.map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round <= SIZE; round += 1)
      times = hours.map((own, from) => {
        const needed = edges.filter((edge) => edge.from === from);
        const alone = needed.filter(({ group }) => group === null).map(({ to }) => times[to]!);
        const groups = Object.values(
          Object.groupBy(
            needed.filter(({ group }) => group !== null),
            ({ group }) => group!,
          ),
        );
        const enough = groups.map((members) => {
          const k = Math.min(members!.length, Math.max(...members!.map(({ requiredK }) => requiredK)));
          return members!.map(({ to }) => times[to]!).toSorted((left, right) => left - right)[k - 1]!;
        });
        return own + Math.max(0, ...alone, ...enough);
      });
    return times;
  }

  it('is what going round until nothing changes gives; without end where a circle is', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const { effective } = billing(factsOf(drawn));
        const [hours = 0] = byRounds(drawn);

        if (Number.isFinite(hours)) {
          expect(effective.seconds).to.equal(hours * HOUR);
          expect(effective.scheduled?.seconds).to.equal(hours * HOUR);
          expect(effective.path.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)).to.equal(hours * HOUR);
        } else {
          expect(effective.verdict).to.equal('unmeasured');
          expect(effective.reasons.map(({ key }) => key)).to.include('readiness.dependency-cycle');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
