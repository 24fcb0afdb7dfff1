import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { backup } from '#/jobs/recovery-points/backup.ts';
import { markerKey } from '#/jobs/recovery-points/layout.ts';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { folderSource } from '#/jobs/sources/folder.ts';
import { ASSET, listTree, makeWorld, type World } from '../recovery-points/world.ts';

/** Of unchanged files one in thirty is read again each day, by its name: whether it is this one's turn. */
const readAgainToday = (name: string) =>
  Number(crc32(name) % 30 === Math.floor(Date.now() / 86_400_000) % 30);

describe('known failures of backup tools, in the engine', () => {
  let world: World;
  let restored = 0;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const bringBack = async (only: string[] | null = null, asset = ASSET) => {
    const into = path.join(world.folder, `restored-${restored++}`);
    const { store, identity, publicKey } = world;
    await restore({ store, asset, point: 'latest', identity, trust: [publicKey], into, only });
    return into;
  };
  const namesIn = (folder: string) => listTree(folder).map((line) => line.split(' ')[0]!);
  const backUpAs = (asset: string, source: string) =>
    backup({
      source: folderSource(source),
      store: world.store,
      asset,
      recipients: [world.recipient],
      signingKey: world.signingKey,
      identity: world.identity,
      scratchDir: path.join(world.folder, 'scratch'),
    });

  it('two files whose names differ by an ending only do not become one', async () => {
    for (const name of ['report', 'report.gz', 'report.tar', 'report.tar.zst', 'report.age'])
      writeFileSync(at(name), `content of ${name}`);
    await world.backUp();
    expect(listTree(await bringBack())).to.deep.equal(listTree(world.source));
    expect(await world.verify('L3')).to.include({ verdict: 'passed' });
  });

  it('a path longer than any one name may be comes back', async () => {
    const folder = Array.from({ length: 8 }, (_, depth) => `${depth}`.repeat(200)).join('/');
    mkdirSync(at(folder), { recursive: true });
    writeFileSync(at(`${folder}/${'f'.repeat(251)}.txt`), 'deep');
    await world.backUp();
    expect(listTree(await bringBack())).to.deep.equal(listTree(world.source));
  });

  it('who asks for one file gets no other whose name begins alike', async () => {
    mkdirSync(at('pick.txtx'));
    for (const name of ['pick.txt', 'pick.txt.bak', 'pick.txt2', 'pick.txtx/inner'])
      writeFileSync(at(name), name);
    await world.backUp();
    expect(namesIn(await bringBack(['pick.txt']))).to.deep.equal(['.', 'pick.txt']);
  });

  it('of two sources in one store each builds on its own last point, though their paths are the same', async () => {
    const other = path.join(world.folder, 'other');
    mkdirSync(other);
    for (const folder of [world.source, other])
      writeFileSync(path.join(folder, 'same-path'), `of ${folder}`.repeat(50_000));
    const ours = await backUpAs('ours', world.source);
    const theirs = await backUpAs('theirs', other);
    expect(theirs).to.include({ basedOn: null, fullBecause: 'first-point' });
    const next = await backUpAs('ours', world.source);
    expect(next.basedOn, 'a base is found, and it is not theirs').to.equal(ours.pointId);
    expect(next.filesRead).to.equal(readAgainToday('same-path'));
    expect(next.storedBytes).to.be.below(ours.storedBytes);
    expect(listTree(await bringBack(null, 'ours'))).to.deep.equal(listTree(world.source));
    expect(listTree(await bringBack(null, 'theirs'))).to.deep.equal(listTree(other));
  });

  it('a source that is mounted elsewhere each time keeps its names, and is not stored again', async () => {
    mkdirSync(at('docs'));
    writeFileSync(at('docs/letter'), randomBytes(100_000));
    const shadow = path.join(world.folder, 'shadow-copy-1');
    symlinkSync(world.source, shadow);
    const first = await backUpAs(ASSET, shadow);
    renameSync(shadow, path.join(world.folder, 'shadow-copy-2'));
    const second = await backUpAs(ASSET, path.join(world.folder, 'shadow-copy-2'));
    expect(second).to.include({ basedOn: first.pointId, filesRead: readAgainToday('docs/letter') });
    expect(second.storedBytes).to.be.below(first.storedBytes / 10);
    expect(namesIn(await bringBack())).to.deep.equal(['.', 'docs', 'docs/letter']);
  });

  it('a copy with an old date is not passed over, as it would be by whoever asks what changed since', async () => {
    writeFileSync(at('first'), 'first');
    await world.backUp({ onLast: true });
    cpSync('LICENSE', at('old-licence'), { preserveTimestamps: true });
    await world.backUp({ onLast: true });
    expect(listTree(await bringBack())).to.deep.equal(listTree(world.source));
  });

  it('a point that a wrong clock dated ahead is the latest only until another one is made, by both ways back', async () => {
    writeFileSync(at('letter'), 'as it was when the clock was wrong');
    const ahead = await world.backUp({ now: () => new Date(Date.now() + 3 * 86_400_000) });
    writeFileSync(at('letter'), 'as it is now');
    const { pointId, startedAt } = await world.backUp({ onLast: true });
    expect(pointId > ahead.pointId).to.equal(true);
    expect(Date.parse(startedAt), 'what the point says of itself is right').to.be.at.most(Date.now());
    expect(readFileSync(path.join(await bringBack(), 'letter'), 'utf8')).to.equal('as it is now');
    const into = path.join(world.folder, 'by-script');
    const args = ['--asset', ASSET, '--point', 'latest', '--identity', world.identityFile, '--into', into];
    const { status, stderr } = spawnSync('sh', [path.join(world.storeFolder, 'restore.sh'), ...args], {
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(0);
    expect(readFileSync(path.join(into, 'letter'), 'utf8')).to.equal('as it is now');
  });

  it('what a dead backup left as a sign that it runs keeps no other from running', async () => {
    writeFileSync(at('file'), 'content');
    await world.store.put(markerKey(ASSET, '20260101T000000000Z-0123456789ab'), Buffer.from('{}'));
    const { pointId } = await world.backUp({ onLast: true });
    expect((await listPoints(world.store, ASSET)).points.map(({ id }) => id)).to.deep.equal([pointId]);
    expect(await world.verify('L3')).to.include({ verdict: 'passed' });
  });
});
