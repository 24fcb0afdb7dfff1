/** Faults planted in a private copy of one pack and of the manifest: would L2a and L2b have noticed? */
import { hash } from 'node:crypto';
import type { Store } from '../../stores/store.ts';
import { parseIdentities } from '../age/keys.ts';
import { lastChunkBorder } from '../age/open.ts';
import { seal } from '../age/seal.ts';
import { EngineError, type Level, type PlantedFault } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import { pointKeys } from '../layout.ts';
import { type Entry, isStored, type Manifest, writeManifest } from '../manifest.ts';
import { readSealedManifest } from '../open-point.ts';
import { type Fetched, fetchPacks } from '../packs/fetch.ts';
import { plainOf, readEntries } from '../restore/restore.ts';
import { selectEntries } from '../restore/selection.ts';
import { outcomeOf, UNNOTICED } from './plant-heads.ts';

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
  const finding =
    fetched!.sha256 === sha256
      ? UNNOTICED
      : {
          ...because('pack.damaged', { object: fetched!.key }),
          message: `SHA-256 ${fetched!.sha256} in place of ${sha256}`,
        };
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
    outcomeOf(() => {
      plainOf(fetched!, '');
      return null;
    }),
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
    outcomeOf(() => {
      readSealedManifest(other, cited, identities, pointKeys(head.asset, head.point).manifest);
      return null;
    });
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
  let finding = UNNOTICED;
  try {
    await readEntries(
      manifest,
      selectEntries(manifest, [altered]),
      null,
      fetchCopy(copy, manifest, identity),
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    finding = { ...error.because, message: error.message };
  }
  return fault('L2b', 'file-hash-altered', finding, 'has another SHA-256');
}

/** The pack, opened out of the copy. */
export function fetchCopy(
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

/** Caught means: what was found names the reason. */
export function fault(level: Level, kind: string, finding: Finding, reason: string): PlantedFault {
  return { kind, level, caught: finding.message.includes(reason), finding };
}
