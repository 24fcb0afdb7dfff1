import { expect } from 'chai';
import { type Cited, findAbsentPacks } from '#/jobs/recovery-points/verify/presence.ts';

const key = (number: number) => `asset/packs/${String(number).padStart(64, '0')}.tar.zst.age`;
const packs = (count: number): Cited[] =>
  Array.from({ length: count }, (_, number) => ({ key: key(number), bytes: 1000 + number }));

/** A store whose listing may say other things than looks by name do. */
function storeOf(objects: Cited[], listed = objects) {
  const looked: string[] = [];
  let shown = 0;
  return {
    looked,
    shown: () => shown,
    async head(name: string) {
      looked.push(name);
      const found = objects.find((one) => one.key === name);
      return found ? { bytes: found.bytes, modifiedAt: new Date() } : null;
    },
    async *list(prefix: string) {
      for (const one of listed) {
        shown++;
        if (one.key.startsWith(prefix)) yield { ...one, modifiedAt: new Date() };
      }
    },
  };
}

const found = async (store: ReturnType<typeof storeOf>, cited: Cited[]) =>
  (await findAbsentPacks(store, 'asset', cited)).map(({ where, because }) => [where, because.code]);

describe('packs that a new point cites', () => {
  it('are seen in one listing, without a look at each', async () => {
    const store = storeOf(packs(500));
    expect(await found(store, packs(500))).to.deep.equal([]);
    expect(store.looked).to.deep.equal([]);
  });

  it('are missed by name, and so are those of another size', async () => {
    const there = packs(100).filter((_, number) => number !== 7);
    there[50] = { ...there[50]!, bytes: 1 };
    expect(await found(storeOf(there), packs(100))).to.have.deep.members([
      [key(7), 'pack.missing'],
      [there[50]!.key, 'object.wrong-size'],
    ]);
  });

  it('are not missed because a listing is late', async () => {
    const store = storeOf(packs(100), packs(90));
    expect(await found(store, packs(100))).to.deep.equal([]);
    expect(store.looked).to.have.length(10);
  });

  it('are looked at one by one where a listing shows too much else, or they are few', async () => {
    const others = Array.from({ length: 10_000 }, (_, number) => ({
      key: `asset/packs/${number}`,
      bytes: 1,
    }));
    const crowded = storeOf(packs(20), [...others, ...packs(20)]);
    expect(await found(crowded, packs(20))).to.deep.equal([]);
    expect(crowded.looked).to.have.length(20);
    expect(crowded.shown()).to.be.below(1000);

    const few = storeOf(packs(5));
    expect(await found(few, packs(6))).to.deep.equal([[key(5), 'pack.missing']]);
    expect(few.shown()).to.equal(0);
  });
});
