import { expect } from 'chai';
import fc from 'fast-check';
import { componentsOf, shortestCircle } from '#/plans/readiness/components.ts';

const SIZE = 9;
const NODES = Array.from({ length: SIZE }, (_, node) => `${node}`);
const graphs = fc
  .uniqueArray(fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)), {
    maxLength: 18,
    selector: ([from, to]) => `${from} ${to}`,
  })
  .map((edges) => (node: string) => edges.filter(([from]) => `${from}` === node).map(([, to]) => `${to}`));
type Next = (node: string) => string[];

/** All that can be walked to in one step or more. */
function beyond(node: string, next: Next, seen = new Set<string>()): Set<string> {
  for (const to of next(node))
    if (!seen.has(to)) {
      seen.add(to);
      beyond(to, next, seen);
    }
  return seen;
}

/** Nodes of the shortest circle, by walking every way that meets nothing twice. */
const lengthByTrying = (next: Next): number => {
  const walk = (way: string[]): number =>
    Math.min(
      Number.POSITIVE_INFINITY,
      ...next(way.at(-1)!).map((to) =>
        to === way[0] ? way.length : way.includes(to) ? Number.POSITIVE_INFINITY : walk([...way, to]),
      ),
    );
  return Math.min(...NODES.map((node) => walk([node])));
};

describe('what waits for each other, in any graph', () => {
  it('is what can be walked to and back, each group after those it needs', () => {
    fc.assert(
      fc.property(graphs, (next) => {
        const components = componentsOf(NODES, next);

        expect(components.flat().sort()).to.deep.equal(NODES);
        for (const [place, component] of components.entries())
          for (const node of component) {
            const reached = beyond(node, next);
            const mutual = NODES.filter(
              (other) => other === node || (reached.has(other) && beyond(other, next).has(node)),
            );
            expect(component.toSorted()).to.deep.equal(mutual);
            for (const to of reached)
              expect(components.findIndex((one) => one.includes(to))).to.be.at.most(place);
          }
      }),
      { numRuns: 1000 },
    );
  });

  it('has no circle that is shorter than the one that is named', () => {
    fc.assert(
      fc.property(graphs, (next) => {
        const circle = shortestCircle(NODES, next);

        expect(circle?.length ?? Number.POSITIVE_INFINITY).to.equal(lengthByTrying(next));
        for (const [index, node] of (circle ?? []).entries())
          expect(next(node)).to.include(circle![(index + 1) % circle!.length]);
      }),
      { numRuns: 1000 },
    );
  });
});
