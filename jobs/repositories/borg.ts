/** Borg's repositories in a folder, read by borg past its lock: nothing is written into them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ListedEntry, OpenRequest, Repository } from './repository.ts';
import { runTool, succeed } from './tool.ts';

const KINDS: Record<string, ListedEntry['kind']> = { '-': 'file', d: 'folder' };

export function openBorg({ address, secrets, scratchDir, signal }: OpenRequest): Repository {
  const place = fileURLToPath(address);
  const env = {
    BORG_PASSPHRASE: secrets.password,
    BORG_BASE_DIR: join(scratchDir, 'borg'),
    // Nobody is there to be asked; where a repository was moved from says nothing of what it holds.
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    TMPDIR: scratchDir,
    HOME: scratchDir,
  };
  const call = (args: string[], cwd?: string) => ({
    ...{ program: 'borg', args: ['--bypass-lock', ...args], env, signal },
    ...(cwd && { cwd }),
  });
  const lines = async (args: string[]): Promise<string[]> => {
    const said: string[] = [];
    await succeed(call(args), (line) => said.push(line));
    return said;
  };
  return {
    tool: 'borg',
    async version() {
      let told = '';
      await succeed({ program: 'borg', args: ['--version'], env: {}, signal }, (line) => {
        told ||= line.trim();
      });
      return told;
    },
    async snapshots() {
      const { archives } = JSON.parse((await lines(['list', '--json', place])).join('\n')) as {
        archives: Told[];
      };
      return archives.map(({ name, time }) => ({
        id: name,
        dataTime: new Date(`${time}Z`),
        host: null,
        paths: [],
      }));
    },
    async list(snapshot) {
      const format = '{path}{size}{sha256}';
      const told = await lines(['list', '--json-lines', '--format', format, `${place}::${snapshot}`]);
      return told.map((line) => {
        const { path, type, size, sha256 } = JSON.parse(line) as Item;
        const kind = KINDS[type] ?? (type === 'h' ? 'file' : 'other');
        return { path, kind, size, sha256: kind === 'file' && sha256 ? sha256 : null };
      });
    },
    // borg check writes its index anew; a dry run decrypts every chunk as well, and writes nothing.
    async check(snapshot) {
      const { status, complaint } = await runTool(call(['extract', '--dry-run', `${place}::${snapshot}`]));
      return status === 0 ? null : complaint || 'borg extract ended badly';
    },
    restore: (snapshot, into) => succeed(call(['extract', `${place}::${snapshot}`], into)),
  };
}

interface Told {
  name: string;
  time: string;
}

interface Item {
  path: string;
  type: string;
  size: number;
  sha256: string;
}
