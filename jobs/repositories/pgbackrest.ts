/** pgBackRest's repositories in a folder: its inventory, and its verify with what that passes over. It is given no configuration but ours. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest, TABLESPACES } from './pgbackrest-manifest.ts';
import type { OpenRequest, Repository } from './repository.ts';
import { secretFile } from './secret-file.ts';
import { type Call, refused, succeed } from './tool.ts';
import { missingLogs } from './wal-segments.ts';

/** Every option comes from here: what lies in /etc on this machine is of no concern. */
export const pgbackrestCall = (
  { address, series, secrets, scratchDir, signal }: OpenRequest,
  args: string[],
): Call => ({
  program: 'pgbackrest',
  args,
  env: {
    PGBACKREST_CONFIG: secrets.password
      ? secretFile(scratchDir, 'pgbackrest.conf', `[global]\nrepo1-cipher-pass=${secrets.password}\n`)
      : '/dev/null',
    PGBACKREST_STANZA: series ?? '',
    PGBACKREST_REPO1_PATH: fileURLToPath(address),
    PGBACKREST_LOCK_PATH: join(scratchDir, 'lock'),
    PGBACKREST_SPOOL_PATH: join(scratchDir, 'spool'),
    PGBACKREST_LOG_LEVEL_FILE: 'off',
    PGBACKREST_LOG_LEVEL_CONSOLE: 'off',
    PGBACKREST_LOG_LEVEL_STDERR: 'error',
    ...(secrets.password && { PGBACKREST_REPO1_CIPHER_TYPE: 'aes-256-cbc' }),
    TMPDIR: scratchDir,
    HOME: scratchDir,
  },
  secrets,
  signal,
});

export function openPgbackrest(request: OpenRequest): Repository {
  return {
    tool: 'pgbackrest',
    async version() {
      let told = '';
      await succeed(pgbackrestCall(request, ['version']), (line) => {
        told ||= line.trim();
      });
      return told;
    },
    async snapshots() {
      const { backup, name } = await stanzaOf(request);
      return backup.map(({ label, timestamp }) => ({
        id: label,
        name: label,
        dataTime: new Date(timestamp.start * 1000),
        endedAt: new Date(timestamp.stop * 1000),
        host: null,
        paths: [],
        series: name,
      }));
    },
    async check(snapshot) {
      const { backup, archive, name } = await stanzaOf(request);
      const own = backup.find(({ label }) => label === snapshot);
      if (!own) return `backup ${snapshot} is not there`;
      if (own.error) return `pgBackRest found wrong page checksums when it made ${snapshot}`;
      const said = await verify(request);
      const complaint = backupComplaint(said, snapshot) ?? logsComplaint(said);
      if (complaint !== null || !own.archive?.start || !own.archive.stop) return complaint;
      const kept = archive.find(({ database }) => database.id === own.database.id);
      if (!kept) return 'the logs that make the backup whole are not there';
      return missingLogs(own.archive, () =>
        lines(request, ['repo-ls', '--recurse', `archive/${name}/${kept.id}`]),
      );
    },
    async list(snapshot) {
      const { name } = await stanzaOf(request);
      return readManifest(await lines(request, ['repo-get', `backup/${name}/${snapshot}/backup.manifest`]));
    },
    // As the backup holds it: no server is started, so nothing of its settings is followed.
    async restore(snapshot, into) {
      const data = join(into, 'pg_data');
      await mkdir(data);
      await mkdir(join(into, TABLESPACES));
      const call = pgbackrestCall(request, ['restore', `--set=${snapshot}`, '--type=none']);
      const places = {
        PGBACKREST_PG1_PATH: data,
        PGBACKREST_TABLESPACE_MAP_ALL: join(into, TABLESPACES),
      };
      await succeed({ ...call, env: { ...call.env, ...places } });
      // What it leaves for the server that is to start.
      await rm(join(data, 'recovery.signal'), { force: true });
    },
  };
}

async function lines(request: OpenRequest, args: string[]): Promise<string[]> {
  const said: string[] = [];
  await succeed(pgbackrestCall(request, args), (line) => said.push(line));
  return said;
}

async function stanzaOf(request: OpenRequest): Promise<Stanza> {
  const [told] = parse(await lines(request, ['info', '--output=json']));
  if (!told) throw refused('pgbackrest', 'it lists no stanza');
  // It ends well all the same, and says in its list what is wrong.
  const { code, message } = told.repo?.[0]?.status ?? told.status;
  if (code !== 0 && code !== NO_BACKUP) throw refused('pgbackrest', firstLine(message));
  return told;
}

/** A backup, and those of which it holds only what changed since. */
export async function withReferences(request: OpenRequest, label: string): Promise<string[]> {
  const { backup } = await stanzaOf(request);
  return [label, ...(backup.find((one) => one.label === label)?.reference ?? [])];
}

/** What it says of everything: where it finds nothing wrong it is silent else, and of a backup that is gone altogether as well. */
export async function verify(request: OpenRequest): Promise<string[]> {
  const said = await lines(request, ['verify', '--output=text', '--verbose']);
  return said.map((line) => line.trim());
}

const FILES = /status: valid, total files checked: (\d+), total valid files: (\d+)$/;

/** Whatever it finds, it ends well: only a line that says so of this backup shows that it is sound. */
export function backupComplaint(said: string[], label: string): string | null {
  const at = said.findIndex((line) => line.startsWith(`backup: ${label},`));
  if (at < 0) return `verify did not find backup ${label}`;
  const [, checked = '0', valid] = FILES.exec(said[at]!) ?? [];
  return Number(checked) > 0 && checked === valid ? null : `${said[at]} ${said[at + 1] ?? ''}`;
}

/** Of all logs, also those that other backups need. */
function logsComplaint(said: string[]): string | null {
  const at = said.findIndex((line) => /^archiveId: .*total WAL checked/.test(line));
  const counts = said[at + 1] ?? '';
  return at < 0 || /: [1-9]/.test(counts) ? `${said[at] ?? 'no logs were found'} ${counts}`.trim() : null;
}

/** The stanza is there, with nothing in it yet. */
const NO_BACKUP = 2;

/** With a wrong password it prints what it could not read, as it lies there. */
function parse(said: string[]): Stanza[] {
  try {
    return JSON.parse(said.join('\n'));
  } catch {
    throw refused('pgbackrest', 'it cannot read its own list: look at the password and the stanza');
  }
}

const firstLine = (text: string): string => text.split('\n')[0]!.replaceAll(/[^\x20-\x7e]/g, '');

interface Status {
  code: number;
  message: string;
}

interface Stanza {
  name: string;
  status: Status;
  repo?: { status: Status }[];
  archive: { id: string; database: { id: number } }[];
  backup: {
    label: string;
    error?: boolean;
    reference: string[] | null;
    database: { id: number };
    archive: { start: string | null; stop: string | null } | null;
    timestamp: { start: number; stop: number };
  }[];
}
