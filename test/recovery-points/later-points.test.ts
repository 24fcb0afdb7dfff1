import { spawnSync } from 'node:child_process';
import { createPrivateKey, hash, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { parseIdentities } from '#/jobs/recovery-points/age/keys.ts';
import { openAge } from '#/jobs/recovery-points/age/open.ts';
import { seal } from '#/jobs/recovery-points/age/seal.ts';
import { writeHead } from '#/jobs/recovery-points/head.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { attainable, copyStore, describeTree, readFixedPoints } from './fixed-points.ts';
import { ASSET } from './world.ts';

const here = import.meta.dirname;
const vectors = readFixedPoints(path.join(here, 'vectors'));

describe('a point by a writer to come', () => {
  const [first] = vectors.points;
  let store: string;
  beforeEach(async () => {
    store = await copyStore(vectors, 'jobs/recovery-points/restore-kit/restore.sh');
  });
  afterEach(() => rm(store, { recursive: true, force: true }));

  /** Rewrites the first point's manifest and head, with hashes and signature that fit. */
  const rewrite = (manifest: (line: string) => string, head: Record<string, unknown> = {}) => {
    const at = (name: string) => path.join(store, ASSET, 'snapshots', first!.id, name);
    const [identity] = parseIdentities(vectors.identity);
    const text = zstdDecompressSync(
      openAge(readFileSync(at('manifest.json.zst.age')), [identity!]),
    ).toString();
    const lines = text.split('\n').map(manifest).join('\n');
    const begin = lines.indexOf('"entries":[\n') + '"entries":[\n'.length;
    const plain = [lines.slice(0, begin), lines.slice(begin)].map((part) => Buffer.from(part));
    const frames = plain.map((part) => zstdCompressSync(part));
    const index = Buffer.from(
      JSON.stringify({ frames: frames.map((frame, i) => [frame.length, plain[i]!.length]) }),
    );
    const intro = Buffer.from('502a4d1800000000', 'hex');
    intro.writeUInt32LE(index.length, 4);
    const sealed = seal(Buffer.concat([intro, index, ...frames]), [identity!.publicKey]);
    writeFileSync(at('manifest.json.zst.age'), sealed);
    const cited = { sha256: hash('sha256', sealed), bytes: sealed.length };
    const bytes = writeHead({
      ...JSON.parse(readFileSync(at('head.json'), 'utf8')),
      ...head,
      manifest: cited,
    });
    writeFileSync(at('head.json'), bytes);
    const key = createPrivateKey(readFileSync(path.join(vectors.folder, 'signing.key')));
    writeFileSync(at('head.json.sig'), sign(null, bytes, key));
  };
  const restoreInto = async (into: string) => {
    const { identity, publicKey } = vectors;
    const from = { store: await openStore(`file://${store}`), asset: ASSET, point: first!.id };
    return restore({ ...from, identity, trust: [publicKey], into, only: null });
  };
  const runScript = (into: string) => {
    const args = ['--asset', ASSET, '--point', first!.id, '--identity', vectors.identityFile, '--into', into];
    return spawnSync('dash', [path.join(store, 'restore.sh'), ...args], { encoding: 'utf8' });
  };
  const readByPython = () => {
    const args = [store, ASSET, first!.id, vectors.identityFile, vectors.publicKeyFile];
    return spawnSync('python3', [path.join(here, 'vectors/read_point.py'), ...args], { encoding: 'utf8' });
  };

  it('is read by every reader when it only says more', async () => {
    const later = (line: string) =>
      line
        .replace('"packs":[', '"later":{"than":["this"]},\n"packs":[')
        .replace(/^(\{"(?:run|path)":.*)\}(,?)$/, '$1,"later":"x"}$2');
    rewrite(later, { later: ['told', { more: 1 }] });
    const [into, byScript] = [path.join(store, 'into'), path.join(store, 'by-script')];
    await restoreInto(into);
    expect(describeTree(into)).to.deep.equal(attainable(first!.expected, store));
    const { status, stderr } = runScript(byScript);
    expect(status, stderr).to.equal(0);
    expect(describeTree(byScript)).to.deep.equal(attainable(first!.expected, store));
    expect(JSON.parse(readByPython().stdout)).to.deep.equal(first!.expected);
  });

  it('is refused by every reader when it is a difference, or of another format', async () => {
    for (const [from, to] of [
      ['"base":null,', '"base":{"point":"another"},'],
      ['"reprise-manifest-1"', '"reprise-manifest-2"'],
    ] as const) {
      rewrite((line) => line.replace(from, to));
      const refusal = await restoreInto(path.join(store, 'into')).catch((error: Error) => error.message);
      expect(refusal, to).to.contain('The manifest');
      expect(runScript(path.join(store, `by-script-${to.length}`)).stderr, to).to.contain('the manifest');
      expect(readByPython().stderr, to).to.contain('the manifest');
      rewrite((line) => line.replace(to, from));
    }
  });
});
