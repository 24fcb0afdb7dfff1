/** What every store must bear of points that are removed: one suite, for a folder and for S3. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { removePoints } from '#/jobs/recovery-points/expire/remove-points.ts';
import { surveyPoints } from '#/jobs/recovery-points/expire/survey.ts';
import { markerKey, packKey, pointKeys } from '#/jobs/recovery-points/layout.ts';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { reconcile } from '#/jobs/recovery-points/reconcile/reconcile.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { cutAt } from './sessions/cut-store.ts';
import { ASSET, makeWorld, type World } from './world.ts';

type Made = Awaited<ReturnType<World['backUp']>>;

/** `deaths`: at which calls to the store a removal dies. */
export function storesLetPointsGo(open: () => Promise<Store>, deaths: number[]) {
  let world: World;
  let store: Store;
  let files = 0;
  beforeEach(async () => {
    world = await makeWorld();
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    await world[Symbol.asyncDispose]();
  });

  const backUp = (onLast = true) => {
    writeFileSync(path.join(world.source, `file-${files++}`), `content ${files} ${Math.random()}`);
    return world.backUp({ store, onLast });
  };
  const known = (made: Made[]) => made.map(({ pointId, headSha256 }) => ({ point: pointId, headSha256 }));
  const remove = (going: Made[], staying: Made[], from = store) =>
    removePoints(from, ASSET, { going: known(going), known: known(staying) });
  const listed = async () => (await listPoints(store, ASSET)).points.map(({ id }) => id);
  const idsOf = (made: Made[]) => made.map(({ pointId }) => pointId);
  const objects = async () => (await Array.fromAsync(store.list(`${ASSET}/`))).map(({ key }) => key);
  const proves = async ({ pointId }: Made) =>
    expect((await world.verify('L3', { store, point: pointId })).verdict, pointId).to.equal('passed');

  it('removes points with the packs that nobody else cites, and what later points cite stays', async () => {
    const [first, second, third] = [await backUp(), await backUp(), await backUp()];
    expect([second.basedOn, third.basedOn]).to.deep.equal(idsOf([first, second]));
    const surveyed = await surveyPoints(store, ASSET, { points: idsOf([first, second, third]) });
    expect(surveyed.map(({ packs }) => packs.length).sort()).to.deep.equal([1, 2, 3]);

    const done = await remove([first, second], [third]);
    expect([done.blocked, done.removed, done.packs, done.kept, done.left]).to.deep.equal([
      null,
      idsOf([first, second]),
      0,
      [],
      [],
    ]);
    expect(await listed()).to.deep.equal([third.pointId]);
    await proves(third);

    const full = await backUp(false);
    const last = await remove([third], [full]);
    expect(last.packs).to.equal(3);
    expect(last.bytes).to.be.greaterThan(0);
    await proves(full);
    const found = await reconcile(store, ASSET, { known: known([full]), trust: [world.publicKey] });
    expect([found.orphans, found.incomplete, found.gone]).to.deep.equal([[], [], []]);
  });

  it('removes nothing while a head cannot be read, one that is to stay is lost, or a backup runs', async () => {
    const [first, second, third] = [await backUp(), await backUp(), await backUp()];
    const before = await objects();
    const { head } = pointKeys(ASSET, third.pointId);
    const bytes = await store.get(head);
    const marker = markerKey(ASSET, '20260101T000000000Z-0123456789ab');
    const blocks: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      [
        'clean-up.head-unreadable',
        () => store.put(head, bytes.subarray(0, 100)),
        () => store.put(head, bytes),
      ],
      ['clean-up.point-lost', () => store.remove(head), () => store.put(head, bytes)],
      ['clean-up.backup-running', () => store.put(marker, Buffer.from('{}')), () => store.remove(marker)],
    ];
    for (const [code, happen, undo] of blocks) {
      await happen();
      const done = await remove([first], [second, third]);
      expect([done.blocked?.code, done.removed], code).to.deep.equal([code, []]);
      await undo();
    }
    expect(await objects()).to.deep.equal(before);
    expect((await remove([first], [second, third])).removed).to.deep.equal([first.pointId]);
  });

  it('looks into a point with another head than was recorded, and does not remove it', async () => {
    const [first, second] = [await backUp(), await backUp()];
    const done = await removePoints(store, ASSET, {
      going: [{ point: first.pointId, headSha256: 'f'.repeat(64) }],
      known: known([second]),
    });
    expect(done.kept.map(({ point, finding }) => [point, finding.code])).to.deep.equal([
      [first.pointId, 'head.not-on-record'],
    ]);
    await proves(first);
  });

  it('leaves whole points and orphans wherever it dies, and ends its work the next time', async function () {
    this.timeout(120_000);
    for (const call of deaths) {
      const [first, second] = [await backUp(false), await backUp(false)];
      const staying = await backUp();
      const done = await remove([first, second], [staying], cutAt(call, 'after', store).store).catch(
        (error: Error) => error.name,
      );
      expect(
        done === 'StoreError' || (typeof done === 'object' && done.blocked !== null),
        `${call}`,
      ).to.equal(true);
      const ids = await listed();
      expect(ids).to.include(staying.pointId);
      for (const one of [first, second, staying]) if (ids.includes(one.pointId)) await proves(one);
      for await (const { key } of store.list(`${ASSET}/running/`)) await store.remove(key);
      const again = await remove([first, second], [staying]);
      expect([again.blocked, again.removed.toSorted()]).to.deep.equal([null, idsOf([first, second]).sort()]);
      expect(await listed()).to.deep.equal([staying.pointId]);
      await proves(staying);
      await remove([staying], []);
    }
  });

  it('removes what is half gone already: its head was lost, all else is there', async () => {
    const [first, second] = [await backUp(false), await backUp(false)];
    await store.remove(pointKeys(ASSET, first.pointId).head);
    const done = await remove([first], [second]);
    expect([done.blocked, done.removed]).to.deep.equal([null, [first.pointId]]);
    const [only] = (await surveyPoints(store, ASSET, { points: [second.pointId] })).map(({ packs }) => packs);
    const found = await reconcile(store, ASSET, { known: known([second]), trust: [world.publicKey] });
    expect(found.incomplete).to.deep.equal([]);
    expect(found.orphans?.map(({ key }) => key)).to.not.include(packKey(ASSET, only![0]!.sha256));
    await proves(second);
  });
}
