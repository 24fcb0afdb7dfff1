/** PostgreSQL's client programs, of a version that fits the server: from the system, else from the package npm brought. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { because } from '../recovery-points/finding-codes.ts';
import { unpackPrograms } from './postgresql-package.ts';
import { SourceError } from './source.ts';

const run = promisify(execFile);
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export type ProgramName = 'pg_dump' | 'pg_dumpall' | 'pg_restore' | 'psql';

/** A program that was seen to run. */
export interface Program {
  name: ProgramName;
  path: string;
  /** For example `18.0`. */
  version: string;
  major: number;
}

export interface WhereToLook {
  /** The only folder to look in, when given. */
  binDir?: string | undefined;
  /** Folder of ours in which the packaged programs may be unpacked, and are found again. */
  programsDir?: string | undefined;
}

/**
 * Finds a program whose major version is at least `major`, the lowest that fits: pg_dump refuses newer servers, and
 * pg_restore newer dumps. Throws `SourceError` `missing-program`, with what was found and what to install.
 */
export async function findProgram(
  name: ProgramName,
  major: number,
  { binDir, programsDir }: WhereToLook = {},
): Promise<Program> {
  const folders = binDir ? [binDir] : await listFolders();
  const tried = await Promise.all(folders.map((folder) => tryProgram(name, join(folder, name))));
  if (!binDir && programsDir && !tried.some((one) => fits(one, major))) {
    const unpacked = await unpackPrograms(programsDir);
    if (unpacked) tried.push(await tryProgram(name, join(unpacked, name)));
  }
  const fitting = tried.filter((one) => fits(one, major)).sort((one, other) => one.major - other.major)[0];
  if (!fitting) throw missing(name, major, tried);
  return fitting;
}

type Tried = Program | { path: string; complaint: string } | null;

function fits(tried: Tried, major: number): tried is Program {
  return tried !== null && 'major' in tried && tried.major >= major;
}

/** What a program says of itself; null when it is not there, its complaint when it does not run. */
async function tryProgram(name: ProgramName, path: string): Promise<Tried> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    const version = /(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? '';
    return { name, path, version, major: Number.parseInt(version, 10) };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    return code === 'ENOENT' ? null : { path, complaint: stderr?.trim() || String(error) };
  }
}

async function listFolders(): Promise<string[]> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []); // not a Debian, or no PostgreSQL on it
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...versions.map((version) => join(DEBIAN_FOLDER, version, 'bin')), ...onPath])];
}

function missing(name: ProgramName, major: number, tried: Tried[]): SourceError {
  const older = tried.flatMap((one) => (one && 'version' in one ? [`${one.path} is ${one.version}`] : []));
  const broken = tried.flatMap((one) =>
    one && 'complaint' in one ? [`${one.path} does not run (${one.complaint})`] : [],
  );
  const found = [...new Set([...older, ...broken])];
  const remedy = broken.some((complaint) => complaint.includes('shared libraries'))
    ? 'apt-get install libpq5 libreadline8 brings the missing libraries; or'
    : 'On Debian:';
  return new SourceError(
    'missing-program',
    because('source.program-missing', { program: name, version: major }),
    `This needs ${name} of PostgreSQL ${major} or newer. ${found.length > 0 ? `${found.join('; ')}.` : 'None was found.'} ` +
      `${remedy} apt-get install postgresql-client-${major} (from apt.postgresql.org where Debian has it not).`,
  );
}
