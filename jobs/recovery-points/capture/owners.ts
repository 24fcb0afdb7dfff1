/** Names of users and groups, for people and for restores on other machines. */
import { readFileSync } from 'node:fs';

/** Reads the machine's lists once. A number that is not in them has no name. */
export function readOwners(): { user(uid: number): string; group(gid: number): string } {
  const users = readNames('/etc/passwd');
  const groups = readNames('/etc/group');
  return { user: (uid) => users.get(uid) ?? '', group: (gid) => groups.get(gid) ?? '' };
}

function readNames(file: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of readLines(file)) {
    const [name = '', , number = ''] = line.split(':');
    if (/^\d+$/.test(number) && /^[A-Za-z0-9_.-]+\$?$/.test(name) && !names.has(Number(number)))
      names.set(Number(number), name);
  }
  return names;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // Machines without such a list have no names to give.
    return [];
  }
}
