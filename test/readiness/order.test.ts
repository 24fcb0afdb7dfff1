import { expect } from 'chai';
import fc from 'fast-check';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { aFailedTest, anActivity, aPlan, aPoint, aReadyClient, aTest, DAY, HOUR, needs } from './client.ts';

/** Two activities, a circle, ties in time, failures and drafts: whatever could depend on who comes first. */
function aBusyClient(): ClientFacts {
  const facts = aReadyClient();
  facts.activities.push(anActivity({ id: 'payroll', name: 'Payroll' }));
  facts.plans.push(aPlan({ id: 'bcp', title: 'A draft', inForce: null, activities: ['billing', 'payroll'] }));
  facts.dependencies.push(
    needs('activity:payroll', 'sql'),
    needs('activity:payroll', 'erp'),
    needs('host', 'host'),
  );
  facts.recoveryPoints.push(aPoint('sql', DAY), aPoint('sql', DAY, { id: 'twin' }));
  facts.restoreTests.push(
    aTest('sql', DAY),
    aFailedTest('host', HOUR),
    aFailedTest('host', HOUR, { requested: 'L0' }),
  );
  return facts;
}

describe('readiness', () => {
  it('does not depend on the order of the facts', () => {
    const facts = aBusyClient();
    const expected = computeReadiness(facts);
    const shuffled = fc.record({
      activities: fc.shuffledSubarray(facts.activities, { minLength: facts.activities.length }),
      assets: fc.shuffledSubarray(facts.assets, { minLength: facts.assets.length }),
      dependencies: fc.shuffledSubarray(facts.dependencies, { minLength: facts.dependencies.length }),
      plans: fc.shuffledSubarray(facts.plans, { minLength: facts.plans.length }),
      recoveryPoints: fc.shuffledSubarray(facts.recoveryPoints, { minLength: facts.recoveryPoints.length }),
      restoreTests: fc.shuffledSubarray(facts.restoreTests, { minLength: facts.restoreTests.length }),
    });

    fc.assert(
      fc.property(shuffled, (given) => {
        expect(computeReadiness({ ...facts, ...given })).to.deep.equal(expected);
      }),
    );
  });

  it('leaves the facts as they were', () => {
    const facts = aBusyClient();
    computeReadiness(facts);

    expect(facts).to.deep.equal(aBusyClient());
  });
});
