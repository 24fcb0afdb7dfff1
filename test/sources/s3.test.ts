import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import fc from 'fast-check';
import { refuseSharedBucket } from '#/jobs/recovery-points/shared-bucket.ts';
import { s3Source } from '#/jobs/sources/s3.ts';
import { keyOfPath, pathOfKey } from '#/jobs/sources/s3-keys.ts';
import type { PreparedSource } from '#/jobs/sources/source.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { failure } from './failure.ts';

/** Keys that no file system takes as they are, or that would leave the folder. */
const ODD_KEYS = [
  'plain/file.txt',
  'a//b',
  'a/',
  '/leading',
  '../../etc/passwd',
  './here',
  '...',
  'both',
  'both/inside',
  'both/',
  'per%20cent%',
  'été/😀 & <tag> +plus?#.txt',
  'line\nbreak',
  `${'x'.repeat(1024)}`,
  `${'é'.repeat(300)}/deep`,
  'nfc é',
  'nfd e\u0301',
];

describe('a bucket as a source', function () {
  this.timeout(120_000);
  let server: S3Server;
  let client: S3Client;
  let bucket: string;
  let scratchDir: string;
  let made = 0;

  before(async function () {
    server = await sharedS3Server(this);
    client = new S3Client({
      endpoint: server.endpoint,
      region: server.region,
      credentials: server,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  });
  after(() => client?.destroy());

  beforeEach(async () => {
    bucket = `source-${++made}`;
    await server.createBucket(bucket);
    scratchDir = await mkdtemp(join(tmpdir(), 'reprise-bucket-'));
  });
  afterEach(() => rm(scratchDir, { recursive: true }));

  const put = (Key: string, Body: string | Buffer, more = {}) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
  const addressOf = (prefix = '', endpoint = server.endpoint) =>
    `s3://${server.accessKeyId}:${server.secretAccessKey}@${bucket}/${prefix}?endpoint=${endpoint}&region=${server.region}`;
  const prepare = (address = addressOf()) => s3Source(address).prepare({ scratchDir, now: () => new Date() });

  it('is staged as files, whatever their keys, with all that is needed to put them back', async () => {
    for (const key of ODD_KEYS) await put(key, `content of ${key}`);
    const metadata = { owner: 'anne', 'second-word': 'b c' };
    const headers = {
      ContentType: 'text/x-odd; charset=utf-8',
      CacheControl: 'no-store',
      ContentLanguage: 'fr',
    };
    await put('described', 'with facts', { Metadata: metadata, ...headers });

    await using prepared = await prepare();

    const lines = await readSidecar(prepared);
    expect(lines.map(({ key }) => key)).to.have.members([...ODD_KEYS, 'described']);
    for (const { key, path, bytes } of lines) {
      const text = await readFile(join(prepared.root, path), 'utf8');
      expect(text, key).to.equal(key === 'described' ? 'with facts' : `content of ${key}`);
      expect(Buffer.byteLength(text)).to.equal(bytes);
      expect(keyOfPath(path.slice('objects/'.length)), path).to.equal(key);
    }
    const described = lines.find(({ key }) => key === 'described');
    expect(described?.metadata).to.deep.equal(metadata);
    expect(described?.headers).to.deep.equal({
      'content-type': 'text/x-odd; charset=utf-8',
      'cache-control': 'no-store',
      'content-language': 'fr',
    });
    expect(prepared.inventory).to.deep.include({
      kind: 's3',
      bucket,
      objects: ODD_KEYS.length + 1,
      otherVersions: { versions: 0, deleteMarkers: 0 },
    });
    expect(prepared.reservations).to.deep.equal([]);
    const { mtime } = await stat(join(prepared.root, 'objects/described'));
    expect(mtime.toISOString()).to.equal(described?.lastModified);
  });

  it('is read below its prefix alone, over more than one page, and leaves nothing once it is let go', async () => {
    await Promise.all(
      Array.from({ length: 1100 }, (_, n) => put(`in/${String(n).padStart(4, '0')}`, `${n}`)),
    );
    await put('inside-not/x', 'other');

    const prepared = await prepare(addressOf('in'));

    expect(await readdir(join(prepared.root, 'objects'))).to.have.length(1100);
    expect(await readFile(join(prepared.root, 'objects/1099'), 'utf8')).to.equal('1099');
    expect(prepared.inventory).to.include({ objects: 1100 });
    await prepared[Symbol.asyncDispose]();
    expect(await readdir(scratchDir)).to.deep.equal([]);
  });

  it('names objects that vanish or change between listing and reading, and keeps the rest', async () => {
    for (let n = 0; n < 300; n++) await put(`n/${String(n).padStart(3, '0')}`, 'first');
    const stop = new AbortController();
    // From the end, so that it meets the reader somewhere on the way.
    const meddling = (async () => {
      for (let n = 299; n >= 0 && !stop.signal.aborted; n--) {
        const key = `n/${String(n).padStart(3, '0')}`;
        if (n % 2 === 0) await put(key, 'second, and longer');
        else await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }
    })();

    await using prepared = await prepare();
    stop.abort();
    await meddling;

    const lines = await readSidecar(prepared);
    const told = new Map(prepared.reservations.map(({ path, kind }) => [path, kind]));
    for (const { key, path } of lines) {
      const text = await readFile(join(prepared.root, path), 'utf8');
      expect(text, key).to.be.oneOf(['first', 'second, and longer']);
      if (told.get(key) === 'torn') expect(text).to.equal('second, and longer');
    }
    const vanished = prepared.reservations.filter(({ kind }) => kind === 'vanished');
    expect(lines.length + vanished.length).to.be.at.most(300);
    for (const { path } of vanished) expect(lines.map(({ key }) => key)).to.not.include(path);
    expect([...told.values()]).to.satisfy((kinds: string[]) =>
      kinds.every((kind) => /torn|vanished/.test(kind)),
    );
    expect(told.size).to.be.greaterThan(0);
  });

  it('keeps current versions, and names how many others there are', async () => {
    await client.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    for (const text of ['one', 'two', 'three']) await put('kept', text);
    await put('gone', 'was');
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone' }));

    await using prepared = await prepare();

    const [line, ...rest] = await readSidecar(prepared);
    expect(rest).to.deep.equal([]);
    expect(line?.versionId).to.be.a('string').and.not.equal('null');
    expect(await readFile(join(prepared.root, 'objects/kept'), 'utf8')).to.equal('three');
    expect(prepared.inventory).to.deep.include({ otherVersions: { versions: 3, deleteMarkers: 1 } });
    expect(prepared.reservations.map(({ kind, code, params }) => ({ kind, code, params }))).to.deep.equal([
      { kind: 'skipped', code: 'capture.older-versions', params: { versions: 3, markers: 1 } },
    ]);
  });

  it('keeps the rest where one object may not be read, and names that one', async () => {
    for (const key of ['open', 'closed', 'open too']) await put(key, key);
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/closed` },
      ],
    });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));

    await using prepared = await prepare();

    expect((await readSidecar(prepared)).map(({ key }) => key)).to.have.members(['open', 'open too']);
    expect(prepared.reservations.map(({ kind, path, code }) => [kind, path, code])).to.deep.equal([
      ['unreadable', 'closed', 'capture.object-unreadable'],
    ]);
    expect(await readdir(join(prepared.root, 'objects'))).to.not.include('closed');
  });

  it('fetches a large object whole', async () => {
    const large = Buffer.alloc(20 << 20, 'reprise ');
    await put('large', large);

    await using prepared = await prepare();

    expect((await readFile(join(prepared.root, 'objects/large'))).equals(large)).to.equal(true);
  });

  it('says in words what kept it from being read, and never the secret', async () => {
    const cases = [
      [addressOf().replace(server.secretAccessKey, 'wrong-secret'), 'denied', 'source.credentials-refused'],
      [addressOf().replace(`@${bucket}`, '@no-such-bucket'), 'not-found', 'source.no-bucket'],
      [`s3://${bucket}/?endpoint=${server.endpoint}`, 'denied', 'source.no-credentials'],
    ] as const;
    for (const [address, fault, code] of cases) {
      const error = await failure(prepare(address));

      expect(error.fault, code).to.equal(fault);
      expect(error.because.code).to.equal(code);
      for (const secret of ['wrong-secret', server.secretAccessKey])
        expect(`${error.message}${JSON.stringify(error.because)}`).to.not.include(secret);
    }
    expect(s3Source('s3://key:se%2Fcret@b/p?region=x').address).to.equal('s3://b/p?region=x');
    expect(() => s3Source('s3://k:hid%den@b/p'))
      .to.throw('s3://key:secret')
      .with.property('message')
      .not.includes('den@b');
    expect(await readdir(scratchDir)).to.deep.equal([]);
  });

  it('fails while the server is down', async () => {
    await put('one', 'x');
    await server.killGateway();
    const error = await failure(prepare());
    await server.startGateway();

    expect(error.fault).to.equal('unreachable');
    expect(error.because.code).to.equal('source.unreachable');
  });
});

describe('a bucket that holds its own store', () => {
  const shares = (source: string, store: string) => () =>
    refuseSharedBucket(s3Source(source), { address: store } as Store);

  it('is refused, and one beside it is not', () => {
    for (const [source, store] of [
      ['s3://k:s@b', 's3://b/store'],
      ['s3://k:s@b/in/side', 's3://b/in'],
      ['s3://k:s@b/x?endpoint=http://h', 's3://b/x?region=r&endpoint=http://h'],
    ] as const)
      expect(shares(source, store), source).to.throw('shares its place');
    for (const [source, store] of [
      ['s3://k:s@b/in', 's3://b/inside'],
      ['s3://k:s@b/x?endpoint=http://h', 's3://b/x?endpoint=http://other'],
      ['s3://k:s@b', 's3://c'],
      ['s3://k:s@b', 'file:///b'],
    ] as const)
      expect(shares(source, store), source).to.not.throw();
  });
});

describe("an object's key", () => {
  const Key = fc
    .array(
      fc.oneof(
        fc.constantFrom('/', '.', '..', '%', '%2E', '%+', '%=', 'a', '\n', '\u0000'),
        fc.string({ unit: 'grapheme' }),
      ),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((parts) => parts.join(''))
    .filter((key) => key !== '');

  it('comes back from its path, which stays below its folder and has names that any disk takes', () => {
    fc.assert(
      fc.property(Key, fc.boolean(), (key, isFolderToo) => {
        const path = pathOfKey(key, isFolderToo);
        expect(keyOfPath(path)).to.equal(key);
        for (const name of path.split('/')) {
          expect(name).to.not.be.oneOf(['', '.', '..']);
          expect(name).to.not.include('\0');
          expect(Buffer.byteLength(name)).to.be.at.most(255);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never shares its path with another', () => {
    const paths = ODD_KEYS.flatMap((key) => [pathOfKey(key, false), pathOfKey(key, true)]);
    expect(new Set(paths).size).to.equal(paths.length);
  });
});

interface Line {
  key: string;
  path: string;
  bytes: number;
  versionId: string | null;
  lastModified: string;
  headers: Record<string, string>;
  metadata: Record<string, string>;
}

async function readSidecar({ root }: PreparedSource): Promise<Line[]> {
  const text = await readFile(join(root, 'objects.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}
