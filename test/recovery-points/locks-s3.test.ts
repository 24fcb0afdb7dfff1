import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { refusalOf } from '../stores/conformance.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { ASSET, makeWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;
const HOLD = { mode: 'compliance', days: 1 } as const;

describe('a recovery point that is locked', function () {
  this.timeout(60_000);
  let server: S3Server;
  let world: World;
  let store: Store;
  let buckets = 0;
  before(async function () {
    server = await sharedS3Server(this);
  });
  const open = async (objectLock: boolean) => {
    const bucket = `held-${process.pid}-${buckets++}`;
    await server.createBucket(bucket, { objectLock });
    return openStore(`s3://${bucket}/p?endpoint=${server.endpoint}&region=${server.region}`, {
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    });
  };
  beforeEach(async () => {
    world = await makeWorld();
    writeFileSync(`${world.source}/first`, 'of the first day');
  });
  afterEach(async () => {
    await store?.close();
    await world[Symbol.asyncDispose]();
  });

  /** A run that began so long before the end of its lock, so that the lock ends soon by the server's clock. */
  const backUp = (endsIn: number, options = {}) => {
    const startedAt = new Date(Date.now() - DAY_MS + endsIn);
    return world
      .backUp({ store, retention: HOLD, now: () => startedAt, ...options })
      .then((result) => ({ ...result, until: new Date(startedAt.getTime() + DAY_MS) }));
  };
  const heldUntil = async (prefix: string) => {
    const objects = await Array.fromAsync(store.list(prefix));
    return Promise.all(
      objects.map(
        async ({ key }) => [key, (await store.locks!.retention(key))?.until.getTime() ?? null] as const,
      ),
    );
  };

  it('cannot be removed: neither its packs, nor its manifest, signature or head', async () => {
    store = await open(true);
    const { pointId, until } = await backUp(60_000);
    const held = [...(await heldUntil(`${ASSET}/packs/`)), ...(await heldUntil(`${ASSET}/snapshots/`))];
    expect(held).to.have.length(4);
    expect(new Set(held.map(([, end]) => end))).to.deep.equal(new Set([until.getTime()]));
    for (const [key] of held) {
      const [version] = await Array.fromAsync(store.versions!.list(key));
      expect((await refusalOf(store.versions!.remove(key, version!.id))).because.code).to.equal(
        'store.locked',
      );
    }
    expect((await world.verify('L3', { store, point: pointId })).verdict).to.equal('passed');
  });

  it('holds the packs of earlier points that it needs as long as itself, and what it does not need no longer', async () => {
    store = await open(true);
    const first = await backUp(60_000);
    const [old] = await heldUntil(`${ASSET}/packs/`);
    writeFileSync(`${world.source}/second`, 'of the second day');
    const second = await backUp(120_000, { onLast: true });
    expect(second.basedOn).to.equal(first.pointId);
    const packs = await heldUntil(`${ASSET}/packs/`);
    expect(packs).to.have.length(2);
    expect(packs.map(([key]) => key)).to.include(old![0]);
    expect(packs.map(([, end]) => end)).to.deep.equal([second.until.getTime(), second.until.getTime()]);
    const ends = await heldUntil(`${ASSET}/snapshots/${first.pointId}/`);
    expect(ends.map(([, end]) => end)).to.deep.equal(ends.map(() => first.until.getTime()));
  });

  it('is not there at all when what it needs could not be held as long', async () => {
    store = await open(true);
    const first = await backUp(60_000);
    const extendRetention = () => Promise.reject(new Error('not now'));
    const cannotExtend = new Proxy(store, {
      get(target, name: keyof Store) {
        if (name === 'locks') return { ...target.locks, extendRetention };
        const value = target[name];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const refusal = await backUp(120_000, { onLast: true, store: cannotExtend }).catch(
      (error: Error) => error,
    );
    expect((refusal as Error).message).to.equal('not now');
    const heads = (await Array.fromAsync(store.list(`${ASSET}/snapshots/`))).filter(({ key }) =>
      key.endsWith('/head.json'),
    );
    expect(heads.map(({ key }) => key.split('/')[2])).to.deep.equal([first.pointId]);
  });

  it('is refused where the store cannot lock, and for no sound number of days', async () => {
    store = await open(false);
    expect((await refusalOf(backUp(60_000))).because.code).to.equal('store.no-locks');
    expect((await refusalOf(world.backUp({ retention: HOLD }))).because.code).to.equal('store.no-locks');
    const none = await world
      .backUp({ store, retention: { mode: 'governance', days: 0 } })
      .catch((error) => error);
    expect(none.because.code).to.equal('ask.bad-lock-days');
  });
});
