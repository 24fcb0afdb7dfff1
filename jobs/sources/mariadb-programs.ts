/** The client programs of MariaDB and MySQL, of a version that fits the server. */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { because } from '../recovery-points/finding-codes.ts';
import { SourceError } from './source.ts';

const run = promisify(execFile);

export type Make = 'MariaDB' | 'MySQL';
export type ProgramName = 'dump' | 'client';

/** Debian's MariaDB keeps MySQL's names as links, so both are tried and asked what they are. */
const FILES: Record<ProgramName, string[]> = {
  dump: ['mariadb-dump', 'mysqldump'],
  client: ['mariadb', 'mysql'],
};

/** A version as its first two numbers: `10.11.19-MariaDB` gives 10 and 11. */
export interface Version {
  make: Make;
  text: string;
  major: number;
  minor: number;
}

/** A program that was seen to run. */
export interface Program extends Version {
  path: string;
  /** For records: `mariadb-dump 10.11.19`. */
  title: string;
}

export interface WhereToLook {
  /** The only folder to look in, when given. */
  binDir?: string | undefined;
}

/** Reads what `select version()` says. */
export function readServerVersion(said: string): Version {
  return { make: /mariadb/i.test(said) ? 'MariaDB' : 'MySQL', ...numbersOf(said) };
}

/**
 * Finds a program of the server's make and at least its version: an older one may leave out in silence what it does not
 * know. For MySQL any of MariaDB's will do where MySQL's own is not there. Throws `SourceError` `missing-program`.
 */
export async function findProgram(
  name: ProgramName,
  server: Version,
  { binDir }: WhereToLook = {},
): Promise<Program> {
  const folders = binDir ? [binDir] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const paths = folders.flatMap((folder) => FILES[name].map((file) => join(folder, file)));
  const found = (await Promise.all(paths.map(tryProgram))).filter((one) => one !== null);
  const own = found.filter((one) => one.make === server.make && !isOlder(one, server));
  const fitting = own[0] ?? (server.make === 'MySQL' ? found.find(({ make }) => make === 'MariaDB') : null);
  if (!fitting) throw missing(FILES[name][0]!, server, found);
  return fitting;
}

/** Whether a version is older than another of the same make. */
export function isOlder(one: Version, other: Version): boolean {
  return one.major < other.major || (one.major === other.major && one.minor < other.minor);
}

async function tryProgram(path: string): Promise<Program | null> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    // mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, …; mariadb from 11.4.1-MariaDB, …; mysqldump  Ver 8.0.36 for Linux …
    const said = /(?:Distrib|from) (\d[^,\s]*)/.exec(stdout)?.[1] ?? /Ver (\d\S*)/.exec(stdout)?.[1] ?? '';
    const version = readServerVersion(/mariadb/i.test(stdout) ? `${said} MariaDB` : said);
    return { path, title: `${path.split('/').at(-1)} ${version.text}`, ...version };
  } catch {
    return null; // not there, or it does not run
  }
}

function numbersOf(said: string): Omit<Version, 'make'> {
  const [, text = '', major = '0', minor = '0'] = /((\d+)\.(\d+)[\d.]*)/.exec(said) ?? [];
  return { text, major: Number(major), minor: Number(minor) };
}

function missing(program: string, { make, major, minor }: Version, found: Program[]): SourceError {
  const version = `${make} ${major}.${minor}`;
  const older = [...new Set(found.map(({ path, make: of, text }) => `${path} is of ${of} ${text}`))];
  return new SourceError(
    'missing-program',
    because('source.mariadb-program-missing', { program, version }),
    `This needs ${program} of ${version} or newer. ${older.length > 0 ? `${older.join('; ')}.` : 'None was found.'} ` +
      'On Debian: apt-get install mariadb-client (from mariadb.org or mysql.com where Debian has it not).',
  );
}
