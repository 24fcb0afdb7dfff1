/** What a point holds, as its manifest lists it. */
import type { SourceReservation } from '../../sources/source.ts';
import type { Store } from '../../stores/store.ts';
import type { Reservation } from '../contract.ts';
import { globOf } from '../globs.ts';
import { type Entry, isStored } from '../manifest/entry.ts';
import { openManifest, openTrustedHead } from '../open-point.ts';
import { findPoint, type OpenedHead } from '../points.ts';

/** One line of the list. `size` is null for what has no content, `time` where nothing could be read. */
export interface ListedFile {
  path: string;
  type: Entry['type'];
  size: number | null;
  /** When it was changed last, ISO 8601 UTC. */
  time: string | null;
  /** Where a symlink points to, or the first name of the same file. */
  link: string | null;
  /** Whether the point holds it; its reservation says why not. */
  isStored: boolean;
  reservation: Pick<Reservation, 'kind' | 'reason'> | null;
}

interface ListRequest {
  store: Store;
  asset: string;
  point: string;
  identity: string;
  trust: string[];
  /** Null for everything. */
  glob: string | null;
}

/** Opens a point's manifest. Its files follow one by one, in the order of a walk; folders only where one has a reservation. */
export async function listFiles({ store, asset, point, identity, trust, glob }: ListRequest): Promise<{
  pointId: string;
  signature: OpenedHead['signature'];
  /** What the source could not hand over as it should be, under names of its own. */
  sourceReservations: SourceReservation[];
  files: Generator<ListedFile>;
}> {
  const pointId = await findPoint(store, asset, point);
  const { head, signature } = await openTrustedHead(store, asset, pointId, trust);
  const manifest = await openManifest(store, head, identity);
  const isWanted = glob === null ? () => true : globOf(glob);
  function* files(): Generator<ListedFile> {
    for (const { path, type, line } of manifest.scan())
      if ((type !== 'directory' || line.includes(',"reservation":{')) && isWanted(path))
        yield listed(JSON.parse(line) as Entry);
  }
  const { sourceReservations = [] } = manifest.facts;
  return { pointId, signature, sourceReservations, files: files() };
}

function listed(entry: Entry): ListedFile {
  const { path, type, size = null, mtime, link = null, reservation } = entry;
  return {
    path,
    type,
    size,
    time: mtime === undefined ? null : timeOf(mtime),
    link,
    isStored: isStored(entry),
    reservation: reservation ? { kind: reservation.kind, reason: reservation.reason } : null,
  };
}

/** Nanoseconds as a date; null for one that no calendar here reaches. */
function timeOf(ns: string): string | null {
  const date = new Date(Number(BigInt(ns) / 1_000_000n));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
