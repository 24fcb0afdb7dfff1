/** Faults planted in a private copy of one pack and of the manifest: would L2a and L2b have noticed? */
import { hash } from 'node:crypto';
import { parseIdentities } from '../age/keys.ts';
import { lastChunkBorder } from '../age/open.ts';
import { seal } from '../age/seal.ts';
import type { Level, PlantedFault } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import { packKey, pointKeys } from '../layout.ts';
import { linesOf } from '../manifest/line-buffer.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { ManifestWriter } from '../manifest/writer.ts';
import { readSealedManifest } from '../open-point.ts';
import type { PackFailure } from '../packs/read-order.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import type { Wanted } from '../restore/plan.ts';
import { outcomeOf, UNNOTICED } from './plant-heads.ts';

/** What the planting works on: one pack's bytes, kept in memory, and the manifest. */
export interface PackCopy {
  asset: string;
  index: number;
  sealed: Buffer;
}

/** What is needed to read the copy. */
export interface Reading {
  manifest: Manifest;
  head: Head;
  identity: string;
  pool: ReadPool;
  /** Small files of the copied pack, in its order. */
  sample: Wanted[];
}

/** Flips one bit of a pack. */
export async function plantBitFlip(
  { asset, sealed }: PackCopy,
  sha256: string,
  pool: ReadPool,
): Promise<PlantedFault> {
  const flipped = Buffer.from(sealed);
  const middle = flipped.length >> 1;
  flipped[middle] = flipped[middle]! ^ 1;
  const found = await pool.open({ kind: 'open', sealed: flipped, sha256 });
  const finding =
    found.sha256 === sha256
      ? UNNOTICED
      : {
          ...because('pack.damaged', { object: packKey(asset, sha256) }),
          message: `SHA-256 ${found.sha256} in place of ${sha256}`,
        };
  return fault('L2a', 'pack-bit-flipped', finding, 'in place of');
}

/** Cuts a pack on an age chunk border, swaps the manifest, drops a file, and alters the hash of one. */
export async function plantInContent(copy: PackCopy, reading: Reading): Promise<PlantedFault[]> {
  const sample = reading.sample[0];
  return [
    await plantCut(copy, reading),
    ...plantManifest(reading),
    ...(sample ? [await plantDrop(copy, reading), await plantWrongHash(copy, sample, reading)] : []),
  ];
}

async function plantCut(
  { index, sealed }: PackCopy,
  { manifest, identity, pool }: Reading,
): Promise<PlantedFault> {
  const cut = sealed.subarray(0, lastChunkBorder(sealed));
  // The hash on record is made to fit, so that only the opening can notice.
  const sha256 = hash('sha256', cut);
  const open = { identity, pack: manifest.packs[index]!, ...nothingWanted() };
  const { failure } = await pool.open({ kind: 'open', sealed: cut, sha256, open });
  return fault('L2b', 'pack-cut-on-chunk-border', told(failure), 'ends early');
}

function plantManifest({ manifest: { facts }, head, identity }: Reading): PlantedFault[] {
  const identities = parseIdentities(identity);
  const point = `${head.point.slice(0, -1)}${head.point.endsWith('0') ? '1' : '0'}`;
  const empty = new ManifestWriter().finish({ ...facts, pointId: point, packs: [] });
  const other = seal(empty, [identities[0]!.publicKey]);
  const fitting = { ...head, manifest: { sha256: hash('sha256', other), bytes: other.length } };
  const read = (cited: Head) =>
    outcomeOf(() => {
      readSealedManifest(Buffer.from(other), cited, identities, pointKeys(head.asset, head.point).manifest);
      return null;
    });
  return [
    fault('L2b', 'manifest-swapped', read(head), 'not the one the head cites'),
    fault('L2b', 'manifest-of-another-point', read(fitting), 'of another recovery point'),
  ];
}

/** Takes a file's member out of the stream, while the manifest still lists it. */
async function plantDrop(copy: PackCopy, reading: Reading): Promise<PlantedFault> {
  const { sample } = reading;
  const failure = await readCopy(copy, reading, {
    lines: linesOf(sample.map(({ line }) => line)),
    stretches: sample.slice(0, -1).map(stretchOf),
  });
  return fault('L2b', 'file-dropped', told(failure), 'is not in the packs');
}

async function plantWrongHash(copy: PackCopy, one: Wanted, reading: Reading): Promise<PlantedFault> {
  const { line } = one;
  const altered = line.replace(/"sha256":"(.)/, (_, digit) => `"sha256":"${digit === '0' ? '1' : '0'}`);
  const failure = await readCopy(copy, reading, { lines: linesOf([altered]), stretches: [stretchOf(one)] });
  return fault('L2b', 'file-hash-altered', told(failure), 'has another SHA-256');
}

/** Reads the copy as any pack is read, with other lines or stretches than it should be. */
async function readCopy(
  { index, sealed }: PackCopy,
  { manifest, identity, pool }: Reading,
  wanted: { lines: Uint8Array<ArrayBuffer>; stretches: [number, number][] },
): Promise<PackFailure | null> {
  const pack = manifest.packs[index]!;
  const open = { identity, pack, ...nothingWanted(), ...wanted };
  const { failure } = await pool.open({ kind: 'open', sealed, sha256: pack.sha256, open });
  return failure;
}

const stretchOf = ({ at: [, offset, span] }: Wanted): [number, number] => [offset, offset + span];

export const nothingWanted = () => ({ lines: linesOf([]), stretches: [], pieces: [], into: null });

/** What a reader said of the copy. */
export function told(failure: PackFailure | null): Finding {
  return failure ? { ...failure.because, message: failure.message } : UNNOTICED;
}

/** Caught means: what was found names the reason. */
export function fault(level: Level, kind: string, finding: Finding, reason: string): PlantedFault {
  return { kind, level, caught: finding.message.includes(reason), finding };
}
