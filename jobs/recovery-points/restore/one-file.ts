/** One file of a point as a stream of bytes, with no more fetched than the parts of packs that hold it. */
import type { SourceReservation } from '../../sources/source.ts';
import type { Store } from '../../stores/store.ts';
import { parseIdentities } from '../age/keys.ts';
import { EngineError, type Progress } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { packKey } from '../layout.ts';
import { type Entry, isStored, type StoredEntry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { openManifest, openTrustedHead } from '../open-point.ts';
import { openStretch } from '../packs/open-stretch.ts';
import { findPoint, type OpenedHead } from '../points.ts';
import { TarReader } from '../tar/reader.ts';
import { type EntrySink, MemberCheck } from './member-check.ts';
import type { Foreign } from './plan.ts';
import { findEntry } from './selection.ts';

const ZEROS = Buffer.alloc(1 << 16);

export interface FileRequest {
  store: Store;
  asset: string;
  point: string;
  identity: string;
  trust: string[];
  path: string;
  /** Takes the content piece by piece. It is good only once `readFile` has returned. */
  write(piece: Buffer): Promise<void>;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface FileResult {
  asset: string;
  pointId: string;
  path: string;
  bytes: number;
  sha256: string;
  signature: OpenedHead['signature'];
  /** Bytes of packs that were fetched. */
  fetchedBytes: number;
  seconds: number;
  /** In what way it was not whole when it was captured. */
  reservation: NonNullable<Entry['reservation']> | null;
  /** What the source could not hand over whole. */
  ofSource: SourceReservation[];
}

/** Reads a file, and throws `data` where it is not what the manifest says, be it after its last byte was given out. */
export async function readFile(request: FileRequest): Promise<FileResult> {
  const began = performance.now();
  const { store, asset, identity, trust } = request;
  const pointId = await findPoint(store, asset, request.point);
  const { head, signature } = await openTrustedHead(store, asset, pointId, trust);
  const manifest = await openManifest(store, head, identity);
  const asked = findEntry(manifest, request.path);
  const entry = contentOf(manifest, asked);
  const fetchedBytes = await pour(request, manifest, expected(entry));
  return {
    asset,
    pointId,
    path: asked.path,
    bytes: entry.size ?? 0,
    sha256: entry.sha256 ?? '',
    signature,
    fetchedBytes,
    seconds: (performance.now() - began) / 1000,
    reservation: entry.reservation ?? null,
    ofSource: (manifest.facts.sourceReservations ?? []).filter(({ kind }) => kind !== 'skipped'),
  };
}

/** The entry whose member holds the content: for a further name of a file, that of its first. */
function contentOf(manifest: Manifest, asked: Entry): StoredEntry {
  const { path, type, link = '', reservation } = asked;
  const entry = type === 'link' ? firstName(manifest, link) : asked;
  if (!isStored(entry) && reservation)
    throw new EngineError(
      'call',
      because('ask.not-in-point', { path }),
      `${path} is not in this recovery point: ${reservation.kind} when it was captured, ${reservation.reason}.`,
      { where: path },
    );
  if (entry.type === 'file' && isStored(entry)) return entry;
  throw new EngineError(
    'call',
    because('ask.not-one-file', { path }),
    `${path} is no file but a ${entry.type}${type === 'symlink' ? ` to ${link}` : ''}. Name one file.`,
    { where: path },
  );
}

function firstName(manifest: Manifest, path: string): Entry {
  for (const entry of manifest.entries()) if (entry.path === path) return entry;
  throw new EngineError(
    'data',
    because('manifest.bad-entry', { path }),
    `The manifest lists another name of ${path}, and not that itself.`,
    { where: path },
  );
}

/** What is needed to get at a member. Without `write` it is only compared. */
type Pouring = Pick<FileRequest, 'store' | 'asset' | 'identity'> &
  Partial<Pick<FileRequest, 'write' | 'onProgress'>> & { signal?: AbortSignal | undefined };

/** Reads one member stretch by stretch, the next while one is looked at. Answers how many bytes were fetched. */
export async function pour(request: Pouring, manifest: Manifest, entry: StoredEntry): Promise<number> {
  const { store, asset, identity, write, onProgress, signal } = request;
  const { size = 0 } = entry;
  const identities = parseIdentities(identity);
  const content = new Content(size);
  const check = new MemberCheck([entry], { sink: content });
  const tar = new TarReader(check);
  const open = ([index, from, to]: Stretch) => {
    const pack = manifest.packs[index]!;
    const opening = openStretch({ store, key: packKey(asset, pack.sha256), pack, signal }, identities, [
      from,
      to,
    ]);
    // Looked at in turn below; without this an early end would leave a rejection unheard.
    opening.catch(() => {});
    return opening;
  };
  const stretches = stretchesOf(manifest, entry);
  let [fetched, given] = [0, 0];
  let next = open(stretches[0]!);
  for (let i = 0; i < stretches.length; i++) {
    signal?.throwIfAborted();
    const opened = await next;
    if (i + 1 < stretches.length) next = open(stretches[i + 1]!);
    fetched += opened.fetched;
    tar.feed(opened.plain);
    for (const piece of content.take()) {
      await write?.(piece);
      given += piece.length;
    }
    onProgress?.({ phase: 'restore', files: 0, bytes: given, totalBytes: size });
  }
  tar.finish({ needsEnd: false });
  check.finish();
  return fetched;
}

/** A pack's number, and the place of a member's tar bytes in it. */
type Stretch = [pack: number, from: number, to: number];

function stretchesOf({ packs }: Manifest, { path, at: [pack, offset, span] }: StoredEntry): Stretch[] {
  const stretches: Stretch[] = [];
  let [begin, left] = [offset, span];
  for (let index = pack; left > 0; index++) {
    const room = (packs[index]?.plainBytes ?? 0) - begin;
    if (room < 0 || index >= packs.length)
      throw new EngineError(
        'data',
        because('manifest.bad-entry', { path }),
        `The manifest places ${path} outside the packs.`,
        { where: path },
      );
    const length = Math.min(left, room);
    if (length > 0) stretches.push([index, begin, begin + length]);
    left -= length;
    begin = 0;
  }
  return stretches;
}

/** What lies under another's name is compared by its content only. */
function expected(entry: StoredEntry): StoredEntry {
  if (entry.copy === undefined) return entry;
  const foreign: Foreign & StoredEntry = { ...entry, path: entry.copy, foreign: true, as: entry };
  return foreign;
}

/** The content in order, holes as zeros. */
class Content implements EntrySink {
  readonly #size: number;
  #pieces: (Buffer | number)[] = [];
  #position = 0;

  constructor(size: number) {
    this.#size = size;
  }

  begin(): void {}

  data(bytes: Buffer, position: number): void {
    this.#fill(position);
    this.#pieces.push(bytes);
    this.#position += bytes.length;
  }

  end(): void {
    this.#fill(this.#size);
  }

  /** What came since the last call. */
  *take(): Generator<Buffer> {
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const piece of pieces) {
      if (typeof piece !== 'number') yield piece;
      else
        for (let left = piece; left > 0; left -= ZEROS.length)
          yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
    }
  }

  #fill(position: number): void {
    if (position > this.#position) this.#pieces.push(position - this.#position);
    this.#position = position;
  }
}
