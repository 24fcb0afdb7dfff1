/** Reads a point's packs, each once, has what is in them compared with the manifest, and written where that is wanted. */
import type { Store } from '../../stores/store.ts';
import type { LookOrder } from '../content/profile.ts';
import { ContentTally } from '../content/tally.ts';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { packKey } from '../layout.ts';
import type { Entry } from '../manifest/entry.ts';
import type { RunPack } from '../manifest/facts.ts';
import { LineBuffer } from '../manifest/line-buffer.ts';
import { fetchPack } from '../packs/fetch-pack.ts';
import type { Opened, PackFailure } from '../packs/read-order.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import { WORKERS } from '../packs/sizes.ts';
import { TarReader } from '../tar/reader.ts';
import { FileWriter, type Shortfall } from './file-writer.ts';
import { MemberCheck } from './member-check.ts';
import type { ReadPlan, Wanted } from './plan.ts';

/** Packs fetched ahead of those that are looked at. */
const AHEAD = WORKERS + 1;

export interface ReadRequest {
  store: Pick<Store, 'get'>;
  asset: string;
  plan: ReadPlan;
  identity: string;
  pool: ReadPool;
  /** Folder to write into; its folders are there. Null: content is only compared. */
  into: string | null;
  /** Whether the files written are hashed afterwards, and not as they go by. */
  isReadBack?: boolean;
  /** Whether packs are read in which nothing is wanted. */
  everyPack: boolean;
  /** Whether packs are passed over in which no content is wanted. What a folder or link is, the manifest tells as well. */
  onlyForContent?: boolean;
  /** What to look at in the content. Absent: nothing. */
  look?: LookOrder | undefined;
  signal?: AbortSignal | undefined;
}

/** What came of one pack. `sha256` is null when the object is not there. */
export interface PackOutcome {
  index: number;
  key: string;
  bytes: number;
  sha256: string | null;
  failure: PackFailure | null;
}

export interface Totals {
  fetched: number;
  files: number;
  content: number;
}

/** Whole members of one pack, and parts of members that go on in others. */
interface PackWork {
  index: number;
  lines: LineBuffer;
  stretches: [number, number][];
  pieces: [number, number][];
  hasContent: boolean;
}

export class PointReader {
  readonly totals: Totals = { fetched: 0, files: 0, content: 0 };
  readonly shortfalls: Shortfall[] = [];
  /** The smallest whole files of the smallest pack that has any with content: for faults planted in a copy. */
  sample: Wanted[] = [];
  /** What the content looks like, where that was asked. */
  readonly tally: ContentTally | null;
  readonly #request: ReadRequest;
  /** Not in use; they go round. */
  readonly #lines: LineBuffer[] = [];
  /** Members that span packs, in order, and what reads them. */
  #spanning: Entry[] = [];
  #check: MemberCheck | null = null;
  #tar: TarReader | null = null;
  #writer: FileWriter | null = null;
  /** A pack of this run is bad: what goes on from it cannot be judged. */
  #isBroken = false;

  constructor(request: ReadRequest) {
    this.#request = request;
    this.tally = request.look ? new ContentTally(request.look) : null;
  }

  /** Yields an outcome for each pack, in order, and ends at none: what is wrong is in the outcome. */
  async *read(): AsyncGenerator<PackOutcome> {
    const { plan } = this.#request;
    try {
      for (let run = 0; run < plan.manifest.facts.runs.length; run++) yield* this.#readRun(run);
    } finally {
      this.#writer?.abandon();
    }
  }

