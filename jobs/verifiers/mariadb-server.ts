/** A MariaDB server that lives for one restore test: on a folder and a socket of its own, and reached by nobody else. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { because } from '../recovery-points/finding-codes.ts';
import type { Target } from '../sources/mariadb-address.ts';
import { isUnreachable, openSession, quoteName, quoteText } from '../sources/mariadb-connection.ts';
import { SourceError } from '../sources/source.ts';

const run = promisify(execFile);
const PATIENCE_MS = 60_000;
/** Servers lie where an ordinary user's PATH does not lead. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/libexec', '/usr/local/sbin'];
const DATABASE = 'restored';

/** A running server with one empty database. */
export interface ScratchServer extends AsyncDisposable {
  version: string;
  /** As the role that restores: it owns the database and nothing else. */
  restorer: Target;
  /** As the role that asks: it may read the database and nothing else. */
  reader: Target;
}

export interface ServerWishes {
  /** An existing folder with room for the database. */
  scratchDir: string;
  charset: string;
  collation: string;
  /** Only these folders are searched for programs, when given. */
  folders?: string[] | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Makes and starts a server, in about a second. Throws `SourceError` `missing-program` when MariaDB's server is not
 * installed, and `failed` with the server's words when it does not start.
 */
export async function startScratchServer(wishes: ServerWishes): Promise<ScratchServer> {
  const { scratchDir, signal } = wishes;
  const folders = wishes.folders ?? [
    ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
    ...SERVER_FOLDERS,
  ];
  const [daemon, installer] = [
    await findServerProgram('mariadbd', folders),
    await findServerProgram('mariadb-install-db', folders),
  ];
  await using cleanUp = new AsyncDisposableStack();
  const home = await mkdtemp(join(scratchDir, 'mariadb-server-'));
  cleanUp.defer(() => rm(home, { recursive: true, force: true }));
  // A socket's path has a hundred characters at most.
  const short = await mkdtemp(join(tmpdir(), 'reprise-'));
  cleanUp.defer(() => rm(short, { recursive: true, force: true }));
  await mkdir(join(home, 'files'));

  const data = join(home, 'data');
  await install(installer, data);
  signal?.throwIfAborted();
  const socket = join(short, 'socket');
  const server = spawnServer(daemon, { data, socket, files: join(home, 'files'), log: join(home, 'log') });
  cleanUp.defer(() => end(server));
  const root: Target = { at: { socket }, user: 'root', password: '', database: 'mysql', tls: 'off' };
  const version = await waitForServer(server, root, join(home, 'log'), signal);
  const roles = await prepare(root, wishes);
  const owned = cleanUp.move();
  return { version, ...roles, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function findServerProgram(name: string, folders: string[]): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new SourceError(
    'missing-program',
    because('database.program-missing', { program: name, package: 'mariadb-server' }),
    `A restore test of this database needs ${name}, which is not installed. On Debian: apt-get install mariadb-server; the service need not run.`,
  );
}

/** Who runs as root is taken for a mistake unless it is said. */
const asWhom = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

/** Not called off half-way: its own children would write on. It takes a second or two. */
async function install(installer: string, data: string): Promise<void> {
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...asWhom(),
  ];
  try {
    const { PATH, HOME } = process.env;
    await run(installer, args, { env: { PATH: `${PATH}:/usr/sbin`, HOME } });
  } catch (error) {
    throw notStarted((error as { stderr?: string }).stderr || (error as Error).message);
  }
}

function spawnServer(
  daemon: string,
  { data, socket, files, log }: { data: string; socket: string; files: string; log: string },
): ChildProcess {
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--log-error=${log}`,
    `--pid-file=${log}.pid`,
    '--skip-networking',
    '--event-scheduler=OFF',
    '--local-infile=0',
    // What a restored routine might read or write of files ends here.
    `--secure-file-priv=${files}`,
    '--max-allowed-packet=1G',
    // It is thrown away: nothing must outlive a power cut.
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=0',
    '--skip-log-bin',
    ...asWhom(),
  ];
  const { PATH, HOME } = process.env;
  // The kernel ends it when the process that started it dies.
  return spawn('setpriv', ['--pdeathsig', 'KILL', daemon, ...args], {
    stdio: 'ignore',
    env: { PATH: `${PATH}:/usr/bin`, HOME },
  });
}

async function waitForServer(
  server: ChildProcess,
  root: Target,
  log: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  let failure: Error | null = null;
  server.on('error', (error) => {
    failure = error;
  });
  for (;;) {
    signal?.throwIfAborted();
    if (failure || server.exitCode !== null || server.signalCode !== null || performance.now() > deadline)
      throw notStarted((await readFile(log, 'utf8').catch(() => String(failure))).slice(-1000));
    try {
      await using session = await openSession(root);
      const [row] = await session.query('select version()');
      return row?.[0] ?? '';
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      await sleep(50);
    }
  }
}

async function prepare(root: Target, { charset, collation }: ServerWishes) {
  await using session = await openSession(root);
  const passwords = { restorer: newPassword(), reader: newPassword() };
  await session.query(
    `create database ${DATABASE} character set ${quoteName(charset)} collate ${quoteName(collation)}`,
  );
  for (const [name, password] of Object.entries(passwords))
    await session.query(`create user ${name}@localhost identified by ${quoteText(password)}`);
  await session.query(`grant all on ${DATABASE}.* to restorer@localhost`);
  // Views and routines of a dump name the accounts that made them.
  await session.query('grant set user on *.* to restorer@localhost');
  await session.query(`grant select, show view, execute on ${DATABASE}.* to reader@localhost`);
  await session.query(`alter user root@localhost identified by ${quoteText(newPassword())}`);
  const as = (user: 'restorer' | 'reader'): Target => ({
    ...root,
    user,
    password: passwords[user],
    database: DATABASE,
  });
  return { restorer: as('restorer'), reader: as('reader') };
}

const newPassword = () => randomBytes(24).toString('base64url');

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL'); // nothing of it is kept
  await ended;
}

function notStarted(original: string): SourceError {
  return new SourceError(
    'failed',
    because('database.refused', { original }),
    `A scratch MariaDB server could not be started: ${original}`,
  );
}
