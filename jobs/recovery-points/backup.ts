/** Makes one recovery point: packs first, then the manifest, the signature, and last the head, which makes it exist. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PreparedSource } from '../sources/source.ts';
import { type Retention, type Store, StoreError } from '../stores/store.ts';
import { fingerprint, parseRecipient } from './age/keys.ts';
import { sealPieces } from './age/seal.ts';
import { type Base, findBase } from './base-point.ts';
import { type Captured, captureTree } from './capture/capture.ts';
import { EVERYTHING, readRules } from './capture/rules.ts';
import { Scan } from './capture/scan.ts';
import { type BackupRequest, type BackupResult, EngineError, type ListedPoint } from './contract.ts';
import { because } from './finding-codes.ts';
import { HEAD_FORMAT, type Head, readHead, writeHead } from './head.ts';
import { holdOn, retentionOf } from './hold.ts';
import { checkAsset, newPointId, packKey, pointKeys } from './layout.ts';
import { MANIFEST_FORMAT, type ManifestFacts, type RunPack } from './manifest/facts.ts';
import { ManifestWriter } from './manifest/writer.ts';
import { type Pack, Packer } from './packs/packer.ts';
import { listPointIds } from './points.ts';
import { publish, publishText } from './publish.ts';
import { announceBackup } from './running.ts';
import { refuseSharedBucket } from './shared-bucket.ts';
import { parseSigningKey, signerOf, signHead } from './signing.ts';
import { toolVersions, WRITER } from './tools.ts';
import { citedPacks, findAbsentPacks } from './verify/presence.ts';

/** Captures the source into the store. A crash at any moment leaves packs nobody cites, never half a point. */
export async function backup(request: BackupRequest): Promise<BackupResult> {
  const { source, store, asset, signal, scratchDir, now = () => new Date() } = request;
  checkAsset(asset);
  const recipients = readRecipients(request.recipients);
  const signingKey = parseSigningKey(request.signingKey);
  const startedAt = now();

  const retention = retentionOf(store, request.retention, startedAt);
  refuseSharedBucket(source, store);
  request.onProgress?.({
    phase: source.kind === 'folder' ? 'scan' : 'dump',
    files: 0,
    bytes: 0,
    totalBytes: null,
  });
  await using prepared = await source.prepare({ scratchDir, now, ...(signal && { signal }) });
  await refuseOwnStore(prepared.root, store);
  await using scan = beginScan(prepared.root, request);
  await publishRestoreKit(store);
  const pointId = newPointId(startedAt, (await listPointIds(store, asset)).at(-1));
  const signer = signerOf(signingKey);
  await using running = await announceBackup(store, asset, pointId);
  const base = await findBase({
    store,
    asset,
    identity: request.identity,
    signer,
    recipients: request.recipients,
    now: startedAt,
    isCleanedUp: running.isCleanedUp,
  });
  const lines = new ManifestWriter();
  const { captured, packs: own } = await pack(prepared, {
    request,
    scan,
    recipients,
    retention,
    base,
    lines,
    startedAt,
  });
  const runs = [...(base.manifest?.facts.runs ?? []), pointId];
  const packs = [...(base.manifest?.packs ?? []), ...own.map((one) => ({ run: runs.length - 1, ...one }))];

  request.onProgress?.({
    phase: 'publish',
    files: captured.files,
    bytes: captured.bytes,
    totalBytes: captured.bytes,
  });
  const point = describe(request, {
    pointId,
    startedAt,
    endedAt: now(),
    prepared,
    captured,
    runs,
    packs,
    lines,
  });
  const manifest = sealPieces(point.manifest.pieces, point.manifest.bytes, recipients);
  const head = writeHead({
    ...point.head,
    storedBytes: manifest.length + own.reduce((sum, { bytes }) => sum + bytes, 0),
    signer,
    manifest: { sha256: hash('sha256', manifest), bytes: manifest.length },
  });
  const keys = pointKeys(asset, pointId);
  await publish(store, keys.manifest, manifest, { retention, signal });
  await publish(store, keys.signature, signHead(head, signingKey), { retention, signal });
  await requireBasePacks(store, asset, base);
  if (retention) await holdOn(store, packsOf(asset, base), retention);
  await requireTurn(request);
  await publish(store, keys.head, head, { retention, signal });
  const headSha256 = hash('sha256', head);
  return resultOf(readHead(head, { asset, pointId }), {
    headSha256,
    captured,
    base,
    inventory: prepared.inventory,
  });
}

/** Without a head what was written is nobody's, and is cleaned up in time. */
async function requireTurn({ mayPublish }: BackupRequest): Promise<void> {
  if ((await mayPublish?.()) === false)
    throw new EngineError(
      'inconclusive',
      because('backup.taken-over', {}),
      'The run was called off, or another worker has taken it over. No recovery point was published.',
    );
}

interface Made {
  pointId: string;
  startedAt: Date;
  endedAt: Date;
  prepared: PreparedSource;
  captured: Captured;
  runs: string[];
  packs: RunPack[];
  lines: ManifestWriter;
}

/** The manifest, and all of the head that is known before the manifest is sealed. */
function describe({ source, asset, recipients, rules = EVERYTHING }: BackupRequest, made: Made) {
  const { pointId, prepared, captured, runs, packs, lines } = made;
  const times = {
    startedAt: made.startedAt.toISOString(),
    endedAt: made.endedAt.toISOString(),
    dataTime: prepared.dataTime.toISOString(),
  };
  const manifest = lines.finishInPieces({
    format: MANIFEST_FORMAT,
    asset,
    pointId,
    ...times,
    source: { kind: source.kind, address: source.address },
    base: null,
    tools: toolVersions(),
    inventory: prepared.inventory,
    rules,
    ...reservationsOf(prepared),
    runs,
    packs,
  });
  const head = {
    format: HEAD_FORMAT,
    asset,
    point: pointId,
    ...times,
    writer: WRITER,
    files: captured.files,
    entries: lines.count,
    bytes: captured.bytes,
    reservations: count(captured.reservations),
    recipients: recipients.map(fingerprint),
    runs: runs.length,
    packs: packs.map(({ sha256, bytes }) => ({ sha256, bytes })),
  } satisfies Partial<Head>;
  return { manifest, head };
}

