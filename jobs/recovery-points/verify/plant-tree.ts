/** Faults planted in a few restored files: would L3 have noticed? */
import {
  chmodSync,
  closeSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { PlantedFault } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { type Entry, isStored, type Manifest } from '../manifest.ts';
import { decodePath } from '../paths.ts';
import { readEntries } from '../restore/restore.ts';
import { selectEntries } from '../restore/selection.ts';
import { TreeWriter } from '../restore/tree.ts';
import { compareTree } from './compare.ts';
import { UNNOTICED } from './plant-heads.ts';
import { fault, fetchCopy, type PackCopy, sampleFiles } from './plant-packs.ts';

/** Restores a few files of the pack, spoils the copy in one way after the other, and compares it each time. */
export async function plantInTree(
  copy: PackCopy,
  manifest: Manifest,
  identity: string,
  scratch: string,
): Promise<PlantedFault[]> {
  const files = sampleFiles(manifest, copy.index);
  const entries = withParents(manifest, files);
  const tree = new TreeWriter(scratch);
  const selection = selectEntries(manifest, entries);
  // The folders above the sample may lie in other packs; only the files are read from this one.
  const folders = entries.filter(({ type }) => type === 'directory');
  for (const folder of folders) {
    tree.begin(folder);
    tree.end();
  }
  const ofFiles = { ...selection, ...selectEntries(manifest, files) };
  await readEntries(manifest, ofFiles, tree, fetchCopy(copy, manifest, identity));
  tree.finish();
  return spoil(scratch, entries, files[0] ?? null, new Set(tree.shortfalls.map((one) => one.path)));
}

async function spoil(
  root: string,
  entries: Entry[],
  victim: Entry | null,
  lessened: Set<string>,
): Promise<PlantedFault[]> {
  const owners = process.geteuid?.() === 0;
  const compare = () => compareTree(root, entries, { owners, lessened });
  const before = await compare();
  if (before.length > 0)
    return [
      fault(
        'L3',
        'sample-restored',
        {
          ...because('level.sample-differs', { path: before[0]!.where ?? '.' }),
          message: `the untouched sample differs: ${before[0]!.name} ${before[0]!.where}`,
        },
        'no difference',
      ),
    ];

  const faults: PlantedFault[] = [];
  const plant = async (kind: string, name: string, where: string, change: () => void, undo: () => void) => {
    change();
    const found = (await compare()).find((finding) => finding.name === name && finding.where === where);
    const finding = found ? { ...found.because, message: `${name}: ${where}` } : UNNOTICED;
    faults.push(fault('L3', kind, finding, name));
    undo();
  };
  const extra = path.join(root, 'planted-extra');
  await plant(
    'file-extra',
    'tree-extra',
    'planted-extra',
    () => writeFileSync(extra, ''),
    () => rmSync(extra),
  );
  if (!victim) return faults;

  const file = Buffer.concat([Buffer.from(`${root}/`), decodePath(victim.path)]);
  const aside = `${root}-aside`;
  const mode = Number.parseInt(victim.mode!, 8);
  await plant(
    'file-missing',
    'tree-missing',
    victim.path,
    () => renameSync(file, aside),
    () => renameSync(aside, file),
  );
  await plant(
    'file-mode-changed',
    'tree-mode',
    victim.path,
    () => chmodSync(file, mode ^ 0o001),
    () => chmodSync(file, mode),
  );
  if (victim.size)
    await plant(
      'file-content-changed',
      'tree-content',
      victim.path,
      () => flip(file),
      () => flip(file),
    );
  return faults;
}

/** Inverts the first byte and puts the times back, so that only the content tells. */
function flip(file: Buffer): void {
  const { atime, mtime, mode } = statSync(file);
  chmodSync(file, 0o600);
  const fd = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, 0);
  byte[0] = byte[0]! ^ 0xff;
  writeSync(fd, byte, 0, 1, 0);
  closeSync(fd);
  chmodSync(file, mode & 0o7777);
  utimesSync(file, atime, mtime);
}

function withParents({ entries }: Manifest, files: Entry[]): Entry[] {
  const wanted = new Set(files.map((file) => file.path));
  wanted.add('.');
  for (const { path: own } of files)
    for (let at = own.indexOf('/'); at > 0; at = own.indexOf('/', at + 1)) wanted.add(own.slice(0, at));
  return entries.filter((entry) => wanted.has(entry.path) && isStored(entry));
}
