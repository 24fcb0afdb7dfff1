import { expect } from 'chai';
import { trySession } from './shrink.ts';

describe('random sessions', () => {
  for (const seed of [1, 2, 3, 4])
    it(`give back every point as the model remembers it, from seed ${seed}`, async function () {
      this.timeout(120_000);
      const tally = await trySession(seed, 260);
      expect(Object.keys(tally)).to.include.members(['change', 'snapshot', 'cut', 'restore', 'verify']);
    });
});
