/** What is to be read out of the packs, and what is to be made of it. */
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { type Entry, isStored, type StoredEntry } from '../manifest/entry.ts';
import type { Checked, Scanned } from '../manifest/facts.ts';
import { type Manifest, scanLine } from '../manifest/manifest.ts';

/** A member of a tar stream. `line` is what the manifest says of it, in JSON; with `as` it is written as that entry. */
export interface Wanted {
  at: [pack: number, offset: number, span: number];
  line: string;
}

/** A member read for the sake of others that cite its content: its own facts are nobody's. */
export interface Foreign extends Entry {
  /** Its name in the tar stream; facts other than size and content are not compared. */
  foreign: true;
  as: Entry;
}

/** A stored entry's line, and where the entry lies. */
export type Placed = Scanned & Wanted;

/** Every line whose entry is stored. The manifest was checked when it was planned. */
export function* placedLines(manifest: Manifest): Generator<Placed> {
  for (const line of manifest.lines()) {
    const scanned = scanLine(line);
    if (scanned.at) yield scanned as Placed;
  }
}

/** Files that need not be read, by their paths. */
export interface Held {
  /** They lie whole in the folder that is written into. */
  there: ReadonlySet<string>;
  /** They lie whole where everything is to go in the end. */
  kept: ReadonlySet<string>;
}

/** Hard links whose first name is not wanted, and files by the place of the content they cite. */
interface Unsettled {
  orphans: Entry[];
  byPlace: Map<string, StoredEntry[]>;
}

const NONE: Held = { there: new Set(), kept: new Set() };

/** A plan of a whole point, or of chosen entries with the folders they lie in. */
export class ReadPlan {
  /** Folders, and what has no content; in the order of the manifest. */
  readonly folders: Entry[] = [];
  readonly specials: Entry[] = [];
  /** Hard links, with the path they are to be linked to. */
  readonly links: { entry: Entry; to: string }[] = [];
  /** Files to be copied from one that is read. */
  readonly copies: { entry: Entry; from: string; sha256: string }[] = [];
  /** Torn and missing entries among those wanted. */
  readonly reservations: Entry[] = [];
  /** Files that lie in the folder already, and only need their rights and times. */
  readonly there: Entry[] = [];
  files = 0;
  entries = 0;
  bytes = 0;
  /** Files among them that are held, and their bytes. */
  readonly held = { files: 0, bytes: 0 };
  /** Bytes that will be written, without the holes of files. */
  writtenBytes = 0;
  readonly manifest: Manifest;
  readonly #wanted: ReadonlySet<string> | null;
  readonly #held: Held;
  /** By place in the packs: members whose content is wanted under other names only. */
  readonly #foreign = new Map<number, { at: Wanted['at']; line: string }[]>();
  /** Told of each folder before what lies in it, when the plan is made as it is read. */
  onFolder: ((folder: Entry) => void) | null = null;
  readonly #holdsAny: boolean;
  #isCollected: boolean;

