import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import type { Ability, Probe } from '#/jobs/stores/probe.ts';
import { probeStore } from '#/jobs/stores/probe-store.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { content, faultOf, keysOf, later, pieces } from './conformance.ts';
import { HASTY } from './hasty.ts';

describe('a probe of an S3 bucket', function () {
  this.timeout(120_000);
  let server: S3Server;
  let buckets = 0;
  before(async function () {
    server = await sharedS3Server(this);
  });

  const newBucket = async (options?: { objectLock?: boolean }) => {
    const bucket = `probed-${process.pid}-${buckets++}`;
    await server.createBucket(bucket, options);
    return bucket;
  };
  const addressOf = (bucket: string, endpoint = server.endpoint) =>
    `s3://${bucket}/some/prefix?endpoint=${encodeURIComponent(endpoint)}&region=${server.region}`;
  const credentials = () => ({ accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey });
  const probe = (bucket: string, endpoint?: string) =>
    probeStore(addressOf(bucket, endpoint), { credentials: credentials(), patience: HASTY, lockMs: 4_000 });

  it('finds no versions and no locks in a plain bucket, and leaves it empty', async () => {
    const bucket = await newBucket();
    const found = await probe(bucket);
    expect(answersOf(found)).to.deep.equal({
      'write-and-read': 'yes',
      'conditional-create': 'yes',
      'conditional-create-of-parts': 'no',
      'ranged-get': 'yes',
      'list-after-put': 'yes',
      'refuses-altered-bytes': 'yes',
      'checks-checksums': 'no',
      versions: 'no',
      'delete-markers': 'no',
      locks: 'no',
      'locks-hold': 'no',
      'governance-holds': 'no',
      clock: 'yes',
    });
    for (const { tried, answered } of found.lines) expect([tried, answered]).to.not.include('');
    expect(found).to.deep.include({ checksums: 'none', leftBehind: [], brokeOff: null });
    const store = await openStore(addressOf(bucket), { credentials: credentials() });
    expect(await keysOf(store, '')).to.deep.equal([]);
    expect(await Array.fromAsync(store.leftovers(later()))).to.deep.equal([]);
    await store.close();
  });

  it('finds that locks hold, says which canary stays, and removes it the next time', async () => {
    const bucket = await newBucket({ objectLock: true });
    const found = await probe(bucket);
    expect(answersOf(found)).to.include({
      versions: 'yes',
      'delete-markers': 'yes',
      locks: 'yes',
      'locks-hold': 'yes',
      // These keys own the bucket, and an owner may lift governance.
      'governance-holds': 'no',
      // Ceph forgets the condition where it keeps versions.
      'conditional-create': 'no',
    });
    expect(found.leftBehind.map(({ key }) => key.split('/').at(-1))).to.deep.equal(['canary-strict']);
    const { key, version, until } = found.leftBehind[0]!;
    const store = await openStore(addressOf(bucket), { credentials: credentials() });
    expect(await faultOf(store.versions!.remove(key, version))).to.equal('refused');
    await sleep(new Date(until).getTime() - Date.now() + 500);
    const again = await probe(bucket);
    expect(again.leftBehind.map((one) => one.key)).to.not.include(key);
    await store.close();
  });

  it('is no answer when the store cannot be reached or written', async () => {
    expect(await faultOf(probe('no-such-bucket'))).to.equal('unreachable');
    const wrong = { ...credentials(), secretAccessKey: 'wrong' };
    const asked = probeStore(addressOf(await newBucket()), { credentials: wrong, patience: HASTY });
    expect(await faultOf(asked)).to.equal('denied');
    expect(await faultOf(probeStore('s3://b/a', { credentials: undefined }))).to.equal('denied');
  });

  it('says what it could not try when the way breaks in the middle', async () => {
    await using proxy = await FaultyProxy.start(new URL(server.endpoint));
    proxy.plan('lost-request', { kind: 'begin-upload' });
    const found = await probe(await newBucket(), proxy.endpoint);
    expect(found.brokeOff?.fault).to.equal('unreachable');
    expect(answersOf(found)).to.include({
      'conditional-create': 'yes',
      'conditional-create-of-parts': 'unknown',
      locks: 'unknown',
    });
  });

  it('finds that checksums are checked; from then on they are sent, and nowhere else', async () => {
    await using proxy = await FaultyProxy.start(new URL(server.endpoint));
    proxy.checkChecksums();
    const bucket = await newBucket();
    const { checksums, lines } = await probe(bucket, proxy.endpoint);
    expect(answersOf({ lines } as Probe)['checks-checksums']).to.equal('yes');
    expect(checksums).to.equal('sha256');
    for (const profile of ['none', checksums] as const) {
      proxy.heal();
      const store = await openStore(addressOf(bucket, proxy.endpoint), {
        credentials: credentials(),
        checksums: profile,
      });
      await store.put('small', content(1000));
      await store.putStream('large', pieces(17 << 20));
      const bodies = proxy.seen.filter(({ kind }) => kind === 'put' || kind === 'put-part');
      expect(bodies.map(({ hasChecksum }) => hasChecksum)).to.deep.equal(
        [1, 2, 3].map(() => profile === 'sha256'),
      );
      expect((await store.get('large')).equals(content(17 << 20))).to.equal(true);
      const sha256 = createHash('sha256').update(content(1000)).digest('hex');
      expect((await store.head('small'))?.storeSha256 === sha256).to.equal(profile === 'sha256');
      await store.close();
    }
  });

  it('finds late lists', async () => {
    await using proxy = await FaultyProxy.start(new URL(server.endpoint));
    proxy.hideFromLists(/listed-3/);
    const found = await probe(await newBucket(), proxy.endpoint);
    expect(answersOf(found)['list-after-put']).to.equal('no');
  });
});

const answersOf = ({ lines }: Probe) =>
  Object.fromEntries(lines.map(({ ability, found }) => [ability, found])) as Record<Ability, string>;
