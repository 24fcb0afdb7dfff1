import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import { listFiles } from '#/jobs/recovery-points/restore/list-files.ts';
import { readFile } from '#/jobs/recovery-points/restore/one-file.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { ASSET, listTree, makeWorld, type World } from './world.ts';

/** A store that counts what is fetched from it, and lets bytes be spoilt on the way. */
function counting(store: Store, spoil: (bytes: Buffer, start: number) => Buffer = (bytes) => bytes) {
  const fetched = { packs: 0, wholePacks: 0 };
  const counted = Object.assign(Object.create(store) as Store, {
    address: store.address,
    async get(key: string) {
      const bytes = await store.get(key);
      if (key.includes('/packs/')) {
        fetched.packs += bytes.length;
        fetched.wholePacks++;
      }
      return bytes;
    },
    async getRange(key: string, range: { start: number; bytes: number }) {
      const bytes = await store.getRange(key, range);
      fetched.packs += bytes.length;
      return spoil(bytes, range.start);
    },
    list: (prefix: string) => store.list(prefix),
    head: (key: string) => store.head(key),
  });
  return { store: counted, fetched };
}

describe('a part of a recovery point', () => {
  let world: World;
  let results = 0;
  before(async () => {
    world = await makeWorld();
    for (const folder of ['mail', 'mail/.hidden', 'docs', 'lit[er]al', 'bare']) mkdirSync(at(folder));
    for (const name of [
      ...['mail/a', 'mail/.b', 'mail/.hidden/c', 'docs/one.txt', 'docs/two.odt', 'docs/.dot.txt'],
      ...[
        '*',
        'x*',
        'xy',
        'lit[er]al/in',
        'lite',
        '100%25',
        '100%',
        'back\\slash',
        'new\nline',
        '{a,b}',
        'a',
      ],
    ])
      writeFileSync(at(name), `content of ${name}`);
    linkSync(at('docs/one.txt'), at('docs/second-name'));
    symlinkSync('docs/one.txt', at('symlink'));
    await world.backUp({ onLast: true });
    // Of a second run: one that is new, one whose content lies in the first under another name.
    writeFileSync(at('new'), 'of the second run');
    renameSync(at('docs/two.odt'), at('docs/moved.odt'));
    copyFileSync(at('lite'), at('lite-copy'));
    await world.backUp({ onLast: true });
  });
  after(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const facts = () => ({
    store: world.store,
    asset: ASSET,
    point: 'latest',
    identity: world.identity,
    trust: [world.publicKey],
  });
  const parts = async (...only: string[]) => {
    const into = path.join(world.folder, `parts-${results++}`);
    await restore({ ...facts(), only, into });
    return listTree(into)
      .map((line) => line.split(' ')[0]!)
      .filter((name) => name !== '.');
  };
  const refusalOf = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => error as EngineError,
    );

  it('is given back by several paths and globs at once, out of several runs', async () => {
    expect(await parts('mail', 'docs/*.odt', 'new')).to.deep.equal([
      ...['docs', 'docs/moved.odt', 'mail', 'mail/.b', 'mail/.hidden', 'mail/.hidden/c', 'mail/a', 'new'],
    ]);
    expect(await parts('./docs/', '{a,x}*')).to.include.members(['docs/.dot.txt', 'a', 'xy', 'x*']);
    expect(await parts('lite-copy')).to.deep.equal(['lite-copy']);
  });

  it('comes with names that begin with a dot: nobody asks for half a folder', async () => {
    expect(await parts('mail/**')).to.deep.equal([
      'mail',
      'mail/.b',
      'mail/.hidden',
      'mail/.hidden/c',
      'mail/a',
    ]);
    expect(await parts('docs/*.txt')).to.deep.equal(['docs', 'docs/.dot.txt', 'docs/one.txt']);
  });

  it('is found by a path with special characters as it stands, before anything is taken for a glob', async () => {
    expect(await parts('*')).to.deep.equal(['*']);
    expect(await parts('x*')).to.deep.equal(['x*']);
    expect(await parts('lit[er]al')).to.deep.equal(['lit[er]al', 'lit[er]al/in']);
    expect(await parts('lit[ef]')).to.deep.equal(['lite']);
    expect(await parts('{a,b}')).to.deep.equal(['{a,b}']);
    expect(await parts('back\\slash')).to.deep.equal(['back%5Cslash']);
    expect(await parts('new\nline')).to.deep.equal(['new%0Aline']);
    expect(await parts('new%0Aline')).to.deep.equal(['new%0Aline']);
    expect(await parts('100%25')).to.deep.equal(['100%2525']);
    expect(await parts('100%')).to.deep.equal(['100%25']);
  });

  it('is refused when one of the things asked for is not there, and nothing is left behind', async () => {
    const into = path.join(world.folder, 'none');
    const refusal = await refusalOf(restore({ ...facts(), only: ['mail', 'no-such*'], into }));
    expect(refusal.because).to.deep.equal({ code: 'ask.nothing-matches', params: { pattern: 'no-such*' } });
    expect(existsSync(into)).to.equal(false);
  });

  it('is listed with sizes, times and reservations', async () => {
    const { files, pointId } = await listFiles({ ...facts(), glob: 'docs/**' });
    expect(pointId).to.match(/^\d{8}T/);
    const list = [...files];
    expect(list.map((file) => file.path)).to.deep.equal([
      ...['docs/.dot.txt', 'docs/moved.odt', 'docs/one.txt', 'docs/second-name'],
    ]);
    expect(list[0]).to.deep.include({ type: 'file', size: 24, isStored: true, reservation: null });
    expect(Math.abs(Date.now() - Date.parse(list[0]!.time!))).to.be.lessThan(120_000);
    expect(list.at(-1)).to.include({ type: 'link', link: 'docs/one.txt' });
  });

  it('is one file on its own, also by a further name, as a copy, and out of an earlier run', async () => {
    for (const name of [
      'docs/one.txt',
      'docs/second-name',
      'docs/moved.odt',
      'lite-copy',
      'new',
      'new\nline',
    ]) {
      const pieces: Buffer[] = [];
      const write = async (piece: Buffer) => void pieces.push(Buffer.from(piece));
      const { bytes } = await readFile({ ...facts(), path: name, write });
      expect(Buffer.concat(pieces), name).to.deep.equal(readFileSync(at(name)));
      expect(bytes, name).to.equal(readFileSync(at(name)).length);
    }
    const write = () => Promise.resolve();
    for (const name of ['docs', 'symlink'])
      expect((await refusalOf(readFile({ ...facts(), path: name, write }))).because.code).to.equal(
        'ask.not-one-file',
      );
    expect((await refusalOf(readFile({ ...facts(), path: 'd*', write }))).because.code).to.equal(
      'ask.nothing-matches',
    );
  });
});

