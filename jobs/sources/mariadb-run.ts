/** Running one of MariaDB's programs: address and password stand in a private file, not on the command line or in the environment. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Target } from './mariadb-address.ts';
import type { Program } from './mariadb-programs.ts';
import { type Ended, runToEnd } from './run-program.ts';

export interface RunOptions {
  target: Target;
  /** A folder that nobody else may enter: the options file lies there while the program runs. */
  privateDir: string;
  signal?: AbortSignal | undefined;
  input?: Readable | undefined;
  output?: Writable | undefined;
}

/** Runs a program on a database to its end; see `runToEnd`. The database's name is its last argument. */
export async function runProgram(
  program: Program,
  args: string[],
  { target, privateDir, ...options }: RunOptions,
): Promise<Ended> {
  const file = join(privateDir, `options-${randomBytes(6).toString('hex')}.cnf`);
  await writeFile(file, optionsOf(program, target), { mode: 0o600, flag: 'wx' });
  try {
    const { PATH, HOME } = process.env;
    return await runToEnd(
      program.path,
      // Only this file: what the system's own says of the programs must not change a backup. It must come first.
      [`--defaults-file=${file}`, ...args, '--', target.database],
      { ...options, password: target.password, env: { PATH, HOME, LC_ALL: 'C.UTF-8' } },
    );
  } finally {
    await rm(file, { force: true });
  }
}

function optionsOf(program: Program, { at, user, password, tls }: Target): string {
  const place: [string, string][] =
    'socket' in at
      ? [['socket', at.socket]]
      : [
          ['host', at.host],
          ['port', String(at.port)],
          // Else "localhost" means a socket.
          ['protocol', 'tcp'],
        ];
  const lines = [...place, ['user', user], ['password', password]].map(
    ([name, value]) => `${name}=${quote(value!)}`,
  );
  return ['[client]', ...lines, ...protection(program, tls), ''].join('\n');
}

function protection({ make }: Program, tls: Target['tls']): string[] {
  if (make === 'MySQL')
    return [`ssl-mode=${{ off: 'PREFERRED', required: 'REQUIRED', verified: 'VERIFY_IDENTITY' }[tls]}`];
  if (tls === 'off') return ['skip-ssl'];
  return ['ssl', tls === 'verified' ? 'ssl-verify-server-cert' : 'skip-ssl-verify-server-cert'];
}

/** A value as these files want it: a bare # would begin a comment, and a backslash something else. */
function quote(value: string): string {
  const escapes: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `"${value.replaceAll(/[\\"\n\r\t]/g, (sign) => escapes[sign]!)}"`;
}
