import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { removePoints } from '#/jobs/recovery-points/expire/remove-points.ts';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { storesLetPointsGo } from './expiring.ts';
import { ASSET, makeWorld } from './world.ts';

describe('points that go from an S3 bucket', function () {
  this.timeout(60_000);
  let server: S3Server;
  let buckets = 0;
  before(async function () {
    server = await sharedS3Server(this);
  });
  const open = async (objectLock = false) => {
    const bucket = `expire-${process.pid}-${buckets++}`;
    await server.createBucket(bucket, { objectLock });
    return openStore(`s3://${bucket}/p?endpoint=${server.endpoint}&region=${server.region}`, {
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    });
  };

  storesLetPointsGo(open, [9, 15]);

  it('leave no version and no delete marker in a bucket that keeps versions, and stay whole under a lock', async () => {
    await using world = await makeWorld();
    const store = await open(true);
    const backUp = (held: boolean) => {
      writeFileSync(path.join(world.source, 'one'), `content ${Math.random()}`);
      const retention = { mode: 'compliance', days: 1 } as const;
      return world.backUp({ store, ...(held && { retention }) });
    };
    const [free, hidden, held] = [await backUp(false), await backUp(false), await backUp(true)];
    // Somebody hid a point: its head lies under a delete marker, and is billed.
    await store.remove(`${ASSET}/snapshots/${hidden.pointId}/head.json`);
    const known = [free, hidden, held].map(({ pointId, headSha256 }) => ({ point: pointId, headSha256 }));
    const done = await removePoints(store, ASSET, { going: known, known: [] });
    expect([done.blocked, done.removed]).to.deep.equal([null, [free.pointId, hidden.pointId]]);
    expect(done.kept.map(({ point, finding }) => [point, finding.code])).to.deep.equal([
      [held.pointId, 'store.locked'],
    ]);
    expect((await listPoints(store, ASSET)).points.map(({ id }) => id)).to.deep.equal([held.pointId]);
    expect((await world.verify('L3', { store, point: held.pointId })).verdict).to.equal('passed');
    const versions = await Array.fromAsync(store.versions!.list(`${ASSET}/snapshots/`));
    expect(versions.filter(({ key }) => !key.includes(held.pointId))).to.deep.equal([]);
    expect(versions.some(({ isDeleteMarker }) => isDeleteMarker)).to.equal(false);
    await store.close();
  });

  it('tell the packs that a lock still bills although their point went', async () => {
    await using world = await makeWorld();
    const store = await open(true);
    writeFileSync(path.join(world.source, 'one'), `content ${Math.random()}`);
    const { pointId, headSha256 } = await world.backUp({ store });
    const [pack] = await Array.fromAsync(store.list(`${ASSET}/packs/`));
    await store.locks!.extendRetention(pack!.key, new Date(Date.now() + 3_600_000));
    const done = await removePoints(store, ASSET, { going: [{ point: pointId, headSha256 }], known: [] });
    expect([done.removed, done.packs]).to.deep.equal([[pointId], 0]);
    expect(done.left.map(({ key, bytes, finding }) => [key, bytes, finding.code])).to.deep.equal([
      [pack!.key, pack!.bytes, 'store.locked'],
    ]);
    await store.close();
  });
});
