/** L3x stands beside L3: it measures as much, is no step to L4, and what it found is taken back by its own kind alone. */
import { expect } from 'chai';
import { levelsIn, type RestoreTestFacts, TEST_LEVELS } from '#/plans/facts.ts';
import { isAtLeast, proofOf } from '#/plans/readiness/restore-proof.ts';
import { aFailedTest, aReadyClient, aTest, HOUR } from './client.ts';

describe('a restore with foreign tools', () => {
  const sql = (...restoreTests: RestoreTestFacts[]) => proofOf(aReadyClient({ restoreTests })).get('sql')!;
  const foreign = { requested: 'L3x', reached: 'L3x' } as const;

  it('counts for as much as L3, and never for L4', () => {
    expect(TEST_LEVELS.filter((level) => isAtLeast('L3x', level))).to.deep.equal([
      ...['L0', 'L1', 'L2a', 'L2b', 'L3', 'L3x'],
    ]);
    expect(isAtLeast('L3', 'L3x')).to.equal(true);
    expect(isAtLeast('L3x', 'L4')).to.equal(false);
    expect(levelsIn('L4')).to.not.include('L3x');
    expect(levelsIn('L3x')).to.deep.equal(['L0', 'L1', 'L2a', 'L2b', 'L3', 'L3x']);
    expect(sql(aTest('sql', HOUR, foreign)).passed).to.have.length(1);
  });

  it('that failed is taken back by another one, and not by our own restore', () => {
    const failed = aFailedTest('sql', 3 * HOUR, { requested: 'L3x', reached: 'L3' });
    expect(sql(failed, aTest('sql', 2 * HOUR)).failure?.requested).to.equal('L3x');
    expect(sql(failed, aTest('sql', 2 * HOUR, { requested: 'L4', reached: 'L4' })).failure).to.not.equal(
      null,
    );
    expect(sql(failed, aTest('sql', 2 * HOUR, foreign)).failure).to.equal(null);
  });
});
