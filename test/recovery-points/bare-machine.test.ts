/** What is in the store must come back where nothing of ours is: no Node, no npm, only a distribution's programs. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { ASSET, listTree, makeHostileTree, makeWorld, type World } from './world.ts';

const PROGRAMS = [
  ...'dash mawk age zstd tar sed grep find openssl sha256sum cmp sort uniq comm cut'.split(' '),
  ...'cat cp mv rm mkdir rmdir ls id chmod chown touch dirname'.split(' '),
];
const KIT = 'jobs/recovery-points/restore-kit/RESTORE.md';

describe('a bare machine, with a shell and a distribution’s programs in a tree of its own', () => {
  let world: World;
  let machine: string;
  beforeEach(async () => {
    world = await makeWorld();
    machine = path.join(world.folder, 'machine');
    buildMachine(machine);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const bringBackups = () => {
    rmSync(path.join(machine, 'backups'), { recursive: true, force: true });
    cpSync(world.storeFolder, path.join(machine, 'backups'), { recursive: true });
    copyFileSync(world.identityFile, path.join(machine, 'backups/identity.txt'));
    writeFileSync(path.join(machine, 'backups/signing.pub'), world.publicKey);
  };
  const changeAndBackUp = async () => {
    appendFileSync(at('large'), 'more');
    rmSync(at('deep/a/b'), { recursive: true });
    renameSync(at('plain'), at('moved'));
    copyFileSync(at('-dash'), at('copy of -dash'));
    writeFileSync(at('plain'), 'another, under the old name');
    linkSync(at('large'), at('further-name'));
    return world.backUp({ onLast: true });
  };

  it('gives back a full point and one built on it by restore.sh', async function () {
    this.timeout(120_000);
    makeHostileTree(world.source);
    const first = await world.backUp({ onLast: true });
    const before = listTree(world.source);
    expect((await changeAndBackUp()).basedOn).to.equal(first.pointId);
    bringBackups();
    for (const [point, expected] of [
      [first.pointId, before],
      ['latest', listTree(world.source)],
    ] as const) {
      const restore = `sh restore.sh --asset ${ASSET} --point ${point} --identity identity.txt --into /out-${point}`;
      const { status, stdout, stderr } = runThere(machine, restore);
      expect(status, stderr).to.equal(0);
      expect(stdout).to.contain('every SHA-256 checked');
      expect(listTree(path.join(machine, `out-${point}`))).to.deep.equal(expected);
    }
  });

  it('gives them back by hand, with the very lines of RESTORE.md', async function () {
    this.timeout(120_000);
    for (const name of ['-dash', 'plain', 'large', 'folder']) {
      if (name === 'folder') mkdirSync(at('deep/a/b'), { recursive: true });
      else writeFileSync(at(name), `content of ${name}\n`);
    }
    writeFileSync(at('deep/a/b/goes'), 'x');
    const first = await world.backUp({ onLast: true });
    const before = listTree(world.source);
    const second = await changeAndBackUp();
    bringBackups();

    const full = byHand(first.pointId, 'A single run');
    expect(full.stderr).to.equal('');
    expect(full.stdout).to.contain('Verified Successfully');
    expect(listTree(path.join(machine, 'restored'))).to.deep.equal(before);
    rmSync(path.join(machine, 'restored'), { recursive: true });

    const built = byHand(second.pointId, 'Several runs');
    expect(built.stderr).to.equal('');
    // What was gone before the second point is named, nothing else.
    expect(built.stdout.split('\n').filter((line) => line.includes('goes'))).to.deep.equal(['deep/a/b/goes']);
    rmSync(path.join(machine, 'restored/deep/a/b'), { recursive: true });
    const contents = (tree: string[]) => tree.map((line) => line.replace(/ .* (\d+ [0-9a-f]{64} )/, ' $1'));
    const files = (tree: string[]) => contents(tree).filter((line) => / [0-9a-f]{64} /.test(line));
    expect(files(listTree(path.join(machine, 'restored')))).to.deep.equal(files(listTree(world.source)));
  });

  it('gives back by hand a file that was a folder, as RESTORE.md says', async () => {
    mkdirSync(at('becomes/a'), { recursive: true });
    await world.backUp({ onLast: true });
    rmSync(at('becomes'), { recursive: true });
    writeFileSync(at('becomes'), 'a file now');
    const { pointId } = await world.backUp({ onLast: true });
    bringBackups();
    const { stdout, stderr } = byHand(pointId, 'Several runs');
    expect(stdout).to.match(/^run 0\nrun 1\n/m);
    expect(stderr).to.contain('becomes: Cannot open');
    rmSync(path.join(machine, 'restored/becomes'), { recursive: true });
    const again = byHand(pointId, 'Several runs', (block) =>
      block.replace(/for RUN in .*?; do/, 'for RUN in 1; do'),
    );
    expect(again.stderr).to.equal('');
    expect(readFileSync(path.join(machine, 'restored/becomes'), 'utf8')).to.equal('a file now');
  });

  it('gives back what a missing pack leaves, by hand, and names what is lost', async function () {
    this.timeout(120_000);
    writeFileSync(at('a-large'), Buffer.alloc(20_000_000, 'over two packs\n'));
    writeFileSync(at('b-small'), 'small\n');
    const { pointId, packs } = await world.backUp();
    expect(packs).to.equal(2);
    bringBackups();
    const { stderr } = byHand(pointId, 'A single run', (block) => `sed -i 1d packs.txt\n${block}`);
    expect(stderr).to.contain('Skipping to next header').and.contain('a-large');
    expect(stderr).to.not.contain('b-small');
    expect(readFileSync(path.join(machine, 'restored/b-small'), 'utf8')).to.equal('small\n');
  });

  /** Pastes the blocks of the page, as a person would, the one of step 3 by its title and as `change` has it. */
  function byHand(point: string, way: string, change = (block: string) => block) {
    const [, page = ''] = readFileSync(KIT, 'utf8').split(/^## (?:À la main|Une base)/m);
    const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(({ 1: text = '', index }) => {
      const title = page.slice(0, index).split('**').at(-2) ?? '';
      return { title, text: title.includes(way) ? change(text) : text };
    });
    const pasted = blocks.filter(({ title }) => !/^3/.test(title) || title.includes(way));
    expect(pasted).to.have.length(8);
    const lines = pasted.map(({ text }) => text).join('\n');
    return runThere(machine, lines.replace(/POINT=\S+/, `POINT=${point}`));
  }
});

