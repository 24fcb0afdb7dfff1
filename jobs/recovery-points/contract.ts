/** What goes into the engine and what comes out. No database and no HTTP: the service, the agent and the command line share it. */
import type { Inventory, Source, SourceReservation } from '../sources/source.ts';
import type { Retention, Store } from '../stores/store.ts';
import type { ContentProfile } from './content/profile.ts';
import type { Because, Finding } from './finding-codes.ts';

/** Levels of verification, each holding those before it: see `jobs/recovery-points/README.md`. */
export const LEVELS = ['L0', 'L1', 'L2a', 'L2b', 'L3'] as const;
export type Level = (typeof LEVELS)[number];

/** Something that could not be captured as it should be. Named one by one, never counted away. */
export interface Reservation extends Because {
  kind: 'torn' | 'vanished' | 'unreadable' | 'skipped';
  path: string;
  /** Why, in English. */
  reason: string;
}

/** Work done so far. `totalBytes` is null while it is not known. */
export interface Progress {
  phase:
    | ('scan' | 'dump' | 'pack' | 'publish')
    | ('fetch' | 'verify' | 'restore' | 'compare' | 'plant')
    | ('list' | 'heads' | 'remove');
  /** Of `heads` and `remove`: recovery points and what belongs to them. */
  files: number;
  bytes: number;
  totalBytes: number | null;
  totalFiles?: number | null;
}

/** How long a point is held: so many days from the beginning of its run. */
export interface Hold {
  mode: Retention['mode'];
  days: number;
}

