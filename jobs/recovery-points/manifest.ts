/** The manifest: every file of a point, one line each, in the order of the tar stream. Sealed, since names and hashes tell much. */
import type { Inventory } from '../sources/source.ts';
import { EngineError, type Reservation } from './contract.ts';
import { because } from './finding-codes.ts';
import type { Pack } from './packs/packer.ts';
import { checkPath } from './paths.ts';
import type { MemberType } from './tar/header.ts';

export const MANIFEST_FORMAT = 'reprise-manifest-1';

/** One thing found at the source. Paths and names are encoded as `paths.ts` says; `.` is the root itself. */
export interface Entry {
  path: string;
  type: MemberType | 'socket' | 'unknown';
  /** Of the whole content, holes read as zeros. Files only. */
  sha256?: string;
  /** Of the content; only files have one. */
  size?: number;
  mode?: string;
  uid?: number;
  gid?: number;
  user?: string;
  group?: string;
  /** Nanoseconds since 1970, as text: too long for a JSON number. */
  mtime?: string;
  /** A symlink's target, or the path of the first name of the same file. */
  link?: string;
  device?: [number, number];
  /** Offset and length of each stretch of data in a sparse file. */
  sparse?: [number, number][];
  /** Where the member begins, and how many tar bytes it takes. Absent when nothing was stored. */
  pack?: number;
  offset?: number;
  span?: number;
  reservation?: Pick<Reservation, 'kind' | 'reason'>;
}

export interface Manifest {
  format: typeof MANIFEST_FORMAT;
  asset: string;
  pointId: string;
  startedAt: string;
  endedAt: string;
  dataTime: string;
  source: { kind: string; address: string };
  /** For a later point that stores differences: the point it builds on. */
  base: null;
  tools: Record<string, string>;
  inventory: Inventory | null;
  packs: Pack[];
  entries: Entry[];
}

/** Writes a manifest with one entry a line, `path` first, so that a shell can read it too. */
export function writeManifest({
  entries,
  packs,
  ...facts
}: Omit<Manifest, 'entries'> & { entries: string[] }): Buffer {
  const lines = Object.entries(facts).map(([key, value]) => `"${key}":${JSON.stringify(value)},`);
  const packLines = packs.map((pack) => JSON.stringify(pack)).join(',\n');
  return Buffer.from(
    `{\n${lines.join('\n')}\n"packs":[\n${packLines}\n],\n"entries":[\n${entries.join(',\n')}\n]\n}\n`,
  );
}

/** One entry as its line. Kept as text while a run goes on, which takes a third of the memory of objects. */
export function entryLine({ path, type, sha256, ...rest }: Entry): string {
  return JSON.stringify({ path, type, ...(sha256 && { sha256 }), ...rest });
}

/** Reads a manifest and checks that it is one, and that it is of this asset and point. */
export function readManifest(
  bytes: Buffer,
  { asset, pointId }: { asset: string; pointId: string },
): Manifest {
  const manifest = parse(bytes, pointId);
  if (manifest.asset !== asset || manifest.pointId !== pointId)
    throw new EngineError(
      'data',
      because('manifest.of-another-point', {
        point: `${asset} ${pointId}`,
        found: `${manifest.asset} ${manifest.pointId}`,
      }),
      `The manifest is of another recovery point: ${manifest.asset} ${manifest.pointId} in place of ${asset} ${pointId}.`,
      { where: 'manifest.json.age' },
    );
  checkEntries(manifest);
  return manifest;
}

/** Whether the tar stream holds this entry. */
export function isStored(entry: Entry): entry is Entry & { pack: number; offset: number; span: number } {
  return entry.span !== undefined;
}

function parse(bytes: Buffer, point: string): Manifest {
  try {
    const manifest = JSON.parse(bytes.toString('utf8')) as Manifest;
    if (
      manifest.format === MANIFEST_FORMAT &&
      Array.isArray(manifest.packs) &&
      Array.isArray(manifest.entries)
    )
      return manifest;
  } catch (error) {
    throw new EngineError(
      'data',
      because('manifest.unreadable', { point }),
      'The manifest is not readable JSON.',
      { where: 'manifest.json.age', cause: error },
    );
  }
  throw new EngineError(
    'data',
    because('manifest.unreadable', { point }),
    `The manifest is not of the format ${MANIFEST_FORMAT}.`,
    { where: 'manifest.json.age' },
  );
}

/** Paths are plain, none comes twice, and what holds another is a folder listed before it. */
function checkEntries({ entries, packs }: Manifest): void {
  const seen = new Set<string>();
  const folders = new Set<string>(['.']);
  for (const entry of entries) {
    const { path, type } = entry;
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
    checkPath(path);
    if (seen.has(path) || !folders.has(parent))
      throw new EngineError(
        'data',
        because('manifest.bad-entry', { path }),
        `The manifest lists ${path} twice or outside any folder.`,
        { where: path },
      );
    if (isStored(entry) && !isPlaced(entry, packs.length))
      throw new EngineError(
        'data',
        because('manifest.bad-entry', { path }),
        `The manifest has no sound place or hash for ${path}.`,
        { where: path },
      );
    seen.add(path);
    if (type === 'directory') folders.add(path);
  }
}

function isPlaced(entry: Entry & { pack: number; offset: number; span: number }, packs: number): boolean {
  const { pack, offset, span, type, sha256, size, mtime, mode } = entry;
  const isFileSound = type !== 'file' || (/^[0-9a-f]{64}$/.test(sha256 ?? '') && (size ?? -1) >= 0);
  const isTimed = /^-?\d{1,20}$/.test(mtime ?? '') && /^[0-7]{1,4}$/.test(mode ?? '');
  return pack >= 0 && pack < packs && offset >= 0 && span > 0 && isFileSound && isTimed;
}