  /** With `asItIsRead` the plan of a whole point is complete only once its members were read, where that spares a pass. */
  constructor(
    manifest: Manifest,
    wanted: ReadonlySet<string> | null,
    { asItIsRead = false, held = NONE }: { asItIsRead?: boolean; held?: Held } = {},
  ) {
    this.manifest = manifest;
    this.#wanted = wanted;
    this.#held = held;
    this.#holdsAny = held.there.size > 0 || held.kept.size > 0;
    const isPlain = wanted === null && manifest.facts.runs.length === 1 && !manifest.includes(',"copy":"');
    this.#isCollected = !(asItIsRead && isPlain);
    if (this.#isCollected) this.#collect();
  }

  /** Members of one run that are to be read, in the order of its tar stream. */
  *membersOf(run: number): Generator<Wanted> {
    const [from, to] = this.packsOf(run);
    const foreign = [...(this.#foreign.get(run) ?? [])].sort((a, b) => comparePlaces(a.at, b.at));
    const lines = this.#isCollected ? placedLines(this.manifest) : this.#collectPlain();
    for (const { line, path: own, at, isCopy } of lines) {
      if (isCopy || at[0] < from || at[0] >= to) continue;
      if (this.#wanted && !this.#wanted.has(own)) continue;
      if (this.#holdsAny && this.#isHeld(own)) continue;
      while (foreign.length > 0 && comparePlaces(foreign[0]!.at, at) < 0) yield foreign.shift()!;
      yield { at, line };
    }
    yield* foreign;
  }

  /** First pack of a run, and the one after its last. */
  packsOf(run: number): [number, number] {
    const { packs } = this.manifest;
    const from = packs.findIndex((pack) => pack.run === run);
    if (from < 0) return [0, 0];
    let to = from;
    while (packs[to]?.run === run) to++;
    return [from, to];
  }

  /** One pass over all entries: what is without content is noted, and whose content lies under whose name. */
  #collect(): void {
    const byPlace = new Map<string, StoredEntry[]>();
    const orphans: Entry[] = [];
    for (const checked of this.manifest.scan())
      if (this.#wanted?.has(checked.path) ?? true) this.#note(checked, { orphans, byPlace });
    this.#checkLinks();
    this.#adopt(orphans, byPlace);
    this.#settleCopies(byPlace);
  }

  /** The same on the way, where all is wanted and nothing is a copy. */
  *#collectPlain(): Generator<Placed> {
    const none = { orphans: [], byPlace: new Map() };
    for (const checked of this.manifest.scan()) {
      this.#note(checked, none);
      if (checked.at) yield checked as Placed;
    }
    this.#checkLinks();
    this.#isCollected = true;
  }

  #note(checked: Checked, unsettled: Unsettled): void {
    const { line, path: own, type, at, isCopy, isReserved } = checked;
    const isPlain = type === 'file' && at !== null && !isCopy && !isReserved;
    if (at) this.entries++;
    if (this.#holdsAny && type === 'file' && this.#isHeld(own)) this.#hold(JSON.parse(line) as Entry);
    else if (isPlain) this.#countPlain(checked);
    else this.#sort(JSON.parse(line) as Entry, unsettled);
  }

  #isHeld(path: string): boolean {
    return this.#held.there.has(path) || this.#held.kept.has(path);
  }

  #hold(entry: Entry): void {
    const size = entry.size ?? 0;
    this.files++;
    this.bytes += size;
    this.held.files++;
    this.held.bytes += size;
    if (entry.reservation) this.reservations.push(entry);
    if (this.#held.there.has(entry.path)) this.there.push(entry);
  }

  #countPlain({ line, size, isSparse }: Checked): void {
    this.#count(size ?? 0);
    if (isSparse) this.writtenBytes += dataIn(JSON.parse(line) as Entry) - (size ?? 0);
  }

  #count(size: number): void {
    this.files++;
    this.bytes += size;
    this.writtenBytes += size;
  }

  #sort(entry: Entry, { orphans, byPlace }: Unsettled): void {
    if (entry.reservation && entry.reservation.kind !== 'skipped') this.reservations.push(entry);
    if (!isStored(entry)) return;
    if (entry.type === 'directory') {
      this.folders.push(entry);
      this.onFolder?.(entry);
    } else if (entry.type === 'link') {
      if (this.#wanted && !this.#wanted.has(entry.link ?? '')) orphans.push(entry);
      else this.links.push({ entry, to: entry.link ?? '' });
    } else if (entry.type !== 'file') this.specials.push(entry);
    else {
      this.#count(entry.size ?? 0);
      this.writtenBytes += dataIn(entry) - (entry.size ?? 0);
      if (entry.copy !== undefined) addTo(byPlace, placeOf(entry), entry);
    }
  }

  /** A hard link to anything but another entry could lead out of the folder, by way of a symlink. */
  #checkLinks(): void {
    if (this.links.length === 0) return;
    const missing = new Map(this.links.map(({ entry, to }) => [to, entry]));
    for (const { path, type } of placedLines(this.manifest)) if (isFirstName(type)) missing.delete(path);
    for (const entry of missing.values()) throw linkedToNothing(entry);
  }

