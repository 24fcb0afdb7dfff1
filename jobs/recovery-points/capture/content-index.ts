/** Content that lies in the packs already, found by its SHA-256. About ninety bytes for each, whatever their number. */
const SHA_BYTES = 32;
const FIRST_SLOTS = 1 << 12;
/** Items that share their memory, which is never moved: larger memory is taken beside it. */
const BLOCK_ITEMS = 1 << 16;
const NAMES_BYTES = 1 << 20;
/** Of a path, so that two bytes hold the length of any name. */
const MOST_CHARS = 16_000;
/** Sizes are remembered of files from here on. */
export const LARGE_BYTES = 1 << 20;

/** Where content lies, and the path of the member that holds it. */
export interface Known {
  at: [pack: number, offset: number, span: number];
  path: string;
}

class Block {
  readonly sums = Buffer.from(new ArrayBuffer(SHA_BYTES * BLOCK_ITEMS));
  /** Pack, offset, folder, and where the name begins. */
  readonly places = new Uint32Array(4 * BLOCK_ITEMS);
  readonly spans = new Float64Array(BLOCK_ITEMS);
}

export class ContentIndex {
  #count = 0;
  /** Number of an item plus one; 0 is free. */
  #slots = new Uint32Array(FIRST_SLOTS);
  readonly #blocks: Block[] = [];
  readonly #names = new Names();
  /** Sizes of large files that are known, so that one need not be read twice without hope. */
  readonly #sizes = new Set<number>();

  /** Whether a large file of this size is known. */
  hasSize(size: number): boolean {
    return this.#sizes.has(size);
  }

  find(sha256: string): Known | null {
    const item = this.#slots[this.#slotOf(Buffer.from(sha256, 'hex'))]!;
    if (item === 0) return null;
    const [block, place] = this.#at(item - 1);
    const [pack, offset, folder, name] = block.places.subarray(4 * place, 4 * place + 4);
    return { at: [pack!, offset!, block.spans[place]!], path: this.#names.pathOf(folder!, name!) };
  }

  /** Adds content. What is known already stays as it is. */
  add(sha256: string, size: number, { at: [pack, offset, span], path }: Known): void {
    if (path.length > MOST_CHARS) return;
    if (2 * this.#count >= this.#slots.length) this.#grow();
    const sum = Buffer.from(sha256, 'hex');
    const slot = this.#slotOf(sum);
    if (this.#slots[slot] !== 0) return;
    if (size >= LARGE_BYTES) this.#sizes.add(size);
    if (this.#count % BLOCK_ITEMS === 0) this.#blocks.push(new Block());
    const [block, place] = this.#at(this.#count);
    sum.copy(block.sums, SHA_BYTES * place);
    block.places.set([pack, offset, ...this.#names.add(path)], 4 * place);
    block.spans[place] = span;
    this.#slots[slot] = ++this.#count;
  }

  /** Gives its memory back at once, which a collector would do late. Nothing is known afterwards. */
  letGo(): void {
    for (const { sums, places, spans } of this.#blocks.splice(0))
      for (const { buffer } of [sums, places, spans]) buffer.transfer(0);
    this.#slots = new Uint32Array(FIRST_SLOTS);
    this.#count = 0;
  }

  #at(item: number): [block: Block, place: number] {
    return [this.#blocks[Math.floor(item / BLOCK_ITEMS)]!, item % BLOCK_ITEMS];
  }

  /** The slot of this sum, or the free one where it would stand. */
  #slotOf(sum: Buffer): number {
    const mask = this.#slots.length - 1;
    for (let slot = sum.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const item = this.#slots[slot]!;
      if (item === 0) return slot;
      const [{ sums }, place] = this.#at(item - 1);
      const from = SHA_BYTES * place;
      if (sums.compare(sum, 0, SHA_BYTES, from, from + SHA_BYTES) === 0) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let item = 0; item < this.#count; item++) {
      const [{ sums }, place] = this.#at(item);
      const from = SHA_BYTES * place;
      this.#slots[this.#slotOf(sums.subarray(from, from + SHA_BYTES))] = item + 1;
    }
  }
}

/** Paths that come in the order of a walk: each folder is kept once, and a name beside it. */
class Names {
  readonly #folders: string[] = [];
  readonly #pages: Buffer[] = [];
  /** Of the last page. */
  #used = NAMES_BYTES;

  /** Answers the folder's number, and where the name begins. */
  add(path: string): [folder: number, name: number] {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (this.#folders.at(-1) !== folder) this.#folders.push(folder);
    const name = path.slice(folder.length);
    const bytes = Buffer.byteLength(name);
    if (this.#used + 2 + bytes > NAMES_BYTES) {
      this.#pages.push(Buffer.alloc(NAMES_BYTES));
      this.#used = 0;
    }
    const page = this.#pages.at(-1)!;
    const at = (this.#pages.length - 1) * NAMES_BYTES + this.#used;
    page.writeUInt16LE(bytes, this.#used);
    page.write(name, this.#used + 2, 'utf8');
    this.#used += 2 + bytes;
    return [this.#folders.length - 1, at];
  }

  pathOf(folder: number, name: number): string {
    const page = this.#pages[Math.floor(name / NAMES_BYTES)]!;
    const from = (name % NAMES_BYTES) + 2;
    return this.#folders[folder]! + page.toString('utf8', from, from + page.readUInt16LE(from - 2));
  }
}
