/** Faults planted in a private copy of one pack, the manifest and a few restored files: would L2a, L2b and L3 have noticed? */
import { hash } from 'node:crypto';
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
import type { Store } from '../../stores/store.ts';
import { parseIdentities } from '../age/keys.ts';
import { lastChunkBorder } from '../age/open.ts';
import { seal } from '../age/seal.ts';
import { EngineError, type Level, type PlantedFault } from '../contract.ts';
import type { Head } from '../head.ts';
import { type Entry, isStored, type Manifest, writeManifest } from '../manifest.ts';
import { readSealedManifest } from '../open-point.ts';
import { type Fetched, fetchPacks } from '../packs/fetch.ts';
import { decodePath } from '../paths.ts';
import { plainOf, readEntries } from '../restore/restore.ts';
import { selectEntries } from '../restore/selection.ts';
import { TreeWriter } from '../restore/tree.ts';
import { compareTree } from './compare.ts';
import { outcomeOf } from './plant-heads.ts';

const SAMPLE_FILES = 3;

/** What the planting works on: one pack's bytes, kept in memory, and the manifest. */
export interface PackCopy {
  asset: string;
  index: number;
  sealed: Buffer;
}

/** Flips one bit of a pack. */
export async function plantBitFlip(
  { asset, index, sealed }: PackCopy,
  sha256: string,
): Promise<PlantedFault> {
  const flipped = Buffer.from(sealed);
  const middle = flipped.length >> 1;
  flipped[middle] = flipped[middle]! ^ 1;
  const packs: [number, { sha256: string; bytes: number }][] = [[index, { sha256, bytes: sealed.length }]];
  const [fetched] = await Array.fromAsync(fetchPacks({ store: serving(flipped), asset, packs }));
  const finding = fetched!.sha256 === sha256 ? 'nothing' : `SHA-256 ${fetched!.sha256} in place of ${sha256}`;
  return fault('L2a', 'pack-bit-flipped', finding, 'in place of');
}

/** Cuts a pack on an age chunk border, swaps the manifest, and alters the hash of a file. */
export async function plantInContent(
  copy: PackCopy,
  manifest: Manifest,
  head: Head,
  identity: string,
): Promise<PlantedFault[]> {
  const sample = sampleFiles(manifest, copy.index)[0];
  return [
    await plantCut(copy, manifest, identity),
    ...plantManifest(head, manifest, identity),
    ...(sample ? [await plantWrongHash(copy, manifest, sample, identity)] : []),
  ];
}

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

/** The smallest files that lie in one pack as a whole. */
export function sampleFiles(manifest: Manifest, index: number): Entry[] {
  const room = manifest.packs[index]?.plainBytes ?? 0;
  return manifest.entries
    .filter(
      (entry) =>
        entry.type === 'file' && isStored(entry) && entry.pack === index && entry.offset + entry.span <= room,
    )
    .sort((a, b) => Number(a.size === 0) - Number(b.size === 0) || a.span! - b.span!)
    .slice(0, SAMPLE_FILES)
    .sort((a, b) => a.offset! - b.offset!);
}

async function plantCut(
  { asset, index, sealed }: PackCopy,
  manifest: Manifest,
  identity: string,
): Promise<PlantedFault> {
  const cut = sealed.subarray(0, lastChunkBorder(sealed));
  // The hash on record is made to fit, so that only the opening can notice.
  const packs: [number, { sha256: string; bytes: number }][] = [
    [index, { sha256: hash('sha256', cut), bytes: cut.length }],
  ];
  const open = { identity, packs: manifest.packs };
  const [fetched] = await Array.fromAsync(fetchPacks({ store: serving(cut), asset, packs, open }));
  return fault(
    'L2b',
    'pack-cut-on-chunk-border',
    outcomeOf(() => `${plainOf(fetched!, '').length} bytes`),
    'ends early',
  );
}

function plantManifest(
  head: Head,
  { packs: _, entries: __, ...facts }: Manifest,
  identity: string,
): PlantedFault[] {
  const identities = parseIdentities(identity);
  const point = `${head.point.slice(0, -1)}${head.point.endsWith('0') ? '1' : '0'}`;
  const other = seal(writeManifest({ ...facts, pointId: point, packs: [], entries: [] }), [
    identities[0]!.publicKey,
  ]);
  const fitting = { ...head, manifest: { sha256: hash('sha256', other), bytes: other.length } };
  const read = (cited: Head) =>
    outcomeOf(() => readSealedManifest(other, cited, identities, 'manifest').pointId);
  return [
    fault('L2b', 'manifest-swapped', read(head), 'not the one the head cites'),
    fault('L2b', 'manifest-of-another-point', read(fitting), 'of another recovery point'),
  ];
}

async function plantWrongHash(
  copy: PackCopy,
  manifest: Manifest,
  sample: Entry,
  identity: string,
): Promise<PlantedFault> {
  const first = sample.sha256![0] === '0' ? '1' : '0';
  const altered = { ...sample, sha256: first + sample.sha256!.slice(1) };
  let finding = 'nothing';
  try {
    await readEntries(
      manifest,
      selectEntries(manifest, [altered]),
      null,
      fetchCopy(copy, manifest, identity),
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    finding = error.message;
  }
  return fault('L2b', 'file-hash-altered', finding, 'has another SHA-256');
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
        `the untouched sample differs: ${before[0]!.name} ${before[0]!.where}`,
        'no difference',
      ),
    ];

  const faults: PlantedFault[] = [];
  const plant = async (kind: string, name: string, where: string, change: () => void, undo: () => void) => {
    change();
    const found = (await compare()).find((finding) => finding.name === name && finding.where === where);
    faults.push(fault('L3', kind, found ? `${name}: ${where}` : 'nothing', name));
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

function fetchCopy(
  { asset, index, sealed }: PackCopy,
  manifest: Manifest,
  identity: string,
): AsyncIterable<Fetched> {
  return fetchPacks({
    store: serving(sealed),
    asset,
    packs: [[index, manifest.packs[index]!]],
    open: { identity, packs: manifest.packs },
  });
}

/** A store that answers every read with these bytes. The real one is never written to. */
function serving(bytes: Buffer): Pick<Store, 'get'> {
  return { get: async () => Buffer.from(bytes) };
}

function fault(level: Level, kind: string, finding: string, reason: string): PlantedFault {
  return { kind, level, caught: finding.includes(reason), finding };
}
