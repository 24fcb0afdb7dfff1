/**
 * The data of the embedded PostgreSQL. In a folder of ours:
 * `cluster/` (PostgreSQL's own), `secrets.json` (passwords and port, ours alone), `postgresql.log`.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { StartError } from '../start-error.ts';
import { startChild } from './children.ts';
import { chooseUser, type RunAs } from './ordinary-user.ts';
import { findFreePort } from './ports.ts';
import { isAlive } from './postmaster.ts';
import type { ServerPrograms } from './programs.ts';

const PROMPTS = /^Enter .*: $/gm;
const UNFINISHED = /^unfinished-(\d+)-/;

/** The role `initdb` makes. Row security does not bind it: only the launcher and restore tests use it. */
export const SUPERUSER = 'reprise_superuser';

/** What was chosen once for this folder. */
export interface Secrets {
  port: number;
  superuser: string;
  owner: string;
  service: string;
}

/** Reads the folder's passwords and port; makes them, with mode 0600, when there are none. */
export async function readSecrets(dataDir: string, port: number | null): Promise<Secrets> {
  const file = join(dataDir, 'secrets.json');
  const known = await readFile(file, 'utf8').catch(nullWhenAbsent);
  if (known !== null) return JSON.parse(known);
  if (await isThere(join(dataDir, 'cluster'))) {
    throw new StartError(
      `${file} is gone, and with it the passwords of the database beside it. Bring it back.`,
    );
  }
  const password = () => randomBytes(24).toString('base64url');
  const fresh = {
    port: port ?? (await findFreePort()),
    superuser: password(),
    owner: password(),
    service: password(),
  };
  const draft = await writeDraft(file, JSON.stringify(fresh, null, 2));
  // Where two processes start at once, the first one's file counts for both.
  await link(draft, file).catch(nullWhenThere);
  await rm(draft);
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Remembers another port. */
export async function rememberPort(dataDir: string, secrets: Secrets, port: number): Promise<Secrets> {
  const file = join(dataDir, 'secrets.json');
  const changed = { ...secrets, port };
  await rename(await writeDraft(file, JSON.stringify(changed, null, 2)), file);
  return changed;
}

/**
 * Makes the cluster when there is none. It is built under another name and renamed when it is whole and on disk, so an
 * interrupted attempt leaves nothing that looks like a database; its remains are removed here.
 */
export async function makeCluster(
  dataDir: string,
  programs: ServerPrograms,
  password: string,
): Promise<RunAs> {
  await removeUnfinished(dataDir);
  const cluster = join(dataDir, 'cluster');
  if (await isThere(cluster)) return chooseUser(cluster, programs.postgres);

  const draft = join(dataDir, `unfinished-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(draft, { mode: 0o700 });
  const runAs = await chooseUser(draft, programs.postgres);
  await initialise(draft, programs.initdb, runAs, password);
  await rename(draft, cluster).catch(nullWhenThere); // another process was first: its cluster counts
  await rm(draft, { recursive: true, force: true });
  await syncFolder(dataDir);
  return runAs;
}

async function initialise(folder: string, initdb: string, runAs: RunAs, password: string): Promise<void> {
  const options = [
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--locale-provider=builtin',
  ];
  const child = await startChild(
    runAs,
    [
      initdb,
      `--pgdata=${folder}`,
      `--username=${SUPERUSER}`,
      ...options,
      '--builtin-locale=C.UTF-8',
      '--pwprompt',
    ],
    { deathSignal: 'KILL', stdio: ['pipe', 'ignore', 'pipe'] },
  );
  // Through a pipe, so that the password is in no file and on no command line.
  child.stdin?.end(`${password}\n${password}\n`);
  const [complaint, [status]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
  if (status === 0) return;
  await rm(folder, { recursive: true, force: true });
  throw new StartError(
    `The database could not be made in ${folder}: ${complaint.replace(PROMPTS, '').trim()}`,
  );
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const maker = UNFINISHED.exec(name)?.[1];
    if (maker && !(await isAlive(Number(maker))))
      await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

async function writeDraft(file: string, text: string): Promise<string> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  return draft;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function nullWhenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function nullWhenThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'EEXIST' || error.code === 'ENOTEMPTY') return null;
  throw error;
}
