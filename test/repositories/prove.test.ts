import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { compare } from '#/jobs/repositories/compare.ts';
import { plantDamage } from '#/jobs/repositories/damage.ts';
import { openRepository, openView } from '#/jobs/repositories/open.ts';
import { judgeOpened, proveSnapshot } from '#/jobs/repositories/prove.ts';
import type { ToolName } from '#/jobs/repositories/repository.ts';
import { runTool } from '#/jobs/repositories/tool.ts';
import { whileWatching } from '#/jobs/repositories/while-watching.ts';
import { shownBy } from '#/plans/repositories/shown.ts';
import { until } from '../support/service.ts';
import {
  addArchive,
  filesBelow,
  fingerprint,
  makeRepository,
  makeTree,
  REPOSITORY_PASSWORD,
} from './made.ts';

for (const tool of ['restic', 'borg'] as const)
  describe(`a repository of ${tool}`, function () {
    this.timeout(60_000);
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'reprise-repository-'));
      makeTree(join(folder, 'tree'));
      makeRepository(tool, join(folder, 'repository'), join(folder, 'tree'), folder);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    let scratches = 0;
    const request = (more: { password?: string; tool?: ToolName } = {}) => {
      const scratchDir = join(folder, `scratch-${scratches++}`);
      mkdirSync(scratchDir);
      return {
        tool,
        address: pathToFileURL(join(folder, 'repository')).href,
        secrets: { password: more.password ?? REPOSITORY_PASSWORD },
        scratchDir,
        signal: new AbortController().signal,
      };
    };
    const newest = async () => (await openRepository(request()).snapshots()).at(-1)!;

    it('is listed, proven by restoring it with every planted fault caught, and left as it was to the byte', async () => {
      const before = fingerprint(join(folder, 'repository'));
      const { id, dataTime } = await newest();
      expect(Math.abs(Date.now() - dataTime.getTime())).to.be.lessThan(60_000);
      const phases = new Set<string>();
      const onProgress = ({ phase }: { phase: string }) => phases.add(phase);
      const asked = { ...request(), snapshot: id, level: 'L3' as const, brokenBefore: [], onProgress };
      const proof = await proveSnapshot(asked);
      expect([...phases].filter((phase) => phase !== 'restore')).to.deep.equal([
        'fetch',
        'verify',
        'plant',
        'compare',
      ]);
      expect(proof, JSON.stringify(proof)).to.include({
        verdict: 'passed',
        reached: 'L3',
        files: 4,
        bytes: 6_000_008,
      });
      expect(proof.tool).to.match(new RegExp(`^${tool} \\d+\\.\\d+`));
      expect(proof.plantedFaults.map(({ kind }) => kind)).to.include.members([
        'byte-changed',
        'pack-missing',
        'file-missing',
        'file-added',
      ]);
      expect(proof.plantedFaults.every(({ caught }) => caught)).to.equal(true);
      expect(proof.notShown).to.deep.equal(tool === 'restic' ? ['content-by-list'] : []);
      expect(fingerprint(join(folder, 'repository'))).to.equal(before);
    });

    it('fails when a snapshot is not in it, and says nothing with a wrong password', async () => {
      const gone = await proveSnapshot({
        ...request(),
        snapshot: tool === 'restic' ? 'f'.repeat(64) : 'nuit-9',
        level: 'L3',
        brokenBefore: [],
      });
      expect(gone).to.include({ verdict: 'failed', reached: null });
      const error = await proveSnapshot({
        ...request({ password: 'another one' }),
        snapshot: 'x',
        level: 'L3',
        brokenBefore: [],
      }).then(
        () => null,
        (thrown) => thrown,
      );
      expect(error.because.code).to.equal('repository.tool-refused');
      expect(error.message).to.not.include('another one');
    });

    it('fails when its data are damaged, before anything is restored', async () => {
      const { id } = await newest();
      const victim = largest(join(folder, 'repository', 'data'));
      const bytes = readFileSync(victim);
      chmodSync(victim, 0o600);
      bytes[bytes.length >> 1]! ^= 0x40;
      writeFileSync(victim, bytes);
      const proof = await proveSnapshot({ ...request(), snapshot: id, level: 'L3', brokenBefore: [] });
      expect(proof).to.include({ verdict: 'failed', reached: null, seconds: null });
      expect(proof.levels.map(({ level, verdict }) => [level, verdict])).to.deep.equal([
        ['L0', 'passed'],
        ['L2b', 'failed'],
      ]);
    });
  });

