import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { content, faultOf, pieces, refusalOf } from './conformance.ts';

const MIB = 1 << 20;
const inMs = (ms: number) => new Date(Date.now() + ms);

describe('an S3 bucket that keeps versions and locks them', function () {
  this.timeout(60_000);
  let server: S3Server;
  let store: Store;
  let buckets = 0;
  before(async function () {
    server = await sharedS3Server(this);
  });
  const open = async (objectLock: boolean) => {
    const bucket = `versions-${process.pid}-${buckets++}`;
    await server.createBucket(bucket, { objectLock });
    return openStore(`s3://${bucket}/p?endpoint=${server.endpoint}&region=${server.region}`, {
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    });
  };
  beforeEach(async () => {
    store = await open(true);
  });
  afterEach(() => store.close());

  const versionsOf = (prefix: string) => Array.fromAsync(store.versions!.list(prefix));

  it('gives back an older version, also under a delete marker', async () => {
    await store.put('a', Buffer.from('first'));
    await store.put('a', Buffer.from('second'));
    await store.remove('a');
    expect(await faultOf(store.get('a'))).to.equal('not-found');
    const versions = await versionsOf('a');
    expect(versions.map(({ isDeleteMarker, isLatest }) => [isDeleteMarker, isLatest])).to.deep.equal([
      [true, true],
      [false, false],
      [false, false],
    ]);
    expect(String(await store.versions!.get('a', versions[2]!.id))).to.equal('first');
    await store.versions!.remove('a', versions[0]!.id);
    expect(String(await store.get('a'))).to.equal('second');
  });

  it('removes one version for good, and says nothing when it is gone already', async () => {
    await store.put('a', Buffer.from('first'));
    await store.put('a', Buffer.from('second'));
    const [second] = await versionsOf('a');
    await store.versions!.remove('a', second!.id);
    await store.versions!.remove('a', second!.id);
    expect(String(await store.get('a'))).to.equal('first');
    expect(await faultOf(store.versions!.get('a', second!.id))).to.equal('not-found');
  });

  it('lists more versions than one page holds', async () => {
    for (let at = 0; at < 1010; at += 101)
      await Promise.all(Array.from({ length: 101 }, (_, i) => store.put('a', Buffer.from(`${at + i}`))));
    expect(await versionsOf('')).to.have.length(1010);
  });

  it('holds an object from its first moment, and longer when told, and never shorter', async () => {
    const [soon, later] = [inMs(2_000), inMs(4_000)];
    await store.put('a', Buffer.from('x'), { retention: { mode: 'compliance', until: soon } });
    await store.locks!.extendRetention('a', later);
    await store.locks!.extendRetention('a', soon);
    expect(await store.locks!.retention('a')).to.deep.equal({ mode: 'compliance', until: later });
    const [version] = await versionsOf('a');
    const refusal = await refusalOf(store.versions!.remove('a', version!.id));
    expect([refusal.fault, refusal.because.code, refusal.key]).to.deep.equal([
      'refused',
      'store.locked',
      'a',
    ]);
    expect(refusal.message).to.contain(later.toISOString());
    expect(String(await store.get('a'))).to.equal('x');
    await sleep(later.getTime() - Date.now() + 500);
    await store.versions!.remove('a', version!.id);
    expect(await versionsOf('')).to.deep.equal([]);
  });

  it('holds an object that was not held, and one of several parts', async () => {
    const until = inMs(3_000);
    await store.put('a', Buffer.from('x'));
    expect(await store.locks!.retention('a')).to.equal(null);
    expect(await store.locks!.legalHold('a')).to.equal(false);
    await store.locks!.extendRetention('a', until);
    expect(await store.locks!.retention('a')).to.deep.equal({ mode: 'governance', until });
    await store.putStream('large', pieces(17 * MIB), { retention: { mode: 'governance', until } });
    expect(await store.locks!.retention('large')).to.deep.equal({ mode: 'governance', until });
    expect((await store.get('large')).equals(content(17 * MIB))).to.equal(true);
  });

  it('says that there is nothing to hold, or nothing to hold it with', async () => {
    expect(await faultOf(store.locks!.extendRetention('nothing', inMs(1_000)))).to.equal('not-found');
    const plain = await open(false);
    await plain.put('a', Buffer.from('x'));
    const refusal = await refusalOf(plain.locks!.extendRetention('a', inMs(1_000)));
    expect([refusal.fault, refusal.because.code]).to.deep.equal(['refused', 'store.no-locks']);
    expect(await plain.locks!.retention('a')).to.equal(null);
    await plain.close();
  });
});
