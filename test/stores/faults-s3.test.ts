/** Every kind of request meets every kind of mishap. What comes of it is right, or a refusal that names the object. */
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import { type Store, StoreError } from '#/jobs/stores/store.ts';
import { FaultyProxy, type Mishap, type RequestKind } from '../support/faulty-proxy.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { content, faultOf, keysOf, later, pieces, refusalOf } from './conformance.ts';
import { HASTY } from './hasty.ts';

const MIB = 1 << 20;
const LARGE = 17 * MIB;
const BODY = content(300_000);
const TOGETHER = 3;
/** All tries of one request, waits and readings again included. */
const DEADLINE_MS = 60_000;

/** Something a store does. `check` looks at what came of it, past the proxy. */
interface Deed {
  name: string;
  kinds: RequestKind[];
  run(store: Store): Promise<unknown>;
  check(outcome: unknown, direct: Store): Promise<void>;
}

const DEEDS: Deed[] = [
  {
    name: 'writes an object',
    kinds: ['put'],
    run: (store) => store.put('new', BODY),
    check: async (outcome, direct) => {
      expect(outcome).to.equal('created');
      expect((await direct.get('new')).equals(BODY)).to.equal(true);
    },
  },
  {
    name: 'creates an object',
    kinds: ['put', 'head'],
    run: (store) => store.put('new', BODY, { ifAbsent: true }),
    check: async (outcome, direct) => {
      expect(outcome).to.equal('created');
      expect((await direct.get('new')).equals(BODY)).to.equal(true);
    },
  },
  {
    name: 'finds a name taken',
    kinds: ['head'],
    run: (store) => store.put('old', Buffer.from('another'), { ifAbsent: true }),
    check: async (outcome, direct) => {
      expect(outcome).to.equal('exists');
      expect((await direct.get('old')).equals(BODY)).to.equal(true);
    },
  },
  {
    name: 'creates a large object in parts',
    kinds: ['begin-upload', 'put-part', 'complete-upload', 'head'],
    run: (store) => store.putStream('large', pieces(LARGE), { ifAbsent: true }),
    check: async (outcome, direct) => {
      expect(outcome).to.equal('created');
      expect((await direct.get('large')).equals(content(LARGE))).to.equal(true);
    },
  },
  {
    name: 'reads an object',
    kinds: ['get'],
    run: (store) => store.get('old'),
    check: async (outcome) => {
      expect((outcome as Buffer).equals(BODY)).to.equal(true);
    },
  },
  {
    name: 'reads an object piece by piece',
    kinds: ['get'],
    run: async (store) => Buffer.concat(await Array.fromAsync(store.stream('old'))),
    check: async (outcome) => {
      expect((outcome as Buffer).equals(BODY)).to.equal(true);
    },
  },
  {
    name: 'reads some bytes',
    kinds: ['get'],
    run: (store) => store.getRange('old', { start: 100_000, bytes: 50_000 }),
    check: async (outcome) => {
      expect((outcome as Buffer).equals(BODY.subarray(100_000, 150_000))).to.equal(true);
    },
  },
  {
    name: 'looks at an object',
    kinds: ['head'],
    run: (store) => store.head('old'),
    check: async (outcome) => {
      expect(outcome).to.include({ bytes: BODY.length });
    },
  },
  {
    name: 'lists objects',
    kinds: ['list'],
    run: (store) => keysOf(store, 'o'),
    check: async (outcome) => {
      expect(outcome).to.deep.equal(['old']);
    },
  },
  {
    name: 'lists versions',
    kinds: ['list-versions'],
    run: async (store) => (await Array.fromAsync(store.versions!.list('old'))).map(({ key }) => key),
    check: async (outcome) => {
      expect(outcome).to.deep.equal(['old']);
    },
  },
  {
    name: 'removes an object',
    kinds: ['remove'],
    run: (store) => store.remove('old'),
    check: async (_, direct) => {
      expect(await direct.head('old')).to.equal(null);
    },
  },
  {
    name: 'extends a retention',
    kinds: ['read-lock', 'lock'],
    run: async (store) => {
      const until = new Date(Date.now() + 60_000);
      await store.locks!.extendRetention('old', until);
      return until;
    },
    check: async (until, direct) => {
      expect((await direct.locks!.retention('old'))?.until).to.deep.equal(until);
    },
  },
];