describe('damage planted in what a tool reads', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-repository-'));
    makeTree(join(folder, 'tree'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const request = (tool: ToolName, address: string) => {
    const scratchDir = mkdtempSync(join(folder, 'scratch-'));
    const secrets = { password: REPOSITORY_PASSWORD };
    return { tool, address, secrets, scratchDir, signal: new AbortController().signal };
  };
  const CAUGHT = [
    { kind: 'byte-changed', caught: true },
    { kind: 'pack-missing', caught: true },
  ];

  it('is put where the snapshot has its content, however much else lies there', async () => {
    const repository = join(folder, 'borg');
    makeRepository('borg', repository, join(folder, 'tree'), folder);
    writeFileSync(join(folder, 'petit.txt'), 'quelques mots');
    addArchive(repository, 'nuit-2', join(folder, 'petit.txt'), folder);
    const asked = request('borg', pathToFileURL(repository).href);
    const snapshot = (await openRepository(asked).snapshots()).find(({ name }) => name === 'nuit-2')!.id;
    await using view = await openView({ ...asked, snapshot });
    expect(await plantDamage(view!)).to.deep.equal(CAUGHT);
  });

  it('is noticed in files that came back, beside one that is known to be broken', async () => {
    const tree = join(folder, 'bureau');
    mkdirSync(tree);
    writeFileSync(join(tree, 'notes.txt.gz'), gzipSync(randomBytes(500)));
    const broken = 'PK, and then nothing of a zip';
    writeFileSync(join(tree, 'cassé.zip'), broken);
    makeRepository('restic', join(folder, 'bureau-restic'), tree, folder);
    const asked = request('restic', pathToFileURL(join(folder, 'bureau-restic')).href);
    const snapshot = (await openRepository(asked).snapshots())[0]!.id;
    const path = join(tree, 'cassé.zip').slice(1);
    const brokenBefore = [{ path, kind: 'zip', sha256: createHash('sha256').update(broken).digest('hex') }];
    const proof = await proveSnapshot({ ...asked, snapshot, level: 'L4', brokenBefore });
    expect(proof, JSON.stringify(proof)).to.include({ verdict: 'passed', reached: 'L4' });
    expect(proof.opened).to.deep.equal({ files: 2, broken: brokenBefore });
    const planted = proof.plantedFaults.filter(({ level }) => level === 'L4');
    expect(planted.map(({ kind, caught }) => `${kind} ${caught}`)).to.deep.equal([
      'file-cut true',
      'file-byte-changed true',
    ]);
    expect(shownBy(proof)).to.equal('L4');
    const plantedFaults = proof.plantedFaults.filter(({ level }) => level !== 'L4');
    expect(shownBy({ ...proof, plantedFaults })).to.equal('L3');
  });

  it('does not open once, and is told from then on', () => {
    const kinds = { zip: { opened: 3, failed: 1, locked: 0 } };
    const failed = [{ path: 'a.zip', kind: 'zip', sha256: 'aa', why: 'it is cut' }];
    const told = (before: typeof failed) => judgeOpened({ kinds, failed }, before).told;
    expect(told([])).to.deep.equal({ verdict: 'failed', observed: '4 files, 1 do not open, as a.zip' });
    expect(told(failed).verdict).to.equal('passed');
    expect(told([{ ...failed[0]!, sha256: 'bb' }]).verdict, 'it is another one now').to.equal('failed');
    expect(judgeOpened({ kinds: {}, failed: [] }, []).told.verdict).to.equal('inconclusive');
  });

  it('counts as not planted where the view alone is complained of', async () => {
    const view = {
      check: async () => 'the server is gone',
      [Symbol.asyncDispose]: async () => {},
    };
    expect(await plantDamage(view)).to.equal(null);
  });
});

describe('a restore by a program that says nothing of itself', () => {
  it('is told by what it has written so far', async () => {
    const into = mkdtempSync(join(tmpdir(), 'reprise-watched-'));
    const told: number[] = [];
    await whileWatching(
      into,
      (bytes) => told.push(bytes),
      async () => {
        mkdirSync(join(into, 'a'));
        writeFileSync(join(into, 'a', 'one'), Buffer.alloc(1000));
        await until(async () => told.at(-1) === 1000, Boolean);
        writeFileSync(join(into, 'two'), Buffer.alloc(24));
        await until(async () => told.at(-1) === 1024, Boolean);
      },
      { leastPauseMs: 5 },
    );
    const ended = told.length;
    await sleep(30);
    expect(told.length, 'nothing is told once it is over').to.equal(ended);
    rmSync(into, { recursive: true });
  });
});

describe('what a tool complains of', () => {
  const run = (script: string, env: Record<string, string>) => {
    const secrets = { password: 'sesame', secretAccessKey: 'ouvre-toi' };
    const { signal } = new AbortController();
    return runTool({ program: 'sh', args: ['-c', script], env, secrets, signal });
  };

  it('is told without what opens it, and with where it lies', async () => {
    const env = { RESTIC_REPOSITORY: '/srv/nas' };
    const { status, complaint } = await run(
      'echo "no sesame, ouvre-toi for $RESTIC_REPOSITORY" >&2; exit 3',
      env,
    );
    expect([status, complaint]).to.deep.equal([3, 'no ***, *** for /srv/nas']);
  });

  it('is what it stumbled over, not where in its own source', async () => {
    const said = [
      'Local Exception',
      'Traceback (most recent call last):',
      '  File "x.py"',
      'OSError: gone',
      'Platform: Linux',
    ];
    const { complaint } = await run(
      `printf '%s\\n' ${said.map((line) => `'${line}'`).join(' ')} >&2; exit 2`,
      {},
    );
    expect(complaint).to.equal('Local Exception OSError: gone');
  });
});

describe('what was restored, against what its tool lists', () => {
  const listed = [
    { path: 'srv', kind: 'folder' as const, size: 0, hash: null },
    { path: 'srv/a', kind: 'file' as const, size: 3, hash: 'sha256:aa' },
    { path: 'srv/l', kind: 'other' as const, size: 1, hash: null },
  ];

  it('is the same, folders on the way aside', () => {
    const deeper = listed.map((one) => ({ ...one, path: `home/x/${one.path}` }));
    const ways = ['home', 'home/x'].map((path) => ({
      path,
      kind: 'folder' as const,
      size: 4096,
      hash: null,
    }));
    expect(compare(deeper, [...ways, ...deeper])).to.deep.equal([]);
  });

  it('names what lacks, what is too much, and what is of another kind, size or content', () => {
    const [srv, a, l] = listed as [(typeof listed)[0], (typeof listed)[0], (typeof listed)[0]];
    expect(compare(listed, [srv, l])).to.deep.equal([{ path: 'srv/a', what: 'missing' }]);
    expect(compare(listed, [...listed, { ...a, path: 'srv/b' }])).to.deep.equal([
      { path: 'srv/b', what: 'extra' },
    ]);
    expect(compare(listed, [srv, { ...a, size: 2 }, l])).to.deep.equal([
      { path: 'srv/a', what: 'other-size' },
    ]);
    expect(compare(listed, [srv, { ...a, hash: 'sha256:bb' }, l])).to.deep.equal([
      { path: 'srv/a', what: 'other-content' },
    ]);
    expect(compare(listed, [srv, { ...a, kind: 'folder' }, l])).to.deep.equal([
      { path: 'srv/a', what: 'other-kind' },
    ]);
  });
});

const largest = (folder: string) =>
  filesBelow(folder).reduce((one, other) => (statSync(other).size > statSync(one).size ? other : one));
