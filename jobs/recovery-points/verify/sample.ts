/** L2a and L2b on as many packs as a budget allows. What that shows is a sample, and never counts as the level. */
import { EngineError, type PackProof } from '../contract.ts';
import { packKey } from '../layout.ts';
import type { StoredEntry } from '../manifest/entry.ts';
import { linesOf } from '../manifest/line-buffer.ts';
import { fetchPack } from '../packs/fetch-pack.ts';
import type { PackFailure } from '../packs/read-order.ts';
import { pour } from '../restore/one-file.ts';
import type { ReadPlan, Wanted } from '../restore/plan.ts';
import { errorOf, extend, type PackOutcome, type Totals, withSample } from '../restore/read-point.ts';
import { byStaleness } from './rotation.ts';
import type { Run } from './run.ts';

/** Packs whose members are gathered in one pass over the manifest. */
const PACKS_A_PASS = 64;
/** A member that goes on in other packs is compared with the parts there, up to this size. */
const MOST_ACROSS_BYTES = 64 << 20;

/** What is to be looked at in one pack. */
interface Content {
  lines: string[];
  stretches: [number, number][];
  /** Members that lie in other packs as well. */
  across: string[];
}

interface Proven {
  outcome: PackOutcome;
  level: PackProof['level'];
}

interface Opened {
  plan: ReadPlan;
  identity: string;
}

/** Reads packs, the stalest first, until a budget is used up. */
export class SampleReader {
  readonly totals: Totals = { fetched: 0, files: 0, content: 0 };
  sample: Wanted[] = [];
  readonly #run: Run;
  readonly #opened: Opened | null;
  readonly #began = performance.now();
  /** Members across packs that were compared already. */
  readonly #compared = new Set<string>();

  constructor(run: Run, opened: Opened | null) {
    this.#run = run;
    this.#opened = opened;
  }

  /** What came of each pack. One of which not all could be compared is proven by its hash alone. */
  async *read(): AsyncGenerator<Proven> {
    const { request, head } = this.#run;
    const { packs } = head.opened.head;
    const queue = byStaleness(head.opened.head, request.proven ?? []);
    let contents: Map<number, Content> | null = null;
    for (const [count, index] of queue.entries()) {
      if (this.#isSpent(packs[index]!.bytes)) return;
      request.signal?.throwIfAborted();
      if (count % PACKS_A_PASS === 0) contents = this.#gather(queue.slice(count, count + PACKS_A_PASS));
      yield await this.#readPack(index, contents?.get(index) ?? null);
    }
  }

  /** A pack is fetched once more, for faults to be planted in it. */
  #isSpent(next: number): boolean {
    const { seconds = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY } =
      this.#run.request.budget ?? {};
    const { packs, manifest } = this.#run.head.opened.head;
    const planting = packs[this.sample[0]?.at[0] ?? 0]?.bytes ?? 0;
    return (
      performance.now() - this.#began >= seconds * 1000 ||
      manifest.bytes + this.totals.fetched + next + planting > bytes
    );
  }

  /** What lies in some packs. */
  #gather(indexes: number[]): Map<number, Content> | null {
    if (!this.#opened) return null;
    const { manifest } = this.#opened.plan;
    const contents = new Map(
      indexes.map((index): [number, Content] => [index, { lines: [], stretches: [], across: [] }]),
    );
    for (let run = 0; run < manifest.facts.runs.length; run++)
      for (const wanted of this.#opened.plan.membersOf(run)) {
        const [pack, offset, span] = wanted.at;
        const isWhole = offset + span <= manifest.packs[pack]!.plainBytes;
        const content = contents.get(pack);
        if (isWhole && content) {
          this.sample = withSample(this.sample, wanted, manifest.packs);
          content.lines.push(wanted.line);
          extend(content.stretches, offset, offset + span);
        }
        if (isWhole) continue;
        for (const index of packsOf(wanted, manifest.packs)) contents.get(index)?.across.push(wanted.line);
      }
    return contents;
  }

  async #readPack(index: number, content: Content | null): Promise<Proven> {
    const { request, head, pool } = this.#run;
    const { packs } = head.opened.head;
    const { sha256 } = packs[index]!;
    const key = packKey(request.asset, sha256);
    const { store, signal } = request;
    const found = await fetchPack({ store, key, sha256, pool, signal }, () =>
      content ? this.#openingOf(index, content) : undefined,
    );
    const outcome: PackOutcome = { index, key, bytes: found?.bytes ?? 0, sha256: null, failure: null };
    if (!found) return { outcome, level: 'L2a' };
    const { opened } = found;
    this.totals.fetched += outcome.bytes;
    this.totals.files += opened.files;
    this.totals.content += opened.content;
    Object.assign(outcome, { sha256: opened.sha256, failure: opened.failure });
    if (!content || errorOf(outcome, packs)) return { outcome, level: 'L2a' };
    const { isAll, failure } = await this.#compareAcross(content);
    return { outcome: { ...outcome, failure }, level: isAll ? 'L2b' : 'L2a' };
  }

  #openingOf(index: number, { lines, stretches }: Content) {
    const { plan, identity } = this.#opened!;
    const { plainBytes, frames } = plan.manifest.packs[index]!;
    return {
      identity,
      pack: { plainBytes, frames },
      lines: linesOf(lines),
      stretches,
      pieces: [],
      into: null,
    };
  }

  /** The parts of a pack's members that lie in others are fetched by range, as far as the budget goes. */
  async #compareAcross({ across }: Content): Promise<{ isAll: boolean; failure: PackFailure | null }> {
    const { plan, identity } = this.#opened!;
    const { store, asset, signal } = this.#run.request;
    let isAll = true;
    for (const line of across) {
      const entry = JSON.parse(line) as StoredEntry;
      const isTooLarge = entry.at[2] > MOST_ACROSS_BYTES || this.#isSpent(entry.at[2]);
      if (isTooLarge) isAll = false;
      if (isTooLarge || this.#compared.has(entry.path)) continue;
      const failure = await attempt(async () => {
        this.totals.fetched += await pour({ store, asset, identity, signal }, plan.manifest, entry);
      });
      if (failure) return { isAll, failure };
      this.#compared.add(entry.path);
      this.totals.files++;
      this.totals.content += entry.size ?? 0;
    }
    return { isAll, failure: null };
  }
}

/** What a reading says against the data; null when it went well. */
async function attempt(work: () => Promise<void>): Promise<PackFailure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { kind, because, message, where } = error;
    return { kind, because, message, where };
  }
}

/** Numbers of the packs that hold a part of a member. */
function* packsOf({ at: [pack, offset, span] }: Wanted, packs: { plainBytes: number }[]): Generator<number> {
  let left = span + offset;
  for (let index = pack; left > 0 && index < packs.length; index++) {
    if (packs[index]!.plainBytes > 0) yield index;
    left -= packs[index]!.plainBytes;
  }
}
