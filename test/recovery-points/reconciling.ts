/** What every store must bear of crashes, lost rows, forgers and clean-ups: one suite, for a folder and for S3. */
import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { fingerprint } from '#/jobs/recovery-points/age/keys.ts';
import { backup } from '#/jobs/recovery-points/backup.ts';
import { markerKey, packKey, pointKeys } from '#/jobs/recovery-points/layout.ts';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { removeOrphans } from '#/jobs/recovery-points/reconcile/clean-up.ts';
import { reconcile } from '#/jobs/recovery-points/reconcile/reconcile.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { folderSource } from '#/jobs/sources/folder.ts';
import { type MeantLeftovers, type Store, StoreError } from '#/jobs/stores/store.ts';
import { ASSET, makeWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;

/** A store as a process sees it that dies once an object is written: nothing it asks afterwards is answered. */
export function dyingAfter(store: Store, isLast: (key: string) => boolean): Store {
  let isDead = false;
  const died = () =>
    new StoreError('unreachable', { code: 'store.unreachable', params: {} }, 'The process died.');
  return wrapped(store, (name, call, args) => {
    if (isDead) return Promise.reject(died());
    const answer = call();
    if (name !== 'put' || !isLast(String(args[0]))) return answer;
    return Promise.resolve(answer).then(() => {
      isDead = true;
      throw died();
    });
  });
}

/** A store whose objects were written days ago, and whose uploads broke off then. */
export function aged(store: Store, days: number): Store {
  return wrapped(store, (name, call, args) => {
    if (name === 'list') return older(call() as ReturnType<Store['list']>);
    if (name !== 'leftovers' && name !== 'removeLeftovers') return call();
    const before = args[0] as Date;
    const later = new Date(before.getTime() + days * DAY_MS);
    return name === 'leftovers'
      ? olderUploads(store.leftovers(later, args[1] as string))
      : store.removeLeftovers(later, args[1] as MeantLeftovers);
  });

  async function* olderUploads(uploads: ReturnType<Store['leftovers']>) {
    for await (const one of uploads)
      yield { ...one, startedAt: new Date(one.startedAt.getTime() - days * DAY_MS) };
  }

  async function* older(listing: ReturnType<Store['list']>) {
    for await (const one of listing) {
      const isMarker = one.key.includes('/running/');
      yield isMarker ? one : { ...one, modifiedAt: new Date(one.modifiedAt.getTime() - days * DAY_MS) };
    }
  }
}

/** A store in which something else happens right after a clean-up has said that it runs. */
function onceAnnounced(store: Store, happen: () => Promise<unknown>): Store {
  let hasHappened = false;
  return wrapped(store, (name, call) => {
    if (name !== 'put' || hasHappened) return call();
    hasHappened = true;
    return Promise.resolve(call()).then(async (answer) => {
      await happen();
      return answer;
    });
  });
}

function wrapped(
  store: Store,
  around: (name: string, call: () => unknown, args: unknown[]) => unknown,
): Store {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => around(String(name), () => member.apply(target, args), args);
    },
  });
}

/** Leaves an upload of some bytes under a key as a crash would. Answers the name that the leftover has. */
export type BreakOff = (store: Store, key: string) => Promise<string>;

