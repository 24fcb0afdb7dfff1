/** PostgreSQL refuses to run as root. This file finds a way to run it as somebody else. */
import { execFile } from 'node:child_process';
import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StartError } from '../start-error.ts';

const run = promisify(execFile);

/** Words to put before a program, and the user to run it as when that is not ours. */
export interface RunAs {
  prefix: string[];
  user: { uid: number; gid: number } | null;
}

// A user namespace makes root look like an ordinary user to PostgreSQL, while the files stay root's.
const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
const SYSTEM_USERS = ['postgres', 'nobody'];

/**
 * Chooses how to run PostgreSQL on a folder: as we are; as root in a user namespace; else as an existing user of the
 * system, to whom the folder is then given. A folder that already belongs to another user stays with them.
 * Throws when none of this works.
 */
export async function chooseUser(folder: string, postgres: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { prefix: [], user: null };

  const { uid, gid } = await stat(folder);
  if (uid !== 0) return { prefix: [], user: { uid, gid } };
  if (await canRun([...NAMESPACE, postgres], null)) return { prefix: NAMESPACE, user: null };
  for (const user of await listSystemUsers()) {
    if (!(await canRun([postgres], user))) continue;
    await chown(folder, user.uid, user.gid);
    await chmod(folder, 0o700);
    return { prefix: [], user };
  }
  throw new StartError(
    `PostgreSQL does not run as root, and no other way was found: this system allows no user namespaces, and none ` +
      `of the users ${SYSTEM_USERS.join(', ')} can reach ${postgres}. Run Reprise as an ordinary user, or set DATABASE_URL.`,
  );
}

async function canRun([program = '', ...args]: string[], user: RunAs['user']): Promise<boolean> {
  return run(program, [...args, '--version'], { ...user }).then(
    () => true,
    () => false,
  );
}

async function listSystemUsers(): Promise<{ uid: number; gid: number }[]> {
  const rows = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  return SYSTEM_USERS.flatMap((name) => rows.filter((row) => row[0] === name)).map((row) => ({
    uid: Number(row[2]),
    gid: Number(row[3]),
  }));
}
