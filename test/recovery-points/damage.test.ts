import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { EngineError, type Level, type VerifyResult } from '#/jobs/recovery-points/contract.ts';
import { findPoint, listPoints } from '#/jobs/recovery-points/points.ts';
import { newSigningKey, parseSigningKey, signHead } from '#/jobs/recovery-points/signing.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { type Store, StoreError } from '#/jobs/stores/store.ts';
import { ASSET, makeWorld, type World } from './world.ts';

describe('a verification', () => {
  let world: World;
  let clean: string;
  let ids: string[];
  before(async () => {
    world = await makeWorld();
    mkdirSync(path.join(world.source, 'sub'));
    for (let i = 0; i < 20; i++)
      writeFileSync(path.join(world.source, 'sub', `${i}.txt`), `file ${i}\n`.repeat(i * 50));
    symlinkSync('sub/1.txt', path.join(world.source, 'link'));
    await world.backUp();
    writeFileSync(path.join(world.source, 'second'), 'second point');
    await world.backUp();
    clean = path.join(world.folder, 'clean');
    cpSync(world.storeFolder, clean, { recursive: true });
    ids = readdirSync(path.join(clean, ASSET, 'snapshots')).sort();
  });
  beforeEach(() => {
    rmSync(world.storeFolder, { recursive: true });
    cpSync(clean, world.storeFolder, { recursive: true });
  });
  after(() => world[Symbol.asyncDispose]());

  const inPoint = (file: string, id = ids[1]!) => path.join(world.storeFolder, ASSET, 'snapshots', id, file);
  const packsOf = (id: string) =>
    (JSON.parse(readFileSync(inPoint('head.json', id), 'utf8')) as { packs: { sha256: string }[] }).packs.map(
      ({ sha256 }) => path.join(world.storeFolder, ASSET, 'packs', `${sha256}.tar.zst.age`),
    );
  const alter = (file: string, change: (bytes: Buffer) => Buffer | string) =>
    writeFileSync(file, change(readFileSync(file)));
  const flip = (bytes: Buffer) => {
    bytes[bytes.length >> 1]! ^= 1;
    return bytes;
  };
  const failing = ({ checks }: VerifyResult) => checks.filter(({ verdict }) => verdict === 'failed');
  const expectFailure = async (level: Level, from: Level, name: string, where: string) => {
    const result = await world.verify(level);
    expect(result.verdict).to.equal('failed');
    const found = failing(result).find((check) => check.level === from && check.name === name);
    expect(found?.where, JSON.stringify(failing(result))).to.contain(where);
    return result;
  };

  it('passes at every level on sound data, each time with its planted faults caught', async () => {
    const counts = { L0: 8, L2a: 9, L2b: 14, L3: 18 };
    for (const [level, planted] of Object.entries(counts)) {
      const result = await world.verify(level as Level);
      expect(result.verdict, JSON.stringify(result.checks)).to.equal('passed');
      expect(result.reached).to.equal(level);
      expect(result.plantedFaults.filter(({ caught }) => caught)).to.have.length(planted);
    }
  });

  it('says that L1 alone shows nothing here, and does not let that stand in the way of L2a', async () => {
    const alone = await world.verify('L1');
    expect([alone.verdict, alone.reached]).to.deep.equal(['inconclusive', 'L0']);
    const with2a = await world.verify('L2a', { identity: null });
    expect(with2a.levels.map(({ level, verdict }) => `${level} ${verdict}`)).to.deep.equal([
      'L0 passed',
      'L1 passed',
      'L2a passed',
    ]);
  });

  it('fails and names a pack that is missing, of another size, or has one bit flipped', async () => {
    const [pack = ''] = packsOf(ids[1]!);
    renameSync(pack, `${pack}.away`);
    await expectFailure('L0', 'L0', 'object-present', path.basename(pack));
    renameSync(`${pack}.away`, pack);
    alter(pack, (bytes) => bytes.subarray(0, -1));
    await expectFailure('L0', 'L0', 'object-size', path.basename(pack));
    alter(pack, (bytes) => flip(Buffer.concat([bytes, Buffer.from('x')])));
    expect((await world.verify('L0')).verdict).to.equal('passed');
    for (const level of ['L2a', 'L2b', 'L3'] as const) {
      const { reached } = await expectFailure(level, 'L2a', 'pack-hash', path.basename(pack));
      expect(reached).to.equal('L0');
    }
  });

  it('fails for a damaged manifest, and for one of another point', async () => {
    alter(inPoint('manifest.json.zst.age'), flip);
    await expectFailure('L2b', 'L2b', 'manifest', 'manifest.json.zst.age');
    writeFileSync(inPoint('manifest.json.zst.age'), readFileSync(inPoint('manifest.json.zst.age', ids[0]!)));
    const { verdict } = await world.verify('L2b');
    expect(verdict).to.equal('failed');
  });

  it('fails for a head that was altered, signed by another, or whose signature is gone', async () => {
    alter(inPoint('head.json'), (bytes) => String(bytes).replace('"files":21', '"files":20'));
    await expectFailure('L0', 'L0', 'head-signature', 'head.json.sig');
    const head = readFileSync(path.join(clean, ASSET, 'snapshots', ids[1]!, 'head.json'));
    writeFileSync(inPoint('head.json'), head);
    writeFileSync(inPoint('head.json.sig'), signHead(head, parseSigningKey(newSigningKey().privateKey)));
    await expectFailure('L0', 'L0', 'head-signature', 'head.json.sig');
    rmSync(inPoint('head.json.sig'));
    await expectFailure('L0', 'L0', 'head-signature', 'head.json.sig');
  });

  it('fails for a head that is sound but signed by a key that is not trusted', async () => {
    const { verdict, signature } = await world.verify('L0', { trust: [newSigningKey().publicKey] });
    expect([verdict, signature]).to.deep.equal(['failed', 'untrusted']);
    expect((await world.verify('L0', { trust: [] })).signature).to.equal('self-consistent');
  });

  it('throws for a head that is cut short or of another point, and never falls back to an older one', async () => {
    alter(inPoint('head.json'), (bytes) => bytes.subarray(0, bytes.length - 10));
    expect(await kindOf(world.verify('L0'))).to.equal('data');
    for (const file of ['head.json', 'head.json.sig'])
      writeFileSync(inPoint(file), readFileSync(inPoint(file, ids[0]!)));
    expect(await kindOf(world.verify('L0'))).to.equal('data');
    expect(await findPoint(world.store, ASSET, 'latest')).to.equal(ids[1]);
    const { points, incomplete } = await listPoints(world.store, ASSET);
    expect(points.map(({ id }) => id)).to.deep.equal([ids[0]]);
    expect(incomplete[0]).to.include({ id: ids[1] });
  });

  it('leaves the question open without a key, and with a key that does not fit', async () => {
    for (const identity of [null, newIdentity().identity]) {
      const result = await world.verify('L3', { identity });
      expect([result.verdict, result.reached]).to.deep.equal(['inconclusive', 'L2a']);
      expect(failing(result)).to.deep.equal([]);
    }
  });

  it('leaves the question open when the store cannot be reached', async () => {
    const away = await openStore(`file://${world.folder}/away`);
    const outcome = await world.verify('L0', { store: away }).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(StoreError).and.include({ fault: 'unreachable' });
  });

  it('names every damaged pack, not only the first', async () => {
    const store: Store = Object.create(world.store, {
      get: {
        value: async (key: string) => {
          const bytes = await world.store.get(key);
          return key.includes('/packs/') ? flip(bytes) : bytes;
        },
      },
      head: { value: (key: string) => world.store.head(key) },
      list: { value: (prefix: string) => world.store.list(prefix) },
    });
    const result = await world.verify('L2b', { store });
    expect(failing(result).filter(({ name }) => name === 'pack-hash')).to.have.length(
      packsOf(ids[1]!).length,
    );
  });

  it('says so when a point or an asset is not there', async () => {
    expect(await kindOf(world.verify('L0', { point: '20200101T000000000Z-000000000000' }))).to.equal('data');
    expect(await kindOf(world.verify('L0', { point: 'yesterday' }))).to.equal('call');
    expect(await kindOf(listPoints(world.store, '../escape'))).to.equal('call');
    expect(await kindOf(findPoint(world.store, 'other', 'latest'))).to.equal('data');
  });
});

async function kindOf(attempt: Promise<unknown>): Promise<string> {
  const outcome = await attempt.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof EngineError) return outcome.kind;
  throw new Error('it did not refuse', { cause: outcome });
}