  async *#readRun(run: number): AsyncGenerator<PackOutcome> {
    this.#spanning = [];
    this.#check = null;
    this.#isBroken = false;
    const ahead: Promise<PackOutcome & { opened: Opened | null }>[] = [];
    for (const work of this.#works(run)) {
      this.#request.signal?.throwIfAborted();
      const next = this.#fetch(work);
      // Looked at in turn below; without this an early end would leave a rejection unheard.
      next.catch(() => {});
      ahead.push(next);
      if (ahead.length >= AHEAD) yield this.#take(await ahead.shift()!);
    }
    while (ahead.length > 0) yield this.#take(await ahead.shift()!);
    const broken = this.#finishSpanning();
    if (broken) yield broken;
  }

  /** The work on each pack of a run, in order. A pack is complete once a member begins behind it. */
  *#works(run: number): Generator<PackWork> {
    const nothingIn = (index: number) => this.#nothingIn(index);
    const { plan, everyPack, onlyForContent = false } = this.#request;
    const [from, to] = plan.packsOf(run);
    const open = new Map<number, PackWork>();
    const workOf = (index: number) => {
      const work = open.get(index) ?? nothingIn(index);
      open.set(index, work);
      return work;
    };
    let next = from;
    const release = function* (before: number) {
      for (; next < before; next++) {
        const work = open.get(next);
        open.delete(next);
        const isWanted = work !== undefined && (work.hasContent || !onlyForContent);
        if (isWanted || everyPack) yield work ?? nothingIn(next);
      }
    };
    let end: [pack: number, offset: number] = [from, 0];
    for (const wanted of plan.membersOf(run)) {
      end = this.#after(wanted, end);
      yield* release(wanted.at[0]);
      this.#place(wanted, workOf);
    }
    yield* release(to);
  }

  /** Where a member ends. One that begins before the last one's end would never be met. */
  #after(
    { at: [pack, offset, span], line }: Wanted,
    [lastPack, lastEnd]: [number, number],
  ): [number, number] {
    if (pack > lastPack || (pack === lastPack && offset >= lastEnd)) return [pack, offset + span];
    const { path } = JSON.parse(line) as Entry;
    throw new EngineError(
      'data',
      because('manifest.bad-entry', { path }),
      `The manifest places ${path} where another file lies.`,
      { where: path },
    );
  }

  #place({ at: [pack, offset, span], line }: Wanted, workOf: (index: number) => PackWork): void {
    const { packs } = this.#request.plan.manifest;
    if (offset + span <= packs[pack]!.plainBytes) {
      this.sample = withSample(this.sample, { at: [pack, offset, span], line }, packs);
      const work = workOf(pack);
      work.lines.add(line);
      work.hasContent ||= isFile(line);
      extend(work.stretches, offset, offset + span);
      return;
    }
    const entry = JSON.parse(line) as Entry;
    this.#spanning.push(entry);
    let [index, begin, left] = [pack, offset, span];
    while (left > 0) {
      const room = (packs[index]?.plainBytes ?? 0) - begin;
      if (room < 0 || index >= packs.length)
        throw new EngineError(
          'data',
          because('manifest.bad-entry', { path: entry.path }),
          `The manifest places ${entry.path} outside the packs.`,
          { where: entry.path },
        );
      const length = Math.min(left, room);
      if (length > 0) {
        extend(workOf(index).pieces, begin, begin + length);
        workOf(index).hasContent = true;
      }
      left -= length;
      index++;
      begin = 0;
    }
  }

  #nothingIn(index: number): PackWork {
    const lines = this.#lines.pop() ?? new LineBuffer();
    return { index, lines, stretches: [], pieces: [], hasContent: false };
  }

  async #fetch({
    index,
    lines,
    stretches,
    pieces,
  }: PackWork): Promise<PackOutcome & { opened: Opened | null }> {
    const { store, asset, plan, identity, pool, into, isReadBack = false, look, signal } = this.#request;
    const pack = plan.manifest.packs[index] as RunPack;
    const key = packKey(asset, pack.sha256);
    const { sha256, plainBytes, frames } = pack;
    const found = await fetchPack({ store, key, sha256, pool, signal }, () => ({
      ...{ identity, pack: { plainBytes, frames }, lines: lines.copy() },
      ...{ stretches, pieces, into, isReadBack, look },
    }));
    lines.clear();
    this.#lines.push(lines);
    if (!found) return { index, key, bytes: 0, sha256: null, failure: null, opened: null };
    const { bytes, opened } = found;
    return { index, key, bytes, sha256: opened.sha256, failure: opened.failure, opened };
  }

  /** Adds up one pack, and goes on with what spans packs. */
  #take({ opened, ...outcome }: PackOutcome & { opened: Opened | null }): PackOutcome {
    this.totals.fetched += outcome.bytes;
    if (!opened) {
      this.#isBroken = true;
      return outcome;
    }
    this.totals.files += opened.files;
    this.totals.content += opened.content;
    this.shortfalls.push(...opened.shortfalls);
    if (opened.profile) this.tally?.add(opened.profile);
    if (opened.failure || opened.sha256 !== this.#request.plan.manifest.packs[outcome.index]!.sha256)
      this.#isBroken = true;
    if (this.#isBroken || opened.pieces.length === 0) return outcome;
    return { ...outcome, failure: this.#attempt(() => this.#feed(opened.pieces)) };
  }

  #feed(pieces: Uint8Array[]): void {
    if (!this.#check) {
      const { into, isReadBack = false } = this.#request;
      this.#writer = into === null ? null : new FileWriter(into);
      this.#check = new MemberCheck(this.#taken(), {
        sink: this.#writer,
        isReadBack,
        tally: this.tally,
      });
      this.#tar = new TarReader(this.#check);
    }
    for (const { buffer, byteOffset, length } of pieces)
      this.#tar!.feed(Buffer.from(buffer, byteOffset, length));
  }

  /** Members that span packs, as they are met; more may be added while the first are read. */
  *#taken(): Generator<Entry> {
    while (this.#spanning.length > 0) yield this.#spanning.shift()!;
  }

  #finishSpanning(): PackOutcome | null {
    const check = this.#check;
    if (!check || this.#isBroken) return null;
    const failure = this.#attempt(() => {
      this.#tar!.finish({ needsEnd: false });
      check.finish();
    });
    this.totals.files += check.files;
    this.totals.content += check.bytes;
    this.shortfalls.push(...(this.#writer?.shortfalls ?? []));
    return failure && { index: -1, key: '', bytes: 0, sha256: '', failure };
  }

  #attempt(work: () => void): PackFailure | null {
    try {
      work();
      return null;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const { kind, because: why, message, where } = error;
      return { kind, because: why, message, where };
    }
  }
}

