/**
 * What the content of a point looks like, counted by the threads that have its bytes anyway. It says nothing by itself:
 * `plans/content/` holds it against earlier points of the same source.
 *
 * Which files are looked at is a rule over their names, so that it is the same ones each time: all of up to `LOOKED_AT` files, else
 * every n-th by a hash of the name. The two sketches hold hashes of names and of contents, chosen alike.
 */
import type { Entry } from '../manifest/entry.ts';
import { BLOCK_BYTES, endingOf, lookAt } from './first-block.ts';
import type { ContentProfile, EndingTally, LookOrder } from './profile.ts';

const LOOKED_AT = 5000;
const SKETCHED = 1000;
const ENDINGS_TOLD = 100;
const STRANGE_TOLD = 20;
const HASHES = 2 ** 32;

export class ContentTally {
  readonly #oneOf: number;
  readonly #limit: number;
  readonly #watched: Map<string, string>;

  readonly #endings = new Map<string, EndingTally>();
  readonly #profile: ContentProfile;

  constructor({ entries, watched }: LookOrder) {
    this.#oneOf = Math.max(1, Math.ceil(entries / LOOKED_AT));
    this.#limit = Math.min(HASHES, Math.ceil((HASHES * SKETCHED) / Math.max(1, entries)));
    this.#watched = new Map(watched.map((path) => [path, '']));
    this.#profile = {
      files: 0,
      bytes: 0,
      endings: {},
      sketch: { limit: this.#limit, names: [], contents: [] },
      oneOf: this.#oneOf,
      strange: [],
      watched: [],
    };
  }

  /** Looks at the beginning of a file. */
  look({ path }: Entry, bytes: Uint8Array): void {
    if (this.#watched.size > 0 && this.#watched.has(path))
      this.#watched.set(path, Buffer.from(bytes.subarray(0, BLOCK_BYTES)).toString('utf8'));
    if (hashOf(path) % this.#oneOf !== 0) return;
    const ending = endingOf(path);
    const seen = lookAt(ending, bytes.subarray(0, BLOCK_BYTES));
    if (!seen) return;
    const tally = this.#tallyOf(ending);
    tally.looked++;
    tally.entropy += seen.entropy;
    if (seen.look !== 'odd' && seen.look !== 'opaque') return;
    tally[seen.look]++;
    if (this.#profile.strange.length < STRANGE_TOLD) this.#profile.strange.push({ path, look: seen.look });
  }

  /** Counts a file that was whole. */
  count({ path, size = 0, sha256 = '' }: Entry): void {
    const tally = this.#tallyOf(endingOf(path));
    tally.files++;
    tally.bytes += size;
    this.#profile.files++;
    this.#profile.bytes += size;
    const { names, contents } = this.#profile.sketch;
    const name = hashOf(path);
    if (name < this.#limit) names.push(name);
    const content = size > 0 ? Number.parseInt(sha256.slice(0, 8), 16) : HASHES;
    if (content < this.#limit) contents.push(content);
    const text = this.#watched.get(path);
    if (text !== undefined) this.#profile.watched.push({ path, sha256, text });
  }

  /** Adds what another thread, or another pack, counted. */
  add(other: ContentProfile): void {
    const mine = this.#profile;
    mine.files += other.files;
    mine.bytes += other.bytes;
    mine.sketch.names.push(...other.sketch.names);
    mine.sketch.contents.push(...other.sketch.contents);
    mine.watched.push(...other.watched);
    mine.strange.push(...other.strange.slice(0, STRANGE_TOLD - mine.strange.length));
    for (const [ending, tally] of Object.entries(other.endings)) addTo(this.#tallyOf(ending), tally);
  }

  /** All that was counted, as plain data. */
  get profile(): ContentProfile {
    return { ...this.#profile, endings: Object.fromEntries(this.#endings) };
  }

  /** The same with rare endings put together, to be kept. */
  get told(): ContentProfile {
    const byFiles = [...this.#endings].sort(([a, x], [b, y]) => y.files - x.files || (a < b ? -1 : 1));
    const rest = byFiles.slice(ENDINGS_TOLD).reduce((sum, [, tally]) => addTo(sum, tally), noFiles());
    const endings = Object.fromEntries(byFiles.slice(0, ENDINGS_TOLD));
    return { ...this.#profile, endings: rest.files > 0 ? { ...endings, '*': rest } : endings };
  }

  #tallyOf(ending: string): EndingTally {
    const known = this.#endings.get(ending);
    if (known) return known;
    const tally = noFiles();
    this.#endings.set(ending, tally);
    return tally;
  }
}

const noFiles = (): EndingTally => ({ files: 0, bytes: 0, looked: 0, odd: 0, opaque: 0, entropy: 0 });

function addTo(sum: EndingTally, more: EndingTally): EndingTally {
  for (const key of Object.keys(sum) as (keyof EndingTally)[]) sum[key] += more[key];
  return sum;
}

/** FNV-1a, mixed once more: names that differ in their last letter must lie far apart. */
function hashOf(path: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