/** Mishaps that pass: the deed is done in the end. */
const PASSING: Mishap[] = [
  'lost-request',
  'lost-answer',
  'cut-request',
  'cut-answer',
  'flipped-request',
  'flipped-answer',
  'silence',
  'stalled-answer',
  'dripping-answer',
  'slow-down',
];

/** Mishaps that may last. */
const LASTING: Mishap[] = [...PASSING.filter((one) => one !== 'flipped-answer'), 'denied'];

/** What the deeds are about. `o` is what a list was asked for. */
const KEYS = ['new', 'old', 'large', 'o'];

describe('an S3 store over a line that fails', function () {
  this.timeout(120_000);
  let server: S3Server;
  let proxy: FaultyProxy;
  let direct: Store;
  let store: Store;
  let line: Awaited<ReturnType<typeof newLine>>;
  let buckets = 0;

  before(async function () {
    server = await sharedS3Server(this);
  });
  beforeEach(async () => {
    line = await newLine();
    ({ proxy, direct, store } = line);
  });
  afterEach(() => line[Symbol.asyncDispose]());

  /** A store over a line of its own, and the same store past it. */
  async function newLine() {
    const bucket = `faults-${process.pid}-${buckets++}`;
    await server.createBucket(bucket, { objectLock: true });
    const own = await FaultyProxy.start(new URL(server.endpoint));
    const [past, over] = [await open(bucket, server.endpoint), await open(bucket, own.endpoint)];
    await past.put('old', BODY);
    return {
      proxy: own,
      direct: past,
      store: over,
      async [Symbol.asyncDispose]() {
        await Promise.all([over.close(), past.close(), own[Symbol.asyncDispose]()]);
      },
    };
  }

  const open = (bucket: string, endpoint: string) =>
    openStore(`s3://${bucket}/p?endpoint=${encodeURIComponent(endpoint)}&region=${server.region}`, {
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
      patience: HASTY,
    });

  for (const deed of DEEDS)
    for (const kind of deed.kinds)
      it(`${deed.name} although a request (${kind}) meets with a mishap, of each kind`, async () => {
        const mishaps = PASSING.filter((one) => one !== 'flipped-answer' || !isUncovered(kind, deed));
        await meetAll(deed, mishaps, { kind, times: 1 });
      });

  // Most of the time of these is waiting, so a few go together.
  const tries = DEEDS.flatMap((deed) => deed.kinds.map((kind) => ({ deed, kind })));
  for (let i = 0; i < tries.length; i += TOGETHER) {
    const some = tries.slice(i, i + TOGETHER);
    const names = some.map(({ deed, kind }) => `${deed.name} (${kind})`).join(', ');
    it(`does, or says in time why not, where every request meets with a mishap: ${names}`, async () => {
      await Promise.all(
        some.map(({ deed, kind }) => meetAll(deed, LASTING, { kind, times: Number.MAX_VALUE })),
      );
    });
  }

  /** All at once, but for large objects: with ten of them under way a busy machine looks like a silent server. */
  async function meetAll(deed: Deed, mishaps: Mishap[], how: { kind: RequestKind; times: number }) {
    const atOnce = deed.kinds.includes('put-part') ? 3 : mishaps.length;
    for (let i = 0; i < mishaps.length; i += atOnce)
      await Promise.all(mishaps.slice(i, i + atOnce).map((mishap) => meet(deed, { mishap, ...how })));
  }

  /** Does a deed over a line of its own. What comes of it is right, or a refusal that is allowed there. */
  async function meet(
    deed: Deed,
    { mishap, kind, times }: { mishap: Mishap; kind: RequestKind; times: number },
  ) {
    await using own = await newLine();
    own.proxy.plan(mishap, { kind, times });
    const outcome = await inTime(deed.run(own.store)).catch((error: unknown) => error);
    // Reading again, looking again and giving up take requests of their own.
    expect(own.proxy.count(kind), mishap).to.be.at.most(mishap === 'denied' ? 2 : 4 * HASTY.attempts);
    if (!(outcome instanceof Error)) return deed.check(outcome, own.direct);
    const isAllowed = times > 1 ? isHonest(outcome, mishap) : isToldTooLate(outcome, deed, mishap);
    if (!isAllowed) throw new Error(`${mishap}: ${outcome.message}`, { cause: outcome });
  }

  it('gives up a failed upload, and where it cannot, leaves something that is found by its age', async () => {
    proxy.plan('denied', { kind: 'complete-upload' });
    expect(await faultOf(store.putStream('large', pieces(LARGE)))).to.equal('denied');
    expect(await Array.fromAsync(direct.leftovers(later()))).to.deep.equal([]);
    proxy.plan('lost-request', { kind: 'abort-upload' });
    expect(await faultOf(store.putStream('large', pieces(LARGE)))).to.equal('denied');
    const [left, ...others] = await Array.fromAsync(direct.leftovers(later()));
    expect(left).to.include({ key: 'large', bytes: LARGE });
    expect(others).to.deep.equal([]);
    proxy.plan('denied', { kind: 'list-parts' });
    const [untold] = await Array.fromAsync(store.leftovers(later()));
    expect(untold).to.include({ key: 'large', bytes: null });
    expect(await direct.removeLeftovers(new Date(Date.now() - 60_000))).to.deep.equal([]);
    expect(await direct.removeLeftovers(later(), { isMeant: (key) => key !== 'large' })).to.deep.equal([]);
    expect(await direct.removeLeftovers(later())).to.deep.equal([left]);
    expect(await Array.fromAsync(direct.leftovers(later()))).to.deep.equal([]);
    expect(await direct.head('large')).to.equal(null);
  });

  it('knows what it wrote while lists are late, and never lists what is not there', async () => {
    proxy.hideFromLists(/new/);
    await store.put('new', BODY);
    expect(await keysOf(store, '')).to.deep.equal(['old']);
    expect(await store.head('new')).to.include({ bytes: BODY.length });
    expect((await store.get('new')).equals(BODY)).to.equal(true);
    expect(await store.put('new', BODY, { ifAbsent: true })).to.equal('exists');
    proxy.heal();
    expect(await keysOf(store, '')).to.deep.equal(['new', 'old']);
  });

  it('tells bytes that lie there wrong from bytes that the way changes', async () => {
    const refused = async () => refusalOf(store.get('old'));
    proxy.plan('flipped-answer', { kind: 'get' });
    expect((await refused()).fault).to.equal('damaged');
    proxy.heal();
    proxy.plan('flipped-answer', { kind: 'get', times: 1 });
    expect((await store.get('old')).equals(BODY)).to.equal(true);
    proxy.heal();
    proxy.plan('flipped-answer', { kind: 'get', times: 1 });
    const stream = await refusalOf(Array.fromAsync(store.stream('old')));
    expect([stream.fault, stream.because.code, stream.key]).to.deep.equal([
      'unreachable',
      'store.content-differs',
      'old',
    ]);
  });

  it('sees one wrong bit in an object of several parts', async () => {
    await direct.putStream('large', pieces(LARGE));
    proxy.plan('flipped-answer', { kind: 'get', times: 1 });
    expect(await faultOf(Array.fromAsync(store.stream('large')))).to.equal('unreachable');
    expect((await store.get('large')).equals(content(LARGE))).to.equal(true);
  });

  it('makes no storm of an outage: many requests at once share their retries', async () => {
    proxy.plan('slow-down');
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) => faultOf(store.put(`many/${i}`, Buffer.from('x')))),
    );
    expect(new Set(outcomes)).to.deep.equal(new Set(['unreachable']));
    expect(proxy.seen.length).to.be.at.most(170);
    proxy.heal();
    expect(await store.put('after', BODY)).to.equal('created');
  });
});

/** A refusal that names the object and blames the way to it, and the right part of that. */
function isHonest(error: Error, mishap: Mishap): boolean {
  if (!(error instanceof StoreError) || !KEYS.includes(error.key ?? '')) return false;
  return mishap === 'denied' ? error.fault === 'denied' : ['unreachable', 'refused'].includes(error.fault);
}

/** A stream that was handed over cannot be taken back: its reader is told at the end that it was wrong. */
function isToldTooLate(error: Error, { name }: Deed, mishap: Mishap): boolean {
  const isWrong = error instanceof StoreError && error.because.code === 'store.content-differs';
  return mishap === 'flipped-answer' && name === 'reads an object piece by piece' && isWrong;
}

/** Bytes that no checksum covers: the caller's own does, or on a real line TLS. */
function isUncovered(kind: RequestKind, { name }: Deed): boolean {
  return ['list', 'list-versions', 'read-lock'].includes(kind) || name === 'reads some bytes';
}

async function inTime<T>(outcome: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) =>
    setTimeout(reject, DEADLINE_MS, new Error('past its deadline')).unref(),
  );
  return Promise.race([outcome, late]);
}