/** What is wrong with a pack, as an error; null when nothing is. */
export function errorOf(
  { index, key, sha256, failure }: PackOutcome,
  packs: { sha256: string }[],
): EngineError | null {
  if (failure) {
    const { kind, because: why, message, where } = failure;
    if (where !== null) return new EngineError(kind, why, message, { where });
    const cause = kind === 'data' ? because('pack.unreadable', { object: key }) : why;
    return new EngineError(kind, cause, `Pack ${key}: ${message}`, { where: key });
  }
  if (sha256 === null)
    return new EngineError('data', because('pack.missing', { object: key }), `Pack ${key} is missing.`, {
      where: key,
    });
  const expected = packs[index]?.sha256;
  if (index < 0 || sha256 === expected) return null;
  return new EngineError(
    'data',
    because('pack.damaged', { object: key }),
    `Pack ${key} is damaged: its SHA-256 is ${sha256}, not ${expected}.`,
    { where: key },
  );
}

const SAMPLE_FILES = 3;

/** Keeps the smallest files of the smallest pack that has any. */
export function withSample(sample: Wanted[], one: Wanted, packs: { bytes: number }[]): Wanted[] {
  const known = sample[0];
  const isOther = known !== undefined && known.at[0] !== one.at[0];
  if (isOther && packs[one.at[0]]!.bytes >= packs[known.at[0]]!.bytes) return sample;
  if (!isSample(one.line)) return sample;
  if (!known || isOther) return [one];
  return [...sample, one].sort((a, b) => a.at[2] - b.at[2]).slice(0, SAMPLE_FILES);
}

const isFile = (line: string) => line.includes('","type":"file"');

/** A file of its own with something in it that can be altered. */
function isSample(line: string): boolean {
  return (
    line.includes('","type":"file","sha256":"') &&
    !line.includes(',"size":0,') &&
    !line.includes('"foreign":true')
  );
}

/** Adds a stretch, as one with the last where they meet. */
export function extend(stretches: [number, number][], from: number, to: number): void {
  const last = stretches.at(-1);
  if (last && last[1] === from) last[1] = to;
  else stretches.push([from, to]);
}
