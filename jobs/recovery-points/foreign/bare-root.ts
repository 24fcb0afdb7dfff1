/**
 * A folder that is a machine of its own: a shell and a distribution's programs with the libraries they load, and nothing else.
 * What runs in it sees neither our files, nor a network, nor other processes, where the system has walls to offer.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';

/** What Debian always has, and `age` and `zstd`: the page names no other, save `openssl` to check a signature. */
const PROGRAMS = [
  ...'age zstd tar sed grep find sha256sum cmp sort uniq comm cut wc mawk dash'.split(' '),
  ...'cat cp mv rm mkdir rmdir ls id chmod chown touch dirname'.split(' '),
];
const ALSO_CALLED = { dash: 'sh', mawk: 'awk' } as const;
/** Outside of the path: shuts itself off and is gone before any command runs. */
const DOOR = '.enter/setpriv';
const WALLS = ['--net', '--ipc', '--uts', '--pid', '--mount', '--fork', '--kill-child', '--root=.', '--wd=/'];
/** Root without what would lead out: it may own and read what lies in the folder, no more. */
const ROOT_RIGHTS = [
  '--inh-caps=-all',
  '--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid',
  '--no-new-privs',
];
const MOST_OUTPUT = 1_000_000;

/** `bare-path`: only the programs are its own, and files and network those of the machine. */
export type Isolation = 'namespaces' | 'bare-path';

export interface Ran {
  /** Null when it was ended. */
  status: number | null;
  stdout: string;
  stderr: string;
}

export class BareRoot {
  readonly folder: string;
  readonly isolation: Isolation;
  /** Whether owners can be given back in it. */
  readonly isRoot: boolean;
  readonly #enter: string[];

  private constructor(folder: string, { enter, isRoot }: { enter: string[] | null; isRoot: boolean }) {
    this.folder = folder;
    this.isolation = enter ? 'namespaces' : 'bare-path';
    this.isRoot = isRoot;
    this.#enter = enter ?? [];
  }

  /** Throws `inconclusive` when this machine lacks one of the programs. */
  static async build(folder: string): Promise<BareRoot> {
    for (const name of ['usr/bin', 'dev', 'tmp', '.enter', 'backups'])
      await mkdir(path.join(folder, name), { recursive: true });
    await writeFile(path.join(folder, 'dev/null'), '');
    await chmod(path.join(folder, 'dev/null'), 0o666);
    const isRoot = process.geteuid?.() === 0;
    const places = await placesOf([...PROGRAMS, ...(isRoot ? ['setpriv'] : [])]);
    for (const program of PROGRAMS) {
      const file = places.get(program);
      if (!file) throw missing(program);
      await copyFile(file, path.join(folder, 'usr/bin', program));
    }
    const setpriv = places.get('setpriv');
    if (setpriv) await copyFile(setpriv, path.join(folder, DOOR));
    await bringLibraries(folder, [...places.values()]);
    for (const [name, as] of Object.entries(ALSO_CALLED))
      await copyFile(path.join(folder, 'usr/bin', name), path.join(folder, 'usr/bin', as));
    const enter = isRoot ? AS_ROOT : AS_SOMEBODY;
    const isOpen = (!isRoot || setpriv !== undefined) && trial(folder, enter);
    return new BareRoot(folder, { enter: isOpen ? enter : null, isRoot: isRoot && isOpen });
  }

  /** How something in the folder is called by what runs there. */
  named(name: string): string {
    return this.isolation === 'namespaces' ? `/${name}` : path.join(this.folder, name);
  }

  /** Runs commands where the backups lie, for at most so long. What does not end by then is ended, with all it started. */
  run(lines: string, { mostMs, signal }: { mostMs: number; signal?: AbortSignal | undefined }): Promise<Ran> {
    const { promise, resolve, reject } = Promise.withResolvers<Ran>();
    const [program = '', ...args] = [
      ...(this.isolation === 'namespaces' ? this.#enter : [path.join(this.folder, 'usr/bin/sh')]),
      '-c',
      `cd ${this.named('backups')} || exit 9\n${lines}`,
    ];
    const bin = this.isolation === 'namespaces' ? '/usr/bin' : path.join(this.folder, 'usr/bin');
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { PATH: bin, HOME: this.named('tmp') },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: without walls nothing else would end what the shell started.
      detached: true,
    });
    const end = () => endGroup(child);
    const limit = setTimeout(end, mostMs);
    signal?.addEventListener('abort', end);
    const told = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (piece: string) => {
        if (told[stream].length < MOST_OUTPUT) told[stream] += piece;
      });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...told }));
    return promise.finally(() => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', end);
    });
  }

  /** Runs something while a program is not there. */
  async without<Answer>(program: string, run: () => Promise<Answer>): Promise<Answer> {
    const own = path.join(this.folder, 'usr/bin', program);
    const aside = path.join(this.folder, '.enter', program);
    await rename(own, aside);
    try {
      return await run();
    } finally {
      await rename(aside, own);
    }
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Own user, and no rights at all once the shell runs. */
const AS_SOMEBODY = ['unshare', '--user', '--map-user=1000', '--map-group=1000', ...WALLS, '/usr/bin/sh'];
const AS_ROOT = ['unshare', ...WALLS, `/${DOOR}`, ...ROOT_RIGHTS, '/usr/bin/sh'];

/** Not every system lets everybody build walls, and containers often none. */
function trial(folder: string, [program = '', ...args]: string[]): boolean {
  const { status } = spawnSync(program, [...args, '-c', 'id >/dev/null'], {
    cwd: folder,
    env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/bin:/bin:/sbin` },
    stdio: 'ignore',
  });
  return status === 0;
}

/** Where those of the programs lie that there are. */
async function placesOf(programs: string[]): Promise<Map<string, string>> {
  const look = 'for one; do readlink -f "$(command -v "$one")" || echo; done';
  const { stdout } = await promisify(execFile)('sh', ['-c', look, 'sh', ...programs]);
  const found = stdout.split('\n');
  return new Map(
    programs.flatMap((program, at) => (found[at] ? [[program, found[at]] as [string, string]] : [])),
  );
}

/** Every library that programs load. One without any has none to list, and `ldd` says so with its exit status. */
async function bringLibraries(root: string, files: string[]): Promise<void> {
  const { stdout } = await promisify(execFile)('ldd', files).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? '',
  }));
  const libraries = [...stdout.matchAll(/^\t.*?(\/\S+)/gm)].map(([, library = '']) => library);
  for (const library of new Set(libraries)) {
    const target = path.join(root, library);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(library, target);
  }
}

const missing = (program: string) =>
  new EngineError(
    'inconclusive',
    because('foreign.program-missing', { program }),
    `The program ${program} is not installed here: install Debian's age, zstd, tar and util-linux.`,
  );
