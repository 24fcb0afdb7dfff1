/** A backup of pgBackRest and those that it builds on, made of links to their files, but for one that is damaged or gone. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { changeByte, type Damage, type DamageView, type ViewRequest } from './damage.ts';
import { backupComplaint, verify, withReferences } from './pgbackrest.ts';

export async function viewPgbackrest(request: ViewRequest): Promise<DamageView | null> {
  const { snapshot, series, scratchDir, address } = request;
  const place = fileURLToPath(address);
  const backups = join('backup', series ?? '');
  const labels = await withReferences(request, snapshot);
  const files = (await Promise.all(labels.map((label) => filesBelow(place, join(backups, label))))).flat();
  const home = join(backups, snapshot);
  // Its manifest lies beside its files: damage there would be noticed by whoever only lists it.
  const own = files.filter(({ path }) => path.startsWith(`${home}/`) && dirname(path) !== home);
  const [victim] = own.sort((left, right) => right.bytes - left.bytes);
  if (!victim) return null;
  const root = await mkdtemp(join(scratchDir, 'view-'));
  return {
    async check(damage) {
      const view = join(root, damage ?? 'sound');
      await link(place, view, files, damage && { path: victim.path, damage });
      for (const lists of [backups, join('archive', series ?? '')]) await copyLists(place, view, lists);
      const said = await verify({ ...request, address: pathToFileURL(view).href });
      await rm(view, { recursive: true });
      return backupComplaint(said, snapshot);
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Kept {
  /** Below the repository. */
  path: string;
  bytes: number;
}

async function link(
  place: string,
  view: string,
  files: Kept[],
  hit: { path: string; damage: Damage } | null,
): Promise<void> {
  for (const { path } of files) {
    await mkdir(dirname(join(view, path)), { recursive: true });
    if (path !== hit?.path) await symlink(join(place, path), join(view, path));
    else if (hit.damage === 'byte-changed')
      await writeFile(join(view, path), changeByte(await readFile(join(place, path))));
  }
}

/** Of what there is, by checksum; they are small. */
async function copyLists(place: string, view: string, folder: string): Promise<void> {
  await mkdir(join(view, folder), { recursive: true });
  for (const entry of await readdir(join(place, folder), { withFileTypes: true }))
    if (entry.isFile()) await cp(join(place, folder, entry.name), join(view, folder, entry.name));
}

async function filesBelow(place: string, folder: string): Promise<Kept[]> {
  const entries = await readdir(join(place, folder), { recursive: true, withFileTypes: true });
  const root = place.replace(/\/+$/, '').length + 1;
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path: path.slice(root), bytes: (await stat(path)).size };
      }),
  );
}
