/** Restores a point, or a part of it, into an empty folder. Everything is checked while it is written. */
import { chmod, chown, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EngineError, type RestoreRequest, type RestoreResult } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { setMtime } from '../native/files.ts';
import { readXattrs, setXattr } from '../native/xattrs.ts';
import { openManifest, openTrustedHead } from '../open-point.ts';
import { ReadPool } from '../packs/read-pool.ts';
import { findPoint } from '../points.ts';
import type { Shortfall } from './file-writer.ts';
import { ReadPlan } from './plan.ts';
import { errorOf, PointReader } from './read-point.ts';
import { TreeFrame } from './tree.ts';

/** Gives back a point. On any failure the target keeps only a folder named as incomplete. */
export async function restore(request: RestoreRequest): Promise<RestoreResult> {
  const began = performance.now();
  const { store, asset, trust, identity, into } = request;
  await refuseFullFolder(into);
  const pointId = await findPoint(store, asset, request.point);
  const { head, signature } = await openTrustedHead(store, asset, pointId, trust);
  const manifest = await openManifest(store, head, identity);
  const plan = new ReadPlan(manifest, request.only);

  const folder = await makeWorkFolder(into, pointId);
  const shortfalls = await write(plan, request, folder);
  await moveUp(folder, into);
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
    reservations: [...captureReservations(plan), ...shortfalls],
  };
}

/** Writes what is planned, and answers what could not be given back as it was. */
async function write(plan: ReadPlan, request: RestoreRequest, folder: string): Promise<Shortfall[]> {
  const { store, asset, identity, onProgress, signal } = request;
  const { packs } = plan.manifest;
  await using pool = new ReadPool();
  const frame = new TreeFrame(folder, plan);
  const reader = new PointReader({
    store,
    asset,
    plan,
    identity,
    pool,
    into: folder,
    everyPack: false,
    signal,
  });
  try {
    frame.begin();
    for await (const outcome of reader.read()) {
      const error = errorOf(outcome, packs);
      if (error) throw error;
      const { files, content } = reader.totals;
      onProgress?.({ phase: 'restore', files, bytes: content, totalBytes: plan.bytes });
    }
    frame.finish();
    return [...reader.shortfalls, ...frame.shortfalls];
  } catch (error) {
    throw explain(error, folder);
  }
}

/** What stands in the way of a restore is said together with what is left of it. */
function explain(error: unknown, folder: string): unknown {
  const left = `What was restored so far is in ${folder} and is not complete.`;
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
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENAMETOOLONG')
    return new EngineError(
      'inconclusive',
      because('restore.not-writable', { folder, cause: code }),
      `The restore could not write there (${code}). ${left}`,
      { cause: error },
    );
  return error;
}

async function refuseFullFolder(into: string): Promise<void> {
  const names = await namesIn(into);
  if (names && names.length > 0)
    throw new EngineError(
      'call',
      because('ask.folder-not-empty', { folder: into }),
      `${into} is not empty. A restore goes into an absent or empty folder.`,
    );
}

async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new EngineError(
      'call',
      because('ask.folder-unusable', { folder, cause: code }),
      `${folder} cannot be restored into: ${code === 'ENOTDIR' ? 'it is not a folder' : code}.`,
    );
  }
}

async function makeWorkFolder(into: string, pointId: string): Promise<string> {
  const folder = path.join(path.resolve(into), `incomplete-restore-${pointId}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    throw new EngineError(
      'call',
      because('ask.folder-unusable', { folder: into, cause: code }),
      `${into} cannot be made: ${code}.`,
      { cause: error },
    );
  }
  return folder;
}

/** Puts the finished tree in its place: first what is in it, then the rights, attributes and time of its root. */
async function moveUp(folder: string, into: string): Promise<void> {
  const { mode, mtimeNs, uid, gid } = await stat(folder, { bigint: true });
  const xattrs = readXattrs(Buffer.from(folder)) ?? [];
  await chmod(folder, 0o700);
  const target = Buffer.from(path.resolve(into));
  const below = (parent: string | Buffer, name: Buffer) =>
    Buffer.concat([Buffer.from(parent), Buffer.from('/'), name]);
  for (const name of await readdir(folder, { encoding: 'buffer' }))
    await move(below(folder, name), below(target, name));
  await rm(folder, { recursive: true });
  await chown(into, Number(uid), Number(gid));
  await chmod(into, Number(mode & 0o7777n));
  for (const [name, value] of xattrs) setXattr(target, name, value);
  setMtime(target, String(mtimeNs));
}

/** A folder that its owner may not write into cannot be moved by its owner either. */
async function move(from: Buffer, to: Buffer): Promise<void> {
  const stats = await lstat(from);
  const isShut = stats.isDirectory() && (stats.mode & 0o200) === 0;
  if (isShut) await chmod(from, 0o700);
  await rename(from, to);
  if (isShut) await chmod(to, stats.mode & 0o7777);
}

/** Torn and missing entries of the point itself, among those asked for. */
function captureReservations({ reservations }: ReadPlan): { path: string; reason: string }[] {
  return reservations.map(({ path: where, reservation }) => ({
    path: where,
    reason: `${reservation!.kind} when it was captured: ${reservation!.reason}`,
  }));
}