export interface BackupRequest {
  source: Source;
  store: Store;
  asset: string;
  /** age recipients (`age1…`), at least one. */
  recipients: string[];
  /** Ed25519 private key, PKCS#8 PEM. */
  signingKey: string;
  /** age identity that opens the last point, so that only what is new is stored. Absent: everything is. */
  identity?: string;
  /** Holds all that the point consists of against removal, for so many days from the beginning of the run. */
  retention?: Hold;
  /** What to leave out. */
  rules?: { include: string[]; exclude: string[] };
  limits?: {
    readBytesPerSecond?: number;
    uploadBytesPerSecond?: number;
    /** One thread that compresses and seals. Whoever owns the process gives it the lowest priority: see `gentle.ts`. */
    isGentle?: boolean;
  };
  scratchDir: string;
  /** Asked just before the head is written: false when somebody else has taken the run over, and no point may come of this one. */
  mayPublish?: () => Promise<boolean>;
  now?: () => Date;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/** A recovery point as it was published. Sizes in bytes, times in ISO 8601 UTC. */
export interface BackupResult {
  asset: string;
  pointId: string;
  /** `with-reservations` when any entry is torn, vanished or unreadable. */
  state: 'complete' | 'with-reservations';
  startedAt: string;
  endedAt: string;
  dataTime: string;
  files: number;
  entries: number;
  /** Bytes of the captured content. */
  bytes: number;
  /** Bytes this run put into the store. */
  storedBytes: number;
  packs: number;
  reservations: Reservation[];
  manifestSha256: string;
  headSha256: string;
  inventory: Inventory | null;
  /** The point this one builds on; its packs are cited, not made again. */
  basedOn: string | null;
  /** Why it builds on none, and everything was stored. */
  fullBecause: string | null;
  /** Files whose content was read; the others had not changed since the last point. */
  filesRead: number;
  /** Files whose content changed while size, times and inode stayed: a forged time, or a failing disk. */
  changedUnseen: string[];
  /** Things the rules left out; a folder counts once. */
  leftOut: number;
}

/** One listed point: a head that is complete, signed and of its own name. */
export interface ListedPoint {
  asset: string;
  id: string;
  startedAt: string;
  endedAt: string;
  dataTime: string;
  files: number;
  bytes: number;
  storedBytes: number;
  packs: number;
  reservations: { torn: number; vanished: number; unreadable: number; skipped: number };
  headSha256: string;
  /** Fingerprints of the keys that open it. */
  sealedTo: string[];
  /** `trusted` and `untrusted` only when a key to trust was given. */
  signature: 'trusted' | 'untrusted' | 'self-consistent' | 'broken';
}

export type Verdict = 'passed' | 'failed' | 'inconclusive';

/** One thing that was looked at. `where` names the object or file. */
export interface Check {
  name: string;
  level: Level;
  verdict: Verdict;
  expected: string;
  observed: string;
  where: string | null;
  /** What is wrong, for people; null when it passed. */
  because: Because | null;
}

/** A fault planted in a private copy to prove the verifier. Caught means: the same check failed on it, for that reason. */
export interface PlantedFault {
  kind: string;
  level: Level;
  caught: boolean;
  finding: Finding;
}

export interface LevelResult {
  level: Level;
  verdict: Verdict;
  /** Whether only some packs were read: then it says nothing of the level. */
  isSample: boolean;
  seconds: number;
  bytes: number;
}

/** When a pack was read last and proved sound: by its hash (L2a), or with all that is in it (L2b). */
export interface PackProof {
  sha256: string;
  at: string;
  level: 'L2a' | 'L2b';
}

/** How much of what a point cites was read, by this run and by earlier ones. */
export interface ProofScope {
  /** Whether this run read within a budget. What passed is then a sample, and no level above L0 is reached. */
  isSample: boolean;
  /** By this run, and sound. */
  packsRead: number;
  packsCited: number;
  /** In the last 30 days, by any run. */
  packsReadLately: number;
  neverRead: number;
  /** Of the pack that was not read for the longest time, those never read aside. */
  oldestProofAt: string | null;
}

/** What damage means: for files, for other points, and for what there is to go back to. */
export interface Damage {
  /** Packs that are missing or bad, by their SHA-256. */
  packs: string[];
  /** Files of this point that lie in them, the first hundred by name. Null where they are not known: no key opens the manifest, or it is what is bad. */
  files: { count: number; first: string[] } | null;
  /** Points of the asset that cite one of them, newest first. Null when the store did not answer any more. */
  otherPoints: string[] | null;
  /** The newest other point whose head is sound and whose objects are all there: L0 shows no more than that. */
  newestWhole: {
    point: string;
    dataTime: string;
    /** Its packs that earlier proofs read, and the oldest of those. */
    packsProven: number;
    packsCited: number;
    oldestProofAt: string | null;
  } | null;
}

export interface VerifyRequest {
  store: Store;
  asset: string;
  /** A point's id, or `latest`. */
  point: string;
  level: Level;
  /** age identity text; needed from L2b on. Absent: those levels are inconclusive. */
  identity?: string;
  /** Ed25519 public keys (SPKI PEM) that may sign heads. Empty: the signature is checked but nobody vouches for it. */
  trust: string[];
  /** Reads packs, those never read first and then the stalest, until this is used up; L2a and L2b only. Absent: all. */
  budget?: { seconds?: number; bytes?: number };
  /** Files whose content is told as it is in the point: paths below the root. */
  watched?: string[];
  /** What earlier verifications of the asset answered as `proofs`. */
  proven?: PackProof[];
  scratchDir: string;
  now?: () => Date;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface VerifyResult {
  asset: string;
  pointId: string;
  requested: Level;
  /** Highest level that passed together with all below it, or null. */
  reached: Level | null;
  /** Worst over levels and planted faults: a fault not caught makes the whole verification fail. */
  verdict: Verdict;
  signature: ListedPoint['signature'];
  levels: LevelResult[];
  /** Every failed or inconclusive check, and a summary check for each level. */
  checks: Check[];
  plantedFaults: PlantedFault[];
  scope: ProofScope;
  /** Packs that this run proved sound. */
  proofs: PackProof[];
  /** Null where no pack is missing or bad. */
  damage: Damage | null;
  /** What the source could not hand over as it should be; null where no key opened the manifest. No fault of what is stored. */
  sourceReservations: SourceReservation[] | null;
  /** What the content looks like; null where not all of it was read. It says nothing of a level. */
  content: ContentProfile | null;
  startedAt: string;
  endedAt: string;
  seconds: number;
  /** Bytes fetched from the store, and bytes of content restored or compared. */
  fetchedBytes: number;
  contentBytes: number;
  dataTime: string;
  headSha256: string;
  manifestSha256: string;
  /** Programs and versions that did the work. */
  tools: Record<string, string>;
}

export interface RestoreRequest {
  store: Store;
  asset: string;
  point: string;
  identity: string;
  trust: string[];
  /** Absent or empty folder, unless `resume` or `overwrite` says otherwise. */
  into: string;
  /** Paths below the root, or globs over them; null for everything. */
  only: string | string[] | null;
  /** Goes on with what a cut restore of this point left in `into`, instead of refusing it. */
  resume?: boolean;
  /** Replaces files in `into` that differ, and keeps what the point does not hold, instead of refusing. */
  overwrite?: boolean;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface RestoreResult {
  asset: string;
  pointId: string;
  files: number;
  entries: number;
  bytes: number;
  seconds: number;
  signature: ListedPoint['signature'];
  /** What the source knew of its content when it was captured. */
  inventory: Inventory | null;
  /** Files among them that lay whole in the target already, compared by size, time and SHA-256. */
  held: { files: number; bytes: number };
  /** Bytes of packs that were fetched. */
  fetchedBytes: number;
  /** What could not be given back as it was (for example an owner, without the right to set it). */
  reservations: { path: string; reason: string }[];
}

/** `data` means the stored bytes are bad, `call` that the request is wrong, `inconclusive` that nothing can be said. */
export class EngineError extends Error {
  override name = 'EngineError';
  readonly kind: 'data' | 'call' | 'inconclusive';
  readonly because: Because;
  readonly where: string | null;

  constructor(
    kind: EngineError['kind'],
    because: Because,
    message: string,
    { where = null, ...options }: ErrorOptions & { where?: string | null } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.because = because;
    this.where = where;
  }
}
