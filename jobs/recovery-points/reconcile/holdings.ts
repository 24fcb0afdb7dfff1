/** What a store holds of an asset, by kind, and every head of it read. */
import { type Listed, type Store, StoreError } from '../../stores/store.ts';
import { EngineError, type Progress } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import { kindOfKey } from '../layout.ts';
import { type OpenedHead, openHead } from '../points.ts';

const READERS = 8;

/** What lies under the name of one point. */
export interface Folder {
  id: string;
  hasHead: boolean;
  objects: Listed[];
}

export interface Holdings {
  packs: Listed[];
  /** By the point's id. */
  folders: Map<string, Folder>;
  /** Of every object of ours, by its key. */
  sizes: Map<string, number>;
  /** What nobody of us has written. */
  foreign: Listed[];
}

/** A head that cannot be relied on for what it cites. */
export interface UnreadableHead {
  id: string;
  finding: Finding;
}

/** A list brings as many at once. */
const TOLD_EVERY = 1000;

type Tell = ((progress: Progress) => void) | undefined;

export interface ReadingHeads {
  ids: string[];
  trust: string[];
  signal?: AbortSignal | undefined;
  onProgress?: Tell;
}

/**
 * Lists all of an asset. Packs come before the heads that cite them in key order, so a point that is published
 * meanwhile is seen with its packs, or neither is.
 */
export async function listHoldings(
  store: Store,
  asset: string,
  below = '',
  onProgress?: Tell,
): Promise<Holdings> {
  let [files, bytes] = [0, 0];
  const holdings: Holdings = { packs: [], folders: new Map(), sizes: new Map(), foreign: [] };
  for await (const listed of store.list(`${asset}/${below}`)) {
    bytes += listed.bytes;
    if (++files % TOLD_EVERY === 0) onProgress?.({ phase: 'list', files, bytes, totalBytes: null });
    const kind = kindOfKey(asset, listed.key);
    if (!kind) {
      holdings.foreign.push(listed);
      continue;
    }
    holdings.sizes.set(listed.key, listed.bytes);
    if (kind.kind === 'pack') holdings.packs.push(listed);
    else if (kind.kind === 'point') {
      const folder = holdings.folders.get(kind.id) ?? { id: kind.id, hasHead: false, objects: [] };
      folder.objects.push(listed);
      folder.hasHead ||= kind.file === 'head';
      holdings.folders.set(kind.id, folder);
    }
  }
  return holdings;
}

/**
 * Reads heads, some at a time, and hands over each: a head may cite many thousand packs, so none is kept here. Answers
 * those that cannot be read, or whose signature is broken.
 */
export async function readHeads(
  store: Store,
  asset: string,
  { ids, trust, signal, onProgress }: ReadingHeads,
  take: (opened: OpenedHead) => void | Promise<void>,
): Promise<UnreadableHead[]> {
  const unreadable: UnreadableHead[] = [];
  const queue = ids.toSorted();
  let files = 0;
  const worker = async () => {
    for (let id = queue.shift(); id; id = queue.shift()) {
      signal?.throwIfAborted();
      const read = await readOne(store, asset, id, trust);
      if ('finding' in read) unreadable.push(read);
      else await take(read);
      onProgress?.({ phase: 'heads', files: ++files, bytes: 0, totalBytes: null, totalFiles: ids.length });
    }
  };
  await Promise.all(Array.from({ length: READERS }, worker));
  return unreadable.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function readOne(
  store: Store,
  asset: string,
  id: string,
  trust: string[],
): Promise<OpenedHead | UnreadableHead> {
  try {
    const opened = await openHead(store, asset, id, trust);
    if (opened.signature !== 'broken') return opened;
    const message = `The signature of ${id} does not fit its head: one of them was changed.`;
    return { id, finding: { ...because('head.altered', { point: id }), message } };
  } catch (error) {
    if (!isAboutOneObject(error)) throw error;
    return { id, finding: { ...error.because, message: error.message } };
  }
}

/** A store out of reach says nothing of any head; one that refuses to hand over this head does. */
function isAboutOneObject(error: unknown): error is EngineError | StoreError {
  if (error instanceof EngineError) return error.kind === 'data';
  return error instanceof StoreError && ['not-found', 'damaged', 'denied', 'refused'].includes(error.fault);
}
