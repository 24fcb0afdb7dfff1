import { spawn, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect } from 'chai';
import { parseRecipient } from '#/jobs/recovery-points/age/keys.ts';
import { captureTree } from '#/jobs/recovery-points/capture/capture.ts';
import { ContentCopy } from '#/jobs/recovery-points/capture/content.ts';
import { EVERYTHING } from '#/jobs/recovery-points/capture/rules.ts';
import { Scan } from '#/jobs/recovery-points/capture/scan.ts';
import { because } from '#/jobs/recovery-points/finding-codes.ts';
import { ManifestWriter } from '#/jobs/recovery-points/manifest/writer.ts';
import { Packer } from '#/jobs/recovery-points/packs/packer.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { type Store, StoreError } from '#/jobs/stores/store.ts';
import { ASSET, makeWorld, type World } from './world.ts';

describe('a capture', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const file = (name: string) => path.join(world.source, name);
  /** Captures while `change` is done to a file in the middle of its content: after its first slab was read. */
  const captureWhile = async (name: string, change: () => void) => {
    writeFileSync(file(name), Buffer.alloc(6_000_000, 'abc'));
    utimesSync(file(name), 1, 1);
    const step = ContentCopy.prototype.step;
    let steps = 0;
    ContentCopy.prototype.step = function () {
      if (++steps === 2) change();
      return step.call(this);
    };
    try {
      return await world.backUp();
    } finally {
      ContentCopy.prototype.step = step;
    }
  };

  it('calls a file torn that grows, shrinks or is rewritten while it is read, and goes on', async () => {
    const changes: [string, () => void, RegExp][] = [
      ['grows', () => appendFileSync(file('grows'), 'more'), /grew/],
      ['shrinks', () => truncateSync(file('shrinks'), 3_000_000), /shrank/],
      ['rewritten', () => writeFileSync(file('rewritten'), Buffer.alloc(6_000_000, 'xyz')), /changed/],
      ['chmod', () => chmodSync(file('chmod'), 0o600), /attributes/],
    ];
    for (const [name, change, reason] of changes) {
      const { state, reservations } = await captureWhile(name, change);
      expect(state, name).to.equal('with-reservations');
      expect(reservations, name).to.have.length(1);
      expect(reservations[0], name).to.include({ kind: 'torn', path: name });
      expect(reservations[0]!.reason).to.match(reason);
      rmSync(file(name));
    }
  });

  it('keeps what it has of a torn file, sized as declared, and names it again at the restore', async () => {
    await captureWhile('torn', () => truncateSync(file('torn'), 3_000_000));
    expect((await world.verify('L3')).verdict).to.equal('passed');
    const into = path.join(world.folder, 'restored');
    const { reservations } = await restore({
      store: world.store,
      asset: ASSET,
      point: 'latest',
      identity: world.identity,
      trust: [],
      into,
      only: null,
    });
    expect(reservations).to.have.length(1);
    expect(statSync(path.join(into, 'torn')).size).to.equal(6_000_000);
    const script = path.join(world.folder, 'by-script');
    const args = ['--asset', ASSET, '--point', 'latest', '--identity', world.identityFile, '--into', script];
    const { status, stdout } = spawnSync('sh', [path.join(world.storeFolder, 'restore.sh'), ...args], {
      encoding: 'utf8',
    });
    expect(status).to.equal(3);
    expect(stdout).to.contain('torn: torn (it shrank');
  });

  it('names what vanished between its listing and its reading', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(file(name), name);
    await using packer = new Packer({
      recipients: [parseRecipient(world.recipient)],
      publish: async () => {},
    });
    let isFirst = true;
    // Memory is bounded between entries, which is a moment to pull the next file away.
    const slow = new Proxy(packer, {
      get(target, name) {
        if (name === 'isFull' && target.written > 0 && isFirst) {
          isFirst = false;
          rmSync(file('b'));
        }
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await using scan = new Scan(Buffer.from(world.source), EVERYTHING);
    const { reservations, files } = await captureTree(scan, {
      packer: slow,
      manifest: new ManifestWriter(),
      base: null,
      now: new Date(),
      readLimit: null,
    });
    expect(files).to.equal(2);
    expect(reservations).to.deep.equal([
      {
        kind: 'vanished',
        path: 'b',
        code: 'capture.vanished',
        params: {},
        reason: 'it was removed before it could be read',
      },
    ]);
  });

  it('takes what changed between the walk and the reading as what it is now', async () => {
    const sizes = { small: 3, replaced: 3, large: 3 << 20 };
    for (const [name, bytes] of Object.entries(sizes)) writeFileSync(file(name), Buffer.alloc(bytes, 'a'));
    await using scan = new Scan(Buffer.from(world.source), EVERYTHING);
    const batches = scan.batches();
    const { value: found } = await batches.next();
    writeFileSync(file('small'), 'longer now');
    writeFileSync(file('aside'), 'another file');
    renameSync(file('aside'), file('replaced'));
    writeFileSync(file('large'), Buffer.alloc(2 << 20, 'b'));
    await using packer = new Packer({
      recipients: [parseRecipient(world.recipient)],
      publish: async () => {},
    });
    const lines: string[] = [];
    const manifest = new ManifestWriter();
    manifest.add = (line) => void lines.push(line);
    const walked = Object.assign(Object.create(scan), {
      async *batches() {
        yield found;
      },
    });
    const { reservations } = await captureTree(walked, {
      packer,
      manifest,
      base: null,
      now: new Date(),
      readLimit: null,
    });
    expect(reservations).to.deep.equal([]);
    const entries = lines.map((line) => JSON.parse(line));
    for (const name of Object.keys(sizes)) {
      const { size, mtimeNs, ino } = statSync(file(name), { bigint: true });
      expect(entries.find(({ path: own }) => own === name)).to.include({
        sha256: hash('sha256', readFileSync(file(name))),
        size: Number(size),
        mtime: String(mtimeNs),
        ino: String(ino),
      });
    }
  });

  it('names what this user may not read, and stores the rest', async function () {
    if (process.geteuid?.() !== 0) this.skip();
    writeFileSync(file('open'), 'x');
    writeFileSync(file('closed'), 'y');
    chmodSync(file('closed'), 0);
    mkdirSync(file('closed-folder'));
    chmodSync(file('closed-folder'), 0);
    for (const own of [world.source, world.storeFolder, path.join(world.folder, 'scratch')])
      chmodSync(own, 0o777);
    const request = JSON.stringify({
      source: world.source,
      store: { address: world.storeAddress, credentials: null },
      asset: ASSET,
      recipients: [world.recipient],
      signingKey: world.signingKey,
      scratchDir: path.join(world.folder, 'scratch'),
    });
    const code = `import { backupInChild } from ${JSON.stringify(import.meta.resolve('#/jobs/recovery-points/in-child.ts'))};
      console.log(JSON.stringify(await backupInChild(${request})));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
      cwd: '/',
    });
    expect(stdout, stderr).to.not.equal('');
    const { state, files, reservations } = JSON.parse(stdout);
    expect([state, files]).to.deep.equal(['with-reservations', 1]);
    expect(
      reservations.map(({ kind, path: where, reason }: Record<string, string>) => [kind, where, reason]),
    ).to.deep.equal([
      ['unreadable', 'closed', 'permission denied'],
      ['unreadable', 'closed-folder', 'the folder cannot be listed: permission denied'],
    ]);
  });

  it('skips a socket and says so, which takes nothing from the point', async () => {
    const server = createServer().listen(file('socket'));
    await once(server, 'listening');
    const { state, reservations } = await world.backUp();
    server.close();
    expect(state).to.equal('complete');
    expect(reservations).to.deep.equal([
      {
        kind: 'skipped',
        path: 'socket',
        code: 'capture.socket',
        params: {},
        reason: 'a socket has no content',
      },
    ]);
  });

  it('is never crashed by a tree that changes all the time, and never calls a torn file good', async function () {
    this.timeout(30_000);
    for (let i = 0; i < 300; i++) writeFileSync(file(`${i}`), 'x'.repeat(1000 + i));
    const storm = `const fs = require('fs'); const dir = ${JSON.stringify(world.source)};
      for (let n = 0; ; n++) { const f = dir + '/' + (n * 7 % 400); try { n % 3 ? fs.writeFileSync(f, 'y'.repeat(n % 90000)) : fs.rmSync(f); } catch {} }`;
    const child = spawn(process.execPath, ['-e', storm], { stdio: 'ignore' });
    try {
      for (let round = 0; round < 5; round++) await world.backUp();
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const { verdict, checks } = await world.verify('L3');
    expect(verdict, JSON.stringify(checks.filter((check) => check.verdict !== 'passed'))).to.equal('passed');
  });

  it('stores a file of /proc-like size 0 with content as torn, never as empty and good', async function () {
    if (process.platform !== 'linux') this.skip();
    const { reservations } = await world.backUp({ source: '/proc/sys/kernel/random' });
    expect(reservations.some(({ kind, path: where }) => where === 'boot_id' && kind === 'torn')).to.equal(
      true,
    );
  });

  it('ends with the store’s own words when the store fails half-way, and leaves no point', async () => {
    for (let i = 0; i < 5; i++) writeFileSync(file(`${i}`), 'x'.repeat(1000));
    const full: Store = Object.create(world.store, {
      put: {
        value: async (key: string, body: Uint8Array) => {
          if (key.includes('/packs/'))
            throw new StoreError(
              'full',
              because('store.full', { address: world.store.address }),
              `Could not write ${key}: the disk is full.`,
              { key },
            );
          return world.store.put(key, body);
        },
      },
      get: { value: (key: string) => world.store.get(key) },
      head: { value: (key: string) => world.store.head(key) },
      list: { value: (prefix: string) => world.store.list(prefix) },
      remove: { value: (key: string) => world.store.remove(key) },
    });
    const outcome = await world.backUp({ store: full }).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(StoreError).and.include({ fault: 'full' });
    expect(await Array.fromAsync(world.store.list(`${ASSET}/`))).to.deep.equal([]);
  });

  it('refuses a store inside its source, a missing source, and a wrong name, recipient or key', async () => {
    const refusal = (attempt: Promise<unknown>) =>
      attempt.then(
        () => 'nothing',
        (error: Error) => error.message,
      );
    expect(await refusal(world.backUp({ source: world.folder }))).to.contain('lies inside the folder');
    expect(await refusal(world.backUp({ source: `${world.folder}/none` }))).to.contain('There is no folder');
    expect(await refusal(world.backUp({ source: world.identityFile }))).to.contain('is not a folder');
    expect(readFileSync(world.identityFile, 'utf8')).to.contain('AGE-SECRET-KEY');
  });

  it('stops when told to', async () => {
    for (let i = 0; i < 50; i++) writeFileSync(file(`${i}`), Buffer.alloc(1_000_000, i));
    const abort = new AbortController();
    const outcome = world.backUp({ signal: abort.signal, onProgress: () => abort.abort() });
    expect(
      await outcome.then(
        () => 'done',
        (error: Error) => error.name,
      ),
    ).to.equal('AbortError');
  });
});
