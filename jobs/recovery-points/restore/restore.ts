/** Restores a point, or a part of it. Everything is checked while it is written, beside its place, and moved there at the end. */
import { EngineError, type RestoreRequest, type RestoreResult } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { openManifest, openTrustedHead } from '../open-point.ts';
import { ReadPool } from '../packs/read-pool.ts';
import { findPoint } from '../points.ts';
import type { Shortfall } from './file-writer.ts';
import { clearRest, findEqual, findWhole, openFolders } from './held.ts';
import { type Held, ReadPlan } from './plan.ts';
import { errorOf, PointReader } from './read-point.ts';
import { select } from './selection.ts';
import {
  findWorkFolder,
  makeWorkFolder,
  moveUp,
  refuseFolderInTheWay,
  refuseWithoutRoom,
  surveyTarget,
  type Target,
} from './target.ts';
import { TreeFrame } from './tree.ts';

/** Where one restore stands. */
interface Restoring {
  request: RestoreRequest;
  pool: ReadPool;
  plan: ReadPlan;
  folder: string;
  target: Target;
}

/** Gives back a point. On any failure the target keeps what it had, and a folder named as incomplete. */
export async function restore(request: RestoreRequest): Promise<RestoreResult> {
  const began = performance.now();
  const { store, asset, trust, identity, only } = request;
  const target = await surveyTarget(request);
  const pointId = await findPoint(store, asset, request.point);
  const { head, signature } = await openTrustedHead(store, asset, pointId, trust);
  const manifest = await openManifest(store, head, identity);
  const wanted = only === null ? null : select(manifest, typeof only === 'string' ? [only] : only);

  await using pool = new ReadPool(head);
  const { folder, isOld } = await findWorkFolder(target, pointId);
  const held = await findHeld({ request, target, pool, folder, isOld, manifest, wanted });
  const plan = new ReadPlan(manifest, wanted, { held });
  if (isOld) clearRest(Buffer.from(folder), plan);
  await refuseWithoutRoom(target.into, plan.writtenBytes);
  if (!isOld) await makeWorkFolder(folder);
  const { shortfalls, fetchedBytes } = await write({ request, pool, plan, folder, target });
  const { files, entries, bytes } = plan;
  return {
    asset,
    pointId,
    files,
    entries,
    bytes,
    seconds: (performance.now() - began) / 1000,
    signature,
    inventory: manifest.facts.inventory,
    held: plan.held,
    fetchedBytes,
    reservations: [...captureReservations(plan), ...shortfalls],
  };
}

/** What is whole already: of a cut restore, and in a folder that may be written over. */
async function findHeld({
  request,
  target,
  pool,
  folder,
  isOld,
  manifest,
  wanted,
}: Pick<Restoring, 'request' | 'target' | 'pool' | 'folder'> & {
  isOld: boolean;
  manifest: Manifest;
  wanted: ReadonlySet<string> | null;
}): Promise<Held> {
  const search = { manifest, wanted, pool, signal: request.signal };
  if (isOld) openFolders(Buffer.from(folder));
  const there = isOld ? await findWhole({ ...search, root: folder }) : new Set<string>();
  if (!target.isInhabited) return { there, kept: new Set() };
  const { held, inTheWay } = await findEqual({ ...search, root: target.into });
  refuseFolderInTheWay(target.into, inTheWay);
  return { there, kept: held.difference(there) };
}

/** Writes what is planned and puts it in its place. Answers what could not be given back as it was. */
async function write({
  request,
  pool,
  plan,
  folder,
  target,
}: Restoring): Promise<{ shortfalls: Shortfall[]; fetchedBytes: number }> {
  const { store, asset, identity, onProgress, signal } = request;
  const { packs } = plan.manifest;
  const frame = new TreeFrame(folder, plan);
  const reader = new PointReader({
    store,
    asset,
    plan,
    identity,
    pool,
    into: folder,
    everyPack: false,
    // A whole restore notices a pack that is gone, whatever it holds.
    onlyForContent: request.only !== null || plan.held.files > 0,
    signal,
  });
  const { held } = plan;
  const tell = () =>
    onProgress?.({
      phase: 'restore',
      files: held.files + reader.totals.files,
      bytes: held.bytes + reader.totals.content,
      totalBytes: plan.bytes,
    });
  try {
    frame.begin();
    tell();
    for await (const outcome of reader.read()) {
      const error = errorOf(outcome, packs);
      if (error) throw error;
      tell();
    }
    frame.complete();
    await moveUp(folder, target.into);
    // A folder with more in it than this point is its owner's: its own rights stay.
    frame.dressFolders({ root: target.into, withRoot: !target.isInhabited });
  } catch (error) {
    throw explain(error, folder);
  }
  return { shortfalls: [...reader.shortfalls, ...frame.shortfalls], fetchedBytes: reader.totals.fetched };
}

/** What stands in the way of a restore is said together with what is left of it. */
function explain(error: unknown, folder: string): unknown {
  const left = `What was restored so far is in ${folder} and is not complete; --resume goes on with it.`;
  if (error instanceof EngineError)
    return new EngineError(error.kind, error.because, `${error.message} ${left}`, {
      where: error.where,
      cause: error,
    });
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new EngineError(
      'inconclusive',
      because('restore.disk-full', { folder }),
      `The disk of the restore is full. ${left}`,
      { cause: error },
    );
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENAMETOOLONG' || code === 'EXDEV')
    return new EngineError(
      'inconclusive',
      because('restore.not-writable', { folder, cause: code }),
      `The restore could not write there (${code}). ${left}`,
      { cause: error },
    );
  return error;
}

/** What the source could not hand over whole, and torn and missing entries of the point itself, among those asked for. */
function captureReservations({ reservations, manifest }: ReadPlan): { path: string; reason: string }[] {
  const { sourceReservations = [] } = manifest.facts;
  const ofSource = sourceReservations.filter(({ kind }) => kind !== 'skipped');
  const ofEntries = reservations.map(({ path, reservation }) => ({ path, ...reservation! }));
  return [...ofSource, ...ofEntries].map(({ path, kind, reason }) => ({
    path,
    reason: `${kind} when it was captured: ${reason}`,
  }));
}
