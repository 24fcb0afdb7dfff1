import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { EngineError, RestoreResult } from '#/jobs/recovery-points/contract.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { refuseWithoutRoom } from '#/jobs/recovery-points/restore/target.ts';
import { ASSET, listTree, makeHostileTree, makeWorld, type World } from './world.ts';

type Options = Partial<Parameters<typeof restore>[0]>;

const restoreOf = (world: World, into: string, options: Options = {}): Promise<RestoreResult> =>
  restore({
    store: world.store,
    asset: ASSET,
    point: 'latest',
    identity: world.identity,
    trust: [world.publicKey],
    only: null,
    into,
    ...options,
  });
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error as EngineError,
  );

describe('a restore that was cut', () => {
  let world: World;
  let into: string;
  beforeEach(async () => {
    world = await makeWorld();
    into = path.join(world.folder, 'back');
    makeHostileTree(world.source);
    // Several packs, so that a cut leaves some whole.
    for (let i = 0; i < 40; i++) writeFileSync(path.join(world.source, `noise-${i}`), randomBytes(1_000_000));
    linkSync(path.join(world.source, 'noise-3'), path.join(world.source, 'second-name'));
    await world.backUp({ onLast: true });
    writeFileSync(path.join(world.source, 'noise-copy'), readFileSync(path.join(world.source, 'noise-5')));
    await world.backUp({ onLast: true });
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const cut = async () => {
    const abort = new AbortController();
    const stop = ({ bytes }: { bytes: number }) => bytes > 15_000_000 && abort.abort();
    await refusalOf(restoreOf(world, into, { onProgress: stop, signal: abort.signal }));
    return path.join(into, readdirSync(into).find((name) => name.startsWith('incomplete-restore-'))!);
  };

  it('is refused with words that tell how to go on, and then goes on with only what is missing', async () => {
    await cut();
    const refusal = await refusalOf(restoreOf(world, into));
    expect(refusal.because.code).to.equal('ask.restore-unfinished');
    expect(refusal.message).to.contain('--resume');
    const whole = await restoreOf(world, path.join(world.folder, 'whole'));
    const { held, fetchedBytes, files, bytes } = await restoreOf(world, into, { resume: true });
    expect(held.files).to.be.greaterThan(10);
    expect(fetchedBytes).to.be.lessThan(whole.fetchedBytes - 10_000_000);
    expect([files, bytes]).to.deep.equal([whole.files, whole.bytes]);
    expect(listTree(into)).to.deep.equal(listTree(world.source));
  });

  it('trusts nothing that is there by its name, size or time', async () => {
    const folder = await cut();
    const names = readdirSync(folder).filter((name) => name.startsWith('noise-'));
    const [altered = '', short = '', swapped = ''] = names;
    const { atime, mtime } = statSync(path.join(folder, altered));
    const { utimesSync } = await import('node:fs');
    const content = readFileSync(path.join(folder, altered));
    content[500_000]! ^= 1;
    writeFileSync(path.join(folder, altered), content);
    utimesSync(path.join(folder, altered), atime, mtime);
    writeFileSync(path.join(folder, short), 'short');
    rmSync(path.join(folder, swapped));
    symlinkSync(path.join(world.source, swapped), path.join(folder, swapped));
    writeFileSync(path.join(folder, 'stranger'), 'not of the point');
    mkdirSync(path.join(folder, 'strange/folder'), { recursive: true, mode: 0o500 });
    chmodSync(path.join(folder, 'strange'), 0o500);
    await restoreOf(world, into, { resume: true });
    expect(listTree(into)).to.deep.equal(listTree(world.source));
    expect(lstatSync(path.join(into, swapped)).isSymbolicLink()).to.equal(false);
  });

  it('is not mistaken for that of another point', async () => {
    await cut();
    writeFileSync(path.join(world.source, 'later'), 'x');
    await world.backUp({ onLast: true });
    const refusal = await refusalOf(restoreOf(world, into, { resume: true }));
    expect(refusal.because.code).to.equal('ask.restore-unfinished');
  });

  it('goes on also when all was written and only some of it in its place', async () => {
    await cut();
    await restoreOf(world, into, { resume: true });
    const [entry = ''] = readdirSync(into).filter((name) => name.startsWith('noise-'));
    const { pointId } = await restoreOf(world, path.join(world.folder, 'other'));
    mkdirSync(path.join(into, `incomplete-restore-${pointId}`));
    rmSync(path.join(into, entry));
    expect((await refusalOf(restoreOf(world, into, { resume: true }))).message).to.contain('--overwrite');
    await restoreOf(world, into, { resume: true, overwrite: true });
    expect(listTree(into).slice(1)).to.deep.equal(listTree(world.source).slice(1));
  });
});

describe('a restore into a folder with something in it', () => {
  let world: World;
  let into: string;
  beforeEach(async () => {
    world = await makeWorld();
    into = path.join(world.folder, 'back');
    for (const folder of ['same', 'deep/er', 'was-link']) mkdirSync(at(folder), { recursive: true });
    for (const name of [
      'same/file',
      'differs',
      'deep/er/file',
      'was-link/file',
      'link-over',
      'missing',
      'rights',
    ])
      writeFileSync(at(name), `content of ${name}`);
    linkSync(at('differs'), at('second-name'));
    symlinkSync('same/file', at('points'));
    await world.backUp();
    await restoreOf(world, into);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const back = (name: string) => path.join(into, name);

  it('is refused unless it may write over, and says so', async () => {
    const refusal = await refusalOf(restoreOf(world, into));
    expect(refusal.because.code).to.equal('ask.folder-not-empty');
    expect(refusal.message).to.contain('--overwrite');
  });

  it('replaces what differs, keeps what the point does not hold, and follows no link', async () => {
    const outside = path.join(world.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'file'), 'not to be touched');
    writeFileSync(path.join(outside, 'target'), 'nor this');
    writeFileSync(back('mine'), 'mine');
    writeFileSync(back('deep/er/mine'), 'mine too');
    writeFileSync(back('differs'), 'something else');
    chmodSync(back('rights'), 0o600);
    rmSync(back('missing'));
    rmSync(back('was-link'), { recursive: true });
    symlinkSync(outside, back('was-link'));
    rmSync(back('link-over'));
    symlinkSync(path.join(outside, 'target'), back('link-over'));
    chmodSync(into, 0o711);
    const inode = statSync(back('same/file')).ino;

    const equal = await restoreOf(world, into, { overwrite: true, only: ['same', 'deep'] });
    expect([equal.held.files, equal.fetchedBytes]).to.deep.equal([2, 0]);
    const { held, reservations } = await restoreOf(world, into, { overwrite: true });
    expect(reservations).to.deep.equal([]);
    expect(held.files).to.equal(2);
    expect(statSync(back('same/file')).ino).to.equal(inode);
    expect(readFileSync(path.join(outside, 'file'), 'utf8')).to.equal('not to be touched');
    expect(readFileSync(path.join(outside, 'target'), 'utf8')).to.equal('nor this');
    expect(readdirSync(outside)).to.deep.equal(['file', 'target']);
    expect(readFileSync(back('mine'), 'utf8')).to.equal('mine');
    expect(readFileSync(back('deep/er/mine'), 'utf8')).to.equal('mine too');
    expect(statSync(into).mode & 0o777).to.equal(0o711);
    for (const name of ['mine', 'deep/er/mine']) rmSync(back(name));
    const { mtime, atime } = statSync(at('deep/er'));
    (await import('node:fs')).utimesSync(back('deep/er'), atime, mtime);
    const withoutTimes = (root: string) => listTree(root).filter((line) => !/^(\.|deep\/er) /.test(line));
    expect(withoutTimes(into)).to.deep.equal(withoutTimes(world.source));
    expect(readlinkSync(back('points'))).to.equal('same/file');
  });

  it('is refused where a folder would have to be emptied, before anything is changed', async () => {
    rmSync(back('missing'));
    mkdirSync(back('missing/with'), { recursive: true });
    writeFileSync(back('differs'), 'something else');
    const refusal = await refusalOf(restoreOf(world, into, { overwrite: true }));
    expect(refusal.because).to.deep.equal({ code: 'ask.folder-in-the-way', params: { path: 'missing' } });
    expect(readFileSync(back('differs'), 'utf8')).to.equal('something else');
    expect(readdirSync(into).some((name) => name.startsWith('incomplete'))).to.equal(false);
  });

  it('is told before it begins where there is no room for it', async () => {
    const refusal = await refusalOf(refuseWithoutRoom(path.join(into, 'not/there'), 2 ** 60));
    expect(refusal).to.include({ kind: 'inconclusive' });
    expect(refusal.because.code).to.equal('restore.no-room');
    expect(existsSync(path.join(into, 'not'))).to.equal(false);
    await refuseWithoutRoom(into, 1);
  });
});
