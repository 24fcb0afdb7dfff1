import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { conformance, faultOf, refusalOf } from './conformance.ts';
import { HASTY } from './hasty.ts';
import { startProxy } from './proxy.ts';

describe('an S3 bucket as a store', () => {
  let server: S3Server;
  let buckets = 0;
  before(async function () {
    this.timeout(60_000);
    server = await sharedS3Server(this);
  });

  const newBucket = async () => {
    const bucket = `store-${process.pid}-${buckets++}`;
    await server.createBucket(bucket);
    return bucket;
  };
  const addressOf = (bucket: string, endpoint = server.endpoint) =>
    `s3://${bucket}/some/prefix?endpoint=${encodeURIComponent(endpoint)}&region=${server.region}`;
  const keys = () => ({ accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey });

  conformance(async () => openStore(addressOf(await newBucket()), { credentials: keys() }));

  describe('over a line on which every fifth request fails', () => {
    let proxy: FaultyProxy;
    beforeEach(async () => {
      proxy = await FaultyProxy.start(new URL(server.endpoint));
      for (const mishap of [
        'lost-answer',
        'slow-down',
        'cut-answer',
        'lost-request',
        'flipped-request',
      ] as const)
        proxy.plan(mishap, { every: 5, times: 1 });
      proxy.plan('lost-answer', { every: 5 });
    });
    afterEach(() => proxy[Symbol.asyncDispose]());

    conformance(
      async () =>
        openStore(addressOf(await newBucket(), proxy.endpoint), { credentials: keys(), patience: HASTY }),
      { lineFails: true },
    );
  });

  it('lists more objects than one page of S3 holds', async function () {
    this.timeout(60_000);
    const store = await openStore(addressOf(await newBucket()), { credentials: keys() });
    const names = Array.from({ length: 1005 }, (_, i) => `many/${String(i).padStart(5, '0')}`);
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(names.slice(at, at + 50).map((name) => store.put(name, Buffer.from('x'))));
    expect((await Array.fromAsync(store.list('many/'))).map(({ key }) => key)).to.deep.equal(names);
    await store.close();
  });

  it('says that a key is wrong, and never shows it', async () => {
    const bucket = await newBucket();
    const wrong = { accessKeyId: server.accessKeyId, secretAccessKey: 'a-very-secret-secret' };
    const store = await openStore(addressOf(bucket), { credentials: wrong });
    const refusal = await refusalOf(store.put('a', Buffer.from('x')));
    expect(refusal.fault).to.equal('denied');
    expect(refusal.message).to.contain('secret key is wrong').and.not.contain('a-very-secret');
    expect(JSON.stringify(refusal)).to.not.contain('a-very-secret');
    const stranger = await openStore(addressOf(bucket), {
      credentials: { accessKeyId: 'NOBODY', secretAccessKey: 'x' },
    });
    expect(await faultOf(stranger.get('a'))).to.equal('denied');
    expect(await faultOf(stranger.head('a'))).to.equal('denied');
    expect(await faultOf(openStore(addressOf(bucket)))).to.equal('denied');
  });

  it('is out of reach when the server is down or the bucket is not there', async () => {
    const down = await openStore(addressOf('bucket', 'http://127.0.0.1:1'), { credentials: keys() });
    expect(await faultOf(down.get('a'))).to.equal('unreachable');
    const nowhere = await openStore(addressOf('no-such-bucket'), { credentials: keys() });
    expect(await faultOf(nowhere.get('a'))).to.equal('unreachable');
    expect(await faultOf(Array.fromAsync(nowhere.list('')))).to.equal('unreachable');
  });

  it('goes on reading where a connection was cut', async () => {
    await using proxy = await startProxy(new URL(server.endpoint));
    const store = await openStore(addressOf(await newBucket(), `http://127.0.0.1:${proxy.port}`), {
      credentials: keys(),
    });
    const body = Buffer.alloc(5_000_000, 'abcdefg');
    await store.put('large', body);
    proxy.cut(2, 1_000_000);
    expect((await store.get('large')).equals(body)).to.equal(true);
    await store.close();
  });

  it('gives up on a connection that is cut again and again, in a bounded time', async () => {
    await using proxy = await startProxy(new URL(server.endpoint));
    const store = await openStore(addressOf(await newBucket(), `http://127.0.0.1:${proxy.port}`), {
      credentials: keys(),
    });
    await store.put('large', Buffer.alloc(5_000_000, 'x'));
    proxy.cut(1000, 500_000);
    expect(await faultOf(store.get('large'))).to.equal('unreachable');
    expect(proxy.connections).to.be.lessThan(40);
    await store.close();
  });

  it('writes an object although the first answer was lost', async () => {
    await using proxy = await startProxy(new URL(server.endpoint));
    const store = await openStore(addressOf(await newBucket(), `http://127.0.0.1:${proxy.port}`), {
      credentials: keys(),
    });
    proxy.cut(1, 0);
    // The server has it; asked again, it says that the name is taken.
    expect(['created', 'exists']).to.include(await store.put('a', Buffer.from('x'), { ifAbsent: true }));
    expect(String(await store.get('a'))).to.equal('x');
    await store.close();
  });

  it('refuses an address with keys in it, and one without a bucket', async () => {
    for (const address of [
      's3://',
      's3://key:secret@bucket/a',
      's3://bucket/a?endpoint=ftp://x',
      's3://b/a?endpoint=http://u:p@h',
    ])
      expect(await faultOf(openStore(address, { credentials: keys() })), address).to.equal('wrong-address');
  });
});