  /** A hard link whose first name is not wanted becomes a file of its own, and further ones are linked to it. */
  #adopt(orphans: Entry[], byPlace: Map<string, StoredEntry[]>): void {
    if (orphans.length === 0) return;
    const targets = new Set(orphans.map(({ link }) => link));
    const found = new Map<string, StoredEntry>();
    for (const entry of this.manifest.entries())
      if (targets.has(entry.path) && isStored(entry) && isFirstName(entry.type)) found.set(entry.path, entry);
    const adopted = new Map<string, string>();
    for (const entry of orphans) {
      const target = found.get(entry.link ?? '');
      const first = adopted.get(entry.link ?? '');
      if (!target) throw linkedToNothing(entry);
      if (first) this.links.push({ entry, to: first });
      else if (target.type !== 'file') {
        adopted.set(target.path, entry.path);
        this.specials.push({ ...target, path: entry.path });
      } else {
        adopted.set(target.path, entry.path);
        this.#count(target.size ?? 0);
        addTo(byPlace, placeOf(target), { ...target, path: entry.path, copy: target.copy ?? target.path });
      }
    }
  }

  /** The first taker of content that nobody wanted holds gets it out of the packs; the rest are copied from there. */
  #settleCopies(byPlace: Map<string, StoredEntry[]>): void {
    if (byPlace.size === 0) return;
    const holders = new Map<string, string>();
    for (const { path: own, type, at, isCopy } of placedLines(this.manifest)) {
      if (type !== 'file' || isCopy) continue;
      const place = `${at[0]}:${at[1]}`;
      // What is kept elsewhere may change before it is copied from.
      const isHolder = (this.#wanted?.has(own) ?? true) && !this.#held.kept.has(own);
      if (byPlace.has(place) && isHolder) holders.set(place, own);
    }
    for (const [place, takers] of byPlace) {
      const holder = holders.get(place);
      const [first, ...rest] = holder === undefined ? takers : [null, ...takers];
      if (first) this.#takeForeign(first);
      for (const entry of rest)
        this.copies.push({ entry: entry!, from: holder ?? first!.path, sha256: entry!.sha256 ?? '' });
    }
  }

  #takeForeign(entry: StoredEntry): void {
    const { at, copy = entry.path, type, sha256, size, sparse } = entry;
    const foreign: Foreign = {
      path: copy,
      type,
      ...(sha256 !== undefined && { sha256 }),
      ...(size !== undefined && { size }),
      ...(sparse && { sparse }),
      at,
      foreign: true,
      as: entry,
    };
    const { run } = this.manifest.packs[at[0]]!;
    const list = this.#foreign.get(run) ?? [];
    list.push({ at, line: JSON.stringify(foreign) });
    this.#foreign.set(run, list);
  }
}

/** Bytes of a file that stand in no hole. */
function dataIn({ size = 0, sparse }: Entry): number {
  return sparse ? sparse.reduce((sum, [, length]) => sum + length, 0) : size;
}

const isFirstName = (type: string): boolean => type !== 'link' && type !== 'directory';

function linkedToNothing({ path, link = '' }: Entry): EngineError {
  return new EngineError(
    'data',
    because('manifest.bad-entry', { path }),
    `The manifest links ${path} to ${link}, which it does not hold.`,
    { where: path },
  );
}

function placeOf({ at: [pack, offset] }: StoredEntry): string {
  return `${pack}:${offset}`;
}

function comparePlaces(a: Wanted['at'], b: Wanted['at']): number {
  return a[0] - b[0] || a[1] - b[1];
}

function addTo<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
