/** What every store must do. Run against a folder and against a real S3 server. */
import { expect } from 'chai';
import { type Store, StoreError, type StoreFault } from '#/jobs/stores/store.ts';

/** Declares the tests. `open` gives a store with nothing in it, another one each time. */
export function storeSuite(open: () => Promise<Store>): void {
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

  it('refuses names that could leave it', async () => {
    for (const key of ['../x', 'a/../../x', '/x', 'a//b', '.', '', 'a/.', 'a\0b', '.reprise-unfinished-1'])
      expect(await faultOf(store.put(key, Buffer.from('x'))), JSON.stringify(key)).to.equal('refused');
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

async function keysOf(store: Store, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).map(({ key }) => key);
}
