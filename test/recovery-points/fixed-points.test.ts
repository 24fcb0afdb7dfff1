import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, hash, sign } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { verify } from '#/jobs/recovery-points/verify/verify.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { attainable, copyStore, describeTree, type FixedPoints, readFixedPoints } from './fixed-points.ts';
import { ASSET } from './world.ts';

const here = import.meta.dirname;
const TODAYS_SCRIPT = 'jobs/recovery-points/restore-kit/restore.sh';
const corpus = path.join(here, 'corpus');
const versions = readdirSync(corpus, { withFileTypes: true }).filter((one) => one.isDirectory());

const vectors = readFixedPoints(path.join(here, 'vectors'));
comesBack('the points of the test vectors', vectors, [TODAYS_SCRIPT]);
for (const { name } of versions)
  comesBack(`points that reprise ${name} wrote`, readFixedPoints(path.join(corpus, name)), [
    TODAYS_SCRIPT,
    null,
  ]);

/** `scripts` are those to restore with; null is the one that was published beside the data. */
function comesBack(title: string, fixed: FixedPoints, scripts: (string | null)[]): void {
  describe(title, () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'reprise-fixed-points-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('are listed and pass L3, every planted fault caught', async () => {
      const store = await openStore(`file://${fixed.store}`);
      const trust = [fixed.publicKey];
      const { points, incomplete } = await listPoints(store, ASSET, { trust });
      expect(points.map(({ id, signature }) => [id, signature])).to.deep.equal(
        fixed.points.map(({ id }) => [id, 'trusted']),
      );
      expect(incomplete).to.deep.equal([]);
      for (const { id } of fixed.points) {
        const { identity } = fixed;
        const request = { store, asset: ASSET, point: id, level: 'L3' as const, identity, trust };
        const { verdict, reached, checks } = await verify({ ...request, scratchDir: folder });
        expect([verdict, reached], JSON.stringify(checks)).to.deep.equal(['passed', 'L3']);
      }
    });

    it('come back exactly by reprise restore', async () => {
      const store = await openStore(`file://${fixed.store}`);
      for (const { id, expected } of fixed.points) {
        const into = path.join(folder, id);
        const { identity, publicKey } = fixed;
        await restore({ store, asset: ASSET, point: id, identity, trust: [publicKey], into, only: null });
        expect(describeTree(into)).to.deep.equal(attainable(expected, folder));
      }
    });

    it('come back exactly by restore.sh', async () => {
      for (const script of scripts) {
        const copy = await copyStore(fixed, script);
        for (const { id, expected } of fixed.points) {
          const into = path.join(copy, 'restored', id);
          const args = ['--asset', ASSET, '--point', id, '--identity', fixed.identityFile, '--into', into];
          mkdirSync(path.dirname(into), { recursive: true });
          const { status, stderr } = spawnSync('dash', [path.join(copy, 'restore.sh'), ...args], {
            encoding: 'utf8',
          });
          expect(status, stderr).to.equal(0);
          expect(describeTree(into)).to.deep.equal(attainable(expected, folder));
        }
        await rm(copy, { recursive: true });
      }
    });
  });
}

