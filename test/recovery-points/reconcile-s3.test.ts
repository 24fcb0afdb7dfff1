import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { removeOrphans } from '#/jobs/recovery-points/reconcile/clean-up.ts';
import { openStore } from '#/jobs/stores/open.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { aged, dyingAfter, storesBearCrashes } from './reconciling.ts';
import { ASSET, makeWorld } from './world.ts';

describe('what an S3 bucket holds of an asset', function () {
  this.timeout(60_000);
  let server: S3Server;
  let buckets = 0;
  before(async function () {
    server = await sharedS3Server(this);
  });
  const open = async (objectLock = false) => {
    const bucket = `reconcile-${process.pid}-${buckets++}`;
    await server.createBucket(bucket, { objectLock });
    return openStore(`s3://${bucket}/p?endpoint=${server.endpoint}&region=${server.region}`, {
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    });
  };

  const breakOff = async ({ address }: Store, key: string) => {
    const { hostname } = new URL(address);
    await server.breakOffUpload(hostname, `p/${key}`);
    return key;
  };

  storesBearCrashes(open, breakOff);

  it('tells which orphans are locked, removes the others for good, and goes on', async () => {
    await using world = await makeWorld();
    const store = await open(true);
    for (const round of [1, 2]) {
      writeFileSync(path.join(world.source, `${round}`), `content ${round}`);
      const dying = dyingAfter(store, (key) => key.includes('/packs/'));
      await world.backUp({ store: dying }).catch((error: Error) => expect(error.message).to.include('died'));
    }
    for await (const { key } of store.list(`${ASSET}/running/`)) await store.remove(key);
    const packs = await Array.fromAsync(store.list(`${ASSET}/packs/`));
    const locked = packs[0]!.key;
    await store.locks!.extendRetention(locked, new Date(Date.now() + 3_600_000));
    const done = await removeOrphans(aged(store, 8), ASSET, { dryRun: false });
    expect(done.packs.map(({ key }) => key)).to.deep.equal(packs.slice(1).map(({ key }) => key));
    expect(done.kept.map(({ key, finding }) => [key, finding.code])).to.deep.equal([
      [locked, 'store.locked'],
    ]);
    const left = await Array.fromAsync(store.versions!.list(`${ASSET}/packs/`));
    expect(left.map(({ key, isDeleteMarker }) => [key, isDeleteMarker])).to.deep.equal([[locked, false]]);
    await store.close();
  });
});
