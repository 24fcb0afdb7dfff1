import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { setXattr } from '#/jobs/recovery-points/native/xattrs.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { ASSET, listTree, makeHostileTree, makeWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;

describe('a point that builds on the last', () => {
  let world: World;
  let results = 0;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const packs = () => readdirSync(path.join(world.storeFolder, ASSET, 'packs'));
  const restored = async (point = 'latest') => {
    const into = path.join(world.folder, `restored-${results++}`);
    const { store, identity, publicKey } = world;
    await restore({ store, asset: ASSET, point, identity, trust: [publicKey], into, only: null });
    return listTree(into);
  };
  const byScript = (point = 'latest', awk = 'mawk') => {
    const into = path.join(world.folder, `by-script-${results++}`);
    const bin = path.join(world.folder, `bin-${awk}`);
    mkdirSync(bin, { recursive: true });
    rmSync(path.join(bin, 'awk'), { force: true });
    symlinkSync(`/usr/bin/${awk}`, path.join(bin, 'awk'));
    const args = ['--asset', ASSET, '--point', point, '--identity', world.identityFile, '--into', into];
    const { status, stderr } = spawnSync('dash', [path.join(world.storeFolder, 'restore.sh'), ...args], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}` },
    });
    expect(status, stderr).to.equal(0);
    return listTree(into);
  };

  it('comes back exactly, by both ways, whatever became of a hostile tree', async function () {
    this.timeout(60_000);
    makeHostileTree(world.source);
    mkdirSync(at('goes/below'), { recursive: true });
    for (const name of [
      'stays',
      'changes',
      'becomes-folder',
      'goes/below/file',
      'moves',
      'rights',
      '-rf',
      'a b%c',
    ])
      writeFileSync(at(name), `content of ${name}`);
    writeFileSync(at('twin'), 'content of stays');
    writeFileSync(at('new\nline'), 'x');
    const first = listTree(world.source);
    const full = await world.backUp({ onLast: true });
    expect(full).to.include({ basedOn: null, fullBecause: 'first-point' });
    expect(byScript()).to.deep.equal(first);

    appendFileSync(at('changes'), ', more');
    rmSync(at('goes'), { recursive: true });
    unlinkSync(at('new\nline'));
    unlinkSync(at('becomes-folder'));
    mkdirSync(at('becomes-folder/with'), { recursive: true });
    writeFileSync(at('becomes-folder/with/file'), 'x');
    renameSync(at('moves'), at('moved'));
    copyFileSync(at('stays'), at('copy\tof stays'));
    chmodSync(at('rights'), 0o751);
    writeFileSync(at('moves'), 'another, under the old name');
    linkSync(at('stays'), at('second-name'));
    const second = listTree(world.source);
    const made = await world.backUp({ onLast: true });
    expect(made).to.include({ basedOn: full.pointId, fullBecause: null, state: 'complete' });
    expect(made.storedBytes).to.be.lessThan(full.storedBytes);
    expect(await restored()).to.deep.equal(second);
    expect(byScript('latest', 'mawk')).to.deep.equal(second);
    expect(byScript('latest', 'gawk')).to.deep.equal(second);
    expect(await restored(full.pointId)).to.deep.equal(first);
    expect(byScript(full.pointId)).to.deep.equal(first);
    const { verdict, reached, plantedFaults } = await world.verify('L3');
    expect([verdict, reached]).to.deep.equal(['passed', 'L3']);
    expect(plantedFaults.every(({ caught }) => caught)).to.equal(true);
    expect(plantedFaults).to.have.length(18);

    rmSync(at('becomes-folder'), { recursive: true });
    writeFileSync(at('becomes-folder'), 'a file again');
    unlinkSync(at('second-name'));
    const third = listTree(world.source);
    await world.backUp({ onLast: true });
    expect(await restored()).to.deep.equal(third);
    expect(byScript()).to.deep.equal(third);
    expect((await world.verify('L3')).verdict).to.equal('passed');
  });

  it('stores no content twice: not of a copy, not of a file that moved', async () => {
    const content = Buffer.alloc(3_000_000, 'quite long ');
    writeFileSync(at('one'), content);
    writeFileSync(at('two'), content);
    writeFileSync(at('small-one'), 'small');
    writeFileSync(at('small-two'), 'small');
    const { bytes } = await world.backUp({ onLast: true });
    expect(bytes).to.equal(2 * content.length + 10);
    renameSync(at('one'), at('elsewhere'));
    const before = packs().length;
    const { filesRead, storedBytes } = await world.backUp({ onLast: true });
    expect(filesRead).to.be.at.most(2);
    expect(storedBytes).to.be.lessThan(4000);
    expect(packs().length).to.equal(before + 1);
    expect(await restored()).to.deep.equal(listTree(world.source));
  });

  it('keeps a file whose first name went away with its folder, while the second stayed as it was', async () => {
    for (const name of ['a', 'b']) mkdirSync(at(name));
    writeFileSync(at('a/first'), 'content');
    linkSync(at('a/first'), at('b/second'));
    // On days that have neither file read again.
    await world.backUp({ onLast: true, now: () => new Date(Date.UTC(2026, 0, 1)) });
    renameSync(at('a'), at('z'));
    await world.backUp({ onLast: true, now: () => new Date(Date.UTC(2026, 0, 2)) });
    expect(await restored()).to.deep.equal(listTree(world.source));
    expect(byScript()).to.deep.equal(listTree(world.source));
  });

  it('reads nothing that did not change, and finds in time what changed without a trace', async () => {
    for (let i = 0; i < 40; i++) writeFileSync(at(`file-${i}`), `content ${i}`);
    const day = (n: number) => () => new Date(Date.UTC(2026, 0, 1) + n * DAY_MS);
    await world.backUp({ onLast: true, now: day(0) });
    const { atimeMs, mtimeMs } = statSync(at('file-7'));
    const second = await world.backUp({ onLast: true, now: day(1) });
    expect(second.filesRead).to.be.lessThan(10);

    // The inode's own time cannot be set back, save by setting the clock: so it is the record that is made to fit.
    const seen: string[] = [];
    for (let n = 2; n < 8; n++) {
      const { changedUnseen } = await world.backUp({ onLast: true, now: day(n) });
      seen.push(...changedUnseen);
    }
    expect(seen).to.deep.equal([]);
    writeFileSync(at('file-7'), 'CONTENT 7');
    utimesSync(at('file-7'), atimeMs / 1000, mtimeMs / 1000);
    const last = await world.backUp({ onLast: true, now: day(8) });
    expect(last.fullBecause).to.equal('runs-used-up');
    expect(await restored()).to.deep.equal(listTree(world.source));
  });

  it('is a full one when the last is too old, signed by another, not opened, or lacks a pack', async () => {
    writeFileSync(at('file'), 'content');
    const long = new Date(Date.now() - 15 * DAY_MS);
    await world.backUp({ onLast: true, now: () => long });
    expect((await world.backUp({ onLast: true })).fullBecause).to.equal('too-old');
    const [pack = ''] = packs();
    for (const name of packs()) rmSync(path.join(world.storeFolder, ASSET, 'packs', name));
    expect(pack).not.to.equal('');
    expect((await world.backUp({ onLast: true })).fullBecause).to.equal('objects-missing');
    expect((await world.verify('L3')).verdict).to.equal('passed');
    expect((await world.backUp()).fullBecause).to.equal('no-identity');
  });

  it('leaves out what the rules say, and nothing else', async () => {
    mkdirSync(at('cache/deep'), { recursive: true });
    for (const name of ['a.iso', 'cache/deep/b', 'cache/keep', 'c.txt']) writeFileSync(at(name), name);
    const rules = { exclude: ['*.iso', 'cache/**'], include: ['cache/keep'] };
    const { leftOut } = await world.backUp({ onLast: true, rules });
    expect(leftOut).to.equal(2);
    const names = (await restored()).map((line) => line.split(' ')[0]);
    expect(names.join())
      .to.contain('c.txt')
      .and.contain('cache/keep')
      .and.not.contain('iso')
      .and.not.contain('deep');
  });

  it('stores a file without its attributes, and says so, when they would fill a header nobody reads', async function () {
    // Memory file systems take any number of them.
    const source = mkdtempSync('/dev/shm/reprise-attributes-');
    const file = path.join(source, 'file');
    writeFileSync(file, 'content');
    const set = (i: number) => setXattr(Buffer.from(file), `user.a${i}`, Buffer.alloc(60_000, 'v'));
    const areSet = Array.from({ length: 40 }, (_, i) => set(i)).every(Boolean);
    if (areSet) {
      const { state, reservations } = await world.backUp({ source });
      expect(state).to.equal('complete');
      expect(reservations.map(({ path: name, code }) => [name, code])).to.deep.equal([
        ['file', 'capture.too-many-attributes'],
      ]);
      expect((await world.verify('L3')).verdict).to.equal('passed');
    }
    rmSync(source, { recursive: true });
    if (!areSet) this.skip();
  });

  it('holds extended attributes and access lists, and gives them back by both ways', async function () {
    writeFileSync(at('file'), 'x');
    lutimesSync(at('file'), 1, 1);
    try {
      execFileSync('setfattr', ['-n', 'user.note', '-v', 'été', at('file')]);
      execFileSync('setfattr', ['-n', 'user.a=b%3Dc%', '-v', 'd=e', at('file')]);
      execFileSync('setfacl', ['-m', 'u:33:r', at('file')]);
    } catch {
      this.skip();
    }
    const shown = (folder: string) =>
      execFileSync('getfattr', ['-d', '-m', '-', '-e', 'hex', 'file'], { cwd: folder, encoding: 'utf8' });
    await world.backUp({ onLast: true });
    const into = path.join(world.folder, 'with-attributes');
    const { store, identity, publicKey } = world;
    await restore({ store, asset: ASSET, point: 'latest', identity, trust: [publicKey], into, only: null });
    expect(shown(into)).to.equal(shown(world.source)).and.contain('posix_acl_access');
    byScript();
    expect(shown(path.join(world.folder, `by-script-${results - 1}`))).to.equal(shown(world.source));
    expect((await world.verify('L3')).verdict).to.equal('passed');
  });
});