describe('the test vectors, by programs that share nothing with ours', () => {
  const keysOf = (id: string) => {
    const at = (name: string) => path.join(vectors.store, ASSET, 'snapshots', id, name);
    return { head: at('head.json'), signature: at('head.json.sig'), manifest: at('manifest.json.zst.age') };
  };
  const readByPython = (store: string, id: string) =>
    spawnSync(
      'python3',
      [
        path.join(here, 'vectors/read_point.py'),
        store,
        ASSET,
        id,
        vectors.identityFile,
        vectors.publicKeyFile,
      ],
      { encoding: 'utf8', maxBuffer: 1 << 24 },
    );

  it('have exactly these bytes', () => {
    const [{ id = '' } = {}] = vectors.points;
    const head = readFileSync(keysOf(id).head);
    expect(head.toString()).to.equal(FIRST_HEAD);
    expect(hash('sha256', readFileSync(keysOf(id).manifest))).to.equal(
      FIRST_HEAD.match(/"manifest":{"sha256":"([0-9a-f]{64})"/)?.[1],
    );
    // Ed25519 has one signature for a key and a text, so a writer can be compared by its bytes.
    const key = createPrivateKey(readFileSync(path.join(vectors.folder, 'signing.key')));
    expect(sign(null, head, key)).to.deep.equal(readFileSync(keysOf(id).signature));
  });

  it('are signed, as OpenSSL says', () => {
    for (const { id } of vectors.points) {
      const { head, signature } = keysOf(id);
      const key = ['-pubin', '-inkey', vectors.publicKeyFile];
      const args = ['pkeyutl', '-verify', ...key, '-rawin', '-in', head, '-sigfile', signature];
      expect(execFileSync('openssl', args, { encoding: 'utf8' })).to.contain('Verified Successfully');
    }
  });

  it('have a manifest that age and zstd open, one entry a line', () => {
    const { id = '', expected = [] } = vectors.points[1] ?? {};
    const open = `age -d -i ${vectors.identityFile} ${keysOf(id).manifest} | zstd -q -d`;
    const text = execFileSync('sh', ['-c', open], { encoding: 'utf8' });
    const entries = text.split('\n').filter((line) => line.startsWith('{"path":"'));
    expect(JSON.parse(text).entries).to.have.length(entries.length);
    expect(entries.map((line) => JSON.parse(line.replace(/,$/, '')).path)).to.deep.equal(
      expected.map((entry) => entry.path),
    );
    expect(entries.find((line) => line.startsWith('{"path":"copy of plain"'))).to.contain(
      '"at":[1,1071616,1024],"copy":"folder/plain","size":17,"mode":"0600"',
    );
  });

  it('are the same trees to a reader that knows nothing but FORMAT.md', () => {
    for (const { id, expected } of vectors.points) {
      const { status, stdout, stderr } = readByPython(vectors.store, id);
      expect(status, stderr).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.equal(expected);
    }
  });

  it('are refused by that reader when a manifest is another point’s', async () => {
    const copy = await copyStore(vectors, null);
    const [one, other] = vectors.points.map(({ id }) =>
      path.join(copy, ASSET, 'snapshots', id, 'manifest.json.zst.age'),
    );
    copyFileSync(other!, one!);
    const { status, stderr } = readByPython(copy, vectors.points[0]!.id);
    await rm(copy, { recursive: true });
    expect(status).to.equal(1);
    expect(stderr).to.contain('the manifest is not the one cited');
  });
});

const FIRST_HEAD = `{
"format":"reprise-plain-packs-1",
"asset":"files",
"point":"20260105T060000000Z-fdf3021f820f",
"startedAt":"2026-01-05T06:00:00.000Z",
"endedAt":"2026-01-05T06:00:00.000Z",
"dataTime":"2026-01-05T06:00:00.000Z",
"writer":"reprise 0.1.0",
"files":14,
"entries":22,
"bytes":19025970,
"reservations":{"torn":0,"vanished":0,"unreadable":0,"skipped":0},
"recipients":["ee96fe1717899628"],
"runs":1,
"storedBytes":6098,
"signer":"MCowBQYDK2VwAyEAojdm1dqjq6PC3wl1Don0ymnpo/2cXF9LhgQh0WhYuC4=",
"manifest":{"sha256":"d08b2e51a1d04c3ebfa8b5c97dcd4a95e303b0264a555d833d61771174d7a5e0","bytes":2198},
"packs":[
{"sha256":"ad1a618b91f868f1b920ad48cceff47a79becabe49e27cebead3e3879e5394c0","bytes":2206},
{"sha256":"584ca3994ec375be349467634ef9541d9bfbfdb916a364ba80faab0ac3f3449a","bytes":1694}
]
}
`;
