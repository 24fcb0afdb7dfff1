import { spawnSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { dyingAfter } from './reconciling.ts';
import { ASSET, makeWorld, type World } from './world.ts';

const PROGRAM = fileURLToPath(new URL('../../server/reprise.mjs', import.meta.url));

describe('reconciling and cleaning up on the command line', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    writeFileSync(path.join(world.source, 'a.txt'), 'content');
    writeFileSync(path.join(world.folder, 'signing.pub'), world.publicKey);
    await world.backUp();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const run = (action: string, ...more: string[]) => {
    const call = ['points', action, '--from', world.storeAddress, '--asset', ASSET, ...more];
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...call], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: world.folder },
    });
    return { status, stdout, stderr };
  };
  const reconcile = () => run('reconcile', '--trust', path.join(world.folder, 'signing.pub'));
  const packs = () => readdirSync(path.join(world.storeFolder, ASSET, 'packs'));
  const leaveOrphan = async (daysAgo: number) => {
    const before = packs();
    const dying = dyingAfter(world.store, (key) => key.includes('/packs/'));
    await world.backUp({ store: dying }).catch((error: Error) => expect(error.message).to.include('died'));
    const at = new Date(Date.now() - daysAgo * 86_400_000);
    const [orphan] = packs().filter((name) => !before.includes(name));
    const running = readdirSync(path.join(world.storeFolder, ASSET, 'running'));
    for (const file of [`packs/${orphan}`, ...running.map((name) => `running/${name}`)])
      utimesSync(path.join(world.storeFolder, ASSET, file), at, at);
    return orphan!;
  };

  it('all is well: status 0, and JSON last when asked for', () => {
    const told = reconcile();
    expect(told.status, told.stderr).to.equal(0);
    expect(told.stdout).to.include('whole and trusted').and.include('1 heads read');
    expect(JSON.parse(run('clean', '--json').stdout.trim())).to.include({ dryRun: true, blocked: null });
  });

  it('orphans: told with 3, shown by a dry run, and removed only with --apply', async () => {
    const orphan = await leaveOrphan(10);
    expect(reconcile().status).to.equal(3);
    const dry = run('clean');
    expect([dry.status, dry.stdout.includes(orphan)]).to.deep.equal([0, true]);
    expect(packs()).to.include(orphan);
    expect(run('clean', '--older-than', '11', '--apply').stdout).to.include('Removed 0 packs');
    const brokenOff = path.join(world.storeFolder, ASSET, 'packs', '.reprise-unfinished-0011223344556677');
    writeFileSync(brokenOff, 'half');
    utimesSync(brokenOff, 0, 0);
    expect(reconcile().stdout).to.include('upload that never ended');
    const done = run('clean', '--apply');
    expect([done.status, done.stdout.includes('1 broken-off uploads')], done.stdout).to.deep.equal([0, true]);
    expect(packs()).to.not.include(orphan).and.not.include(path.basename(brokenOff));
    expect(reconcile().status).to.equal(0);
  });

  it('a backup that runs: 4, a head that cannot be read: 1, a grace too short or a wrong word: 2', async () => {
    await leaveOrphan(0);
    expect(run('clean', '--apply').status).to.equal(4);
    for (const days of ['0', 'many']) expect(run('clean', '--older-than', days).status).to.equal(2);
    await leaveOrphan(10);
    const [point] = readdirSync(path.join(world.storeFolder, ASSET, 'snapshots'));
    const head = path.join(world.storeFolder, ASSET, 'snapshots', point!, 'head.json');
    writeFileSync(head, 'nonsense');
    const told = reconcile();
    expect([told.status, told.stdout.includes('cannot be relied on')]).to.deep.equal([1, true]);
    for (const name of readdirSync(path.join(world.storeFolder, ASSET, 'running')))
      utimesSync(path.join(world.storeFolder, ASSET, 'running', name), 0, 0);
    expect(run('clean', '--apply').status).to.equal(1);
  });
});
