import { execFileSync, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { ASSET, listTree, makeBinFolder, makeHostileTree, makeWorld, type World } from './world.ts';

const PROGRAMS = [
  ...['age', 'zstd', 'tar', 'sha256sum', 'awk', 'sed', 'mkdir', 'rmdir', 'mv', 'rm', 'cat', 'id'],
  ...['cmp', 'cp', 'chmod', 'chown', 'touch'],
];

describe('a recovery point of a hostile tree', () => {
  let world: World;
  let before_: string[];
  let bin: string;
  let results = 0;
  before(async () => {
    world = await makeWorld();
    makeHostileTree(world.source);
    before_ = listTree(world.source);
    bin = makeBinFolder(world.folder, PROGRAMS);
    const made = await world.backUp();
    expect(made).to.include({ state: 'complete', packs: 1, asset: ASSET });
    expect(made.reservations).to.deep.equal([]);
  });
  after(() => world[Symbol.asyncDispose]());

  const target = () => path.join(world.folder, `restored-${results++}`);
  const restoreInto = (into: string, options: { only?: string; point?: string } = {}) =>
    restore({
      store: world.store,
      asset: ASSET,
      point: 'latest',
      identity: world.identity,
      trust: [world.publicKey],
      only: null,
      ...options,
      into,
    });
  const runScript = (into: string, args: string[] = [], shell = 'dash') => {
    const script = [
      path.join(world.storeFolder, 'restore.sh'),
      '--asset',
      ASSET,
      '--point',
      'latest',
      '--identity',
      world.identityFile,
    ];
    const program = execFileSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).trim();
    return spawnSync(program, [...script, '--into', into, ...args], {
      cwd: '/',
      env: { PATH: bin },
      encoding: 'utf8',
    });
  };

  it('comes back by reprise restore exactly as it was', async () => {
    const into = target();
    const { reservations, files, signature } = await restoreInto(into);
    expect(reservations).to.deep.equal([]);
    expect(files).to.be.greaterThan(20);
    expect(signature).to.equal('trusted');
    expect(listTree(into)).to.deep.equal(before_);
  });

  it('comes back by the script beside the data exactly the same, with nothing but standard programs', () => {
    for (const shell of ['dash', 'bash']) {
      const into = target();
      const { status, stderr, stdout } = runScript(into, [], shell);
      expect(status, stderr).to.equal(0);
      expect(stdout).to.contain('every SHA-256 checked');
      expect(listTree(into)).to.deep.equal(before_);
    }
  });

  it('comes back by three programs in one line', () => {
    const into = target();
    mkdirSync(into);
    const heads = path.join(world.storeFolder, ASSET, 'snapshots', '*', 'head.json');
    const packs = `for p in $(sed -n 's/^{"sha256":"\\([0-9a-f]*\\)".*/\\1/p' ${heads})`;
    const open = `age -d -i ${world.identityFile} ${world.storeFolder}/${ASSET}/packs/$p.tar.zst.age | zstd -d`;
    execFileSync('sh', ['-c', `${packs}; do ${open}; done | tar -x -p --numeric-owner -f - -C ${into}`], {
      stdio: 'pipe',
    });
    expect(listTree(into)).to.deep.equal(before_);
  });

  it('passes L3 with every planted fault caught', async () => {
    const { verdict, reached, checks, plantedFaults } = await world.verify('L3');
    expect(verdict, JSON.stringify(checks)).to.equal('passed');
    expect(reached).to.equal('L3');
    expect(plantedFaults.filter(({ caught }) => !caught)).to.deep.equal([]);
    expect(new Set(plantedFaults.map(({ level }) => level))).to.deep.equal(
      new Set(['L0', 'L2a', 'L2b', 'L3']),
    );
    expect(readdirSync(path.join(world.folder, 'scratch'))).to.deep.equal([]);
  });

  it('has a head whose signature OpenSSL accepts, and which tells no secret', () => {
    const snapshots = path.join(world.storeFolder, ASSET, 'snapshots');
    const folder = path.join(snapshots, readdirSync(snapshots)[0]!);
    const key = path.join(world.folder, 'signing.pub');
    writeFileSync(key, world.publicKey);
    const args = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      key,
      '-rawin',
      '-in',
      `${folder}/head.json`,
      '-sigfile',
      `${folder}/head.json.sig`,
    ];
    expect(execFileSync('openssl', args, { encoding: 'utf8' })).to.contain('Verified Successfully');
    const head = readFileSync(`${folder}/head.json`, 'utf8');
    for (const secret of [
      'hard-link',
      'source',
      world.identity,
      hash('sha256', readFileSync(path.join(world.source, 'plain'))),
    ])
      expect(head).to.not.contain(secret);
  });

  it('gives back a part, with the folders it lies in, and the content of a hard link whose first name is left out', async () => {
    const part = target();
    await restoreInto(part, { only: 'deep/**' });
    expect(readdirSync(part)).to.deep.equal(['deep']);
    expect(listTree(path.join(part, 'deep'))).to.deep.equal(listTree(path.join(world.source, 'deep')));
    const link = target();
    await restoreInto(link, { only: 'plain' });
    expect(readFileSync(path.join(link, 'plain'), 'utf8')).to.equal('content of plain');
    await restoreInto(path.join(link, 'none'), { only: 'no-such*' }).then(
      () => expect.fail('it found something'),
      (error: Error) => expect(error.message).to.contain('Nothing in this recovery point matches'),
    );
  });

  it('refuses to restore into a folder with something in it', async () => {
    const into = target();
    mkdirSync(into);
    writeFileSync(path.join(into, 'mine'), 'x');
    const refusal = await restoreInto(into).catch((error: Error) => error.message);
    expect(refusal).to.contain('not empty');
    expect(runScript(into).status).to.equal(2);
    expect(readdirSync(into)).to.deep.equal(['mine']);
  });

  it('is not given back as done when a pack is damaged, missing or cut, by either way', async () => {
    const folder = path.join(world.storeFolder, ASSET, 'packs');
    const pack = path.join(folder, readdirSync(folder)[0]!);
    const whole = readFileSync(pack);
    const flipped = Buffer.from(whole);
    flipped[flipped.length >> 1]! ^= 1;
    const damages = {
      flipped: () => writeFileSync(pack, flipped),
      cut: () => writeFileSync(pack, whole.subarray(0, -1)),
      missing: () => renameSync(pack, `${pack}.away`),
    };
    for (const [name, damage] of Object.entries(damages)) {
      damage();
      const [into, byScript] = [target(), target()];
      const { status, stderr } = runScript(byScript);
      const failure = await restoreInto(into).catch((error: Error) => error.message);
      writeFileSync(pack, whole);
      expect(failure, name).to.contain(path.basename(pack)).and.contain('not complete');
      expect(readdirSync(into)[0], name).to.match(/^incomplete-restore-/);
      expect(status, name).to.equal(1);
      expect(stderr, name).to.contain(path.basename(pack, '.tar.zst.age'));
      expect(existsSync(byScript), name).to.equal(false);
    }
  });

  it('is refused by the script when the manifest, the head or the key is wrong', () => {
    const snapshots = path.join(world.storeFolder, ASSET, 'snapshots');
    const folder = path.join(snapshots, readdirSync(snapshots)[0]!);
    for (const [file, sentence] of [
      ['manifest.json.zst.age', 'manifest'],
      ['head.json', 'cut short'],
    ] as const) {
      const whole = readFileSync(path.join(folder, file));
      writeFileSync(path.join(folder, file), whole.subarray(0, whole.length >> 1));
      const { status, stderr } = runScript(target());
      writeFileSync(path.join(folder, file), whole);
      expect(status, file).to.equal(1);
      expect(stderr).to.contain(sentence);
    }
    const stranger = path.join(world.folder, 'stranger.txt');
    execFileSync('age-keygen', ['-o', stranger], { stdio: 'ignore' });
    const { status, stderr } = runScript(target(), ['--identity', stranger]);
    expect(status).to.equal(1);
    expect(stderr).to.contain('identity does not open');
    expect(runScript(target(), ['--point', 'nope']).status).to.equal(1);
    expect(runScript(target(), ['--unknown', 'x']).status).to.equal(2);
  });

  it('stands in a list with those made later, oldest first', async () => {
    appendFileSync(path.join(world.source, 'plain'), 'more');
    await world.backUp();
    const { points, incomplete } = await listPoints(world.store, ASSET, { trust: [world.publicKey] });
    expect(points).to.have.length(2);
    expect(points[0]!.id < points[1]!.id).to.equal(true);
    expect(points.map(({ signature }) => signature)).to.deep.equal(['trusted', 'trusted']);
    expect(incomplete).to.deep.equal([]);
    const into = target();
    await restoreInto(into, { point: points[0]!.id });
    expect(readFileSync(path.join(into, 'plain'), 'utf8')).to.equal('content of plain');
  });
});

describe('a recovery point of many packs', () => {
  it('holds a file larger than a pack, and comes back by both ways', async function () {
    this.timeout(60_000);
    await using world = await makeWorld();
    const piece = Buffer.from(Array.from({ length: 1 << 16 }, (_, i) => (i * i) & 255));
    writeFileSync(path.join(world.source, 'a-small'), 'x');
    for (let i = 0; i < 1100; i++) appendFileSync(path.join(world.source, 'b-large'), piece);
    writeFileSync(path.join(world.source, 'c-small'), 'y');
    const { packs } = await world.backUp();
    expect(packs).to.equal(5);
    const { verdict, reached } = await world.verify('L3');
    expect([verdict, reached]).to.deep.equal(['passed', 'L3']);
    const into = path.join(world.folder, 'restored');
    const args = ['--asset', ASSET, '--point', 'latest', '--identity', world.identityFile, '--into', into];
    execFileSync('sh', [path.join(world.storeFolder, 'restore.sh'), ...args], { stdio: 'pipe' });
    expect(listTree(into)).to.deep.equal(listTree(world.source));
  });
});
