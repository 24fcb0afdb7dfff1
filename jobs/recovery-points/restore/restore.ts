/** Restores a point, or a part of it, into an empty folder. Everything is checked while it is written. */
import { chmod, chown, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EngineError, type RestoreRequest, type RestoreResult } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Entry, Manifest } from '../manifest.ts';
import { openManifest, openTrustedHead } from '../open-point.ts';
import { type Fetched, fetchPacks } from '../packs/fetch.ts';
import { findPoint } from '../points.ts';
import { TarReader } from '../tar/reader.ts';
import { type EntrySink, MemberCheck } from './member-check.ts';
import { setMtime } from './native.ts';
import { type Selection, select } from './selection.ts';
import { TreeWriter } from './tree.ts';

/** Gives back a point. On any failure the target keeps only a folder named as incomplete. */
export async function restore(request: RestoreRequest): Promise<RestoreResult> {
  const began = performance.now();
  const { store, asset, trust, identity, into } = request;
  await refuseFullFolder(into);
  const pointId = await findPoint(store, asset, request.point);
  const { head, signature } = await openTrustedHead(store, asset, pointId, trust);
  const manifest = await openManifest(store, head, identity);
  const selection = select(manifest, request.only);

  const folder = await makeWorkFolder(into, pointId);
  const tree = new TreeWriter(folder);
  const { files, bytes } = await write(manifest, selection, tree, request, folder);
  await moveUp(folder, into);
  return {
    asset,
    pointId,
    files,
    entries: tree.entries,
    bytes,
    seconds: (performance.now() - began) / 1000,
    signature,
    inventory: manifest.inventory,
    reservations: [...captureReservations(manifest, selection, request.only), ...tree.shortfalls],
  };
}

/** Reads the selected entries out of the packs into a sink. Throws at the first thing that is wrong. */
export async function readEntries(
  manifest: Manifest,
  selection: Selection,
  sink: EntrySink | null,
  fetched: AsyncIterable<Fetched>,
  onPack: (bytes: number, files: number) => void = () => {},
): Promise<MemberCheck> {
  const check = new MemberCheck(selection.entries, sink && underNewNames(sink, selection.renamed));
  const reader = new TarReader(check);
  for await (const pack of fetched) {
    const plain = plainOf(pack, manifest.packs[pack.index]!.sha256);
    for (const [from, to] of selection.stretches.get(pack.index) ?? []) reader.feed(plain.subarray(from, to));
    onPack(check.bytes, check.files);
  }
  reader.finish({ needsEnd: false });
  check.finish();
  return check;
}

/** The opened bytes of a pack, or why there are none. */
export function plainOf(pack: Fetched, expected: string): Buffer {
  if (pack.plain) return pack.plain;
  const where = pack.key;
  if (pack.failure) {
    const { kind, message } = pack.failure;
    const why = kind === 'data' ? because('pack.unreadable', { object: where }) : pack.failure.because;
    throw new EngineError(kind, why, `Pack ${where}: ${message}`, { where });
  }
  if (pack.sha256 === null)
    throw new EngineError('data', because('pack.missing', { object: where }), `Pack ${where} is missing.`, {
      where,
    });
  throw new EngineError(
    'data',
    because('pack.damaged', { object: where }),
    `Pack ${where} is damaged: its SHA-256 is ${pack.sha256}, not ${expected}.`,
    { where },
  );
}

async function write(
  manifest: Manifest,
  selection: Selection,
  tree: TreeWriter,
  { store, asset, identity, onProgress, signal }: RestoreRequest,
  folder: string,
): Promise<MemberCheck> {
  const packs = [...selection.stretches.keys()].sort((a, b) => a - b);
  try {
    const fetched = fetchPacks({
      store,
      asset,
      packs: packs.map((index) => [index, manifest.packs[index]!]),
      open: { identity, packs: manifest.packs },
      signal,
    });
    const check = await readEntries(manifest, selection, tree, fetched, (bytes, files) =>
      onProgress?.({ phase: 'restore', files, bytes, totalBytes: selection.bytes }),
    );
    tree.finish();
    return check;
  } catch (error) {
    tree.abandon();
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

/** Puts the finished tree in its place: first what is in it, then the rights and time of its root. */
async function moveUp(folder: string, into: string): Promise<void> {
  const { mode, mtimeNs, uid, gid } = await stat(folder, { bigint: true });
  await chmod(folder, 0o700);
  const target = Buffer.from(`${path.resolve(into)}/`);
  for (const name of await readdir(folder, { encoding: 'buffer' }))
    await rename(Buffer.concat([Buffer.from(`${folder}/`), name]), Buffer.concat([target, name]));
  await rm(folder, { recursive: true });
  await chown(into, Number(uid), Number(gid));
  await chmod(into, Number(mode & 0o7777n));
  setMtime(Buffer.from(path.resolve(into)), mtimeNs);
}

/** Torn and missing entries of the point itself, among those asked for. */
function captureReservations(manifest: Manifest, { entries }: Selection, only: string | null) {
  const restored = new Set(entries.map((entry) => entry.path));
  const concerns = (entry: Entry) =>
    entry.reservation && entry.reservation.kind !== 'skipped' && (restored.has(entry.path) || only === null);
  return manifest.entries.filter(concerns).map(({ path: where, reservation }) => ({
    path: where,
    reason: `${reservation!.kind} when it was captured: ${reservation!.reason}`,
  }));
}

function underNewNames(sink: EntrySink, renamed: Map<string, Entry>): EntrySink {
  if (renamed.size === 0) return sink;
  return {
    begin: (entry) => sink.begin(renamed.get(entry.path) ?? entry),
    data: (bytes, position) => sink.data(bytes, position),
    end: () => sink.end(),
  };
}
