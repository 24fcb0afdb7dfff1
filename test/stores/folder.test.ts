import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import { conformance, faultOf, refusalOf } from './conformance.ts';

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

  it('says that the disk is full, and leaves nothing of the object', async function () {
    const folder = await newFolder();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status !== 0) this.skip();
    try {
      const store = await openStore(`file://${folder}`);
      const refusal = await refusalOf(store.put('packs/large', Buffer.alloc(4 << 20)));
      expect(refusal.fault).to.equal('full');
      expect(refusal.message).to.contain('packs/large').and.contain('disk is full');
      expect(await store.head('packs/large')).to.equal(null);
      expect(await store.put('packs/small', Buffer.from('x'))).to.equal('created');
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it('says that this user may not write', async function () {
    if (process.geteuid?.() !== 0) this.skip();
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

  it('refuses addresses that are none', async () => {
    for (const address of ['/plain/path', 'file:///a?b=c', 'http://example.org', 'file://host/a', ''])
      expect(await faultOf(openStore(address)), address).to.equal('wrong-address');
  });
});
