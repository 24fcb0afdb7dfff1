import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { compare } from '#/jobs/repositories/compare.ts';
import { openRepository } from '#/jobs/repositories/open.ts';
import { proveSnapshot } from '#/jobs/repositories/prove.ts';
import { TOOLS, type ToolName } from '#/jobs/repositories/repository.ts';
import { makeRepository, makeTree, REPOSITORY_PASSWORD } from './made.ts';

for (const tool of TOOLS)
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
      const proof = await proveSnapshot({ ...request(), snapshot: id });
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
      });
      expect(gone).to.include({ verdict: 'failed', reached: null });
      const error = await proveSnapshot({ ...request({ password: 'another one' }), snapshot: 'x' }).then(
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
      const proof = await proveSnapshot({ ...request(), snapshot: id });
      expect(proof).to.include({ verdict: 'failed', reached: null, seconds: null });
      expect(proof.levels.map(({ level, verdict }) => [level, verdict])).to.deep.equal([
        ['L0', 'passed'],
        ['L2b', 'failed'],
      ]);
    });
  });

describe('what was restored, against what its tool lists', () => {
  const listed = [
    { path: 'srv', kind: 'folder' as const, size: 0, sha256: null },
    { path: 'srv/a', kind: 'file' as const, size: 3, sha256: 'aa' },
    { path: 'srv/l', kind: 'other' as const, size: 1, sha256: null },
  ];

  it('is the same, folders on the way aside', () => {
    const deeper = listed.map((one) => ({ ...one, path: `home/x/${one.path}` }));
    const ways = ['home', 'home/x'].map((path) => ({
      path,
      kind: 'folder' as const,
      size: 4096,
      sha256: null,
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
    expect(compare(listed, [srv, { ...a, sha256: 'bb' }, l])).to.deep.equal([
      { path: 'srv/a', what: 'other-content' },
    ]);
    expect(compare(listed, [srv, { ...a, kind: 'folder' }, l])).to.deep.equal([
      { path: 'srv/a', what: 'other-kind' },
    ]);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const largest = (folder: string) =>
  filesBelow(folder).reduce((one, other) => (statSync(other).size > statSync(one).size ? other : one));

function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(folder)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