/** A tree with nothing but these programs and the libraries they load. */
function buildMachine(root: string): void {
  for (const folder of ['usr/bin', 'dev', 'tmp']) mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, 'dev/null'), '');
  chmodSync(path.join(root, 'dev/null'), 0o666);
  for (const program of PROGRAMS) {
    const file = execFileSync('sh', ['-c', `readlink -f "$(command -v ${program})"`], {
      encoding: 'utf8',
    }).trim();
    copyFileSync(file, path.join(root, 'usr/bin', program));
    // A program without libraries has none to list, and `ldd` says so with its exit status.
    for (const [library] of spawnSync('ldd', [file], { encoding: 'utf8' }).stdout.matchAll(/\/\S+/g))
      bring(root, library);
  }
  for (const [name, as] of [
    ['dash', 'sh'],
    ['mawk', 'awk'],
  ] as const)
    copyFileSync(path.join(root, 'usr/bin', name), path.join(root, 'usr/bin', as));
}

function bring(root: string, library: string): void {
  const target = path.join(root, library);
  if (existsSync(target)) return;
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(library, target);
  chmodSync(target, 0o755);
}

/** Who is not root becomes root of a namespace of their own, where that is allowed. */
function runThere(machine: string, lines: string) {
  const asRoot = process.geteuid?.() === 0 ? [] : ['unshare', '--map-root-user'];
  const [program = '', ...args] = [
    ...asRoot,
    'chroot',
    machine,
    '/usr/bin/sh',
    '-c',
    `cd /backups\n${lines}`,
  ];
  const env = { PATH: '/usr/bin:/usr/sbin:/bin:/sbin' };
  const done = spawnSync(program, args, { encoding: 'utf8', env });
  expect(readdirSync(path.join(machine, 'usr/bin'))).to.not.include('node');
  return done;
}
