/** What every store must do. Run against a folder, a real S3 server, and that server over a line that fails. */
import { expect } from 'chai';
import { type Store, StoreError, type StoreFault } from '#/jobs/stores/store.ts';

const MIB = 1 << 20;

/**
 * Declares the tests. `open` gives a store with nothing in it, another one each time. Over a line that fails a write may
 * leave something, which is then removed by its age.
 */
export function conformance(open: () => Promise<Store>, { lineFails = false } = {}): void {
  const expectNoLeftovers = async () => {
    if (lineFails) await store.removeLeftovers(later());
    expect(await Array.fromAsync(store.leftovers(later()))).to.deep.equal([]);
  };

  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  it('gives back what was put', async () => {
    const body = Buffer.from('some bytes');
    expect(await store.put('a/b/c.txt', body)).to.equal('created');
    expect(await store.get('a/b/c.txt')).to.deep.equal(body);
    expect((await store.head('a/b/c.txt'))?.bytes).to.equal(10);
  });

  it('reads an object into memory that is given, where there is room for it', async () => {
    const body = Buffer.from('just enough');
    await store.put('fits', body);
    for (const memory of [new SharedArrayBuffer(body.length), new ArrayBuffer(1000)]) {
      const into = new Uint8Array(memory);
      const read = await store.get('fits', { into });
      expect(read.equals(body)).to.equal(true);
      expect(read.buffer).to.equal(memory);
      expect(read.byteOffset).to.equal(0);
    }
    const small = new Uint8Array(body.length - 1);
    expect((await store.get('fits', { into: small })).equals(body)).to.equal(true);
  });

  it('takes an empty object and one of many megabytes, whole and piece by piece', async () => {
    const large = Buffer.alloc(9_000_001, 'reprise');
    await store.put('empty', new Uint8Array());
    await store.put('large', large);
    expect((await store.get('empty')).length).to.equal(0);
    expect((await store.get('large')).equals(large)).to.equal(true);
    expect(Buffer.concat(await Array.fromAsync(store.stream('large'))).equals(large)).to.equal(true);
  });

  it('creates an object only where there is none, when asked to', async () => {
    expect(await store.put('once', Buffer.from('first'), { ifAbsent: true })).to.equal('created');
    expect(await store.put('once', Buffer.from('second'), { ifAbsent: true })).to.equal('exists');
    expect(String(await store.get('once'))).to.equal('first');
  });

  it('lets exactly one of many writers create an object', async () => {
    const attempts = Array.from({ length: 12 }, (_, i) =>
      store.put('race', Buffer.from(`${i}`), { ifAbsent: true }),
    );
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome === 'created')).to.have.length(1);
    expect(String(await store.get('race'))).to.equal(String(outcomes.indexOf('created')));
  });

  it('replaces an object when not told otherwise', async () => {
    await store.put('text', Buffer.from('old'));
    await store.put('text', Buffer.from('new'));
    expect(String(await store.get('text'))).to.equal('new');
  });

  it('answers that an object is not there', async () => {
    expect(await store.head('nothing')).to.equal(null);
    await store.remove('nothing');
    expect(await faultOf(store.get('nothing'))).to.equal('not-found');
    expect(await faultOf(Array.fromAsync(store.stream('nothing')))).to.equal('not-found');
  });

  it('lists what lies below a prefix, in the order of the keys', async () => {
    const keys = ['a', 'b/one', 'b/two/deep', 'b-c', 'b.d', 'é/x', 'z'];
    for (const key of keys) await store.put(key, Buffer.from('x'));
    expect(await keysOf(store, '')).to.deep.equal(['a', 'b-c', 'b.d', 'b/one', 'b/two/deep', 'z', 'é/x']);
    expect(await keysOf(store, 'b/')).to.deep.equal(['b/one', 'b/two/deep']);
    expect(await keysOf(store, 'b')).to.deep.equal(['b-c', 'b.d', 'b/one', 'b/two/deep']);
    expect(await keysOf(store, 'nothing/')).to.deep.equal([]);
  });

  it('removes an object', async () => {
    await store.put('gone', Buffer.from('x'));
    await store.remove('gone');
    expect(await store.head('gone')).to.equal(null);
    expect(await keysOf(store, '')).to.deep.equal([]);
  });

  it('takes a stream of any length: none, some bytes, exactly one part, and several', async () => {
    for (const bytes of [0, 10, 16 * MIB, 40 * MIB + 7]) {
      const key = `stream/${bytes}`;
      expect(await store.putStream(key, pieces(bytes)), key).to.equal('created');
      expect((await store.head(key))?.bytes, key).to.equal(bytes);
      expect((await store.get(key)).equals(content(bytes)), key).to.equal(true);
    }
  });

  it('creates a large object only where there is none, when asked to', async () => {
    await store.put('large', Buffer.from('first'));
    expect(await store.putStream('large', pieces(20 * MIB), { ifAbsent: true })).to.equal('exists');
    expect(String(await store.get('large'))).to.equal('first');
    expect(await store.putStream('other', pieces(20 * MIB), { ifAbsent: true })).to.equal('created');
    await expectNoLeftovers();
  });

  // A proxy in this process would hold the same bytes again, and count.
  if (!lineFails)
    it('holds a part of a long stream in memory, and never all of it', async function () {
      this.timeout(60_000);
      const body = async function* () {
        for (let at = 0; at < 320; at++) yield Buffer.alloc(MIB, at);
      };
      const before = process.memoryUsage().arrayBuffers;
      let highest = 0;
      const measure = setInterval(() => {
        highest = Math.max(highest, process.memoryUsage().arrayBuffers - before);
      }, 5);
      await store.putStream('long', body());
      clearInterval(measure);
      // What the collector has not taken yet is counted too.
      expect(highest / MIB).to.be.lessThan(260);
    });

  it('leaves nothing when the stream breaks off, and tells why it did', async () => {
    const broken = new Error('the source is gone');
    for (const bytes of [MIB, 40 * MIB]) {
      const body = async function* () {
        yield* pieces(bytes);
        throw broken;
      };
      const outcome = await store.putStream('broken', body()).catch((error: unknown) => error);
      expect(outcome).to.equal(broken);
      expect(await store.head('broken')).to.equal(null);
      await expectNoLeftovers();
    }
  });

  it('reads some bytes of an object, and fewer where it ends', async () => {
    await store.put('ten', Buffer.from('0123456789'));
    expect(String(await store.getRange('ten', { start: 0, bytes: 3 }))).to.equal('012');
    expect(String(await store.getRange('ten', { start: 8, bytes: 5 }))).to.equal('89');
    expect(String(await store.getRange('ten', { start: 10, bytes: 5 }))).to.equal('');
    expect(String(await store.getRange('ten', { start: 4, bytes: 0 }))).to.equal('');
    expect(await faultOf(store.getRange('nothing', { start: 0, bytes: 1 }))).to.equal('not-found');
  });

  it('removes what crashed writes left once it is old enough, and nothing else', async () => {
    await store.put('a/whole', Buffer.from('x'));
    expect(await store.removeLeftovers(later())).to.deep.equal([]);
    expect(await keysOf(store, '')).to.deep.equal(['a/whole']);
  });

  it('says that it cannot hold what is in it, where it cannot', async () => {
    const until = new Date(Date.now() + 60_000);
    const held = store.put('held', Buffer.from('x'), { retention: { mode: 'governance', until } });
    expect(await faultOf(held)).to.equal('refused');
    expect(await store.head('held')).to.equal(null);
  });

  it('refuses names that could leave it', async () => {
    for (const key of ['../x', 'a/../../x', '/x', 'a//b', '.', '', 'a/.', 'a\0b', '.reprise-unfinished-1'])
      expect(await faultOf(store.put(key, Buffer.from('x'))), JSON.stringify(key)).to.equal('refused');
  });

  it('stops in the middle when told to, and leaves nothing', async () => {
    const stop = new AbortController();
    const body = async function* () {
      yield* pieces(20 * MIB);
      stop.abort();
      yield* pieces(20 * MIB);
    };
    const outcome = await store
      .putStream('stopped', body(), { signal: stop.signal })
      .catch((error: Error) => error.name);
    expect(outcome).to.equal('AbortError');
    expect(await store.head('stopped')).to.equal(null);
    await expectNoLeftovers();
  });

  it('stops a write when told to, and leaves nothing', async () => {
    const stop = AbortSignal.abort();
    const outcome = await store
      .put('stopped', Buffer.alloc(1 << 20), { signal: stop })
      .catch((error: Error) => error.name);
    expect(outcome).to.equal('AbortError');
    expect(await store.head('stopped')).to.equal(null);
  });
}

/** The fault of a store's refusal; anything else that happens is a failed test. */
export async function faultOf(attempt: Promise<unknown>): Promise<StoreFault> {
  return (await refusalOf(attempt)).fault;
}

export async function refusalOf(attempt: Promise<unknown>): Promise<StoreError> {
  const outcome = await attempt.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof StoreError) return outcome;
  throw new Error('the store did not refuse', { cause: outcome });
}

/** A content in which every place can be told from its neighbours, so that swapped parts are seen. */
export function content(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes, 'reprise');
  for (let at = 0; at + 4 <= bytes; at += 64 * 1024) whole.writeUInt32LE(at, at);
  return whole;
}

/** The same content in pieces whose size fits no part. */
export async function* pieces(bytes: number): AsyncGenerator<Buffer> {
  const whole = content(bytes);
  for (let at = 0; at < bytes; at += 700_001) yield whole.subarray(at, at + 700_001);
}

/** A time by which everything is old. */
export const later = () => new Date(Date.now() + 60_000);

export async function keysOf(store: Store, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).map(({ key }) => key);
}