describe('one file out of large packs', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
    for (let i = 0; i < 40; i++) writeFileSync(path.join(world.source, `noise-${i}`), randomBytes(1_000_000));
    writeFileSync(path.join(world.source, 'noise-20b'), 'needle');
    for (let i = 0; i < 20; i++) appendFileSync(path.join(world.source, 'wide'), randomBytes(1_500_000));
    writeFileSync(path.join(world.source, 'holes'), 'begin');
    truncateSync(path.join(world.source, 'holes'), 3_000_000);
    await world.backUp();
  });
  after(() => world[Symbol.asyncDispose]());

  const read = async (name: string, store: Store) => {
    const pieces: Buffer[] = [];
    const result = await readFile({
      store,
      asset: ASSET,
      point: 'latest',
      identity: world.identity,
      trust: [world.publicKey],
      path: name,
      write: async (piece) => void pieces.push(Buffer.from(piece)),
    });
    return { ...result, content: Buffer.concat(pieces) };
  };
  const packs = () => path.join(world.storeFolder, ASSET, 'packs');

  it('costs its frame, and never a whole pack', async () => {
    const { store, fetched } = counting(world.store);
    const { content, fetchedBytes } = await read('noise-20b', store);
    expect(String(content)).to.equal('needle');
    expect(fetched).to.deep.equal({ packs: fetchedBytes, wholePacks: 0 });
    // One frame of at most 2 MiB, two chunk borders and a header.
    expect(fetchedBytes).to.be.lessThan((2 << 20) + 3 * 65_552 + 1000);
  });

  it('is whole when it lies in several packs, and when it has holes', async () => {
    const { store, fetched } = counting(world.store);
    const { content } = await read('wide', store);
    expect(content.equals(readFileSync(path.join(world.source, 'wide')))).to.equal(true);
    expect(fetched.wholePacks).to.equal(0);
    expect(fetched.packs).to.be.lessThan(content.length + (5 << 20));
    const holes = await read('holes', world.store);
    expect(holes.content.equals(readFileSync(path.join(world.source, 'holes')))).to.equal(true);
  });

  it('is not given as good when a byte of it, of a header, or the pack is gone', async () => {
    const flip =
      (where: (start: number, length: number) => number | null) => (bytes: Buffer, start: number) => {
        const place = where(start, bytes.length);
        if (place !== null) bytes[place]! ^= 1;
        return bytes;
      };
    const spoilt = {
      content: flip((start, length) => (start > 0 ? length - 100 : null)),
      'recipient line': flip((start) => (start === 0 ? 90 : null)),
      end: (bytes: Buffer) => bytes.subarray(0, -1),
    };
    for (const [name, spoil] of Object.entries(spoilt)) {
      const { store } = counting(world.store, spoil);
      const error = await read('noise-20b', store).catch((thrown: unknown) => thrown);
      expect(error, name).to.be.instanceOf(EngineError);
      // What came over the line differs from what lies in the store: then the key may be the wrong one after all.
      if (name !== 'recipient line')
        expect((error as EngineError).because.code, name).to.equal('pack.damaged');
    }
    for (const name of readdirSync(packs()))
      renameSync(path.join(packs(), name), path.join(packs(), `${name}.away`));
    const error = (await read('noise-20b', world.store).catch((thrown: unknown) => thrown)) as EngineError;
    for (const name of readdirSync(packs()))
      renameSync(path.join(packs(), name), path.join(packs(), name.slice(0, -5)));
    expect(error.because.code).to.equal('pack.missing');
  });
});
