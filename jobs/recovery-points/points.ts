/** Recovery points as a store holds them: listed, found and read. */
import { hash } from 'node:crypto';
import { DamagedObject, type Store, StoreError } from '../stores/store.ts';
import { EngineError, type ListedPoint } from './contract.ts';
import { because } from './finding-codes.ts';
import { type Head, readHead } from './head.ts';
import { checkAsset, isPointId, pointKeys, snapshotPrefix } from './layout.ts';
import { judgeSignature, parseTrustedKey } from './signing.ts';

const READERS = 8;

/** A folder in the place of points that is none, and why. */
export interface IncompletePoint {
  id: string;
  reason: string;
}

/** A point's head as it lies in the store. */
export interface OpenedHead {
  head: Head;
  headSha256: string;
  signature: ListedPoint['signature'];
}

/** Lists the points of an asset, oldest first. What a crash left behind, and damaged heads, are told apart from them. */
export async function listPoints(
  store: Store,
  asset: string,
  { trust = [] }: { trust?: string[] } = {},
): Promise<{ points: ListedPoint[]; incomplete: IncompletePoint[] }> {
  checkAsset(asset);
  const points: ListedPoint[] = [];
  const incomplete: IncompletePoint[] = [];
  const found = [...(await findPoints(store, asset))];
  while (found.length > 0)
    await Promise.all(
      found.splice(0, READERS).map(async ([id, hasHead]) => {
        const read = hasHead
          ? await readListed(store, asset, id, trust)
          : { id, reason: 'it has no head: its backup was cut off' };
        if ('reason' in read) incomplete.push(read);
        else points.push(read);
      }),
    );
  return { points: points.sort(byId), incomplete: incomplete.sort(byId) };
}

/** What may be known of one point, or of `latest`, without any key. */
export async function showPoint(
  store: Store,
  asset: string,
  point: string,
  { trust = [] }: { trust?: string[] } = {},
): Promise<ListedPoint> {
  return listed(await openHead(store, asset, await findPoint(store, asset, point), trust));
}

/** Finds a point by its id or as `latest`: the newest with a head, be it a damaged one, so that damage is never passed over. */
export async function findPoint(store: Store, asset: string, point: string): Promise<string> {
  checkAsset(asset);
  if (point !== 'latest') {
    if (isPointId(point)) return point;
    throw new EngineError(
      'call',
      because('ask.bad-point', { point }),
      `"${point}" is not the id of a recovery point, nor "latest".`,
    );
  }
  let latest: string | null = null;
  for (const [id, hasHead] of await findPoints(store, asset))
    if (hasHead && (!latest || id > latest)) latest = id;
  if (latest) return latest;
  throw new EngineError(
    'data',
    because('point.none', { asset, address: store.address }),
    `There is no recovery point of ${asset} in ${store.address}.`,
  );
}

/** Reads a point's head and judges its signature. Throws `data` when it is not there, damaged, or of another point. */
export async function openHead(
  store: Store,
  asset: string,
  pointId: string,
  trust: string[],
): Promise<OpenedHead> {
  const keys = pointKeys(asset, pointId);
  const bytes = await getOrNull(store, keys.head);
  if (!bytes) throw noSuchPoint(store, asset, pointId);
  const signature = await getOrNull(store, keys.signature);
  return judgeHead(bytes, signature, { asset, pointId }, trust);
}

/** Reads head and signature as bytes, apart from any store. */
export function judgeHead(
  bytes: Buffer,
  signature: Buffer | null,
  of: { asset: string; pointId: string },
  trust: string[],
): OpenedHead {
  const head = readHead(bytes, of);
  const trusted = trust.map(parseTrustedKey);
  return {
    head,
    headSha256: hash('sha256', bytes),
    signature: judgeSignature(bytes, signature, head.signer, trusted),
  };
}

/** What is thrown where a point has no head. */
export function noSuchPoint({ address }: Store, asset: string, point: string): EngineError {
  return new EngineError(
    'data',
    because('point.missing', { asset, point, address }),
    `There is no recovery point ${point} of ${asset} in ${address}.`,
    { where: pointKeys(asset, point).head },
  );
}

/** Ids of all points that have a head, oldest first. */
export async function listPointIds(store: Store, asset: string): Promise<string[]> {
  const found = [...(await findPoints(store, asset))];
  return found.flatMap(([id, hasHead]) => (hasHead ? [id] : [])).sort();
}

async function findPoints(store: Store, asset: string): Promise<Map<string, boolean>> {
  const prefix = snapshotPrefix(asset);
  const points = new Map<string, boolean>();
  for await (const { key } of store.list(prefix)) {
    const [id = '', file] = key.slice(prefix.length).split('/');
    if (isPointId(id)) points.set(id, points.get(id) || file === 'head.json');
  }
  return points;
}

async function readListed(
  store: Store,
  asset: string,
  id: string,
  trust: string[],
): Promise<ListedPoint | IncompletePoint> {
  try {
    return listed(await openHead(store, asset, id, trust));
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'data') return { id, reason: error.message };
    throw error;
  }
}

function listed({ head, headSha256, signature }: OpenedHead): ListedPoint {
  const { asset, startedAt, endedAt, dataTime, files, bytes, storedBytes, reservations } = head;
  const facts = { startedAt, endedAt, dataTime, files, bytes, storedBytes, reservations };
  return {
    asset,
    id: head.point,
    ...facts,
    packs: head.packs.length,
    headSha256,
    sealedTo: head.recipients,
    signature,
  };
}

/** Reads an object whose absence is an answer. */
export async function getOrNull(
  store: Pick<Store, 'get'>,
  key: string,
  {
    signal,
    into,
    isChecked = true,
  }: { signal?: AbortSignal | undefined; into?: Uint8Array; isChecked?: boolean } = {},
): Promise<Buffer | null> {
  try {
    return await store.get(key, { isChecked, ...(signal && { signal }), ...(into && { into }) });
  } catch (error) {
    if (error instanceof StoreError && error.fault === 'not-found') return null;
    // Heads are signed, and all else is hashed: what is wrong with it is found and said by whoever reads it.
    if (error instanceof DamagedObject) return error.content;
    throw error;
  }
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
