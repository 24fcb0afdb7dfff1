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
import type { Entry } from '../manifest/entry.ts';
import { linesOf } from '../manifest/line-buffer.ts';
import { comparePaths } from '../manifest/order.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import { decodePath } from '../paths.ts';
import type { ReadPlan } from '../restore/plan.ts';
import { parentsOf } from '../restore/selection.ts';
import { TreeFrame } from '../restore/tree.ts';
import { compareTree } from './compare.ts';
import { UNNOTICED } from './plant-heads.ts';
import { fault, type PackCopy, type Reading, told } from './plant-packs.ts';

/** What is needed to restore a sample, and where. */
interface Sampling extends Pick<Reading, 'identity' | 'pool' | 'sample'> {
  plan: ReadPlan;
  scratch: string;
}

/** Restores a few files of the pack, spoils the copy in one way after the other, and compares it each time. */
export async function plantInTree(
  copy: PackCopy,
  { plan, identity, pool, sample, scratch }: Sampling,
): Promise<PlantedFault[]> {
  const { manifest } = plan;
  const files = sample.map(({ line }) => JSON.parse(line) as Entry);
  const above = new Set(['.', ...files.flatMap(({ path: own }) => parentsOf(own))]);
  const folders = plan.folders.filter(({ path: own }) => above.has(own));
  const frame = new TreeFrame(scratch, { folders, specials: [], links: [], copies: [] });
  frame.begin();
  const { failure, shortfalls } = await pool.open({
    kind: 'open',
    sealed: copy.sealed,
    sha256: manifest.packs[copy.index]!.sha256,
    open: {
      identity,
      pack: manifest.packs[copy.index]!,
      lines: linesOf(sample.map(({ line }) => line)),
      stretches: sample.map(({ at: [, offset, span] }) => [offset, offset + span]),
      pieces: [],
      into: scratch,
    },
  });
  if (failure) return [fault('L3', 'sample-restored', told(failure), 'no difference')];
  frame.finish();
  const lessened = new Set([...frame.shortfalls, ...shortfalls].map(({ path }) => path));
  const inOrder = [...folders, ...files].sort((a, b) => comparePaths(a.path, b.path));
  const lines = inOrder.map((entry) => JSON.stringify(entry));
  return spoil(scratch, { lines, victim: files[0] ?? null, lessened, pool });
}

interface Spoiling {
  lines: string[];
  victim: Entry | null;
  lessened: Set<string>;
  pool: ReadPool;
}

async function spoil(root: string, { lines, victim, lessened, pool }: Spoiling): Promise<PlantedFault[]> {
  const options = { owners: process.geteuid?.() === 0, lessened };
  const compare = () => compareTree({ root, lines, options, pool });
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