export function storesBearCrashes(open: () => Promise<Store>, breakOff: BreakOff) {
  let world: World;
  let store: Store;
  let files = 0;
  beforeEach(async () => {
    world = await makeWorld();
    store = await open();
    addFile();
  });
  afterEach(async () => {
    await store.close();
    await world[Symbol.asyncDispose]();
  });

  const addFile = () =>
    writeFileSync(path.join(world.source, `file-${files++}`), `content ${files} ${Math.random()}`);
  const backUp = (onLast = false, to = store) => world.backUp({ store: to, onLast });
  const keysOf = async (from = store) =>
    (await Array.fromAsync(from.list(`${ASSET}/`))).map(({ key }) => key);
  const packsOf = async () => (await keysOf()).filter((key) => key.includes('/packs/'));
  const look = (known: { pointId: string; headSha256: string }[] = [], from = store) =>
    reconcile(from, ASSET, {
      known: known.map(({ pointId, headSha256 }) => ({ point: pointId, headSha256 })),
      trust: [world.publicKey],
      recipients: [world.recipient],
      identity: world.identity,
    });
  /** By now every marker of a dead backup has expired, and what it left is past its grace. */
  const clean = (from = aged(store, 8), dryRun = false) => removeOrphans(from, ASSET, { dryRun });
  const dieAfter = async (isLast: (key: string) => boolean) => {
    addFile();
    const outcome = await backUp(false, dyingAfter(store, isLast)).catch((error: Error) => error.message);
    expect(outcome).to.equal('The process died.');
    for (const key of await keysOf()) if (key.includes('/running/')) await store.remove(key);
  };

  it('agrees with what it made, and writes nothing while it looks', async () => {
    const made = await backUp();
    const before = await keysOf();
    const found = await look([made]);
    expect(found).to.include({ heads: 1, orphansUnknown: null });
    for (const list of [
      'toAdopt',
      'gone',
      'altered',
      'refused',
      'incomplete',
      'unreadable',
      'orphans',
    ] as const)
      expect(found[list], list).to.deep.equal([]);
    expect(found.newest?.point).to.equal(made.pointId);
    expect(found.newest?.packs.map((sha256) => packKey(ASSET, sha256)).sort()).to.deep.equal(await packsOf());
    expect(await keysOf()).to.deep.equal(before);
    expect(
      before.some((key) => key.includes('/running/')),
      'the marker is gone',
    ).to.equal(false);
  });

  const STEPS: [string, (key: string) => boolean, { orphans: number; incomplete: number; whole: number }][] =
    [
      ['a pack', (key) => key.includes('/packs/'), { orphans: 1, incomplete: 0, whole: 0 }],
      ['the manifest', (key) => key.includes('/manifest.'), { orphans: 1, incomplete: 1, whole: 0 }],
      ['the signature', (key) => key.endsWith('.sig'), { orphans: 1, incomplete: 1, whole: 0 }],
      ['the head', (key) => key.endsWith('/head.json'), { orphans: 0, incomplete: 0, whole: 1 }],
    ];
  for (const [step, isLast, left] of STEPS)
    it(`a crash after ${step} leaves orphans only, or a whole point, and both are found`, async () => {
      const made = await backUp();
      await dieAfter(isLast);
      const found = await look([made]);
      expect([found.orphans?.length, found.incomplete.length, found.toAdopt.length]).to.deep.equal([
        left.orphans,
        left.incomplete,
        left.whole,
      ]);
      expect([found.gone, found.altered, found.refused, found.unreadable]).to.deep.equal([[], [], [], []]);
      const gone = await clean();
      expect([gone.blocked, gone.packs.length, gone.points.length]).to.deep.equal([
        null,
        left.orphans,
        left.incomplete,
      ]);
      const after = await look([made]);
      expect([after.orphans, after.incomplete, after.toAdopt.length]).to.deep.equal([[], [], left.whole]);
      for (const { id } of (await listPoints(store, ASSET)).points)
        expect((await world.verify('L2b', { store, point: id })).verdict).to.equal('passed');
    });

  it('gives a point whose row was lost back with every fact that was told when it was made', async () => {
    const made = await backUp();
    const [found] = (await look()).toAdopt;
    const { pointId, startedAt, endedAt, dataTime, bytes, storedBytes, packs, headSha256, manifestSha256 } =
      made;
    expect(found).to.deep.equal({
      ...{ point: pointId, startedAt, endedAt, dataTime, files: made.files, bytes, storedBytes, packs },
      counts: { torn: 0, vanished: 0, unreadable: 0, skipped: 0 },
      reservations: made.reservations,
      ...{ headSha256, manifestSha256, sealedTo: [fingerprint(world.recipient)] },
    });
  });

  it('never adopts what a stranger signed, and still removes nothing that the stranger cites', async () => {
    const made = await backUp();
    addFile();
    const forged = await makeForged(newSigningKey().privateKey);
    const found = await look([made]);
    expect(found.toAdopt).to.deep.equal([]);
    expect(found.refused.map(({ point, finding }) => [point, finding.code])).to.deep.equal([
      [forged.pointId, 'head.signer-unknown'],
    ]);
    expect([found.orphans, found.altered]).to.deep.equal([[], []]);
    expect((await clean()).packs).to.deep.equal([]);
  });

  it('adopts nothing that was sealed to others, nor anything while nobody is trusted', async () => {
    await backUp();
    const others = { known: [], trust: [world.publicKey], recipients: ['age1others'] };
    const [refused] = (await reconcile(store, ASSET, others)).refused;
    expect(refused?.finding.code).to.equal('head.of-another-client');
    const nobody = await reconcile(store, ASSET, { known: [], trust: [] });
    expect([nobody.toAdopt, nobody.refused.length]).to.deep.equal([[], 1]);
  });

  it('tells known points that are gone, lack a pack, or have another head', async () => {
    const gone = await backUp();
    addFile();
    const lacking = await backUp();
    addFile();
    const other = await backUp();
    for (const key of Object.values(pointKeys(ASSET, gone.pointId))) await store.remove(key);
    const { head } = JSON.parse(`{"head":${await store.get(pointKeys(ASSET, lacking.pointId).head)}}`);
    await store.remove(packKey(ASSET, head.packs[0].sha256));
    const found = await look([gone, lacking, { ...other, headSha256: hash('sha256', 'another') }]);
    expect(found.gone.map(({ point }) => point)).to.deep.equal([gone.pointId]);
    expect(found.altered.map(({ point, finding }) => [point, finding.code])).to.deep.equal([
      [lacking.pointId, 'pack.missing'],
      [other.pointId, 'head.not-on-record'],
    ]);
    expect(found.orphans?.length, 'of the point that is gone').to.equal(1);
  });

  for (const [damage, change] of [
    ['cut short', (head: Buffer) => head.subarray(0, 100)],
    ['altered', (head: Buffer) => Buffer.from(String(head).replace(/"files":\d+/, '"files":9'))],
  ] as const)
    it(`removes nothing while a head is ${damage}, and says why`, async () => {
      const made = await backUp();
      await dieAfter((key) => key.includes('/packs/'));
      const { head } = pointKeys(ASSET, made.pointId);
      const bytes = await store.get(head);
      await store.put(head, change(bytes));
      const found = await look([made]);
      expect(found.orphans).to.equal(null);
      expect(found.orphansUnknown?.code).to.equal('clean-up.head-unreadable');
      expect(found.altered.map(({ point }) => point)).to.deep.equal([made.pointId]);
      const before = await packsOf();
      const done = await clean();
      expect([done.blocked?.code, done.packs]).to.deep.equal(['clean-up.head-unreadable', []]);
      expect(await packsOf()).to.deep.equal(before);
    });

  it('leaves what is young, and refuses a grace that a running backup could outlive', async () => {
    await backUp();
    await dieAfter((key) => key.endsWith('.sig'));
    const before = await keysOf();
    const done = await clean(store);
    expect(done.young).to.include({ packs: 1, points: 1 });
    expect([done.packs, done.points]).to.deep.equal([[], []]);
    expect((await clean(aged(store, 8), true)).packs.length, 'a dry run tells').to.equal(1);
    expect(await keysOf()).to.deep.equal(before);
    const short = await removeOrphans(store, ASSET, { dryRun: false, olderThan: 0 }).catch((error) => error);
    expect(short).to.include({ name: 'EngineError', kind: 'call' });
  });

  it('leaves packs of earlier runs that a later point cites, however old', async () => {
    const first = await backUp();
    addFile();
    const second = await backUp(true);
    expect(second.basedOn).to.equal(first.pointId);
    for (const key of Object.values(pointKeys(ASSET, first.pointId))) await store.remove(key);
    expect((await clean(aged(store, 400))).packs).to.deep.equal([]);
    expect((await world.verify('L2b', { store, point: second.pointId })).verdict).to.equal('passed');
  });

  it('does nothing while a backup runs, and the backup none the worse for it', async () => {
    await backUp();
    await dieAfter((key) => key.includes('/packs/'));
    addFile();
    const blocked: (string | undefined)[] = [];
    const watched = wrapped(store, (name, call, args) => {
      const answer = call();
      if (name !== 'put' || !String(args[0]).includes('/packs/')) return answer;
      return Promise.resolve(answer).then(async (outcome) => {
        blocked.push((await clean()).blocked?.code);
        return outcome;
      });
    });
    const made = await backUp(true, watched);
    expect(blocked).to.deep.equal(['clean-up.backup-running']);
    expect((await world.verify('L2b', { store, point: made.pointId })).verdict).to.equal('passed');
    expect((await clean()).packs.length, 'once it has ended').to.equal(1);
    expect((await world.verify('L2b', { store, point: made.pointId })).verdict).to.equal('passed');
  });

  it('a backup that begins during a clean-up builds on no earlier point, and both end well', async () => {
    const first = await backUp();
    await dieAfter((key) => key.includes('/packs/'));
    addFile();
    const made: Awaited<ReturnType<World['backUp']>>[] = [];
    const during = onceAnnounced(aged(store, 8), async () => made.push(await backUp(true)));
    const done = await clean(during);
    expect(made[0]).to.include({ basedOn: null, fullBecause: 'clean-up-under-way' });
    expect(done.packs.length).to.equal(1);
    for (const point of [first.pointId, made[0]!.pointId])
      expect((await world.verify('L2b', { store, point })).verdict).to.equal('passed');
  });

  it('a point published between the first look and the removal keeps the packs it cites', async () => {
    const first = await backUp();
    const { head, signature } = pointKeys(ASSET, first.pointId);
    const bytes = [await store.get(signature), await store.get(head)] as const;
    await store.remove(head);
    // Right before packs are removed, the head that cites them comes: a backup from before there were markers.
    let puts = 0;
    const late = wrapped(aged(store, 8), (name, call) => {
      const answer = call();
      if (name !== 'put' || ++puts !== 2) return answer;
      return Promise.resolve(answer).then(async (outcome) => {
        await store.put(signature, bytes[0]);
        await store.put(head, bytes[1]);
        return outcome;
      });
    });
    const done = await clean(late);
    expect([done.blocked, done.packs, done.points]).to.deep.equal([null, [], []]);
    expect((await world.verify('L2b', { store, point: first.pointId })).verdict).to.equal('passed');
  });

  it('a backup whose earlier packs went away meanwhile makes no point that lacks them', async () => {
    await backUp();
    addFile();
    const [cited] = await packsOf();
    const losing = wrapped(store, (name, call, args) => {
      const answer = call();
      if (name !== 'put' || !String(args[0]).endsWith('.sig')) return answer;
      return Promise.resolve(answer).then(async (outcome) => {
        await store.remove(cited!);
        return outcome;
      });
    });
    const outcome = await backUp(true, losing).catch((error) => error);
    expect(outcome).to.include({ name: 'EngineError', kind: 'inconclusive' });
    expect((await listPoints(store, ASSET)).points.length).to.equal(1);
    expect((await backUp(true)).fullBecause).to.equal('objects-missing');
  });

  it('many clean-ups and backups at once leave every point whole', async function () {
    this.timeout(120_000);
    await backUp();
    for (let round = 0; round < 3; round++) {
      await dieAfter((key) => key.includes('/packs/'));
      addFile();
      const made = await Promise.all([backUp(true), clean(), clean(), backUp(true), clean()]);
      expect(made.length).to.equal(5);
    }
    const { points, incomplete } = await listPoints(store, ASSET);
    expect([points.length, incomplete]).to.deep.equal([7, []]);
    for (const { id } of points)
      expect((await world.verify('L2b', { store, point: id })).verdict, id).to.equal('passed');
    await clean();
    expect((await look()).orphans).to.deep.equal([]);
  });

  it('removes what an upload left that broke off once it is two days old, and nothing that others upload', async () => {
    const made = await backUp();
    const left = await breakOff(store, pointKeys(ASSET, '20260101T000000000Z-0123456789ab').manifest);
    const others = await breakOff(store, 'another-asset/packs/large');
    const { uploads } = await look([made]);
    expect(uploads?.map(({ key }) => key)).to.deep.equal([left]);
    expect(uploads?.[0]?.bytes).to.be.greaterThan(0);

    expect((await clean(aged(store, 1))).young).to.include({ uploads: 1, bytes: uploads![0]!.bytes });
    expect(
      (await clean(aged(store, 3), true)).uploads.map(({ key }) => key),
      'dry',
    ).to.deep.equal([left]);
    expect((await look([made])).uploads?.length).to.equal(1);
    const done = await clean(aged(store, 3));
    expect([done.blocked, done.uploads.map(({ key }) => key)]).to.deep.equal([null, [left]]);
    expect(done.bytes).to.equal(uploads![0]!.bytes);
    const remaining = await Array.fromAsync(store.leftovers(new Date(Date.now() + DAY_MS)));
    expect(remaining.map(({ key }) => key)).to.deep.equal([others]);
  });

  it('leaves uploads that broke off while a backup says that it runs', async () => {
    await breakOff(store, pointKeys(ASSET, '20260101T000000000Z-0123456789ab').manifest);
    const marker = markerKey(ASSET, '20260101T000000000Z-0123456789ab');
    await store.put(marker, Buffer.from('{}'));
    const blocked = await clean();
    expect([blocked.blocked?.code, blocked.uploads]).to.deep.equal(['clean-up.backup-running', []]);
    await store.remove(marker);
    expect((await clean()).uploads.length).to.equal(1);
  });

  it('says that it could not look for uploads where it may not, and cleans up all else', async () => {
    await dieAfter((key) => key.includes('/packs/'));
    const refusing = wrapped(aged(store, 8), (name, call) => {
      if (name !== 'leftovers') return call();
      throw new StoreError('denied', { code: 'store.denied', params: {} }, 'May not.');
    });
    expect((await look([], refusing)).uploadsUnknown?.code).to.equal('store.denied');
    const done = await clean(refusing);
    expect([done.uploadsUnknown?.code, done.packs.length]).to.deep.equal(['store.denied', 1]);
  });

  it('removes nothing while a point on record is not there as it was, as it may come back', async () => {
    const made = await backUp();
    const known = [{ point: made.pointId, headSha256: made.headSha256 }];
    const cleanKnowing = () => removeOrphans(aged(store, 8), ASSET, { dryRun: false, known });
    const { head } = pointKeys(ASSET, made.pointId);
    const bytes = await store.get(head);
    await store.remove(head);
    const before = await keysOf();
    const blocked = await cleanKnowing();
    expect([blocked.blocked?.code, blocked.packs, blocked.points]).to.deep.equal([
      'clean-up.point-lost',
      [],
      [],
    ]);
    expect(await keysOf()).to.deep.equal(before);

    await store.put(head, bytes);
    known[0]!.headSha256 = hash('sha256', 'another');
    expect((await cleanKnowing()).blocked?.code).to.equal('clean-up.point-lost');
    known[0]!.headSha256 = made.headSha256;
    await dieAfter((key) => key.includes('/packs/'));
    const done = await cleanKnowing();
    expect([done.blocked, done.packs.length]).to.deep.equal([null, 1]);
    expect((await world.verify('L2b', { store, point: made.pointId })).verdict).to.equal('passed');
  });

  it('tells what went although the store was out of reach before the end', async () => {
    await dieAfter((key) => key.endsWith('.sig'));
    const breaking = wrapped(aged(store, 8), (name, call, args) =>
      name === 'head' && String(args[0]).endsWith('/head.json')
        ? Promise.reject(
            new StoreError('unreachable', { code: 'store.unreachable', params: {} }, 'Out of reach.'),
          )
        : call(),
    );
    const done = await clean(breaking);
    expect([done.packs.length, done.points, done.blocked?.code]).to.deep.equal([1, [], 'store.unreachable']);
    expect((await clean()).points.length).to.equal(1);
  });

  it('names objects that are none of ours, and leaves them', async () => {
    await backUp();
    for (const key of ['packs/note.txt', 'stray', 'snapshots/old/head.json'])
      await store.put(`${ASSET}/${key}`, Buffer.from('x'));
    const { foreign, refused, orphans } = await look();
    expect(foreign).to.deep.equal({
      count: 3,
      first: ['packs/note.txt', 'snapshots/old/head.json', 'stray'].map((key) => `${ASSET}/${key}`),
    });
    expect([refused, orphans]).to.deep.equal([[], []]);
    await clean();
    expect((await look()).foreign.count).to.equal(3);
  });

  it('a dead backup blocks for a day by the store’s clock, and no longer', async () => {
    await dieAfter((key) => key.includes('/packs/'));
    await store.put(markerKey(ASSET, '20260101T000000000Z-0123456789ab'), Buffer.from('{}'));
    expect((await clean()).blocked?.code).to.equal('clean-up.backup-running');
    const later = wrapped(aged(store, 8), (name, call) => {
      const answer = call() as Promise<{ modifiedAt: Date } | null>;
      if (name !== 'head') return answer;
      return answer.then((found) => found && { ...found, modifiedAt: new Date(Date.now() + 25 * 3_600_000) });
    });
    const done = await clean(later);
    expect([done.blocked, done.packs.length]).to.deep.equal([null, 1]);
  });

  /** A point that another key signs, made by the very same program. */
  async function makeForged(signingKey: string) {
    return backup({
      source: folderSource(world.source),
      store,
      asset: ASSET,
      recipients: [world.recipient],
      signingKey,
      scratchDir: path.join(world.folder, 'scratch'),
    });
  }
}
