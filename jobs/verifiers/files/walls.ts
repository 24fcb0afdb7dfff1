/** Walls around a process that reads what nobody vouches for. */
import { spawnSync } from 'node:child_process';

/** `namespaces`: without a network. */
export type Isolation = 'namespaces' | 'limits';

const MEMORY_BYTES = 3 * 2 ** 30;
export const SYSTEM_PATH = `${process.env.PATH}:/usr/sbin:/usr/bin:/sbin:/bin`;
const LIMITS = ['prlimit', '--fsize=0', `--data=${MEMORY_BYTES}`, '--core=0', '--'];
/** Root without rights but to read what is there; and the end of who started it is its own. */
const SHED = ['setpriv', '--pdeathsig=KILL', '--no-new-privs'];
const SHED_AS_ROOT = [...SHED, '--inh-caps=-all', '--bounding-set=-all,+dac_read_search', '--'];
const isRoot = process.geteuid?.() === 0;

let known: { command: string[]; isolation: Isolation } | null = null;

/** What a program is started with so that it has no network, writes no file, and has so much memory. Not every system lets everybody build walls, and containers often none. */
export function walls() {
  if (known) return known;
  const shed = isRoot ? SHED_AS_ROOT : [...SHED, '--'];
  const walled = [
    ...LIMITS,
    'unshare',
    '--net',
    ...(isRoot ? [] : ['--user', '--map-current-user']),
    '--',
    ...shed,
  ];
  known = isThere(walled)
    ? { command: walled, isolation: 'namespaces' }
    : { command: [...LIMITS, ...shed], isolation: 'limits' };
  return known;
}

function isThere([program = '', ...args]: string[]): boolean {
  return spawnSync(program, [...args, 'true'], { env: { PATH: SYSTEM_PATH }, stdio: 'ignore' }).status === 0;
}
