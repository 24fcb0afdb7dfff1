/** Compares what a store holds of an asset with what its caller knows. It changes nothing. */
import { type Leftover, type Listed, type Store, StoreError } from '../../stores/store.ts';
import { fingerprint } from '../age/keys.ts';
import { EngineError, type ListedPoint, type Progress, type Reservation } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import { checkAsset, packKey, pointKeys } from '../layout.ts';
import { openManifest } from '../open-point.ts';
import { noSuchPoint, type OpenedHead } from '../points.ts';
import { citedObjects, findAbsent } from '../verify/presence.ts';
import { type Holdings, listHoldings, readHeads, type UnreadableHead } from './holdings.ts';
import { listBrokenUploads } from './uploads.ts';

const RESERVATIONS_TOLD = 100;
const FOREIGN_TOLD = 100;

/** A point as the caller remembers it. */
export interface KnownPoint {
  point: string;
  headSha256: string;
}

export interface Reconciling {
  known: KnownPoint[];
  /** Keys that may sign heads. Without any, nobody vouches for a head, and none is to be adopted. */
  trust: string[];
  /** To whom points of this asset are sealed. With them, a point made for somebody else is not adopted. */
  recipients?: string[];
  /** Opens manifests, for the names of what was not captured whole. */
  identity?: string;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/** A whole point that the caller does not know, with all that is to be remembered of it. */
export interface FoundPoint {
  point: string;
  startedAt: string;
  endedAt: string;
  dataTime: string;
  files: number;
  bytes: number;
  storedBytes: number;
  packs: number;
  counts: ListedPoint['reservations'];
  /** The first hundred of those that the manifest names; none when it was not opened. */
  reservations: Reservation[];
  headSha256: string;
  manifestSha256: string;
  /** Fingerprints of its recipients. */
  sealedTo: string[];
}

/** A pack that no head cites. */
export interface Orphan {
  key: string;
  bytes: number;
  sealedAt: Date;
}

/** Objects of a point whose head was never written. */
export interface Headless {
  id: string;
  bytes: number;
  /** When the last of them was written. */
  writtenAt: Date;
}

export interface Reconciliation {
  asset: string;
  store: string;
  /** Heads that were read. */
  heads: number;
  /** To be remembered again. */
  toAdopt: FoundPoint[];
  /** Known, and not in the store any more. */
  gone: { point: string; finding: Finding }[];
  /** Known and there, but not as they were: another head, or something it cites is missing. */
  altered: { point: string; finding: Finding }[];
  /** Not known and not to be adopted: not signed by whom we trust, not made for us, or not whole. */
  refused: { point: string; finding: Finding }[];
  incomplete: Headless[];
  unreadable: UnreadableHead[];
  /** Null where that cannot be told: see `orphansUnknown`. */
  orphans: Orphan[] | null;
  orphansUnknown: Finding | null;
  /** What writes left that broke off, or still go on. Null where that cannot be told: see `uploadsUnknown`. */
  uploads: Leftover[] | null;
  uploadsUnknown: Finding | null;
  /** Of the points known or to be adopted that are whole, the newest, with the packs that it cites. */
  newest: { point: string; packs: string[] } | null;
  /** The first hundred objects that are none of ours, and how many there are. */
  foreign: { count: number; first: string[] };
}

/** Lists the store, reads every head, and looks at every object that is cited. Reads no pack. */
export async function reconcile(
  store: Store,
  asset: string,
  { known, trust, recipients, identity, onProgress, signal }: Reconciling,
): Promise<Reconciliation> {
  checkAsset(asset);
  const remembered = new Map(known.map(({ point, headSha256 }) => [point, headSha256]));
  const fingerprints = recipients?.map(fingerprint);
  const holdings = await listHoldings(store, asset, '', onProgress);
  const withHead = [...holdings.folders.values()].filter(({ hasHead }) => hasHead).map(({ id }) => id);
  const answer: Reconciliation = {
    asset,
    store: store.address,
    heads: 0,
    toAdopt: [],
    gone: [],
    altered: [],
    refused: [],
    incomplete: headlessIn(holdings),
    unreadable: [],
    orphans: null,
    orphansUnknown: null,
    uploads: null,
    uploadsUnknown: null,
    newest: null,
    foreign: {
      count: holdings.foreign.length,
      first: holdings.foreign.slice(0, FOREIGN_TOLD).map(({ key }) => key),
    },
  };

  const cited = new Set<string>();
  const take = async (opened: OpenedHead) => {
    const { head } = opened;
    const { point } = head;
    answer.heads++;
    for (const { sha256 } of head.packs) cited.add(packKey(asset, sha256));
    const recorded = remembered.get(point);
    const finding =
      (recorded === undefined ? objectionTo(opened, fingerprints) : changeOf(opened, recorded)) ??
      (await firstAbsent(store, head, holdings));
    if (finding) {
      (recorded === undefined ? answer.refused : answer.altered).push({ point, finding });
      return;
    }
    if (!answer.newest || point > answer.newest.point)
      answer.newest = { point, packs: head.packs.map(({ sha256 }) => sha256) };
    if (recorded === undefined) answer.toAdopt.push(await describe(store, opened, identity));
  };
  answer.unreadable = await readHeads(store, asset, { ids: withHead, trust, signal, onProgress }, take);

  for (const { id, finding } of answer.unreadable)
    if (remembered.has(id)) answer.altered.push({ point: id, finding });
  answer.gone = await findGone(store, asset, { known, withHead: new Set(withHead) });
  const [blocking] = answer.unreadable;
  if (blocking) answer.orphansUnknown = cannotTell(blocking);
  else answer.orphans = orphansAmong(holdings, cited);
  const { uploads, unknown } = await listBrokenUploads(store, asset, new Date());
  answer.uploads = uploads;
  answer.uploadsUnknown = unknown;
  for (const list of [answer.toAdopt, answer.altered, answer.refused]) list.sort(byPoint);
  return answer;
}

/** Packs that are not among the cited ones, oldest first. */
export function orphansAmong({ packs }: Holdings, cited: ReadonlySet<string>): Orphan[] {
  return packs
    .filter(({ key }) => !cited.has(key))
    .map(({ key, bytes, modifiedAt }) => ({ key, bytes, sealedAt: modifiedAt }))
    .sort((a, b) => a.sealedAt.getTime() - b.sealedAt.getTime());
}

export function headlessIn({ folders }: Holdings): Headless[] {
  return [...folders.values()]
    .filter(({ hasHead }) => !hasHead)
    .map(({ id, objects }) => ({
      id,
      bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
      writtenAt: latestOf(objects),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What an unreadable head cites is unknown, so any pack may be one of its. */
export function cannotTell({ id, finding }: UnreadableHead): Finding {
  return {
    ...because('clean-up.head-unreadable', { point: id }),
    message: `The head of ${id} cannot be relied on, so no pack can be called an orphan: it may be one that this point cites. ${finding.message}`,
  };
}

/** Why a point that is not known is not taken for one of ours; null when nothing speaks against it. */
function objectionTo({ head, signature }: OpenedHead, fingerprints: string[] | undefined): Finding | null {
  const { point } = head;
  if (signature !== 'trusted')
    return {
      ...because('head.signer-unknown', { point }),
      message: `${point} is signed by a key that is not trusted.`,
    };
  if (!fingerprints || head.recipients.some((one) => fingerprints.includes(one))) return null;
  return {
    ...because('head.of-another-client', { point }),
    message: `${point} is sealed to none of the recipients of this asset: it was made for somebody else.`,
  };
}

/** A head of the very hash on record needs no signature to be the one that was made. */
function changeOf({ head: { point }, headSha256 }: OpenedHead, recorded: string): Finding | null {
  if (recorded === headSha256) return null;
  return {
    ...because('head.not-on-record', { point }),
    message: `The head of ${point} is not the one that was recorded when it was made.`,
  };
}

/** Lists may be late and say less than there is, so what they lack is looked at by its name. */
async function firstAbsent(store: Store, head: Head, { sizes }: Holdings): Promise<Finding | null> {
  const doubtful = citedObjects(head).filter(({ key, bytes }) => sizes.get(key) !== bytes);
  const [absent] = await findAbsent(store, doubtful);
  if (!absent) return null;
  return { ...absent.because, message: `${absent.where}: expected ${absent.expected}, ${absent.observed}.` };
}

async function describe(
  store: Store,
  { head, headSha256 }: OpenedHead,
  identity: string | undefined,
): Promise<FoundPoint> {
  const { point, startedAt, endedAt, dataTime, files, bytes, storedBytes, packs, manifest } = head;
  const { torn, vanished, unreadable, skipped } = head.reservations;
  return {
    point,
    startedAt,
    endedAt,
    dataTime,
    files,
    bytes,
    storedBytes,
    packs: packs.length,
    counts: { torn, vanished, unreadable, skipped },
    reservations:
      identity !== undefined && torn + vanished + unreadable + skipped > 0
        ? await readReservations(store, head, identity)
        : [],
    headSha256,
    manifestSha256: manifest.sha256,
    sealedTo: head.recipients,
  };
}

/** A key that does not fit leaves the names unknown; their number stands in the head. */
async function readReservations(store: Store, head: Head, identity: string): Promise<Reservation[]> {
  const named: Reservation[] = [];
  try {
    for (const { path, reservation } of (await openManifest(store, head, identity)).entries()) {
      if (reservation) named.push({ path, ...reservation });
      if (named.length === RESERVATIONS_TOLD) break;
    }
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof StoreError)) throw error;
  }
  return named;
}

async function findGone(
  store: Store,
  asset: string,
  { known, withHead }: { known: KnownPoint[]; withHead: Set<string> },
): Promise<Reconciliation['gone']> {
  const gone: Reconciliation['gone'] = [];
  for (const { point } of known) {
    if (withHead.has(point) || (await store.head(pointKeys(asset, point).head))) continue;
    const { because: why, message } = noSuchPoint(store, asset, point);
    gone.push({ point, finding: { ...why, message } });
  }
  return gone.sort(byPoint);
}

function latestOf(objects: Listed[]): Date {
  return new Date(Math.max(...objects.map(({ modifiedAt }) => modifiedAt.getTime())));
}

function byPoint(a: { point: string }, b: { point: string }): number {
  return a.point < b.point ? -1 : 1;
}
