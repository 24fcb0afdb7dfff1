/** restic's repositories, read by restic without a lock: nothing is written into them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ListedEntry, OpenRequest, Repository, RepositorySecrets, Snapshot } from './repository.ts';
import { secretFile } from './secret-file.ts';
import { storeOf } from './store-of.ts';
import { runTool, succeed } from './tool.ts';

/** It asks for a bad or missing pack again, for up to a quarter of an hour; in a folder nothing else will come. */
export const GIVES_UP_SOON = /retrying after|does not exist|does not match/;

const KINDS: Record<string, ListedEntry['kind']> = { file: 'file', dir: 'folder' };

export function openRestic({ address, secrets, scratchDir, signal }: OpenRequest): Repository {
  const env = {
    RESTIC_REPOSITORY: placeOf(new URL(address)),
    RESTIC_PASSWORD_FILE: secretFile(scratchDir, 'restic-password', secrets.password),
    RESTIC_CACHE_DIR: join(scratchDir, 'restic-cache'),
    TMPDIR: scratchDir,
    HOME: scratchDir,
    AWS_SHARED_CREDENTIALS_FILE: secretFile(scratchDir, 'restic-credentials', credentialsOf(secrets)),
  };
  const enough = address.startsWith('file:') ? GIVES_UP_SOON : undefined;
  const call = (args: string[]) => ({
    program: 'restic',
    args: ['--no-lock', ...args],
    env,
    secrets,
    signal,
  });
  const read = async (args: string[]): Promise<unknown[]> => {
    const lines: string[] = [];
    await succeed(call(args), (line) => lines.push(line));
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  };
  return {
    tool: 'restic',
    async version() {
      let told = '';
      await succeed({ program: 'restic', args: ['version'], env: {}, secrets: null, signal }, (line) => {
        told ||= /^restic \d+\.\d+\.\d+/.exec(line)?.[0] ?? '';
      });
      return told;
    },
    async snapshots() {
      const [found] = (await read(['snapshots', '--json'])) as [Told[]?];
      const writtenAt = await snapshotTimes(address, secrets);
      return (found ?? []).map(
        ({ id, time, hostname, paths, summary }): Snapshot => ({
          id,
          name: id.slice(0, 8),
          dataTime: new Date(time),
          endedAt: summary?.backup_end ? new Date(summary.backup_end) : (writtenAt.get(id) ?? null),
          host: hostname ?? null,
          paths: paths ?? [],
          series: (paths ?? []).toSorted().join('\n'),
        }),
      );
    },
    async check() {
      const { status, complaint } = await runTool({ ...call(['check', '--read-data']), enough });
      return status === 0 ? null : complaint || 'restic check ended badly';
    },
    async list(snapshot) {
      const nodes = (await read(['ls', '--json', snapshot])) as Node[];
      return nodes
        .filter(({ struct_type }) => struct_type === 'node')
        .map(({ path, type, size = 0 }) => ({
          path: path.replace(/^\/+/, ''),
          kind: KINDS[type] ?? 'other',
          size,
          hash: null,
        }));
    },
    restore: (snapshot, into) => succeed(call(['restore', snapshot, '--target', into, '--verify'])),
  };
}

/** As programs of AWS read them. */
const credentialsOf = ({ accessKeyId, secretAccessKey }: RepositorySecrets): string =>
  accessKeyId && secretAccessKey
    ? `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
    : '';

interface Told {
  id: string;
  time: string;
  hostname?: string;
  paths?: string[];
  /** Since 0.17. */
  summary?: { backup_end?: string };
}

interface Node {
  struct_type: string;
  path: string;
  type: string;
  size?: number;
}

/** restic writes the file of a snapshot last of all: when it was written, the snapshot was whole. */
async function snapshotTimes(address: string, secrets: RepositorySecrets): Promise<Map<string, Date>> {
  const store = await storeOf(address, secrets);
  try {
    const listed = await Array.fromAsync(store.list('snapshots/'));
    return new Map(listed.map(({ key, modifiedAt }) => [key.slice('snapshots/'.length), modifiedAt]));
  } finally {
    await store.close();
  }
}

function placeOf(url: URL): string {
  if (url.protocol === 'file:') return fileURLToPath(url);
  const endpoint = url.searchParams.get('endpoint') ?? 'https://s3.amazonaws.com';
  return `s3:${endpoint.replace(/\/$/, '')}/${url.hostname}${decodeURIComponent(url.pathname).replace(/\/$/, '')}`;
}
