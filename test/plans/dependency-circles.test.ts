import { expect } from 'chai';
import fc from 'fast-check';
import { circleThrough } from '#/plans/dependency-circles.ts';
import type { DependencyKind } from '#/plans/facts.ts';

type Edge = Parameters<typeof circleThrough>[1];

const SIZE = 9;
const KINDS: DependencyKind[] = ['hard', 'soft', 'start-order', 'data', 'human', 'recovery'];
const WAITED_FOR: DependencyKind[] = ['hard', 'start-order', 'data', 'recovery'];

const edge = (from: number, to: number, given: Partial<Edge> = {}): Edge => ({
  id: `${from} ${to}`,
  from: { kind: 'asset', id: `${from}` },
  to: `${to}`,
  kind: 'hard',
  group: null,
  requiredK: null,
  ...given,
});

const graphs = fc
  .record({
    pairs: fc.uniqueArray(
      fc.record({
        from: fc.nat(SIZE - 1),
        to: fc.nat(SIZE - 1),
        kind: fc.constantFrom(...KINDS),
        group: fc.constantFrom(null, null, 'g'),
      }),
      { minLength: 1, maxLength: 20, selector: ({ from, to }) => `${from} ${to}` },
    ),
    enough: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: SIZE, maxLength: SIZE }),
  })
  .map(({ pairs, enough }) =>
    pairs.map(({ from, to, kind, group }) =>
      edge(from, to, { kind, group, requiredK: group === null ? null : enough[from]! }),
    ),
  );

/** Straight from the words: without it, are there still as many of its group as are asked? */
function isWaitedFor(all: Edge[], one: Edge): boolean {
  if (!WAITED_FOR.includes(one.kind)) return false;
  if (one.group === null) return true;
  const others = all.filter(
    ({ from, to, group }) => from.id === one.from.id && group !== null && to !== one.to,
  );
  return others.length < one.requiredK!;
}

/** Steps of the shortest way from one to the other, by walking every way that meets nothing twice. */
function stepsByTrying(all: Edge[], from: string, end: string, met: string[] = []): number {
  if (from === end) return 0;
  const next = all.filter((one) => one.from.id === from && !met.includes(one.to)).map(({ to }) => to);
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...next.map((to) => 1 + stepsByTrying(all, to, end, [...met, from])),
  );
}

describe('the circle that a dependency closes', () => {
  it('is as short as trying every way round finds, and each in it waits for the next', () => {
    fc.assert(
      fc.property(graphs, (all) => {
        const waited = all.filter((one) => isWaitedFor(all, one));
        for (const one of all) {
          const circle = circleThrough(all, one);
          const back = waited.includes(one)
            ? stepsByTrying(waited, one.to, one.from.id)
            : Number.POSITIVE_INFINITY;

          if (circle === null) expect(back, one.id).to.equal(Number.POSITIVE_INFINITY);
          else {
            expect(circle.slice(0, 2)).to.deep.equal([one.from.id, one.to]);
            expect(circle.at(-1)).to.equal(one.from.id);
            expect(circle).to.have.length(back + 2);
            for (const [index, to] of circle.slice(1).entries())
              expect(waited.some((step) => step.from.id === circle[index] && step.to === to)).to.equal(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is none from an activity, which nothing waits for', () => {
    const one = edge(1, 2, { from: { kind: 'activity', id: '1' } });

    expect(circleThrough([one, edge(2, 1)], one)).to.equal(null);
  });

  it('may go through a thousand', () => {
    const count = 1000;
    const all = Array.from({ length: count }, (_, from) => edge(from, (from + 1) % count));

    expect(circleThrough(all, all[0]!)).to.have.length(count + 1);
  });
});
