/** What root backed up, given back by somebody who may own nothing but their own: all that differs is named. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { RestoreResult, VerifyResult } from '#/jobs/recovery-points/contract.ts';
import { setXattr } from '#/jobs/recovery-points/native/xattrs.ts';
import { decodePath } from '#/jobs/recovery-points/paths.ts';
import { Operator } from './sessions/operator.ts';
import { Random } from './sessions/random.ts';
import { differences, look, type Seen } from './sessions/tree.ts';
import { ASSET, makeHostileTree, makeWorld, type World } from './world.ts';

const NOBODY = 65_534;
/** In full: TREES=12. */
const TREES = Number(process.env.TREES ?? 6);
const WORKS = 120;

describe('a point of root’s, restored by nobody', function () {
  this.timeout(120_000);
  let world: World;
  before(() => {
    if (process.geteuid?.() !== 0) throw new Error('This test must run as root: it starts another user.');
  });
  beforeEach(async () => {
    world = await makeWorld();
    for (const name of ['target', 'scratch']) {
      mkdirSync(path.join(world.folder, name), { recursive: true });
      chownSync(path.join(world.folder, name), NOBODY, NOBODY);
    }
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const into = () => path.join(world.folder, 'target/restored');

  function run<Result>(...args: string[]): { status: number | null; result: Result; stderr: string } {
    openToAll(world.storeFolder);
    const facts = [
      '--from',
      world.storeAddress,
      '--asset',
      ASSET,
      '--identity',
      world.identityFile,
      '--json',
    ];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.resolve('server/reprise.mjs'), ...args, ...facts],
      {
        uid: NOBODY,
        gid: NOBODY,
        encoding: 'utf8',
        maxBuffer: 1 << 26,
        env: { ...process.env, HOME: path.join(world.folder, 'scratch') },
      },
    );
    return { status, result: stdout === '' ? (null as Result) : (JSON.parse(stdout) as Result), stderr };
  }

  function expectNamed(expected: Seen[]): void {
    const { status, result, stderr } = run<RestoreResult>('restore', 'latest', '--into', into());
    expect(status, stderr).to.equal(result.reservations.length === 0 ? 0 : 3);
    const named = result.reservations.map(({ path: of, reason }) => ({
      path: of === '.' ? '' : decodePath(of).toString('latin1'),
      reason,
    }));
    expect(differences(lessened(expected, named), look(into()))).to.deep.equal([]);
  }

  it('is a hostile tree but for what is named, with exit status 3', async () => {
    makeHostileTree(world.source);
    await world.backUp();
    expectNamed(look(world.source));
  });

  it('is a tree in which its owner may read and write nothing', async () => {
    const at = (name: string) => path.join(world.source, name);
    mkdirSync(at('folder'));
    for (const name of ['folder/a', 'folder/b', 'c', 'd', 'f'])
      writeFileSync(at(name), 'the same in all of them');
    for (const name of ['folder/a', 'folder', 'd'])
      setXattr(Buffer.from(at(name)), 'user.note', Buffer.from('x'));
    linkSync(at('folder/b'), at('e'));
    for (const name of ['', 'folder', 'folder/a', 'folder/b', 'c', 'd', 'f']) {
      chownSync(at(name), NOBODY, NOBODY);
      chmodSync(at(name), 0);
    }
    await world.backUp();
    const { status, result, stderr } = run<RestoreResult>('restore', 'latest', '--into', into());
    expect([status, result?.reservations], stderr).to.deep.equal([0, []]);
    expect(differences(look(world.source), look(into()))).to.deep.equal([]);
    const {
      status: proof,
      result: proven,
      stderr: words,
    } = run<VerifyResult>('verify', 'latest', '--level', 'L3');
    expect([proof, proven?.reached], words).to.deep.equal([4, 'L2b']);
    const unread = proven.checks.filter(({ verdict }) => verdict !== 'passed');
    expect(unread.map(({ verdict, because: why }) => [verdict, why?.code])).to.deep.equal([
      ['inconclusive', 'tree.unreadable'],
    ]);
  });

  it('is any tree but for what is named', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noBias(fc.nat({ max: 2 ** 31 - 1 })), async (seed) => {
        await world[Symbol.asyncDispose]();
        world = await makeWorld();
        mkdirSync(path.join(world.folder, 'target'));
        chownSync(path.join(world.folder, 'target'), NOBODY, NOBODY);
        const operator = new Operator(world.source, new Random(seed));
        for (let i = 0; i < WORKS; i++) operator.act();
        await world.backUp({ onLast: true });
        for (let i = 0; i < WORKS / 4; i++) operator.act();
        await world.backUp({ onLast: true });
        expectNamed(look(world.source));
      }),
      { numRuns: TREES, endOnFailure: true },
    );
  });

  it('passes L3, which says what was not compared', async () => {
    makeHostileTree(world.source);
    await world.backUp();
    const { status, result, stderr } = run<VerifyResult>('verify', 'latest', '--level', 'L3');
    expect(status, stderr + JSON.stringify(result?.checks)).to.equal(0);
    expect(JSON.stringify(result.checks)).to.contain('owners not compared');
  });

  it('is refused where nobody may write, and nothing is left', async () => {
    await world.backUp();
    rmSync(path.join(world.folder, 'target'), { recursive: true });
    const { status, stderr } = run('restore', 'latest', '--into', into());
    expect(status, stderr).to.equal(2);
    expect(readdirSync(world.folder)).to.not.include('target');
  });
});

/** A tree as nobody gets it, if what is named is all that could not be given back. */
function lessened(expected: Seen[], named: { path: string; reason: string }[]): Seen[] {
  const reasons = Map.groupBy(named, ({ path: of }) => of);
  const nobodys = expected.flatMap((seen) => {
    let { facts } = seen;
    // Further names of a file share what befell its first.
    const first = expected.find(({ file }) => file === seen.file)!;
    for (const { reason } of reasons.get(first.path) ?? []) {
      if (/^a (fifo|character|block) could not be made/.test(reason)) return [];
      if (/^its owner \d+:\d+ could not be set/.test(reason))
        facts = facts.replace(/^(\S+) \S+/, `$1 ${NOBODY}:${NOBODY}`);
      else if (/^its set-user or set-group bit was left off/.test(reason))
        facts = facts.replace(/^\S+/, (mode) => (Number.parseInt(mode, 8) & ~0o6000).toString(8));
      else {
        const [, name = ''] = /^its attribute (.*) could not be set here$/.exec(reason) ?? [];
        const attribute = ` ${decodePath(name).toString('latin1')}=`;
        expect(facts, reason).to.contain(attribute);
        const at = facts.indexOf(attribute);
        const end = /^[0-9a-f]*/.exec(facts.slice(at + attribute.length))![0].length;
        facts = facts.slice(0, at) + facts.slice(at + attribute.length + end);
      }
    }
    return [{ ...seen, facts }];
  });
  return nobodys;
}

function openToAll(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  chmodSync(folder, 0o755);
}