/** In one order, the reason last, so that a shell can read them too. */
function reservationsOf({ reservations }: PreparedSource): Pick<ManifestFacts, 'sourceReservations'> {
  if (reservations.length === 0) return {};
  const inOrder = reservations.map(({ kind, path: of, code, params, reason }) => ({
    kind,
    path: of,
    code,
    params,
    reason,
  }));
  return { sourceReservations: inOrder };
}

function resultOf(
  head: Head,
  {
    headSha256,
    captured: { reservations, read, changedUnseen, leftOut },
    base,
    inventory,
  }: { headSha256: string; captured: Captured; base: Base; inventory: BackupResult['inventory'] },
): BackupResult {
  const { asset, point, startedAt, endedAt, dataTime, files, entries, bytes, storedBytes, packs, manifest } =
    head;
  return {
    asset,
    pointId: point,
    state: reservations.some(({ kind }) => kind !== 'skipped') ? 'with-reservations' : 'complete',
    startedAt,
    endedAt,
    dataTime,
    files,
    entries,
    bytes,
    storedBytes,
    packs: packs.length,
    reservations,
    manifestSha256: manifest.sha256,
    headSha256,
    inventory,
    basedOn: base.manifest?.facts.pointId ?? null,
    fullBecause: base.because,
    filesRead: read,
    changedUnseen,
    leftOut,
  };
}

interface Packing {
  request: BackupRequest;
  scan: Scan;
  recipients: Buffer[];
  retention: Retention | null;
  base: Base;
  lines: ManifestWriter;
  startedAt: Date;
}

async function pack(
  { reservations }: PreparedSource,
  { request, scan, recipients, retention, base, lines, startedAt }: Packing,
): Promise<{ captured: Captured; packs: Pack[] }> {
  const { store, asset, limits = {}, onProgress, signal } = request;
  await using packer = new Packer({
    recipients,
    firstPack: base.manifest?.packs.length ?? 0,
    uploadLimit: limits.uploadBytesPerSecond ?? null,
    ...(limits.isGentle && { workers: 1 }),
    publish: ({ sha256 }, sealed) =>
      publish(store, packKey(asset, sha256), sealed, { retention, sha256, signal }),
  });
  const captured = await captureTree(scan, {
    packer,
    manifest: lines,
    base: base.manifest,
    now: startedAt,
    readLimit: limits.readBytesPerSecond ?? null,
    onProgress,
    signal,
  });
  captured.reservations.push(...reservations);
  return { captured, packs: await packer.finish() };
}

/** Begins to look around while the last point is being opened. Bad rules are refused before. */
function beginScan(root: string, { rules = EVERYTHING }: BackupRequest): Scan {
  readRules(rules);
  return new Scan(Buffer.from(root), rules);
}

/** The marker of this run may have expired while its machine slept: what is cited must be there now. */
async function requireBasePacks(store: Store, asset: string, { manifest }: Base): Promise<void> {
  const [absent] = await findAbsentPacks(store, asset, citedPacks(asset, manifest?.packs ?? []));
  if (absent)
    throw new EngineError(
      'inconclusive',
      absent.because,
      `${absent.where} of the last point went away during the backup. Run again: everything will be stored anew.`,
      { where: absent.where },
    );
}

const packsOf = (asset: string, { manifest }: Base): string[] =>
  (manifest?.packs ?? []).map(({ sha256 }) => packKey(asset, sha256));

function readRecipients(texts: string[]): Buffer[] {
  if (texts.length === 0)
    throw new EngineError(
      'call',
      because('ask.no-recipient', {}),
      'A backup needs at least one recipient (age1…).',
    );
  return texts.map(parseRecipient);
}

/** A store inside the source would back itself up, more at every run. */
async function refuseOwnStore(root: string, { address }: Store): Promise<void> {
  if (!address.startsWith('file:')) return;
  const folder = await findStoreFolder(fileURLToPath(address));
  const below = path.relative(root, folder);
  if (below !== '..' && !below.startsWith('../') && !path.isAbsolute(below))
    throw new EngineError(
      'call',
      because('ask.store-inside-source', { folder }),
      `The store ${folder} lies inside the folder to back up. Choose another place for it.`,
    );
}

async function findStoreFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (cause) {
    const { code = 'EIO' } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : 'cannot be reached';
    throw new StoreError(
      'unreachable',
      code === 'ENOENT'
        ? because('store.folder-missing', { address: folder })
        : because('store.unreachable', { address: folder, cause: code }),
      `The store's folder ${folder} ${why}. Make it, or give another address.`,
      { cause },
    );
  }
}

/** What a person needs to restore without us lies beside the data. */
async function publishRestoreKit(store: Store): Promise<void> {
  for (const name of ['RESTORE.md', 'restore.sh'])
    await publishText(store, name, readFileSync(new URL(`./restore-kit/${name}`, import.meta.url)));
}

function count(reservations: Captured['reservations']): ListedPoint['reservations'] {
  const counts = { torn: 0, vanished: 0, unreadable: 0, skipped: 0 };
  for (const { kind } of reservations) counts[kind]++;
  return counts;
}
