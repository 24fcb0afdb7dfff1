/** restic's repositories, read by restic without a lock: nothing is written into them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ListedEntry, OpenRequest, Repository, Snapshot } from './repository.ts';
import { runTool, succeed } from './tool.ts';

/** It asks for a bad or missing pack again, for up to a quarter of an hour; in a folder nothing else will come. */
const TRIES_AGAIN = /retrying after|does not exist|does not match/;

const KINDS: Record<string, ListedEntry['kind']> = { file: 'file', dir: 'folder' };

export function openRestic({ address, secrets, scratchDir, signal }: OpenRequest): Repository {
  const env = {
    RESTIC_REPOSITORY: placeOf(new URL(address)),
    RESTIC_PASSWORD: secrets.password,
    RESTIC_CACHE_DIR: join(scratchDir, 'restic-cache'),
    TMPDIR: scratchDir,
    HOME: scratchDir,
    ...(secrets.accessKeyId && { AWS_ACCESS_KEY_ID: secrets.accessKeyId }),
    ...(secrets.secretAccessKey && { AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey }),
  };
  const enough = address.startsWith('file:') ? TRIES_AGAIN : undefined;
  const call = (args: string[]) => ({ program: 'restic', args: ['--no-lock', ...args], env, signal });
  const read = async (args: string[]): Promise<unknown[]> => {
    const lines: string[] = [];
    await succeed(call(args), (line) => lines.push(line));
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  };
  return {
    tool: 'restic',
    async version() {
      let told = '';
      await succeed({ program: 'restic', args: ['version'], env: {}, signal }, (line) => {
        told ||= /^restic \d+\.\d+\.\d+/.exec(line)?.[0] ?? '';
      });
      return told;
    },
    async snapshots() {
      const [found = []] = (await read(['snapshots', '--json'])) as [Told[]?];
      return (found ?? []).map(
        ({ id, time, hostname, paths }): Snapshot => ({
          id,
          dataTime: new Date(time),
          host: hostname ?? null,
          paths: paths ?? [],
        }),
      );
    },
    async list(snapshot) {
      const nodes = (await read(['ls', '--json', snapshot])) as Node[];
      return nodes
        .filter(({ struct_type }) => struct_type === 'node')
        .map(({ path, type, size = 0 }) => ({
          path: path.replace(/^\/+/, ''),
          kind: KINDS[type] ?? 'other',
          size,
          sha256: null,
        }));
    },
    async check() {
      const { status, complaint } = await runTool({ ...call(['check', '--read-data']), enough });
      return status === 0 ? null : complaint || 'restic check ended badly';
    },
    restore: (snapshot, into) => succeed(call(['restore', snapshot, '--target', into, '--verify'])),
  };
}

interface Told {
  id: string;
  time: string;
  hostname?: string;
  paths?: string[];
}

interface Node {
  struct_type: string;
  path: string;
  type: string;
  size?: number;
}

function placeOf(url: URL): string {
  if (url.protocol === 'file:') return fileURLToPath(url);
  const endpoint = url.searchParams.get('endpoint') ?? 'https://s3.amazonaws.com';
  return `s3:${endpoint.replace(/\/$/, '')}/${url.hostname}${decodeURIComponent(url.pathname).replace(/\/$/, '')}`;
}
