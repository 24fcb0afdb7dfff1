/** Where a restore goes: what may be in its way, the folder it works in, and how the finished tree gets to its place. */
import type { StatsFs } from 'node:fs';
import { chmod, lstat, mkdir, readdir, realpath, rename, rmdir, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { EngineError, type RestoreRequest } from '../contract.ts';
import { because } from '../finding-codes.ts';

const UNFINISHED = 'incomplete-restore-';

/** What was found in the target before anything was done. */
export interface Target {
  into: string;
  /** Whether something is in it that this restore did not put there. */
  isInhabited: boolean;
  /** Points whose restore was cut. */
  unfinished: string[];
}

/** Looks at the target, and refuses one that holds what the caller did not speak of. */
export async function surveyTarget({ into, resume, overwrite }: RestoreRequest): Promise<Target> {
  const found = await namesIn(into);
  const names = found ?? [];
  const unfinished = names
    .filter((name) => name.startsWith(UNFINISHED))
    .map((name) => name.slice(UNFINISHED.length));
  const isInhabited = names.length > unfinished.length;
  if (unfinished.length > 0 && !resume) throw unfinishedIn(into, unfinished[0]!);
  if (isInhabited && !overwrite)
    throw new EngineError(
      'call',
      because('ask.folder-not-empty', { folder: into }),
      `${into} is not empty. A restore goes into an absent or empty folder; --overwrite replaces files there that differ.`,
    );
  // The target itself may be named by a link; nothing below it is reached by one.
  return { into: found ? await realpath(into) : path.resolve(into), isInhabited, unfinished };
}

/** The folder to work in, and whether a cut restore of this point left it. */
export async function findWorkFolder(
  { into, unfinished }: Target,
  pointId: string,
): Promise<{ folder: string; isOld: boolean }> {
  const other = unfinished.find((id) => id !== pointId);
  if (other !== undefined) throw unfinishedIn(into, other);
  const folder = path.join(into, `${UNFINISHED}${pointId}`);
  const stats = await lstatOrNull(Buffer.from(folder));
  if (stats && (!stats.isDirectory() || stats.uid !== process.geteuid?.()))
    throw unusable(into, 'EPERM', `${folder} is not a folder of this user; remove it.`);
  return { folder, isOld: stats !== null };
}

/** Makes it, open to ourselves alone. */
export async function makeWorkFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    const into = path.dirname(folder);
    throw unusable(into, code, `${into} cannot be made: ${code}.`, error);
  }
}

/** Refuses what surely does not fit. What a file system needs beside the files is not known beforehand. */
export async function refuseWithoutRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfsAbove(folder);
  const free = bavail * bsize;
  if (blocks === 0 || needed <= free) return;
  throw new EngineError(
    'inconclusive',
    because('restore.no-room', { folder, needed, free }),
    `The restore needs ${needed} bytes in ${folder}, and ${free} are free. Make room, or restore into another place.`,
  );
}

/** A folder that stands where something else is to come would have to be emptied: nobody asked for that. */
export function refuseFolderInTheWay(into: string, found: string | null): void {
  if (found === null) return;
  throw new EngineError(
    'call',
    because('ask.folder-in-the-way', { path: found }),
    `In ${into}, ${found} is a folder, and something else in the recovery point. Move it away, or restore into another folder.`,
    { where: found },
  );
}

/** Puts the finished tree in its place. Folders are joined, all else replaces what has its name; links are not followed. */
export async function moveUp(folder: string, into: string): Promise<void> {
  await join(Buffer.from(folder), Buffer.from(into));
}

async function join(from: Buffer, to: Buffer): Promise<void> {
  for (const one of await readdir(from, { encoding: 'buffer', withFileTypes: true })) {
    const [source, target] = [below(from, one.name), below(to, one.name)];
    const found = await lstatOrNull(target);
    if (found?.isDirectory() && one.isDirectory()) {
      // One that its owner may not write into gets its rights back with those of all folders.
      if ((found.mode & 0o300) !== 0o300) await chmod(target, 0o700);
      await join(source, target);
    } else {
      if (found && one.isDirectory()) await unlink(target);
      await rename(source, target);
    }
  }
  await rmdir(from);
}

/** Of a folder, or of the first one above it that is there. */
async function statfsAbove(folder: string): Promise<StatsFs> {
  try {
    return await statfs(folder);
  } catch (error) {
    const above = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return statfsAbove(above);
  }
}

async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw unusable(
      folder,
      code,
      `${folder} cannot be restored into: ${code === 'ENOTDIR' ? 'it is not a folder' : code}.`,
    );
  }
}

async function lstatOrNull(target: Buffer) {
  try {
    return await lstat(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function unfinishedIn(into: string, point: string): EngineError {
  return new EngineError(
    'call',
    because('ask.restore-unfinished', { folder: into, point }),
    `${into} holds what a cut restore of ${point} left. Restore that point with --resume to go on with it, or remove ${UNFINISHED}${point} there.`,
  );
}

function unusable(folder: string, cause: string, message: string, error?: unknown): EngineError {
  return new EngineError('call', because('ask.folder-unusable', { folder, cause }), message, {
    cause: error,
  });
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
