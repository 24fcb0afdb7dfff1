/** Borg's repositories in a folder, read by borg past its lock: nothing is written into them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ListedEntry, OpenRequest, Repository } from './repository.ts';
import { secretFile } from './secret-file.ts';
import { refused, runTool, succeed } from './tool.ts';

const KINDS: Record<string, ListedEntry['kind']> = { '-': 'file', d: 'folder' };

/** Its password and its caches, and an answer to what it would ask. */
export const borgEnv = ({ secrets, scratchDir }: OpenRequest): Record<string, string> => ({
  BORG_PASSCOMMAND: `cat '${secretFile(scratchDir, 'borg-password', secrets.password)}'`,
  BORG_BASE_DIR: join(scratchDir, 'borg'),
  // Nobody is there to be asked; where a repository was moved from says nothing of what it holds.
  BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  TMPDIR: scratchDir,
  HOME: scratchDir,
});

/** What an archive is called now: names can be used anew. */
export async function borgName(request: OpenRequest & { snapshot: string }): Promise<string> {
  const found = (await openBorg(request).snapshots()).find(({ id }) => id === request.snapshot);
  if (!found) throw refused('borg', `archive ${request.snapshot} is not there`);
  return found.name;
}

export function openBorg(request: OpenRequest): Repository {
  const { address, secrets, signal } = request;
  const place = fileURLToPath(address);
  const env = borgEnv(request);
  const call = (args: string[], cwd?: string) => ({
    ...{ program: 'borg', args: ['--bypass-lock', ...args], env, secrets, signal },
    ...(cwd && { cwd }),
  });
  const lines = async (args: string[]): Promise<string[]> => {
    const said: string[] = [];
    await succeed(call(args), (line) => said.push(line));
    return said;
  };
  const archives = async (format = '') => {
    const told = await lines(['list', '--json', ...(format ? ['--format', format] : []), place]);
    return (JSON.parse(told.join('\n')) as { archives: Told[] }).archives;
  };
  // Asked for by name, which may be another's by now.
  const archive = async (id: string) => {
    const found = (await archives()).find((one) => one.id === id);
    if (!found) throw refused('borg', `archive ${id} is not there`);
    return `${place}::${found.name}`;
  };
  return {
    tool: 'borg',
    async version() {
      let told = '';
      await succeed({ program: 'borg', args: ['--version'], env: {}, secrets: null, signal }, (line) => {
        told ||= line.trim();
      });
      return told;
    },
    async snapshots() {
      // What an archive itself says is read from it: one that is damaged must not hide the others.
      const told = await archives('{end}{hostname}').catch(() => archives());
      signal.throwIfAborted();
      return told.map(({ id, name, start, end, hostname }) => ({
        id,
        name,
        dataTime: new Date(`${start}Z`),
        endedAt: end ? new Date(`${end}Z`) : null,
        host: hostname || null,
        paths: [],
        series: /^\D*/.exec(name)?.[0] ?? '',
      }));
    },
    // borg check writes its index anew; a dry run decrypts every chunk as well, and writes nothing.
    async check(snapshot) {
      const { status, complaint } = await runTool(call(['extract', '--dry-run', await archive(snapshot)]));
      return status === 0 ? null : complaint || 'borg extract ended badly';
    },
    async list(snapshot) {
      const format = '{path}{size}{sha256}';
      const told = await lines(['list', '--json-lines', '--format', format, await archive(snapshot)]);
      return told.map((line) => {
        const { path, type, size, sha256 } = JSON.parse(line) as Item;
        const kind = KINDS[type] ?? (type === 'h' ? 'file' : 'other');
        return { path, kind, size, hash: kind === 'file' && sha256 ? `sha256:${sha256}` : null };
      });
    },
    restore: async (snapshot, into) => succeed(call(['extract', await archive(snapshot)], into)),
  };
}

interface Told {
  id: string;
  name: string;
  start: string;
  end?: string;
  hostname?: string;
}

interface Item {
  path: string;
  type: string;
  size: number;
  sha256: string;
}
