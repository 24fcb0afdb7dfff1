import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import { probeStore } from '#/jobs/stores/probe-store.ts';
import { conformance, faultOf, pieces, refusalOf } from './conformance.ts';

describe('a folder as a store', () => {
  let parent: string;
  before(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'reprise-folder-'));
    await chmod(parent, 0o755);
  });
  after(() => rm(parent, { recursive: true }));

  const newFolder = () => mkdtemp(path.join(parent, 'store-'));

  conformance(async () => openStore(`file://${await newFolder()}`));

  it('is out of reach when its folder is not there, and never looks empty', async () => {
    const store = await openStore(`file://${parent}/not-mounted/store`, { create: true });
    expect(await faultOf(Array.fromAsync(store.list('')))).to.equal('unreachable');
    expect(await faultOf(store.head('a'))).to.equal('unreachable');
    expect(await faultOf(store.put('a', Buffer.from('x')))).to.equal('unreachable');
  });

  it('is made when only its last folder is missing and it may be', async () => {
    const store = await openStore(`file://${parent}/fresh`, { create: true });
    expect(await store.put('a', Buffer.from('x'))).to.equal('created');
  });

  it('never lists what a crash left half written, and leaves nothing half written itself', async () => {
    const folder = await newFolder();
    const store = await openStore(`file://${folder}`);
    await mkdir(path.join(folder, 'a'));
    await writeFile(path.join(folder, 'a', '.reprise-unfinished-0011223344556677'), 'half');
    await store.put('a/whole', Buffer.from('x'));
    await store.put('a/whole', Buffer.from('y'), { ifAbsent: true });
    expect((await Array.fromAsync(store.list(''))).map(({ key }) => key)).to.deep.equal(['a/whole']);
    expect(await readdir(path.join(folder, 'a'))).to.have.length(2);
  });

  it('removes what a crash left once it is old enough, and keeps what is still being written', async () => {
    const folder = await newFolder();
    const store = await openStore(`file://${folder}`);
    await mkdir(path.join(folder, 'a'));
    const [old, fresh] = ['1', '2'].map((one) => path.join(folder, 'a', `.reprise-unfinished-${one}`));
    for (const file of [old!, fresh!]) await writeFile(file, 'half');
    await utimes(old!, new Date(0), new Date(0));
    const before = new Date(Date.now() - 60_000);
    expect(await Array.fromAsync(store.leftovers(before, 'b/'))).to.deep.equal([]);
    expect(await store.removeLeftovers(before, { prefix: 'b/' })).to.deep.equal([]);
    const removed = await store.removeLeftovers(before, { prefix: 'a/' });
    expect(removed).to.deep.equal([{ key: 'a/.reprise-unfinished-1', startedAt: new Date(0), bytes: 4 }]);
    expect(await readdir(path.join(folder, 'a'))).to.deep.equal(['.reprise-unfinished-2']);
  });

  it('looks past names that are no keys', async () => {
    const folder = await newFolder();
    const store = await openStore(`file://${folder}`);
    await store.put('good', Buffer.from('x'));
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0x66, 0xff)]), 'not UTF-8');
    await symlink('good', path.join(folder, 'link'));
    await mkdir(path.join(folder, '.reprise-unfinished-folder'));
    expect(spawnSync('mkfifo', [path.join(folder, 'pipe')]).status).to.equal(0);
    expect((await Array.fromAsync(store.list(''))).map(({ key }) => key)).to.deep.equal(['good']);
  });

  it('says that a file and a folder would need the same name', async () => {
    const store = await openStore(`file://${await newFolder()}`);
    await store.put('a', Buffer.from('x'));
    await store.put('b/c', Buffer.from('x'));
    for (const ifAbsent of [false, true])
      for (const key of ['a/b', 'b']) {
        const refusal = await refusalOf(store.put(key, Buffer.from('y'), { ifAbsent }));
        expect([refusal.fault, refusal.because.code, refusal.key]).to.deep.equal([
          'refused',
          'store.name-in-the-way',
          key,
        ]);
      }
    expect(await faultOf(store.get('b'))).to.equal('not-found');
    expect(await faultOf(store.get('a/b'))).to.equal('not-found');
    expect((await Array.fromAsync(store.list(''))).map(({ key }) => key)).to.deep.equal(['a', 'b/c']);
  });

  it('says that the disk is full, and leaves nothing of the object', async () => {
    const folder = await newFolder();
    await using _ = mountDisk(folder);
    const store = await openStore(`file://${folder}`);
    for (const large of [
      () => store.put('packs/large', Buffer.alloc(4 << 20)),
      () => store.putStream('packs/large', pieces(4 << 20)),
    ]) {
      const refusal = await refusalOf(large());
      expect([refusal.fault, refusal.key]).to.deep.equal(['full', 'packs/large']);
      expect(refusal.message).to.contain('packs/large').and.contain('Free some space');
      expect(await store.head('packs/large')).to.equal(null);
      expect(await readdir(path.join(folder, 'packs'))).to.deep.equal([]);
    }
    expect(await store.put('packs/small', Buffer.from('x'))).to.equal('created');
  });

  it('reads from a disk that is mounted read-only, and says why it cannot write', async () => {
    const folder = await newFolder();
    await using _ = mountDisk(folder);
    const store = await openStore(`file://${folder}`);
    await store.put('a', Buffer.from('x'));
    expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).to.equal(0);
    expect(String(await store.get('a'))).to.equal('x');
    for (const attempt of [() => store.put('b', Buffer.from('y')), () => store.remove('a')]) {
      const refusal = await refusalOf(attempt());
      expect([refusal.fault, refusal.because.code]).to.deep.equal(['denied', 'store.read-only']);
      expect(refusal.message).to.contain('Mount it for writing');
    }
  });

  it('is probed: it keeps no versions and holds nothing, and says so', async () => {
    const folder = await newFolder();
    const { kind, lines, brokeOff } = await probeStore(`file://${folder}`);
    expect([kind, brokeOff]).to.deep.equal(['folder', null]);
    const lacks = lines.filter(({ found }) => found !== 'yes').map(({ ability }) => ability);
    expect(lacks).to.deep.equal([
      'refuses-altered-bytes',
      'checks-checksums',
      'versions',
      'delete-markers',
      'locks',
      'locks-hold',
      'governance-holds',
    ]);
    expect(await Array.fromAsync((await openStore(`file://${folder}`)).list(''))).to.deep.equal([]);
    expect(await faultOf(probeStore(`file://${folder}/not-there/x`))).to.equal('unreachable');
  });

  it('says that this user may not write', async () => {
    if (process.geteuid?.() !== 0) throw new Error('This test must run as root: it starts another user.');
    const folder = await newFolder();
    await chmod(folder, 0o555);
    const script = `import { openStore } from ${JSON.stringify(import.meta.resolve('#/jobs/stores/open.ts'))};
      const store = await openStore('file://${folder}');
      await store.put('a', Buffer.from('x')).catch((error) => console.log(error.fault));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      uid: 65534,
      gid: 65534,
    });
    expect(String(child.stdout).trim(), String(child.stderr)).to.equal('denied');
  });

  it('is probed on the command line, with an exit status for what is missing or cannot be said', async () => {
    const probe = (...args: string[]) => {
      const program = path.resolve('server/reprise.mjs');
      const { status, stdout } = spawnSync(process.execPath, [program, 'stores', 'probe', ...args], {
        encoding: 'utf8',
      });
      return { status, stdout };
    };
    const found = probe(`file://${await newFolder()}`, '--json');
    expect(found.status).to.equal(3);
    expect(JSON.parse(found.stdout).lines.map(({ ability }: { ability: string }) => ability)).to.include(
      'locks',
    );
    expect(probe(`file://${await newFolder()}`).stdout)
      .to.match(/^\+ conditional-create .*\n/m)
      .and.match(/^- locks /m);
    expect(probe(`file://${parent}/not-there/x`).status).to.equal(4);
    expect(probe('ftp://nowhere').status).to.equal(2);
  });

  it('refuses addresses that are none', async () => {
    for (const address of ['/plain/path', 'file:///a?b=c', 'http://example.org', 'file://host/a', ''])
      expect(await faultOf(openStore(address)), address).to.equal('wrong-address');
  });
});

/** A disk of two megabytes. Without the right to mount one nothing is known, so the test fails and says what it needs. */
function mountDisk(folder: string): AsyncDisposable {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  if (status !== 0)
    throw new Error(`This test must be allowed to mount a tmpfs: run it as root. ${String(stderr).trim()}`);
  return {
    async [Symbol.asyncDispose]() {
      spawnSync('umount', [folder]);
    },
  };
}
