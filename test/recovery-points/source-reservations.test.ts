/** What a source could not hand over stands in the manifest, so that it is told as long as the point exists. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { backup } from '#/jobs/recovery-points/backup.ts';
import { listFiles } from '#/jobs/recovery-points/restore/list-files.ts';
import { readFile } from '#/jobs/recovery-points/restore/one-file.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { sqliteSource } from '#/jobs/sources/sqlite.ts';
import { ASSET, makeWorld, type World } from './world.ts';

describe('a point of a source that could not hand over everything', () => {
  let world: World;
  let pointId: string;

  before(async () => {
    world = await makeWorld();
    const file = path.join(world.source, 'shop.db');
    makeDamagedDatabase(file);
    const result = await backup({
      source: sqliteSource(`sqlite://${file}`),
      store: world.store,
      asset: ASSET,
      recipients: [world.recipient],
      signingKey: world.signingKey,
      scratchDir: path.join(world.folder, 'scratch'),
    });
    expect(result.state).to.equal('with-reservations');
    ({ pointId } = result);
  });
  after(() => world[Symbol.asyncDispose]());

  const facts = () => {
    const { store, identity, publicKey } = world;
    return { store, asset: ASSET, point: pointId, identity, trust: [publicKey] };
  };
  const into = () => path.join(world.folder, 'restored');
  afterEach(() => rmSync(into(), { recursive: true, force: true }));

  it('says so when it is restored, whole or in part', async () => {
    for (const only of [null, 'shop.db']) {
      const { reservations } = await restore({ ...facts(), into: into(), only });
      expect(reservations.map(({ path: of }) => of)).to.deep.equal(['shop.db']);
      expect(reservations[0]!.reason).to.match(/^torn when it was captured: the database is damaged: /);
      rmSync(into(), { recursive: true });
    }
  });

  it('says so when one file of it is read, also on the command line, with exit status 3', async () => {
    const { ofSource } = await readFile({ ...facts(), path: 'shop.db', write: async () => {} });
    expect(ofSource.map(({ kind, path: of }) => [kind, of])).to.deep.equal([['torn', 'shop.db']]);
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        ...[path.resolve(import.meta.dirname, '../../server/reprise.mjs'), 'restore', pointId],
        ...['--from', `file://${world.storeFolder}`, '--asset', ASSET, '--identity', world.identityFile],
        ...['--file', 'shop.db', '--to-stdout'],
      ],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    expect(stderr).to.match(/shop\.db: torn when it was captured: the database is damaged/);
    expect(status).to.equal(3);
  });

  it('says so when it is listed', async () => {
    const { sourceReservations, files } = await listFiles({ ...facts(), glob: null });
    expect(sourceReservations[0]).to.include({
      kind: 'torn',
      path: 'shop.db',
      code: 'capture.database-damaged',
    });
    expect([...files][0]!.reservation).to.equal(null);
  });

  it('says so when it is verified with a key, which is no fault of what is stored', async () => {
    const { verdict, sourceReservations } = await world.verify('L3', { point: pointId });
    expect(verdict).to.equal('passed');
    expect(sourceReservations?.map(({ kind }) => kind)).to.deep.equal(['torn']);
    expect((await world.verify('L2a', { point: pointId, identity: null })).sourceReservations).to.equal(null);
  });

  it('says so by restore.sh, with exit status 3, and by the line of RESTORE.md', () => {
    const { storeFolder, identityFile } = world;
    const args = ['--asset', ASSET, '--point', pointId, '--identity', identityFile, '--into', into()];
    const { status, stdout } = spawnSync('dash', [path.join(storeFolder, 'restore.sh'), ...args], {
      encoding: 'utf8',
    });
    expect(stdout).to.match(
      /these were not whole when the point was made:\ntorn: shop\.db \(the database is damaged: /,
    );
    expect(status).to.equal(3);

    const page = path.join(storeFolder, 'RESTORE.md');
    const grep = execFileSync('grep', ['-h', '^grep ', page], { encoding: 'utf8' }).trim();
    const manifest = `${storeFolder}/${ASSET}/snapshots/${pointId}/manifest.json.zst.age`;
    const lines = `age -d -i ${identityFile} ${manifest} | zstd -d >manifest.txt\n${grep}`;
    const shown = execFileSync('sh', ['-c', lines], { cwd: world.folder, encoding: 'utf8' });
    expect(shown).to.contain('"sourceReservations":[{"kind":"torn","path":"shop.db"');
  });
});

function makeDamagedDatabase(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('create table orders (id integer primary key, note text)');
  const insert = database.prepare('insert into orders (note) values (?)');
  for (let i = 0; i < 500; i++) insert.run('note '.repeat(20));
  database.close();
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(3000, 0x5a), 0, 3000, statSync(file).size - 4096);
  closeSync(fd);
}
