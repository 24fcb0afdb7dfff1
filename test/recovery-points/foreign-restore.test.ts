/** L3x: the page beside the data is followed to the letter, by other people's programs in a bare root. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import { BareRoot } from '#/jobs/recovery-points/foreign/bare-root.ts';
import type { ForeignRequest } from '#/jobs/recovery-points/foreign/contract.ts';
import { foreignRestore } from '#/jobs/recovery-points/foreign/foreign-restore.ts';
import { ROOT_COMMANDS } from '#/jobs/recovery-points/foreign/paper.ts';
import { treeRoot } from '#/jobs/recovery-points/foreign/tree-root.ts';
import { ASSET, makeHostileTree, makeWorld, type World } from './world.ts';

describe('a restore by other people’s programs', function () {
  this.timeout(120_000);
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const fill = () => {
    mkdirSync(at('deep/a'), { recursive: true });
    for (const name of ['one', 'deep/two', 'deep/a/three', 'é à'])
      writeFileSync(at(name), `content of ${name}\n`);
  };
  const paper = () => path.join(world.storeFolder, 'RESTORE.md');
  const change = (file: string, from: string, to: string) => {
    const text = readFileSync(file, 'utf8');
    expect(text).to.include(from);
    writeFileSync(file, text.replace(from, to));
  };
  const run = (given: Partial<ForeignRequest> = {}) =>
    foreignRestore({
      store: world.store,
      asset: ASSET,
      point: 'latest',
      trust: [world.publicKey],
      identity: world.identity,
      scratchDir: path.join(world.folder, 'scratch'),
      ...given,
    });
  const refusal = async (given: Partial<ForeignRequest> = {}) => {
    try {
      await run(given);
    } catch (error) {
      if (error instanceof EngineError) return [error.kind, error.because.code];
      throw error;
    }
    throw new Error('It was not refused.');
  };

  it('passes both ways of the page, and catches a wrong command, a missing program and another key', async () => {
    makeHostileTree(world.source);
    await world.backUp();
    const found = await run();
    expect(found.checks, JSON.stringify(found.checks)).to.have.length(2);
    expect(found).to.include({ verdict: 'passed', isolation: 'namespaces' });
    expect(found.paper).to.include({ source: 'store', isOurs: true });
    expect(found.seconds).to.be.greaterThan(0);
    expect(found.tools).to.have.keys('age', 'zstd', 'tar');
    expect(
      found.plantedFaults.map(({ kind, caught, finding }) => [kind, caught, finding.code]),
    ).to.deep.equal([
      ['paper-command-wrong', true, 'foreign.hand-differs'],
      ['tool-missing', true, 'foreign.script-failed'],
      ['key-of-another', true, 'foreign.script-failed'],
    ]);
    expect(found.plantedFaults[1]?.finding.message).to.include('the program zstd is needed');
    expect(found.plantedFaults[2]?.finding.message).to.include('the identity does not open the manifest');
  });

  it('passes a point that builds on others', async () => {
    fill();
    await world.backUp({ onLast: true });
    appendFileSync(at('one'), 'more');
    renameSync(at('deep/two'), at('moved'));
    rmSync(at('deep/a/three'));
    expect((await world.backUp({ onLast: true })).basedOn).to.not.equal(null);
    const found = await run();
    expect(found.verdict, JSON.stringify(found.checks)).to.equal('passed');
  });

  for (const [what, from, to, check] of [
    [
      'the command of the script',
      'sh restore.sh --asset files',
      'sh restore.sh --aset files --asset x',
      'foreign-script',
    ],
    [
      'a command by hand',
      'tar -x -p --xattrs --xattrs-include=\'*\' -f - -C "$OUT"',
      'tar -t -f -',
      'foreign-by-hand',
    ],
    [
      'an option by hand',
      'age -d -i "$KEY" "$ASSET/packs',
      'age -e -i "$KEY" "$ASSET/packs',
      'foreign-by-hand',
    ],
  ] as const)
    it(`fails when the page is wrong in ${what}`, async () => {
      fill();
      await world.backUp();
      change(paper(), from, to);
      const found = await run();
      expect(found.verdict).to.equal('failed');
      expect(
        found.checks.filter(({ verdict }) => verdict === 'failed').map(({ name }) => name),
      ).to.deep.equal([check]);
      expect(found.paper.isOurs).to.equal(false);
      expect(found.plantedFaults).to.deep.equal([]);
    });

  it('fails when the script lies, and without a page at all', async () => {
    fill();
    await world.backUp();
    writeFileSync(
      path.join(world.storeFolder, 'restore.sh'),
      'while [ $# -gt 1 ]; do [ "$1" = --into ] && mkdir "$2"; shift; done; echo every SHA-256 checked',
    );
    const found = await run();
    expect(found.checks[0]).to.include({ name: 'foreign-script', verdict: 'failed' });
    expect(found.checks[0]?.because?.code).to.equal('foreign.script-differs');
    change(paper(), '**3a. Une seule série', '**Une seule série');
    expect(await refusal()).to.deep.equal(['data', 'foreign.paper-incomplete']);
    rmSync(paper());
    expect(await refusal()).to.deep.equal(['data', 'foreign.no-paper']);
  });

  it('says nothing of a point that the key does not open', async () => {
    fill();
    await world.backUp();
    expect(await refusal({ identity: newIdentity().identity })).to.deep.equal([
      'inconclusive',
      'key.not-fitting',
    ]);
  });

  it('lets nothing out that the page would do to the machine', async () => {
    fill();
    await world.backUp();
    const outside = path.join(world.folder, 'outside');
    writeFileSync(outside, 'untouched');
    change(
      paper(),
      'mkdir -p "$OUT"\nwhile',
      `echo spoilt >${outside}; ls /proc /sys /home; mkdir -p "$OUT"\nwhile`,
    );
    expect((await run()).verdict).to.equal('passed');
    expect(readFileSync(outside, 'utf8')).to.equal('untouched');
  });

  it('says so where the system has no walls, and then runs no page but ours', async function () {
    if (process.geteuid?.() !== 0) this.skip();
    fill();
    await world.backUp();
    const run = () =>
      spawnSync(
        'setpriv',
        [
          '--bounding-set=-sys_admin',
          process.execPath,
          path.resolve('server/reprise.mjs'),
          ...['drill', 'foreign', '--from', world.storeFolder, '--asset', ASSET, '--point', 'latest'],
          ...['--identity', world.identityFile, '--json'],
        ],
        { encoding: 'utf8' },
      );
    const { status, stdout, stderr } = run();
    expect(status, stdout + stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ verdict: 'passed', isolation: 'bare-path' });
    change(paper(), '# Restaurer', '# Autrement');
    const refused = run();
    expect(refused.status).to.equal(4);
    expect(refused.stdout).to.include('no walls to run it behind');
  });

  it('ends what does not end, with all that it started', async () => {
    const root = await BareRoot.build(path.join(world.folder, 'bare'));
    const began = Date.now();
    const ran = await root.run('(while :; do :; done) & while :; do :; done', { mostMs: 300 });
    expect(ran.status).to.equal(null);
    expect(Date.now() - began).to.be.below(5000);
    const abort = new AbortController();
    const running = root.run('while :; do :; done', { mostMs: 60_000, signal: abort.signal });
    abort.abort();
    expect((await running).status).to.equal(null);
  });

  it('has one fingerprint of the files, in shell as here', async () => {
    fill();
    writeFileSync(at('line\nbreak'), 'x');
    writeFileSync(at('-dash'), '');
    const ours = await treeRoot(world.source, 'abc');
    const told = execFileSync('sh', ['-c', `${ROOT_COMMANDS}\necho "$ROOT"`], {
      cwd: world.folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, OUT: world.source, CHALLENGE: 'abc' },
    });
    expect(told.split(' ')[0]).to.equal(ours.root);
    expect(ours).to.include({ files: 6 });
    expect((await treeRoot(world.source, 'abd')).root).to.not.equal(ours.root);
  });
});
